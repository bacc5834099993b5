"""What the public may see of an archive, as records: made by the gate (`onrecord.site.view`) and by nothing
else.

Everything that is shown, searched, fed or exported is read from these records. Positions are milliseconds on
the rendition's clock, on which the trim begins at 0. Names are those that the public may read: a pseudonym
stands wherever the person chose one. Fields that end in `_html` are safe HTML (`markupsafe.Markup`); every
other text is plain. What costs a file to be read or text to be formatted is made when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal

from markupsafe import Markup

from onrecord.site.prose import html, plain
from onrecord.transcripts.model import Cue

When = Literal["coming", "now", "past"]


@dataclass(frozen=True)
class PublicLink:
    """A link to elsewhere. `archived` is the address of a copy in a web archive, or empty."""

    label: str
    url: str
    kind: str = ""
    language: str = ""
    archived: str = ""


@dataclass(frozen=True)
class PublicSpeaker:
    """A speaker as one event presents them. `slug` names their page; empty: they have none. `bio` is
    Markdown.
    """

    name: str
    slug: str = ""
    role: str = ""
    affiliation: str = ""
    bio: str = ""
    links: tuple[PublicLink, ...] = ()

    @cached_property
    def bio_html(self) -> Markup:
        """The biography as safe HTML."""
        return html(self.bio)


@dataclass(frozen=True)
class PublicChapter:
    """A chapter of a recording: its title, and where it begins and ends; an `end` of 0 is not known."""

    start: int
    title: str
    end: int = 0


@dataclass(frozen=True)
class Run:
    """Words of one kind in a piece of a sentence; a space ends `text` where words go on."""

    text: str
    unsure: bool = False
    language: str = ""  # set where it differs from the transcript's


@dataclass(frozen=True)
class Piece:
    """The words of one cue that belong to one sentence.

    `id` is the HTML id that this piece must carry (`part-1.en.c7`), once per page, so that every cue can be
    the target of a link; it is empty on the later pieces of a cue. `times` are the starts of the words in
    milliseconds after `start`, space-separated, one for each word of the text; empty where the words have no
    times of their own. `former` are ids of cues that corrections have taken away, and to which this is the
    nearest that is left: the page must carry them too, so that old links hold.
    """

    id: str
    start: int
    end: int
    runs: tuple[Run, ...]
    times: str = ""
    former: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sentence:
    """One sentence. `anchor` is the id of the cue in which it starts: its address is `#` + anchor."""

    anchor: str
    start: int
    end: int
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(run.text for piece in self.pieces for run in piece.runs).strip()


@dataclass(frozen=True)
class PublicTurn:
    """A paragraph: what one speaker says without a long pause.

    `gap` is true where something is said that is not published; such a turn has no speaker and no sentences.
    `new_speaker` is false where the speaker of the turn before goes on.
    """

    speaker: str
    speaker_slug: str
    start: int
    end: int
    sentences: tuple[Sentence, ...] = ()
    gap: bool = False
    new_speaker: bool = True

    @property
    def lines(self) -> int:
        """About how many lines of 65 characters it fills, 30 at most."""
        return min(30, 1 + sum(len(sentence.text) + 1 for sentence in self.sentences) // 65)


@dataclass(frozen=True)
class Passages:
    """What is said, as far as the public may read it. `gaps` counts the stretches that are left out, whose
    starts and ends are `left_out`.
    """

    cues: tuple[Cue, ...]
    gaps: int
    arrange: Callable[[], tuple[PublicTurn, ...]] = field(repr=False, compare=False)
    left_out: tuple[tuple[int, int], ...] = ()

    @cached_property
    def turns(self) -> tuple[PublicTurn, ...]:
        """The paragraphs; captions, downloads and the index do without them."""
        return self.arrange()


@dataclass(frozen=True)
class PublicTranscript:
    """One transcript of one recording: what its head says, and what is said, which is read when it is asked
    for.
    """

    recording_id: str
    language: str  # BCP 47
    language_name: str
    direction: str  # ltr or rtl
    kind: Literal["original", "translation"]
    status: Literal["machine", "reviewed"]
    engine: str
    model: str
    made: datetime | None
    reviewed: datetime | None
    load: Callable[[], Passages] = field(repr=False, compare=False)

    @property
    def turns(self) -> tuple[PublicTurn, ...]:
        """The paragraphs of the page."""
        return self.load().turns

    @property
    def cues(self) -> tuple[Cue, ...]:
        """What captions, downloads and the index are made of."""
        return self.load().cues

    @property
    def gaps(self) -> int:
        """How many stretches are left out."""
        return self.load().gaps

    @property
    def left_out(self) -> tuple[tuple[int, int], ...]:
        """Where something is said that is not published: (start, end) of each stretch."""
        return self.load().left_out

    @property
    def name(self) -> str:
        """Unique in the event: `part-1.en`, the beginning of its anchors and the name of its files."""
        return f"{self.recording_id}.{self.language}"


@dataclass(frozen=True)
class PublicMedia:
    """A rendition. `extension` is `mp4` or `m4a`; sizes in bytes and pixels, `duration` in milliseconds.

    The paths are for the server and the export only; no page shows them.
    """

    kind: Literal["video", "audio"]
    mime: str
    extension: str
    size: int
    duration: int
    width: int
    height: int
    path: Path = field(repr=False)
    poster: Path | None = field(default=None, repr=False)
    waveform: Path | None = field(default=None, repr=False)
    original: Path | None = field(default=None, repr=False)  # only where the event offers it


@dataclass(frozen=True)
class PublicPlayer:
    """The player of the platform that a recording came from: loaded from `frame`, an address at `host`, when
    a reader asks for it and at no other time. `page` is the recording's own page on the platform.
    """

    platform: str
    host: str
    frame: str
    page: str


@dataclass(frozen=True)
class PublicRecording:
    """A recording that a person has published. `media` is None until its rendition is made; `player` where
    the platform's own player is not offered. `guarded`: someone who may speak in it has not agreed to be
    published, so no piece of its sound may be given out unless it is known who speaks there. `kept_private`: the
    transcript is published and the recording is not; then there is neither `media` nor `player`.
    """

    id: str
    title: str
    languages: tuple[str, ...]
    media: PublicMedia | None
    player: PublicPlayer | None
    load: Callable[[], tuple[PublicTranscript, ...]] = field(repr=False, compare=False)
    chapters: tuple[PublicChapter, ...] = ()
    guarded: bool = False
    kept_private: bool = False

    @property
    def transcripts(self) -> tuple[PublicTranscript, ...]:
        """Its public transcripts: the original first, then translations."""
        return self.load()


@dataclass(frozen=True)
class PublicEvent:
    """One discussion that the public may see.

    `token` is set for an unlisted event: it has no slug in any address, stands in no list and must not be
    indexed. `starts` and `ends` are aware, in the event's own zone. `join` is empty unless it may be shown
    now.
    """

    id: str
    slug: str
    aliases: tuple[str, ...]
    token: str
    title: str
    summary: str
    markdown: str = field(repr=False)
    starts: datetime
    ends: datetime
    timezone: str
    duration: timedelta | None
    when: When
    cancelled: str  # a sentence; empty: not cancelled
    languages: tuple[str, ...]
    series: str
    series_slug: str  # empty: no page
    tags: tuple[tuple[str, str], ...]  # (tag, slug); an empty slug: no page
    licence: str
    join: str
    agenda: tuple[PublicChapter, ...]
    speakers: tuple[PublicSpeaker, ...]
    links: tuple[PublicLink, ...]
    changed: datetime  # when the event's file was last written, in UTC
    load: Callable[[], tuple[PublicRecording, ...]] = field(repr=False, compare=False)

    @property
    def recordings(self) -> tuple[PublicRecording, ...]:
        """Its public recordings in the event's order."""
        return self.load()

    @cached_property
    def description_html(self) -> Markup:
        """The description as safe HTML."""
        return html(self.markdown)

    @cached_property
    def description(self) -> str:
        """The description as plain text, for feeds and search."""
        return plain(self.markdown)

    @property
    def unlisted(self) -> bool:
        """Whether only those who know the address may come."""
        return bool(self.token)

    @property
    def transcripts(self) -> tuple[PublicTranscript, ...]:
        """Every transcript of every recording."""
        return tuple(transcript for recording in self.recordings for transcript in recording.transcripts)

    @property
    def length(self) -> int:
        """The length of all renditions together, in milliseconds."""
        return sum(recording.media.duration for recording in self.recordings if recording.media)


@dataclass(frozen=True)
class PublicPerson:
    """A speaker over all listed events, newest event first."""

    slug: str
    name: str
    role: str
    affiliation: str
    bio: str
    links: tuple[PublicLink, ...]
    events: tuple[PublicEvent, ...]

    @cached_property
    def bio_html(self) -> Markup:
        """The biography as safe HTML."""
        return html(self.bio)


@dataclass(frozen=True)
class PublicGroup:
    """A series or a tag with its listed events, newest first."""

    kind: Literal["series", "tag"]
    slug: str
    name: str
    events: tuple[PublicEvent, ...]


@dataclass(frozen=True)
class Withdrawn:
    """An event that was taken back: its old addresses answer 410 with this sentence, and with nothing else of
    it.
    """

    slugs: tuple[str, ...]  # empty for an unlisted event
    token: str
    sentence: str
