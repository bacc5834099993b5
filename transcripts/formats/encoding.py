"""Text files from elsewhere: what their bytes say, in whatever encoding they came."""

from __future__ import annotations

import codecs
import itertools

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAMES = {"cp1251": "Windows-1251 (Cyrillic)", "cp1252": "Windows-1252 (Western European)"}


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text, and a sentence about its encoding where that had to be guessed or mended."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], name)
    if len(data) > 3 and data[:200].count(0) * 3 > len(data[:200]):
        # Text in UTF-16 without its mark: every second byte of ASCII is zero.
        return _strict(data, "utf-16-le" if data[1] == 0 else "utf-16-be")
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        damaged = len(data[: error.start].decode("utf-8")) < error.start
        if damaged:
            # There is real UTF-8 beyond ASCII before the first wrong byte: it is damaged, no other encoding.
            return _strict(data, "utf-8")
    name = "cp1251" if _is_cyrillic(data) else "cp1252"
    text = data.decode(name, "replace")
    return text, (
        f"the file is not UTF-8; it was read as {_NAMES[name]}. If letters look wrong, save it as UTF-8.",
    )


def _strict(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    text = data.decode(name, "replace")
    wrong = text.count("\ufffd") - (
        ("\ufffd".encode(name) in data and data.count("\ufffd".encode(name))) or 0
    )
    if wrong <= 0:
        return text, ()
    line = text[: text.index("\ufffd")].count("\n") + 1
    return text, (
        f"line {line}: {wrong} characters are no {name.upper()} and were replaced; the first is here.",
    )


def _is_cyrillic(data: bytes) -> bool:
    """Whether letters beyond ASCII stand together, as in Cyrillic words, and not singly, as accents do."""
    high = together = 0
    for before, here in itertools.pairwise(data):
        if here >= 0xC0 or here in b"\xa8\xb8\xaa\xba\xaf\xbf\xb2\xb3\xa5\xb4":
            high += 1
            together += before >= 0xC0
    return high > 0 and together * 2 > high
