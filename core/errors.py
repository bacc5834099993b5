"""Every error that onrecord raises on purpose.

    OnrecordError
    ├── UsageError                  the request itself cannot be carried out as it was put
    ├── ArchiveError                there is no archive here, or one stands where a new one should
    ├── StorageError                the disk is full, or a file may not be read or written
    ├── FormatError                 a file does not hold what its format says
    │   ├── SettingsError           onrecord.toml
    │   ├── EventFormatError        an event's or the speakers' TOML file
    │   └── TranscriptFormatError   a transcript, or a file given as one
    ├── NotFoundError               no such event, recording, transcript or revision
    ├── ConflictError               two things claim one place: a slug, an id
    │   ├── LockedError             another onrecord is at work on this event
    │   └── StaleTextError          somebody else has changed a paragraph of a transcript meanwhile
    ├── MediaError                  a recording cannot be used
    │   ├── FetchError              it could not be fetched; `permanent` says whether trying again can help
    │   │   └── BlockedAddressError the address leads inside a private network
    │   ├── NotMediaError           what came is no recording
    │   ├── IncompleteMediaError    what came is shorter than it says
    │   └── RenderError             no playable rendition could be made
    ├── TranscriptionError          the speech could not be recognised
    │   ├── EngineUnavailableError  the engine, or its model, is not on this machine
    │   └── ChunkError              one piece of a recording failed; the others stand
    ├── QueryError                  a search question that cannot be asked
    ├── ClipRefusedError            a piece of sound that may not be given out; `reason` says why in a word
    ├── AccountError                what was asked of an account cannot be: a name that is taken, a password too easy
    │   └── BusyError               too much of one kind is going on; it can be asked again in a moment
    ├── FormError                   what was sent to the desk is no form, too large, or too slow
    ├── SearchIndexError            the search index is missing, older than this onrecord, or damaged
    │   └── DictionaryError         the forms of words could not be looked up; words are found as they were said
    └── PublishError                the site could not be written, or would have said what it may not
        ├── TakenBackError          something of it was taken back meanwhile; it is made anew
        └── TargetError             the static site could not be sent to one of its targets

An error is written for the person who reads it: what happened, where, and in `advice` what to do next.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any


class OnrecordError(Exception):
    """The root: a known error, printed as one line; everything else is a bug and keeps its traceback."""

    def __init__(
        self,
        message: str,
        *,
        advice: str = "",
        slug: str | None = None,
        path: Path | None = None,
        line: int | None = None,
        key: str | None = None,
        url: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.slug = slug
        self.path = path
        self.line = line
        self.key = key
        self.url = url

    def __str__(self) -> str:
        place = ""
        if self.path is not None:
            place = f"{self.path}:{self.line}: " if self.line else f"{self.path}: "
        return f"{place}{self.message}" + (f" {self.advice}" if self.advice else "")


class UsageError(OnrecordError):
    """The request itself cannot be carried out as it was put; nothing was done."""


class ArchiveError(OnrecordError):
    """There is no archive here, or one stands where a new one should be made."""


class StorageError(OnrecordError):
    """The disk is full, or a file may not be read or written; what stood there still stands."""


class FormatError(OnrecordError):
    """A file does not hold what its format says; it is left as it is."""


class SettingsError(FormatError):
    """The settings file, a flag or an environment variable holds what is no setting."""


class EventFormatError(FormatError):
    """An event's or the speakers' TOML file is not valid.

    `expected` says what should stand there and `nearest` is the known key that was probably meant; `others` are the
    further errors of the same file.
    """

    def __init__(
        self,
        message: str,
        *,
        advice: str = "",
        path: Path | None = None,
        line: int | None = None,
        key: str | None = None,
        expected: str = "",
        nearest: str | None = None,
        others: tuple[EventFormatError, ...] = (),
    ) -> None:
        super().__init__(message, advice=advice, path=path, line=line, key=key)
        self.expected = expected
        self.nearest = nearest
        self.others = others


class TranscriptFormatError(FormatError):
    """A transcript, or a file that was given as one, cannot be read."""


class NotFoundError(OnrecordError):
    """There is no such event, recording, transcript or revision."""


class ConflictError(OnrecordError):
    """Two things claim one place: a slug, an id, a file."""


class LockedError(ConflictError):
    """Another onrecord is at work on this event."""


class StaleTextError(ConflictError):
    """Somebody else has changed a paragraph of a transcript since it was read; nothing was saved.

    `mine` is the text that was to be saved, `theirs` what stands, and `merge` what both are together
    (`onrecord.transcripts.correction.merging.Merge`).
    """

    def __init__(self, message: str, *, advice: str, mine: str, theirs: str, merge: Any) -> None:
        super().__init__(message, advice=advice)
        self.mine = mine
        self.theirs = theirs
        self.merge = merge


class MediaError(OnrecordError):
    """A recording cannot be used as it is."""


class FetchError(MediaError):
    """A recording could not be fetched.

    `permanent` says that trying again cannot help, `wait` how many seconds the server asks to wait.
    """

    permanent: bool
    wait: float | None
    tries: int

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        wait: float | None = None,
        advice: str = "",
        path: Path | None = None,
        url: str | None = None,
    ) -> None:
        super().__init__(message, advice=advice, path=path, url=url)
        self.permanent = permanent
        self.wait = wait
        self.tries = 1


class BlockedAddressError(FetchError):
    """The address leads inside a private network, and the settings do not name the host."""


class NotMediaError(MediaError):
    """What came is no recording: an empty file, a text file, a page."""


class IncompleteMediaError(MediaError):
    """What came is shorter than it says of itself."""


class RenderError(MediaError):
    """No playable rendition could be made of an original."""


class TranscriptionError(OnrecordError):
    """The speech of a recording could not be recognised."""


class EngineUnavailableError(TranscriptionError):
    """The engine, or the model it needs, is not on this machine."""


class ChunkError(TranscriptionError):
    """One piece of a recording failed; the other pieces stand, and it can be run again alone."""


class QueryError(OnrecordError):
    """A search question that cannot be asked.

    Readers meet it on a page in their language: `sentence` is the English one as the catalogues have it
    (marked with `N_`), and `values` stand in it by name.
    """

    def __init__(self, sentence: str, *, advice: str = "", **values: object) -> None:
        super().__init__(sentence % values, advice=advice)
        self.sentence = sentence
        self.values = values


class ClipRefusedError(OnrecordError):
    """A piece of a recording's sound may not be given out, or not now; `reason` says why in a word, for programs."""

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class AccountError(OnrecordError):
    """What was asked of an account cannot be; nothing was done.

    People meet it on a page in their language: `sentence` and `advice` are marked with `N_`, as in `QueryError`.
    """

    def __init__(self, sentence: str, *, advice: str = "", **values: object) -> None:
        super().__init__(sentence % values, advice=advice)
        self.sentence = sentence
        self.values = values


