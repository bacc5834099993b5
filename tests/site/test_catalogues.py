"""The catalogues of the interface: whole, up to date with the code, compiled as they are written."""

from __future__ import annotations

import gettext
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message

from onrecord.languages import INTERFACE
from onrecord.site import scriptwords, wording
from onrecord.site.desk.language import offered

SOURCE = Path(__file__).resolve().parents[2] / "site" / "locale" / "messages.py"
STRANGE = {
    "uk": r"[ыэёъЫЭЁЪ]", "ru": r"[іїєґІЇЄҐ]", "fr": r"[\u0400-\u04ff]", "de": r"[\u0400-\u04ff]",
    "pl": r"[\u0400-\u04ff]",
}  # fmt: skip
TRANSLATED = [language for language in INTERFACE if language != "en"]


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    """What `make messages` runs."""
    spec = importlib.util.spec_from_file_location("messages", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def said(catalogue: Catalog) -> list[Message]:
    """The messages but for the head."""
    return [message for message in catalogue if message.id]


def texts(message: Message) -> list[str]:
    """What a message says, in every form."""
    return list(message.string) if isinstance(message.string, (list, tuple)) else [str(message.string)]


def ids(message: Message) -> list[str]:
    """What the code says, in every form."""
    return list(message.id) if isinstance(message.id, (list, tuple)) else [message.id]


def test_languages_with_a_catalogue_are_those_of_the_interface(messages: ModuleType) -> None:
    """None is offered without words, and none waits unused."""
    assert sorted(messages.LANGUAGES) == sorted(TRANSLATED)
    assert sorted(path.name for path in SOURCE.parent.iterdir() if (path / "LC_MESSAGES").is_dir()) == sorted(
        TRANSLATED
    )


@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogue_has_every_sentence_and_no_other(messages: ModuleType, language: str) -> None:
    """Nothing is missing, fuzzy or left over: else run `make messages` and translate."""
    written = {(message.context, message.id): message for message in said(messages.read(language))}
    assert written.keys() == {(message.context, message.id) for message in said(messages.sentences())}
    assert [key for key, message in written.items() if message.fuzzy or not all(texts(message))] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogue_is_compiled_as_it_is_written(messages: ModuleType, language: str) -> None:
    """The file that is read when the site runs says what the one says that people write."""
    compiled = wording.FOLDER / language / "LC_MESSAGES" / "onrecord.mo"
    assert compiled.read_bytes() == messages.as_mo(messages.read(language))
    with compiled.open("rb") as file:
        read = gettext.GNUTranslations(file)
    for message in said(messages.read(language)):
        if isinstance(message.id, str) and not message.context:
            assert read.gettext(message.id) == message.string


@pytest.mark.parametrize("language", TRANSLATED)
def test_translation_keeps_values_and_markup(messages: ModuleType, language: str) -> None:
    """Every form has the values of the sentence and its elements with their attributes, each as often."""
    for message in said(messages.read(language)):
        for pattern in (r"%\(\w+\)s", r"</?[a-z]+[^>]*>"):
            wanted = sorted(re.findall(pattern, ids(message)[-1]))
            for text in texts(message):
                found = sorted(re.findall(pattern, text))
                assert set(found) == set(wanted), f"{message.id}: {text}"
                if "<" in pattern:
                    assert found == wanted, f"{message.id}: {text}"


@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogue_is_written_in_its_own_letters(messages: ModuleType, language: str) -> None:
    """No letter that the language does not have: a slip of the keyboard, or of another language."""
    for message in said(messages.read(language)):
        assert not [text for text in texts(message) if re.search(STRANGE[language], text)], message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_scripts_get_their_sentences(messages: ModuleType, language: str) -> None:
    """What a script says is in the file that it gets in this language, with the rule for numbers."""
    script = scriptwords.words_script(language).decode("utf-8")
    of_scripts = [message for message in said(messages.read(language))
                  if any(name.startswith("site/static/js/") for name, _ in message.locations)]  # fmt: skip
    assert len(of_scripts) > 10
    for message in of_scripts:
        for text in texts(message):
            if text != ids(message)[0]:
                assert text.replace("\n", "\\n") in script
    assert "plural: (n) => Number(" in script


# What only the desk says is in a catalogue of its own, which is read once it is whole


@pytest.mark.parametrize("language", TRANSLATED)
def test_desk_catalogue_is_compiled_only_when_it_is_whole(messages: ModuleType, language: str) -> None:
    """Where there is a compiled one it has every sentence of the desk; else the desk is in English."""
    compiled = wording.FOLDER / language / "LC_MESSAGES" / "desk.mo"
    if compiled.exists():
        written = messages.read(language, "desk")
        assert {(message.context, message.id) for message in said(written)} == {
            (message.context, message.id) for message in said(messages.sentences("desk"))
        }
        assert list(messages.missing(written)) == []
        assert compiled.read_bytes() == messages.as_mo(written)
    else:
        assert language not in offered()


@pytest.mark.parametrize("language", TRANSLATED)
def test_desk_translation_keeps_values_and_letters(messages: ModuleType, language: str) -> None:
    """What is translated already has the values and elements of the sentence, in the language's own letters."""
    for message in said(messages.read(language, "desk")):
        for text in filter(None, texts(message)):
            for pattern in (r"%\(\w+\)s", r"</?[a-z]+[^>]*>"):
                assert set(re.findall(pattern, text)) == set(re.findall(pattern, ids(message)[-1])), (
                    message.id
                )
            assert not re.search(STRANGE[language], text), message.id


def test_desk_says_nothing_in_the_public_catalogue(messages: ModuleType) -> None:
    """The two share no sentence and no file: readers' words do not wait for those of the desk."""
    public, desk = messages.sentences(), messages.sentences("desk")
    assert ids_of(public) & ids_of(desk) == set()
    assert [name for message in said(public) for name, _ in message.locations if "/desk/" in name] == []


def ids_of(catalogue: Catalog) -> set[object]:
    """Context and sentence of each message."""
    return {(message.context, str(message.id)) for message in said(catalogue)}
