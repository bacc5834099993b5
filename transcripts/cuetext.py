"""The text of a cue: its tags, characters and times, read as browsers read them, and written.

`parse` follows the W3C's WebVTT, section 6.4 (cue text tokenizer and parsing rules). `words` makes words
of it, and says what a word cannot hold.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from onrecord.timecode import clock
from onrecord.transcripts.blocks import timestamp
from onrecord.transcripts.model import Cue, Word

_TAGS = re.compile("<([^>]*)>?")
_RUNS = re.compile("[^ \t\n\f\r]+|[ \t\n\f\r]+")
_WORDS = re.compile("[^ \t\n\f\r]+")
_SPACES = re.compile("[ \t\n\f\r]+")
_NAME = re.compile("([^ \t\n\f.]*)((?:\\.[^ \t\n\f.]*)*)(.*)", re.DOTALL)
# The longest name of a character reference has 32 characters.
_REFERENCE = re.compile("&(?:#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?|([A-Za-z][A-Za-z0-9]{0,31};?))")
_KNOWN = frozenset(("c", "i", "b", "u", "ruby", "v", "lang"))
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_SPECIAL = re.compile("[&<> \t\n\f\r]")
# A word as we write it: with its time, if it has one, and with the mark of one that is unsure.
_PLAIN = "[^ \t\n\f\r<&]"
_WORD = re.compile(
    "(?:<((?:[0-9]{1,9}:)?[0-5][0-9]):([0-5][0-9])\\.([0-9]{3})>)?"
    f"(?:({_PLAIN}+)|({_PLAIN}*)<c\\.unsure>({_PLAIN}+)</c>({_PLAIN}*))([ \n]|\\Z)"
)
_ALL_WORDS = re.compile(f"(?:{re.sub(r'[(](?![?])', '(?:', _WORD.pattern)})+")
_AROUND = " .,:;!?…«»\"'“”„‘’()[]{}-–—¿¡、。，！？；："

# What HTML makes of the numbers of Windows' characters and of those that are none (HTML, section 13.2.5.80).
_WINDOWS = dict(
    zip(
        range(0x80, 0xA0),
        "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ",
        strict=True,
    )
)


def _referred(match: re.Match[str]) -> str:
    name = match[3]
    if name is not None:
        table = html.entities.html5
        if name in table:
            return table[name]
        # The old names stand without a semicolon too; the longest that fits counts.
        for length in range(min(len(name), 6), 1, -1):
            if name[:length] in table:
                return table[name[:length]] + name[length:]
        return match[0]
    digits = match[1] if match[1] is not None else match[2]
    significant = digits.lstrip("0")
    number = int(significant or "0", 16 if match[1] is not None else 10) if len(significant) < 9 else 0x110000
    if number == 0 or number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        return "\ufffd"
    return _WINDOWS.get(number) or chr(number)


def unescape(text: str) -> str:
    """The text with its character references read, as the HTML tokenizer reads them outside attributes."""
    return _REFERENCE.sub(_referred, text) if "&" in text else text


def _referred_in_name(match: re.Match[str]) -> str:
    """As in HTML's attributes: an old name counts only where no letter, digit or = follows."""
    name, after = match[3], match.string[match.end() : match.end() + 1]
    if name is None or (name in html.entities.html5 and (name[-1] == ";" or after != "=")):
        return _referred(match)
    return match[0]


@lru_cache(maxsize=1024)
def _annotation(text: str) -> str:
    """A voice's name or a language as a tag has it, with single spaces."""
    return " ".join(_WORDS.findall(_REFERENCE.sub(_referred_in_name, text)))


def escape(text: str) -> str:
    """The text as it stands in a cue or in a voice's name."""
    return text.translate(_ESCAPED)


@dataclass(slots=True)
class Open:
    """A tag that begins an element: c, i, b, u, ruby, rt, v or lang."""

    name: str
    classes: tuple[str, ...] = ()
    value: str = ""


@dataclass(slots=True)
class Close:
    """The end of the element that is open."""


Part = str | int | Open | Close


