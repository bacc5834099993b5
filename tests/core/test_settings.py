"""Settings come from flag, environment, file and default, in this order."""

import json
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


@pytest.mark.parametrize(
    "address",
    ["example.org", "javascript:alert(1)", "https://", "https:///x", "https://[bad", "https://a:b", "https://a:99999",
     "https://a b", "https://me:word@example.org", "https://a/?q", "https://a/#b", 'https://a"><script>', "https://a'b", "https://a\\b"],
)  # fmt: skip
def test_base_url_that_cannot_stand_in_a_page_is_refused(tmp_path: Path, address: str) -> None:
    """No password, no question, nothing that would end an attribute, no half of brackets."""
    path = write(tmp_path, f"base-url = {json.dumps(address)}\n")
    with pytest.raises(SettingsError, match="expected a web address, such as"):
        read_settings(path, {})


@pytest.mark.parametrize(
    ("address", "kept"),
    [("https://a.example/x/", "https://a.example/x"), ("http://[::1]:8000", "http://[::1]:8000"), ("", ""),
     ("https://архів.example:443/про", "https://архів.example:443/про")],
)  # fmt: skip
def test_base_url_is_kept(tmp_path: Path, address: str, kept: str) -> None:
    """With port and path, without a slash at its end."""
    assert read_settings(write(tmp_path, f'base-url = "{address}"\n'), {}).text("base-url") == kept


def test_read_settings_says_what_is_wrong_in_the_environment(tmp_path: Path) -> None:
    """The variable is named."""
    with pytest.raises(SettingsError, match="ONRECORD_FETCH_TRIES holds 'many': expected a whole number"):
        read_settings(write(tmp_path, ""), {"ONRECORD_FETCH_TRIES": "many"})
