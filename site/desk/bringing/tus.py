"""The server of resumable uploads: tus 1.0.0 (https://tus.io/protocols/resumable-upload), core and the extensions
creation, creation-with-upload, termination, checksum and expiration.

Whoever goes on with an upload takes it over from a connection that may long be dead, as tusd does: it is asked to let go,
and what it had received stands.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from contextlib import ExitStack
from email.utils import format_datetime
from typing import Any, TypeVar

import anyio
from anyio import to_thread
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response

from onrecord.errors import (
    ConflictError,
    FetchError,
    FormError,
    LockedError,
    NotFoundError,
    OnrecordError,
    StorageError,
    UsageError,
)
from onrecord.media.uploads import ALGORITHMS, Algorithm, ChecksumError, Upload, Uploads, Writer
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.bringing import places

VERSION = "1.0.0"
PIECE = (
    8 << 20
)  # bytes of a request, as our page sends them; whatever stands before the server must let so much through
_HOME = "/desk/uploads/"
_STREAM = "application/offset+octet-stream"
_BLOCK = 1 << 20
_EXTENSIONS = "creation,creation-with-upload,termination,checksum,expiration"
_METADATA = 4096  # bytes of Upload-Metadata
_writing: dict[str, anyio.CancelScope] = {}  # who writes an upload just now
R = TypeVar("R")


async def collection(ask: Ask) -> Response:
    """What the server can do, and new uploads."""
    if ask.method == "OPTIONS":
        return _answer(ask, 204, {
            "Tus-Version": VERSION, "Tus-Extension": _EXTENSIONS, "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
            "Tus-Max-Size": str(Uploads(ask.archive).bounds.largest),
        })  # fmt: skip
    return await _guarded(ask, _create)


async def one(ask: Ask) -> Response:
    """An upload: how far it is, more of it, away with it."""
    method = ask.method
    if method == "POST":  # for those who can send no other (core protocol, X-HTTP-Method-Override)
        method = ask.request.headers.get("x-http-method-override", "").upper()
    handler = {"HEAD": _head, "PATCH": _patch, "DELETE": _delete}.get(method)
    if handler is None:
        return _answer(ask, 405, {"Allow": "HEAD, PATCH, DELETE"})
    return await _guarded(ask, handler)


async def _guarded(ask: Ask, handler: Callable[[Ask], Any]) -> Response:
    """Refuses another version of the protocol, and answers an error with the status that a client acts upon."""
    if ask.request.headers.get("tus-resumable") != VERSION:
        return _answer(ask, 412, {"Tus-Version": VERSION})
    try:
        answer: Response = await handler(ask)
        return answer
    except OnrecordError as error:
        text = f"{error.message} {error.advice}".strip()
        headers = {"Tus-Resumable": VERSION}
        return PlainTextResponse(text + "\n", _status(error), headers)


def _status(error: OnrecordError) -> int:
    for kind, status in (
        (ChecksumError, 460), (LockedError, 423), (ConflictError, 409), (NotFoundError, 404), (StorageError, 507),
        (FetchError, 413),
    ):  # fmt: skip
        if isinstance(error, kind):
            return status
    return error.status if isinstance(error, FormError) else 400


def _answer(ask: Ask, status: int, headers: dict[str, str]) -> Response:
    return Response(
        status_code=status, headers={"Tus-Resumable": VERSION, "Cache-Control": "no-store", **headers}
    )


async def _create(ask: Ask) -> Response:
    length = _number(ask, "upload-length")
    told = _metadata(ask.request.headers.get("upload-metadata", ""))
    stem = told.get("event", "")

    def begin() -> Upload:
        event = places.event_named(ask, stem)
        uploads = Uploads(ask.archive)
        uploads.sweep(wanted(ask), ask.now)
        return uploads.begin(
            event.stem, name=told.get("filename", ""), length=length, by=ask.me.name, now=ask.now
        )

    upload = await to_thread.run_sync(begin)
    headers = {"Location": f"{_HOME}{upload.id}"}
    if ask.request.headers.get("content-type", "") == _STREAM:
        upload = await _append(ask, upload.id, 0)
    return await _standing(ask, 201, upload, headers)


async def _head(ask: Ask) -> Response:
    _take_over(ask.params["upload"])
    upload = await to_thread.run_sync(Uploads(ask.archive).standing, ask.params["upload"])
    return await _standing(ask, 200, upload, {"Upload-Length": str(upload.length)})


async def _patch(ask: Ask) -> Response:
    if ask.request.headers.get("content-type", "") != _STREAM:
        return _answer(ask, 415, {})
    offset = _number(ask, "upload-offset")
    _take_over(ask.params["upload"])
    upload = await _append(ask, ask.params["upload"], offset)
    return await _standing(ask, 204, upload, {})


async def _delete(ask: Ask) -> Response:
    _take_over(ask.params["upload"])
    uploads = Uploads(ask.archive)
    upload = await to_thread.run_sync(uploads.find, ask.params["upload"])
    if upload.source in await to_thread.run_sync(wanted, ask):
        raise ConflictError("this upload is a recording already.", advice="Remove the recording instead.")
    await to_thread.run_sync(uploads.discard, upload.id)
    return _answer(ask, 204, {})


async def _standing(ask: Ask, status: int, upload: Upload, headers: dict[str, str]) -> Response:
    """How far the upload is; one that is whole has become a recording, and the answer says where."""
    headers["Upload-Offset"] = str(upload.offset)
    if upload.whole:
        headers["Onrecord-Place"] = await to_thread.run_sync(arrived, ask, upload)
    else:
        headers["Upload-Expires"] = format_datetime(upload.until.replace(microsecond=0), usegmt=True)
    return _answer(ask, status, headers)


def arrived(ask: Ask, upload: Upload) -> str:
    """Makes a whole upload a recording of its event, once; the address of its page."""
    return places.recording_place(upload.stem, places.bring_upload(ask, upload))


def wanted(ask: Ask) -> frozenset[str]:
    """The sources that events name: an upload among them is never thrown away."""
    events = places.registry(ask).scan().events
    return frozenset(one.source for event in events for one in event.recordings)


# Receiving


def _take_over(upload_id: str) -> None:
    """Has whoever writes this upload let go of it."""
    older = _writing.pop(upload_id, None)
    if older is not None:
        older.cancel()


async def _append(ask: Ask, upload_id: str, offset: int) -> Upload:
    """Takes the body. Whatever ends it, what came stands."""
    uploads = Uploads(ask.archive)
    algorithm, digest = _checksum(ask.request.headers.get("upload-checksum", ""))
    writer: Writer | None = None
    with anyio.CancelScope() as scope, ExitStack() as stack:
        _writing[upload_id] = scope
        try:
            block = uploads.writing(upload_id, offset, algorithm=algorithm, now=ask.now)
            writer = await to_thread.run_sync(stack.enter_context, block)
            assert writer is not None
            await _receive(ask, writer)
            if digest:
                await to_thread.run_sync(writer.check, digest)
        except ClientDisconnect:
            pass  # nobody hears the answer; what came is settled below
        finally:
            if _writing.get(upload_id) is scope:
                del _writing[upload_id]
            left: Callable[[], None] = stack.pop_all().close
            with anyio.CancelScope(shield=True):
                await to_thread.run_sync(left)
    if scope.cancelled_caught:
        raise LockedError("another connection went on with this upload.", advice="Ask where it stands.")
    assert writer is not None
    return writer.upload


async def _receive(ask: Ask, writer: Writer) -> None:
    """Passes the body on in blocks, so that neither memory nor the event loop holds it. Of one that breaks off all that came
    is passed on.
    """
    waiting = bytearray()

    async def pass_on() -> None:
        block = bytes(waiting)
        waiting.clear()
        await to_thread.run_sync(writer.write, block)

    try:
        async for data in ask.request.stream():
            waiting += data
            if len(waiting) >= _BLOCK:
                await pass_on()
    finally:
        if waiting:
            with anyio.CancelScope(shield=True):
                await pass_on()


# Headers


def _number(ask: Ask, name: str) -> int:
    text = ask.request.headers.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise UsageError(f"the header {name.title()} must hold a number.")
    return int(text)


def _metadata(text: str) -> dict[str, str]:
    """Upload-Metadata: pairs of a key and a value in Base64, parted by commas."""
    if len(text) > _METADATA:
        raise UsageError("the header Upload-Metadata is too long.")
    found: dict[str, str] = {}
    for pair in filter(None, text.split(",")):
        key, _, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError) as error:
            raise UsageError("the header Upload-Metadata must hold Base64.") from error
    return found


def _checksum(text: str) -> tuple[Algorithm | None, bytes]:
    """Upload-Checksum: an algorithm and a digest in Base64."""
    if not text:
        return None, b""
    name, _, value = text.partition(" ")
    for algorithm in ALGORITHMS:
        if algorithm == name:
            try:
                return algorithm, base64.b64decode(value, validate=True)
            except (binascii.Error, ValueError) as error:
                raise UsageError("the header Upload-Checksum must hold Base64.") from error
    raise UsageError(f"checksums are {' or '.join(ALGORITHMS)} here.")


ROUTES = (
    desk_route(_HOME, collection, who="organiser", methods=("OPTIONS", "POST"), raw=True),
    desk_route(
        f"{_HOME}{{upload}}", one, who="organiser", methods=("HEAD", "PATCH", "DELETE", "POST"), raw=True
    ),
)
