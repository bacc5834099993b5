"""The page of a recording: where it comes from, how far it is, what stands of it, and what a person may change of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from onrecord import jobs
from onrecord.errors import ConflictError, FormError, NotFoundError, UsageError
from onrecord.events.model import Event, Recording
from onrecord.languages import N_, language_tag
from onrecord.media.address import shown_address
from onrecord.media.listening import playable, waveform
from onrecord.media.originals import KEEP_AS_IT_IS, Original, find_original, last_attempt
from onrecord.media.registering import Remove, row_of
from onrecord.media.renditions import find_rendition
from onrecord.media.uploads import SCHEME, Uploads, upload_of
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.bringing import places
from onrecord.site.desk.english import of_error
from onrecord.transcripts.library import Library
from onrecord.transcripts.state import transcript_states

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

STEPS = ("fetch", "render", "transcribe", "index")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "kind": ("", "video", "audio"),
    "publish": ("", "yes", "no", "transcript"),
    "transcript": ("", "reviewed", "draft", "no"),
    "original": ("", "public"),
}
_KEYS = ("title", "languages", *_CHOICES)


def overview(ask: Ask) -> Response:
    """All that is known of the recording."""
    event, recording = places.recording_of(ask)
    return _page(ask, event, recording)


def _page(ask: Ask, event: Event, recording: Recording, *, status: int = 200, **more: Any) -> Response:
    archive = ask.archive
    original = find_original(archive, event.stem, recording.id)
    failure = last_attempt(archive, event.stem, recording.id)
    now = fields(recording)
    values = {"values": now, "was": now, "problems": (), "conflicts": {}, **more}
    return ask.render(
        "bringing/recording.html",
        status=status,
        event=event,
        recording=recording,
        source=told_source(ask, recording, original),
        original=original,
        original_name=original.path.name if original else "",
        failure=failure,
        may_keep=failure is not None and original is None and KEEP_AS_IT_IS in failure.error,
        rendition=find_rendition(archive, event, recording),
        transcripts=transcript_states(Library(archive), event.stem, recording.id),
        plays=playable(archive, event, recording),
        wave=waveform(archive, event, recording),
        jobs=jobs.recent(ask.database, kind="recording", subject=event.stem, item=recording.id, limit=5),
        working=bool(jobs.unfinished(ask.database, kind="recording", subject=event.stem, item=recording.id)),
        steps=STEPS,
        **values,
    )


def told_source(ask: Ask, recording: Recording, original: Original | None) -> str:
    """Where a recording comes from, as it may be shown."""
    upload = upload_of(recording.source)
    if upload is None:
        return shown_address(recording.source) if "://" in recording.source else recording.source
    names = [one.name for one in Uploads(ask.archive).all() if one.id == upload]
    if not names and original is not None and original.source.startswith(f"{SCHEME}:"):
        names = [original.source.partition(":")[2]]
    return ask.words.gettext("uploaded: %(name)s", name=names[0]) if names else ask.words.gettext("uploaded")


def fields(recording: Recording) -> dict[str, str]:
    """What of a recording the form changes, as the form has it."""
    return {
        "title": recording.title,
        "languages": " ".join(recording.languages),
        "kind": recording.kind or "",
        "publish": recording.publish or "",
        "transcript": recording.transcript or "",
        "original": "public" if recording.original == "public" else "",
    }


def save(ask: Ask) -> Response:
    """Changes what was changed in the form, and nothing else. What somebody else changed meanwhile stands, and is said."""
    event, recording = places.recording_of(ask)
    mine = {key: ask.form.text(key, most=300) for key in _KEYS}
    was = {key: ask.form.text(f"was-{key}", most=300) for key in _KEYS}
    problems = []
    for key, allowed in _CHOICES.items():
        if mine[key] not in allowed:
            raise FormError(N_("This form was not made here."))
    try:
        mine["languages"] = " ".join(language_tag(tag) for tag in mine["languages"].replace(",", " ").split())
    except UsageError as error:
        problems.append(("languages", of_error(error, ask.words)))
    if problems:
        return _page(ask, event, recording, status=400, values=mine, was=was, problems=problems)
    conflicts: dict[str, str] = {}

    def change(document: TOMLDocument) -> None:
        row = row_of(document, recording.id)
        for key in _KEYS:
            if mine[key] == was[key]:
                continue
            now = _written(row, key)
            if now not in (was[key], mine[key]):
                conflicts[key] = now
                continue
            if mine[key]:
                row[key] = mine[key].split() if key == "languages" else mine[key]
            else:
                row.pop(key, None)
        if conflicts:
            raise ConflictError(N_("Somebody else has changed this meanwhile."))

    try:
        changed = places.registry(ask).edit(event.stem, change)
    except ConflictError:
        if not conflicts:
            raise
        present = places.event_of(ask).recording(recording.id)
        if present is None:
            raise
        return _page(ask, event, present, status=409, values=mine, was=fields(present), conflicts=conflicts)
    ask.audit("recording.changed", event.stem, recording.id)
    if changed.recording(recording.id) != recording:
        places.enqueue(ask, event.stem, recording.id)
    return ask.go(places.recording_place(event.stem, recording.id), ask.words.gettext("Saved."))


def _written(row: Any, key: str) -> str:
    """What a document says of a key now, as the form would have it."""
    value = row.get(key)
    if value is None or (key == "original" and value != "public"):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(map(str, value)) if key == "languages" else str(value)


def again(ask: Ask) -> Response:
    """Has the recording worked on again, from a step or where it stopped."""
    event, recording = places.recording_of(ask)
    step = ask.form.text("from", most=20)
    if step and step not in STEPS:
        raise FormError(N_("This form was not made here."))
    details: dict[str, object] = {"from": step} if step else {}
    if ask.form.flag("keep"):
        details["keep_as_it_is"] = True
    if ask.form.flag("replace"):
        details["replace"] = True
    here = jobs.unfinished(ask.database, kind="recording", subject=event.stem, item=recording.id)
    if here and here[0].state in ("waiting", "paused"):
        job = jobs.wish(ask.database, here[0].id, "again", step, by=ask.me.name, details=details)
    elif here:
        raise ConflictError(
            N_("This recording is being worked on just now."),
            advice=N_("Wait until that is done, or cancel it first."),
        )
    else:
        job = places.enqueue(ask, event.stem, recording.id, **details)
    what = "recording.kept-as-it-is" if "keep_as_it_is" in details else "recording.again"
    ask.audit(what, event.stem, f"{recording.id} {step}".strip())
    return ask.go(
        places.recording_place(event.stem, recording.id), ask.words.gettext("Job %(id)s has it.", id=job.id)
    )


def remove(ask: Ask) -> Response:
    """Takes the recording out of the event. What was fetched and written down stays in the archive's folders."""
    event, recording = places.recording_of(ask)
    for job in jobs.unfinished(ask.database, subject=event.stem, item=recording.id):
        jobs.wish(ask.database, job.id, "cancel", by=ask.me.name)
    places.registry(ask).edit(event.stem, Remove(recording.id))
    ask.audit("recording.removed", event.stem, recording.id)
    if (upload := upload_of(recording.source)) is not None:
        Uploads(ask.archive).discard(upload)
    said = ask.words.gettext(
        "The recording was taken out of the discussion. Its original stays in the archive."
    )
    return ask.go(places.event_place(event.stem), said)


def forget_upload(ask: Ask) -> Response:
    """Throws away an upload that nobody will go on with."""
    event = places.event_of(ask)
    uploads = Uploads(ask.archive)
    upload = uploads.find(ask.params["upload"])
    if upload.stem != event.stem or upload.recording_id:
        raise NotFoundError(N_("There is no such upload in this discussion."))
    uploads.discard(upload.id)
    return ask.go(places.new_place(event.stem), ask.words.gettext("The unfinished upload was thrown away."))


_RECORDING = "/desk/events/{stem}/recordings/{rid}/"
ROUTES = (
    desk_route(
        "/desk/events/{stem}/recordings/uploads/{upload}/forget",
        forget_upload,
        who="organiser",
        methods=("POST",),
    ),
    desk_route(_RECORDING, overview, who="editor"),
    desk_route(_RECORDING, save, who="organiser", methods=("POST",)),
    desk_route(f"{_RECORDING}again", again, who="organiser", methods=("POST",)),
    desk_route(f"{_RECORDING}remove", remove, who="organiser", methods=("POST",)),
)