def parse(text: str) -> list[Part]:
    """The cue's text as parts in order: characters, times in milliseconds, elements that open and close.

    Elements nest properly: a tag that does not apply where it stands is left out, as the rules have it;
    elements open at the end stay open.
    """
    if "<" not in text:
        return [unescape(text)] if text else []
    parts: list[Part] = []
    stack: list[str] = []
    for index, piece in enumerate(_TAGS.split(text)):
        if not index % 2:
            if piece:
                parts.append(unescape(piece))
        elif not piece:
            continue
        elif piece[0] == "/":
            name = piece[1:]
            if stack and name == stack[-1]:
                stack.pop()
                parts.append(Close())
            elif name == "ruby" and stack and stack[-1] == "rt":
                del stack[-2:]
                parts += (Close(), Close())
        elif "0" <= piece[0] <= "9":
            time = timestamp(piece)
            if time is not None:
                parts.append(time)
        else:
            match = _NAME.match(piece)
            assert match is not None
            name, dotted, rest = match.groups()
            if name in _KNOWN or (name == "rt" and stack and stack[-1] == "ruby"):
                classes = tuple(filter(None, dotted.split("."))) if dotted else ()
                value = ""
                if rest and name in ("v", "lang"):
                    value = _annotation(rest)
                stack.append(name)
                parts.append(Open(name, classes, value))
    return parts


@lru_cache(maxsize=4096)
def _minutes(text: str) -> int:
    """The milliseconds of hours and minutes, as they stand before the seconds of a time."""
    hours, _, minutes = text.rpartition(":")
    return (int(hours or 0) * 60 + int(minutes)) * 60_000


_plain = lru_cache(maxsize=65_536)(Word)  # words without a time are shared: making one takes a microsecond


@dataclass(slots=True)
class Passage:
    """What one speaker says in a cue."""

    speaker: str
    words: list[Word]
    breaks: list[int]


def passages(
    text: str, language: str, start: int, lost: Callable[[str], object] = lambda _: None
) -> list[Passage]:
    """The words of a cue by speaker. `lost` is told, in a few words, of each thing that a word cannot hold.

    The first word starts with the cue, unless a time says otherwise.
    """
    current = Passage("", [], [])
    found = [current]
    voiced = text.startswith("<v ")
    name, _, rest = text[3:].partition(">") if voiced else ("", "", text)
    # The commonest cues by far: one speaker, and plain words or words as we write them.
    if "<" not in rest:
        for line in unescape(rest).split("\n"):
            words = _WORDS.findall(line)
            if words:
                if current.words:
                    current.breaks.append(len(current.words))
                current.words += map(_plain, words)
        if current.words:
            current.words[0] = Word(current.words[0].text, start)
    elif _ALL_WORDS.fullmatch(rest):
        _take_words(rest, start, current)
    if "<" not in rest or current.words:
        current.speaker = _annotation(name)
        return found

    speaker = ""
    unsure = False
    tongue: str | None = None
    stack: list[tuple[str, str, bool, str | None]] = []
    time: int | None = start
    fresh = True  # no word has begun since `time` was set
    begun = False
    held = ""  # the word in hand
    held_start: int | None = None
    held_unsure = False
    held_tongue: str | None = None

    def finish() -> None:
        nonlocal held
        if held:
            current.words.append(Word(held, held_start, held_unsure, held_tongue))
            held = ""

    def append(characters: str) -> None:
        nonlocal current, held, held_start, held_unsure, held_tongue, time, fresh, begun
        for run in _RUNS.findall(characters):
            if run[0] in " \t\n\f\r":
                finish()
                if "\n" in run and current.words:
                    current.breaks.append(len(current.words))
                continue
            if held and speaker == current.speaker:
                if not fresh:
                    lost("a time inside a word")
                    time, fresh = None, True
                held += run
                held_unsure = held_unsure or unsure
                continue
            finish()
            if speaker != current.speaker:
                if current.words:
                    current = Passage(speaker, [], [])
                    found.append(current)
                else:
                    current.speaker = speaker
            held, held_start, held_unsure, held_tongue = run, time, unsure, tongue
            time, fresh, begun = None, True, True

    def close(element: tuple[str, str, bool, str | None]) -> tuple[str, bool, str | None]:
        if element[0] == "rt":
            append(")")
        return element[1:]

    for part in parse(text):
        if isinstance(part, str):
            append(part)
        elif isinstance(part, int):
            if not fresh:
                lost("a time that no word follows")
            time, fresh = part, False
        elif isinstance(part, Open):
            stack.append((part.name, speaker, unsure, tongue))
            if part.name == "c":
                unsure = unsure or "unsure" in part.classes
            elif part.name == "v":
                speaker = part.value
            elif part.name == "lang":
                tongue = None if part.value == language else part.value or None
            elif part.name == "rt":
                append("(")
                lost("a reading above a word, now in brackets")
            elif part.name != "ruby":
                lost(f"the style <{part.name}>")
            for name in part.classes:
                if name != "unsure" or part.name != "c":
                    lost(f"the class .{name}")
        elif stack:
            speaker, unsure, tongue = close(stack.pop())
    while stack:
        close(stack.pop())
    finish()
    if not fresh:
        lost("a time that no word follows")
    for passage in found:
        passage.breaks = sorted({at for at in passage.breaks if 0 < at < len(passage.words)})
    return found


