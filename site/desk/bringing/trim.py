"""Trimming by ear: where the public's version begins and ends, set at the playhead before it is rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from onrecord import jobs
from onrecord.errors import ConflictError, NotFoundError, UsageError
from onrecord.events.model import Event, Recording
from onrecord.languages import N_
from onrecord.media.listening import playable, waveform
from onrecord.media.originals import Original, find_original
from onrecord.media.registering import row_of
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.bringing import places
from onrecord.site.desk.english import of_error
from onrecord.timecode import clock, milliseconds

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

_LEAST = 1000  # milliseconds that a trim must leave


def show(ask: Ask) -> Response:
    """The player with the waveform, and the two times."""
    event, recording = places.recording_of(ask)
    original = _original(ask, event, recording)
    start, end = recording.trim or (0, original.duration)
    return _page(ask, event, recording, original, start=clock(start), end=clock(min(end, original.duration)))


def _page(
    ask: Ask, event: Event, recording: Recording, original: Original, *, start: str, end: str, status: int = 200,
    problems: tuple[tuple[str, str], ...] = (), theirs: str = "",
) -> Response:  # fmt: skip
    plays = playable(ask.archive, event, recording)
    wave = waveform(ask.archive, event, recording)
    waiting = False
    if original.audio and (plays is None or wave is None):
        _have_it_copied(ask, event, recording)
        waiting = True
    failed = jobs.recent(ask.database, kind="listen", subject=event.stem, item=recording.id, limit=1)
    return ask.render(
        "bringing/trim.html", status=status, event=event, recording=recording, original=original, start=start, end=end,
        was=_written(recording), length=clock(original.duration), plays=plays, wave=wave, waiting=waiting,
        failed=failed[0] if failed and failed[0].state == "failed" else None, problems=problems, theirs=theirs,
    )  # fmt: skip


def _have_it_copied(ask: Ask, event: Event, recording: Recording) -> None:
    """Has the copy and the waveform made, unless that has failed: trying again is a person's to say."""
    last = jobs.recent(ask.database, kind="listen", subject=event.stem, item=recording.id, limit=1)
    if not last or last[0].state not in ("failed", "cancelled"):
        jobs.enqueue(ask.database, "listen", event.stem, recording.id, by=ask.me.name)


def save(ask: Ask) -> Response:
    """Writes the trim into the event's file, and has the recording rendered anew."""
    event, recording = places.recording_of(ask)
    original = _original(ask, event, recording)
    given = {key: ask.form.text(key, most=30) for key in ("start", "end")}
    was = ask.form.text("was", most=60)
    whole = ask.form.flag("whole")
    problems: list[tuple[str, str]] = []
    trim: tuple[int, int] | None = None
    if not whole:
        trim = _read(ask, given, original, problems)
    if problems:
        return _page(
            ask,
            event,
            recording,
            original,
            start=given["start"],
            end=given["end"],
            status=400,
            problems=tuple(problems),
        )
    if trim == (0, original.duration):
        trim = None
    wanted = f"{clock(trim[0])} {clock(trim[1])}" if trim else ""
    theirs: list[str] = []

    def change(document: TOMLDocument) -> None:
        row = row_of(document, recording.id)
        now = _row_trim(row)
        if now not in (was, wanted):
            theirs.append(now)
            raise ConflictError(N_("Somebody else has changed this meanwhile."))
        if trim is None:
            row.pop("trim", None)
        else:
            row["trim"] = [clock(trim[0]), clock(trim[1])]

    try:
        places.registry(ask).edit(event.stem, change)
    except ConflictError:
        if not theirs:
            raise
        event, recording = places.recording_of(ask)
        said = theirs[0].replace(" ", " – ") or ask.words.gettext("all of it")
        return _page(
            ask, event, recording, original, start=given["start"], end=given["end"], status=409, theirs=said
        )
    if wanted != was:
        ask.audit("recording.trimmed", event.stem, f"{recording.id} {wanted}".strip())
    places.enqueue(ask, event.stem, recording.id)
    said = ask.words.gettext("The trim is saved; what the public plays is being made anew.")
    return ask.go(places.recording_place(event.stem, recording.id), said)


def _read(
    ask: Ask, given: dict[str, str], original: Original, problems: list[tuple[str, str]]
) -> tuple[int, int] | None:
    found: dict[str, int] = {}
    for key, text in given.items():
        try:
            found[key] = milliseconds(text)
        except UsageError as error:
            problems.append((key, of_error(error, ask.words)))
    if problems:
        return None
    start, end = found["start"], min(found["end"], original.duration)
    if start >= original.duration:
        length = clock(original.duration)
        problems.append(("start", ask.words.gettext("The recording is only %(length)s long.", length=length)))
    elif end - start < _LEAST:
        problems.append(("end", ask.words.gettext("The end must come at least a second after the start.")))
    return start, end


def retry(ask: Ask) -> Response:
    """Tries once more to make what can be played."""
    event, recording = places.recording_of(ask)
    jobs.enqueue(ask.database, "listen", event.stem, recording.id, by=ask.me.name)
    return ask.go(f"{places.recording_place(event.stem, recording.id)}trim")


def _original(ask: Ask, event: Event, recording: Recording) -> Original:
    original = find_original(ask.archive, event.stem, recording.id)
    if original is None:
        raise NotFoundError(
            N_("This recording is not here yet, so there is nothing to trim."),
            advice=N_("Wait until it has been fetched."),
        )
    return original


def _written(recording: Recording) -> str:
    return f"{clock(recording.trim[0])} {clock(recording.trim[1])}" if recording.trim else ""


def _row_trim(row: Any) -> str:
    """The trim of a document's row in one form, however a person wrote it."""
    value = row.get("trim")
    return " ".join(clock(milliseconds(str(position))) for position in value) if value else ""


_TRIM = "/desk/events/{stem}/recordings/{rid}/trim"
ROUTES = (
    desk_route(_TRIM, show, who="organiser"),
    desk_route(_TRIM, save, who="organiser", methods=("POST",)),
    desk_route(f"{_TRIM}/retry", retry, who="organiser", methods=("POST",)),
)
