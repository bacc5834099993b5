"""What those who listen to a page hear: every name in the page's language, and every text said to be in its own."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from onrecord.languages import INTERFACE
from onrecord.site.wording import wording

pytestmark = pytest.mark.browser
_MESSAGES = Path(__file__).resolve().parents[3] / "site" / "locale" / "messages.py"
# Every text and every name that a page gives, with the language that it is said to be in.
_HEARD = """() => {
  const heard = [];
  const language = (one) => one.closest('[lang]')?.lang ?? '';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, text = node.data.trim().replace(/\\s+/g, ' ');
    const silent = node.parentElement.closest('script, style, noscript, video, audio, code, kbd');
    if (text && !silent) heard.push([language(node.parentElement), text]);
  }
  for (const name of ['aria-label', 'title', 'alt', 'placeholder', 'label']) {
    for (const one of document.body.querySelectorAll(`[${name}]`)) heard.push([language(one), one.getAttribute(name).trim()]);
  }
  return heard;
}"""
# The letters that a text in the language has, and one in another language of this archive has not.
_LETTERS = {"uk": "[\u0400-\u052f]", "ru": "[\u0400-\u052f]", "ar": "[\u0600-\u06ff]"}
_ANY = "[a-zA-Z\u00c0-\u024f\u0400-\u052f\u0600-\u06ff]"
# Names of things that bear them in every language.
_NAMES = {
    "WebVTT", "SRT", "DOCX", "JSON", "Markdown", "BibTeX", "Opus", "MP3", "MP4", "M4A", "YouTube", "Vimeo", "CC0-1.0",
    "pocketsphinx", "JSON API",
}  # fmt: skip


@pytest.fixture(scope="module")
def sentences() -> set[str]:
    """Every sentence of the interface in English that has no values in it."""
    spec = importlib.util.spec_from_file_location("messages", _MESSAGES)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = (message.id for message in module.sentences() if isinstance(message.id, str))
    return {message for message in found if message and "%" not in message and "<" not in message}


@pytest.mark.parametrize("language", [language for language in INTERFACE if language != "en"])
def test_nothing_of_the_interface_stays_english(
    kinds: Any, browser: Any, sentences: set[str], language: str
) -> None:
    """Neither a text nor a name for screen readers, on any page, before or after its scripts have run."""
    words = wording(language)
    translated = {sentence for sentence in sentences if words.gettext(sentence) != sentence}
    page = browser.new_page()
    left = set()
    for path in kinds.few:
        page.goto(kinds.at(path, language), wait_until="domcontentloaded")
        said = {text for tag, text in page.evaluate(_HEARD) if tag != "en"}
        left |= {(path, text) for text in said & translated}
    page.close()
    assert left == set()


@pytest.mark.parametrize("language", ["en", "uk", "fr"])
def test_every_text_is_said_to_be_in_the_language_it_is_in(kinds: Any, browser: Any, language: str) -> None:
    """Letters show where a text is said to be in a language that it cannot be in: a screen reader would garble it."""
    page = browser.new_page()
    wrong = set()
    for path in kinds.all:
        page.goto(kinds.at(path, language), wait_until="domcontentloaded")
        for tag, text in page.evaluate(_HEARD):
            letters = re.findall(_ANY, text)
            if not letters or text in _NAMES or not tag:
                continue
            own = _LETTERS.get(tag.split("-")[0], "[a-zA-Z\u00c0-\u024f]")
            foreign = [letter for letter in letters if not re.match(own, letter)]
            # An attribute cannot say which part of it is in which language: `Play from 0:24: The Declaration`.
            if len(foreign) > len(letters) / 2 and not re.search(
                r"@|://|Example|Pryklad|UTC|^[a-z.-]+[.][a-z]+$|: The Declaration", text
            ):
                wrong.add((path, tag, text[:60]))
    page.close()
    assert wrong == set()
