"""What people type, made fit for a transcript: words of text, and the names of speakers."""

from __future__ import annotations

import re

from onrecord.errors import UsageError

LONGEST_TEXT = 100_000  # characters of one paragraph; a minute and a half of speech has about 1,500
LONGEST_NAME = 200

_WORDS = re.compile("[^ \t\n\f\r\v]+")  # as WebVTT parts them: a space that does not break stays in its word
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
# Marks that turn the direction of what follows them: in a name they would turn the page around it.
_TURNING = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")


def words_of(text: str) -> list[str]:
    """The words of a text that somebody typed, without control characters.

    Raises `UsageError` for a text that is too long to be one paragraph.
    """
    if len(text) > LONGEST_TEXT:
        raise UsageError(
            f"this paragraph is longer than {LONGEST_TEXT:,} characters.",
            advice="Save it in several steps, or take in a whole text with 'onrecord transcript import'.",
        )
    return [word for word in _WORDS.findall(_CONTROLS.sub("", text)) if word.strip()]


def line_of(text: str) -> str:
    """A text as its words on one line: the form in which two texts are compared."""
    return " ".join(words_of(text))


def name_of(text: str) -> str:
    """A speaker's name on one line, without characters that cannot be seen. Raises `UsageError` when too long."""
    name = " ".join(_TURNING.sub("", _CONTROLS.sub("", text)).split())
    if len(name) > LONGEST_NAME:
        raise UsageError(f"a name of more than {LONGEST_NAME} characters is no name.", advice="Shorten it.")
    return name
