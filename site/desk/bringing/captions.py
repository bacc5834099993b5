"""Taking in a transcript or captions that somebody has: as a file, into the place of a recording's transcript."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.responses import Response

from onrecord.errors import FormError, OnrecordError
from onrecord.files import make_folder
from onrecord.languages import N_, language_tag
from onrecord.locks import lock
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.bringing import places
from onrecord.transcripts.library import Library
from onrecord.transcripts.taking_in import read_new

LARGEST = 16 << 20  # bytes; three hours with the time of every word take two
_WAIT = 10.0  # seconds that one who saves waits for another


def take(ask: Ask) -> Response:
    """Reads the file and saves it as the transcript in its language, not reviewed. What stood there goes to the history."""
    event, recording = places.recording_of(ask)
    file = next(iter(ask.form.files.get("file", [])), None)
    if file is None:
        raise FormError(N_("No file was chosen."), advice=N_("Go back and choose the transcript."))
    said = ask.form.text("language", most=40)
    kind = ask.form.text("kind", most=20)
    if kind not in ("", "translation"):
        raise FormError(N_("This form was not made here."))
    language = language_tag(said) if said else None
    library = Library(ask.archive)
    # The name is ours: what a browser calls a file may hold a name that must not become public.
    place = make_folder(ask.archive.work(event.stem)) / f"{recording.id}.taken-in"
    with lock(ask.archive, event.stem, wait=_WAIT, doing="importing a transcript"):
        try:
            place.write_bytes(_read(file))
            taken = read_new(
                library, event, recording.id, place, language,
                kind="translation" if kind else "original", speakers={}, replace_it=ask.form.flag("replace"),
            )  # fmt: skip
        except OnrecordError as error:
            error.path = None  # where it lay for a moment says nothing to a person
            raise
        finally:
            place.unlink(missing_ok=True)
        library.save(event.stem, recording.id, taken.transcript)
    ask.audit("transcript.taken-in", event.stem, taken.entry.name)
    places.enqueue(ask, event.stem, recording.id)
    text = ask.words.ngettext(
        "%(num)s cue was taken in.", "%(num)s cues were taken in.", len(taken.transcript.cues)
    )
    return ask.go(f"/desk/events/{event.stem}/transcripts/{taken.entry.name}/", text)


def _read(file: UploadFile) -> bytes:
    data = file.file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise FormError(N_("This is no transcript: it is too large."), status=413)
    return data


ROUTES = (
    desk_route(
        "/desk/events/{stem}/recordings/{rid}/transcript",
        take,
        who="editor",
        methods=("POST",),
        most=LARGEST + (1 << 16),
    ),
)
