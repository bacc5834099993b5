"""An upload without JavaScript: one form, one request (RFC 7578). The file goes to the disk as it comes, never into memory."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field

import anyio
from anyio import to_thread
from starlette.responses import Response

from onrecord.errors import FormError
from onrecord.languages import N_
from onrecord.media.uploads import Uploads, Writer
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.bringing import places
from onrecord.site.desk.bringing.tus import arrived, wanted

ONE_PIECE = 2_000_000_000  # bytes; more is sent in pieces, which needs JavaScript
_BLOCK = 1 << 20
_HEADERS = 8192  # bytes of the headers of one part


async def upload(ask: Ask) -> Response:
    """Takes the file of the form as a recording of the event."""
    event = await to_thread.run_sync(places.event_of, ask)
    parts = _Parts(_boundary(ask))
    length = int(ask.request.headers.get("content-length", "0") or 0)
    uploads = Uploads(ask.archive)
    if length > min(ONE_PIECE, uploads.bounds.largest):
        raise FormError(
            N_("This file is too large to be sent in one piece."), status=413,
            advice=N_("Switch JavaScript on and choose it again: then it is sent in pieces."),
        )  # fmt: skip
    await to_thread.run_sync(lambda: uploads.sweep(wanted(ask), ask.now))
    begun = await to_thread.run_sync(
        lambda: uploads.begin(event.stem, name="", length=max(1, length), by=ask.me.name, now=ask.now)
    )
    try:
        with ExitStack() as stack:
            writer: Writer = await to_thread.run_sync(
                stack.enter_context, uploads.writing(begun.id, 0, now=ask.now)
            )
            try:
                async for data in ask.request.stream():
                    parts.feed(data)
                    if len(parts.waiting) >= _BLOCK:
                        await to_thread.run_sync(writer.write, parts.taken())
                parts.end()
                await to_thread.run_sync(writer.write, parts.taken())
            finally:
                left = stack.pop_all().close
                with anyio.CancelScope(shield=True):
                    await to_thread.run_sync(left)
        if not parts.found:
            raise FormError(N_("No file was chosen."), advice=N_("Go back and choose the recording."))
        whole = await to_thread.run_sync(lambda: uploads.end(begun.id, name=parts.name))
    except BaseException:  # a form cannot be gone on with
        with anyio.CancelScope(shield=True):
            await to_thread.run_sync(uploads.discard, begun.id)
        raise
    place = await to_thread.run_sync(arrived, ask, whole)
    said = ask.words.gettext("The file is here. You can leave this page; the work on it goes on.")
    return await to_thread.run_sync(ask.go, place, said)


def _boundary(ask: Ask) -> bytes:
    from python_multipart.multipart import parse_options_header

    kind, options = parse_options_header(ask.request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise FormError(N_("What was sent is no form."), status=415)
    return bytes(options[b"boundary"])


@dataclass
class _Parts:
    """Picks the part named `file` out of a form as it comes."""

    boundary: bytes
    name: str = ""
    found: bool = False
    waiting: bytearray = field(default_factory=bytearray)
    _own: bool = False
    _headers: dict[bytes, bytes] = field(default_factory=dict)
    _key: bytes = b""
    _value: bytes = b""

    def __post_init__(self) -> None:
        from python_multipart.multipart import MultipartParser

        self._parser = MultipartParser(
            self.boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_end,
                "on_part_data": self._data,
            },
        )

    def feed(self, data: bytes) -> None:
        """Takes the next piece of the form. Raises `FormError` for what is none."""
        from python_multipart.exceptions import MultipartParseError

        try:
            self._parser.write(data)
        except MultipartParseError as error:
            raise FormError(N_("What was sent is no form.")) from error

    def end(self) -> None:
        """Raises `FormError` when the form broke off."""
        from python_multipart.multipart import MultipartState

        if self._parser.state != MultipartState.END:
            raise FormError(N_("The connection broke off before the end."), advice=N_("Send the file again."))

    def taken(self) -> bytes:
        """What came of the file since it was last asked for."""
        data = bytes(self.waiting)
        self.waiting.clear()
        return data

    def _begin(self) -> None:
        self._own, self._headers, self._key, self._value = False, {}, b"", b""

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._key += data[start:end]
        self._bounded()

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._bounded()

    def _bounded(self) -> None:
        if len(self._key) + len(self._value) > _HEADERS or len(self._headers) > 20:
            raise FormError(N_("What was sent is no form."))

    def _header_end(self) -> None:
        self._headers[self._key.lower()] = self._value
        self._key = self._value = b""

    def _headers_end(self) -> None:
        from python_multipart.multipart import parse_options_header

        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if options.get(b"name") == b"file" and options.get(b"filename") and not self.found:
            self._own = self.found = True
            self.name = bytes(options[b"filename"]).decode("utf-8", "replace")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._own:
            self.waiting += data[start:end]


ROUTES = (
    desk_route("/desk/events/{stem}/recordings/upload", upload, who="organiser", methods=("POST",), raw=True),
)