class BusyError(AccountError):
    """Too much of one kind is going on, or too often; it can be asked again in `wait` seconds."""

    def __init__(self, sentence: str, *, advice: str = "", wait: int = 5, **values: object) -> None:
        super().__init__(sentence, advice=advice, **values)
        self.wait = wait


class FormError(OnrecordError):
    """What was sent to the desk cannot be taken in; `status` is that of HTTP (RFC 9110, 15.5)."""

    def __init__(self, sentence: str, *, advice: str = "", status: int = 400, **values: object) -> None:
        super().__init__(sentence % values, advice=advice)
        self.sentence = sentence
        self.values = values
        self.status = status


class SearchIndexError(OnrecordError):
    """The search index is missing, older than this onrecord, or damaged; it is derived and can be made again."""


class DictionaryError(SearchIndexError):
    """The forms of words could not be looked up; until they are, words are found as they were said."""


class PublishError(OnrecordError):
    """The site could not be written, or would have said what it may not say."""


class TakenBackError(PublishError):
    """Something of the site was taken back while it was written or sent; it is to be made anew without that."""


class TargetError(PublishError):
    """The static site could not be sent to one of its targets; what stood there still stands.

    `passing` says that trying again later can help.
    """

    def __init__(self, message: str, *, advice: str = "", passing: bool = False) -> None:
        super().__init__(message, advice=advice)
        self.passing = passing
