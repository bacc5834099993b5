"""Which names of an event may be said, and what is said instead of the others.

A pseudonym (`shown_as`) stands wherever the real name would. The name of a speaker without consent is left
out. A name is found as its words in any order next to each other, as one of its words standing alone with a
capital, written together, in another script or by the spelling habits of another language (`Гончаренко`,
`Honcharenko`, `Hontscharenko`), and with the endings of its cases. Another name of the same person (`Alexander` of
`Oleksandr`) is known only where `speakers.toml` gives it.
Too much hidden is an oddity that a person notices; too little is harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from onrecord.events.model import Speaker
from onrecord.events.publication import consents
from onrecord.languages import INTERFACE, N_, written_in
from onrecord.site.namewords import (
    TOKEN,
    fold,
    is_form,
    is_name,
    is_near,
    is_together,
    name_words,
    sounds_like,
)
from onrecord.site.wording import wording
from onrecord.transcripts.model import Cue, Word
from onrecord.transcripts.words.transliteration import sounds

WITHHELD = N_("[name withheld]")
_ADDRESS = re.compile(
    r"(?:https?://|mailto:|www\.)[^\s<>()\[\]\"']+|[^\s<>()\[\]\"']+@[^\s<>()\[\]\"']+", re.IGNORECASE
)
# C0 but for tab and line end, DEL, C1: no letter of any language, and orders to whoever prints a download. The
# embeddings and overrides of direction (UAX 9, 2.1 and 2.2) would turn what stands after a name; captions of
# languages that run to the left are full of embeddings.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e]")
_TURNS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
_GAP = 6  # characters between two words of one name, such as "**Anna** *Koval*"


def without_controls(word: str) -> str:
    """A word of a transcript without control characters."""
    return _CONTROLS.sub("", word) if _CONTROLS.search(word) else word


@dataclass(frozen=True)
class _Hidden:
    """One name that may not be said: its words, and what stands for it."""

    words: tuple[str, ...]
    instead: str
    alone: frozenset[str]  # the words that give the person away by themselves


class Names:
    """The names of one event's speakers; `others` gives more names of a person by id (other languages, other
    forms). `languages` are those of the event: what stands for a name is said in the language of the text.
    """

    def __init__(
        self,
        speakers: Sequence[Speaker],
        others: Mapping[str, Sequence[str]] | None = None,
        languages: Sequence[str] = (),
    ) -> None:
        self._languages = tuple(languages)
        others = others or {}
        self._labels: dict[str, str | None] = {}
        self._known: list[tuple[Speaker, frozenset[tuple[str, ...]]]] = []
        self._hidden: tuple[_Hidden, ...] = ()
        self._withheld = False
        self._longest = 0
        if not any(speaker.shown_as or not consents(speaker) for speaker in speakers):
            return  # nothing to hide, as with most events
        said: set[str] = set()  # words that the public reads anyway
        for speaker in speakers:
            names = {speaker.name, *others.get(speaker.id or "", ())}
            forms = {name_words(name) for name in names}
            if speaker.shown_as:
                said |= set(name_words(speaker.shown_as))
            elif consents(speaker):
                said |= {word for form in forms for word in form}
            self._known.append((speaker, frozenset(form for form in forms if form)))
        heard = frozenset(key for word in said for key in sounds(word))
        self._hidden = tuple(
            _Hidden(
                form,
                speaker.shown_as or WITHHELD,
                frozenset(
                    word
                    for word in form
                    if len(word) > 2 and word not in said and not heard.intersection(sounds(word))
                ),
            )
            for speaker, forms in self._known
            if speaker.shown_as or not consents(speaker)
            for form in sorted(forms)
            if form != name_words(speaker.shown_as or "")
        )
        self._withheld = any(not consents(speaker) for speaker in speakers)
        self._longest = max((len(hidden.words) for hidden in self._hidden), default=0)

    @property
    def strict(self) -> bool:
        """Whether a speaker has not consented: then only text that names another listed speaker may pass."""
        return self._withheld

    @property
    def open(self) -> bool:
        """Whether there is nothing to hide: then what is said of a speaker depends on no other speaker."""
        return not self._hidden

    def shown(self, speaker: Speaker) -> str:
        """What the public calls a speaker who has consented."""
        return _TURNS.sub("", speaker.shown_as or speaker.name)

    def label(self, name: str) -> str | None:
        """The public form of a name that stands before words in a transcript; None: those words may not pass.

        Empty: they pass, and it is not said who speaks. Where a speaker has not consented, words pass only
        when they name a listed speaker who has; where someone bears a pseudonym, a name that nobody knows is
        not said.
        """
        if name not in self._labels:
            label = self._label(name)
            self._labels[name] = label if label is None else _TURNS.sub("", label)
        return self._labels[name]

    def _label(self, name: str) -> str | None:
        if not self._hidden and not self._withheld:
            return name
        tokens = name_words(name)
        exact = [s for s, forms in self._known if tokens in forms or tokens == name_words(s.shown_as or "")]
        if not tokens:
            exact = []
        if any(not consents(speaker) for speaker in exact):
            return None
        if exact:
            shown = {self.shown(speaker) for speaker in exact}
            return shown.pop() if len(shown) == 1 else ""
        near = [
            speaker
            for speaker, forms in self._known
            if tokens and any(is_near(tokens, form) for form in forms)
        ]
        if self._withheld:
            return self.shown(near[0]) if len(near) == 1 and consents(near[0]) else None
        if len(near) == 1:
            return self.shown(near[0])
        return ""

    def withholds(self, name: str) -> bool:
        """Whether a label is, or may be, that of a speaker who has not consented."""
        tokens = name_words(name)
        return bool(tokens) and any(
            not consents(speaker) and any(is_near(tokens, form) for form in forms)
            for speaker, forms in self._known
        )

    def text(self, text: str) -> str:
        """The text without control characters, and with every hidden name replaced; an address that holds one
        becomes an ellipsis.
        """
        if not text:
            return ""
        text = _TURNS.sub("", text)
        if not self._hidden or not text:
            return text
        text = _ADDRESS.sub(lambda match: "…" if self.hides(match[0]) else match[0], text)
        tokens = [(match.start(), match.end(), match.group()) for match in TOKEN.finditer(text)]
        pieces: list[str] = []
        done = 0
        for first, last, instead in self._found(
            [token for _, _, token in tokens], [(a, b) for a, b, _ in tokens], text
        ):
            start, end = tokens[first][0], tokens[last][1]
            between = text[done:start]
            if pieces and pieces[-1] == instead and not between.strip(" -\u00a0"):
                done = end  # "Anna Maria Koval" where only single words were found: say it once
                continue
            pieces += [between, instead]
            done = end
        return "".join(pieces) + text[done:]

    def _said(self, text: str) -> str:
        """What stands for a name in a text, in the text's own language where the interface speaks it."""
        language = written_in(text, self._languages).partition("-")[0]
        return wording(language).gettext(WITHHELD) if language in INTERFACE else WITHHELD

    def hides(self, address: str) -> bool:
        """Whether an address, a file's name or an identifier gives a hidden name away."""
        if not self._hidden:
            return False
        tokens = name_words(unquote(address))
        together = "".join(tokens)
        for hidden in self._hidden:
            if len(hidden.words) > 1 and any(
                "".join(order) in together for order in (hidden.words, hidden.words[::-1])
            ):
                return True
            if any(
                len(word) > 3 and (token == word or sounds_like(token, word))
                for word in hidden.alone
                for token in tokens
            ):
                return True
            if len(hidden.words) > 1 and any(is_together(token, hidden.words) for token in tokens):
                return True
            if len(hidden.words) == 1 and hidden.words[0] in tokens:
                return True
        return False

    def cues(self, cues: Sequence[Cue]) -> list[Cue]:
        """The cues with hidden names replaced, also where one runs from a cue into the next; empty cues are
        gone.
        """
        if not self._hidden:
            return list(cues)
        places: list[tuple[int, int, int, int, str]] = []  # cue, word, start and end in the word, the token
        for number, cue in enumerate(cues):
            for index, word in enumerate(cue.words):
                for match in TOKEN.finditer(word.text):
                    places.append((number, index, match.start(), match.end(), match.group()))
        edits: dict[tuple[int, int], str | None] = {}
        tokens = [place[4] for place in places]
        if not any(letter.isupper() for token in tokens for letter in token[:1]):
            tokens = [token.capitalize() for token in tokens]  # an engine that writes no capitals
        for first, last, instead in self._found(tokens, None, " ".join(tokens)):
            head, tail = places[first], places[last]
            same = (head[0], head[1]) == (tail[0], tail[1])
            before = edits.get((head[0], head[1]))
            text = before if before is not None else cues[head[0]].words[head[1]].text
            shift = len(text) - len(cues[head[0]].words[head[1]].text)
            closing = cues[tail[0]].words[tail[1]].text[tail[3] :]
            edits[head[0], head[1]] = (
                text[: head[2] + shift] + instead + (text[tail[3] + shift :] if same else closing)
            )
            for place in places[first + 1 : last + 1]:
                if (place[0], place[1]) != (head[0], head[1]):
                    edits[place[0], place[1]] = None
        touched = {number for number, _ in edits}
        changed = (
            _edited(cue, number, edits) if number in touched else cue for number, cue in enumerate(cues)
        )
        return [cue for cue in changed if cue.words]

    def _found(
        self, tokens: Sequence[str], spans: Sequence[tuple[int, int]] | None, text: str
    ) -> Iterator[tuple[int, int, str]]:
        """(first token, last token, what is said instead), in order and without overlap."""
        withheld = self._said(text)
        folded = [fold(token) for token in tokens]
        index = 0
        while index < len(tokens):
            match = self._at(index, tokens, folded, spans)
            if match is None:
                index += 1
            else:
                yield index, match[0], withheld if match[1] == WITHHELD else match[1]
                index = match[0] + 1

    def _at(
        self,
        index: int,
        tokens: Sequence[str],
        folded: Sequence[str],
        spans: Sequence[tuple[int, int]] | None,
    ) -> tuple[int, str] | None:
        for length in range(self._longest, 0, -1):
            last = index + length - 1
            if last >= len(tokens):
                continue
            if spans and any(spans[i + 1][0] - spans[i][1] > _GAP for i in range(index, last)):
                continue
            for hidden in self._hidden:
                if len(hidden.words) == length and is_name(
                    tokens[index : last + 1], folded[index : last + 1], hidden.words
                ):
                    return last, hidden.instead
        token, plain = tokens[index], folded[index]
        for hidden in self._hidden:
            if len(hidden.words) > 1 and is_together(plain, hidden.words):
                return index, hidden.instead
            if token[:1].isupper() and any(
                is_form(token, plain, word) or sounds_like(plain, word) for word in hidden.alone
            ):
                return index, hidden.instead
        return None


def _edited(cue: Cue, number: int, edits: Mapping[tuple[int, int], str | None]) -> Cue:
    """One cue with its words replaced; the lines break where they did."""
    words: list[Word] = []
    breaks: list[int] = []
    for index, word in enumerate(cue.words):
        if index in cue.breaks and words:
            breaks.append(len(words))
        if (number, index) not in edits:
            words.append(word)
            continue
        text = edits[number, index]
        for position, part in enumerate((text or "").split()):
            words.append(replace(word, text=part, start=word.start if position == 0 else None))
    return replace(cue, words=tuple(words), breaks=tuple(b for b in dict.fromkeys(breaks) if b < len(words)))
