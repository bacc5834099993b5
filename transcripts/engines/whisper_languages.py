"""Language tags as Whisper knows them: a hundred codes of its own, most of them ISO 639-1."""

from __future__ import annotations

# Whisper's code where it is not the first part of the BCP 47 tag.
_CODES = {"nb": "no", "iw": "he", "in": "id", "jv": "jw", "fil": "tl", "cmn": "zh", "mo": "ro", "ji": "yi"}


def whisper_language(tag: str) -> str:
    """Whisper's code for a language tag: `pt` for `pt-BR`, `no` for `nb`."""
    first = tag.split("-", maxsplit=1)[0].lower()
    return _CODES.get(first, first)