def _take_words(text: str, start: int, into: Passage) -> None:
    """The same for a text that is nothing but words as we write them, with single spaces or line ends between."""
    time: int | None = start
    words = into.words
    for minutes, seconds, thousandths, plain, before, core, after, end in _WORD.findall(text):
        if minutes:
            time = _minutes(minutes) + int(seconds + thousandths)
        words.append(Word(plain, time) if plain else Word(before + core + after, time, True))
        time = None
        if end == "\n":
            into.breaks.append(len(words))
    if into.breaks and into.breaks[-1] == len(words):
        into.breaks.pop()


def split_words(words: Iterable[Word], breaks: Iterable[int]) -> tuple[list[Word], set[int]]:
    """The words with those taken apart that hold white space, and empty ones left out; the line breaks moved
    along.
    """
    edges = set(breaks)
    result: list[Word] = []
    moved = set()
    for index, word in enumerate(words):
        if index in edges:
            moved.add(len(result))
        if word.text and not _SPACES.search(word.text):
            result.append(word)
            continue
        for number, part in enumerate(_WORDS.findall(word.text)):
            result.append(Word(part, word.start if number == 0 else None, word.unsure, word.language))
    return result, moved - {0, len(result)}


def _marked(text: str) -> str:
    """An unsure word: the mark is around its letters, the punctuation stays outside."""
    left = text.lstrip(_AROUND)
    core = left.rstrip(_AROUND)
    if not core:
        return f"<c.unsure>{escape(text)}</c>"
    before, after = text[: len(text) - len(left)], left[len(core) :]
    return f"{escape(before)}<c.unsure>{escape(core)}</c>{escape(after)}"


def write(cue: Cue, language: str) -> str:
    """The cue's text in our form; empty when it has no words."""
    words, breaks = split_words(cue.words, cue.breaks)
    pieces: list[str] = []
    speaker = " ".join(_WORDS.findall(cue.speaker))
    if speaker:
        pieces.append(f"<v {escape(speaker)}>")
    tongue: str | None = None
    for index, word in enumerate(words):
        wanted = None if word.language == language else " ".join(_WORDS.findall(word.language or "")) or None
        if tongue is not None and wanted != tongue:
            pieces.append("</lang>")
        if index:
            pieces.append("\n" if index in breaks else " ")
        if word.start is not None and (index or word.start != cue.start):
            pieces.append(f"<{clock(word.start)}>")
        if wanted is not None and wanted != tongue:
            pieces.append(f"<lang {escape(wanted)}>")
        tongue = wanted
        if word.unsure:
            pieces.append(_marked(word.text))
        else:
            pieces.append(escape(word.text) if _SPECIAL.search(word.text) else word.text)
    if tongue is not None:
        pieces.append("</lang>")
    return "".join(pieces) if words else ""
