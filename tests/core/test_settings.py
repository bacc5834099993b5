"""Settings come from flag, environment, file and default, in this order."""

from pathlib import Path

import pytest

from onrecord.errors import SettingsError
from onrecord.settings import SETTINGS, read_settings


def write(folder: Path, text: str) -> Path:
    path = folder / "onrecord.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_read_settings_knows_every_default(tmp_path: Path) -> None:
    """An empty file gives the defaults of the table."""
    settings = read_settings(write(tmp_path, "format = 1\n"), {})
    assert {setting.name: settings[setting.name] for setting in SETTINGS} == {
        s.name: s.default for s in SETTINGS
    }


def test_read_settings_has_an_order_of_precedence(tmp_path: Path) -> None:
    """The environment goes before the file, a flag before both."""
    path = write(tmp_path, '[transcription]\nengine = "captions"\nthreads = 1\n')
    assert read_settings(path, {}).text("transcription.engine") == "captions"
    settings = read_settings(
        path, {"ONRECORD_TRANSCRIPTION_ENGINE": "pocketsphinx", "ONRECORD_LANGUAGES": "uk, en"}
    )
    assert settings.text("transcription.engine") == "pocketsphinx"
    assert settings.items("languages") == ("uk", "en")
    flagged = settings.with_flags({"transcription.engine": "whisper", "transcription.model": None})
    assert (flagged.text("transcription.engine"), flagged.text("transcription.model")) == ("whisper", "small")
    assert flagged.number("transcription.threads") == 1


def test_read_settings_reads_the_glossary(tmp_path: Path) -> None:
    """Other spellings are a list or one text."""
    path = write(tmp_path, '[glossary]\nKyiv = ["Kiev", "Київ"]\n"filtration camp" = "filtration"\n')
    assert dict(read_settings(path, {}).glossary) == {
        "Kyiv": ("Kiev", "Київ"),
        "filtration camp": ("filtration",),
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('titel = "A"\n', "onrecord.toml:1: there is no setting 'titel'. Did you mean 'title'?"),
        ('[transcription]\nengin = "x"\n', "onrecord.toml:2: there is no setting 'transcription.engin'. Did you mean "
         "'transcription.engine'?"),
        ('[transcription]\nengine = "wisper"\n', "onrecord.toml:2: 'transcription.engine' holds 'wisper': expected one of "
         "whisper, openai-whisper, pocketsphinx, captions."),
        ("title = 3\n", "onrecord.toml:1: 'title' holds 3: expected a text in quotes."),
        ('timezone = "Mars/Base"\n', "onrecord.toml:1: 'timezone' holds 'Mars/Base': expected an IANA time zone, such as "
         '"Europe/Kyiv".'),
        ('accent = "red"\n', "onrecord.toml:1: 'accent' holds 'red': expected a colour as six hexadecimal digits, such as "
         '"#8a3324".'),
        ('languages = "en"\n', "onrecord.toml:1: 'languages' holds 'en': expected a list of texts, such as "
         '["one", "two"].'),
        ("format = 2\n", "onrecord.toml:1: this archive has format 2; this onrecord knows format 1. Upgrade onrecord to "
         "read it."),
        ("[transcription]\nunsure-below = 7\n", "onrecord.toml:2: 'transcription.unsure-below' holds 7: expected a number "
         "from 0 to 1."),
    ],
)  # fmt: skip
def test_read_settings_says_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    """File, line, key, what is expected, and the nearest known key."""
    with pytest.raises(SettingsError) as caught:
        read_settings(write(tmp_path, text), {})
    assert str(caught.value) == f"{tmp_path}/{message}"


def test_read_settings_says_what_is_wrong_in_the_environment(tmp_path: Path) -> None:
    """The variable is named."""
    with pytest.raises(SettingsError, match="ONRECORD_FETCH_TRIES holds 'many': expected a whole number"):
        read_settings(write(tmp_path, ""), {"ONRECORD_FETCH_TRIES": "many"})
