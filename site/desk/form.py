"""What a person sent with a form, read with limits of size, number and time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.types import Message, Receive

from onrecord.errors import FormError
from onrecord.languages import N_

LARGEST = 1 << 20  # bytes of a form, unless its route says otherwise
_FIELDS, _FILES = 2000, 20
EACH, ALL = 20.0, 120.0  # seconds: for the next piece of a body, for the whole of a form
_LONGEST = 20_000  # characters of one text, unless a page says otherwise


class Form:
    """The fields of a form. What is missing is empty; what is too long is refused, never cut."""

    def __init__(self, data: FormData) -> None:
        self._data = data

    def __contains__(self, name: str) -> bool:
        return name in self._data

    def text(self, name: str, *, most: int = _LONGEST) -> str:
        """One text, without spaces around it and with plain newlines."""
        return next(iter(self.texts(name, most=most)), "")

    def texts(self, name: str, *, most: int = _LONGEST) -> list[str]:
        """Every text of that name, in order."""
        return [self._clean(name, value, most).strip() for value in self._data.getlist(name)]

    def secret(self, name: str, *, most: int = 1000) -> str:
        """A text just as it was typed: a password."""
        return next((self._clean(name, value, most) for value in self._data.getlist(name)), "")

    def flag(self, name: str) -> bool:
        """Whether a box is ticked."""
        return bool(self.text(name, most=20))

    def pairs(self) -> list[tuple[str, str]]:
        """Every field with its text, in order: what was typed, to show it again."""
        return [(name, value) for name, value in self._data.multi_items() if isinstance(value, str)]

    @property
    def files(self) -> dict[str, list[UploadFile]]:
        """The files of the form by field; one that nobody chose is left out."""
        found: dict[str, list[UploadFile]] = {}
        for name, value in self._data.multi_items():
            if isinstance(value, UploadFile) and value.filename:
                found.setdefault(name, []).append(value)
        return found

    @staticmethod
    def _clean(name: str, value: object, most: int) -> str:
        if not isinstance(value, str):
            raise FormError(N_("The field '%(field)s' holds a file where text belongs."), field=name)
        text = value.replace("\r\n", "\n").replace("\r", "\n")
        if len(text) > most:
            raise FormError(
                N_("The field '%(field)s' is too long: %(num)s characters are the most."),
                field=name, num=most, status=413,
            )  # fmt: skip
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise FormError(N_("The field '%(field)s' holds characters that are no text."), field=name)
        return text


@asynccontextmanager
async def read_form(request: Request, largest: int) -> AsyncIterator[Form]:
    """The form of a request; its files are there until the block ends. Raises `FormError`."""
    from starlette.exceptions import HTTPException

    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data", ""):
        raise FormError(N_("What was sent is no form."), status=415)
    lengths = request.headers.getlist("content-length")
    within = limited(request.receive, lengths, largest)
    end = b""

    async def receive() -> Message:
        nonlocal end
        message = await within()
        end = (end + message.get("body", b""))[-10:]
        return message

    request = Request(request.scope, receive)
    data: FormData | None = None
    try:
        try:
            with anyio.fail_after(ALL):
                data = await request.form(max_files=_FILES, max_fields=_FIELDS, max_part_size=largest)
        except TimeoutError as error:
            raise _slow() from error
        except HTTPException as error:
            raise FormError(N_("What was sent is no form."), status=400) from error
        if kind == "multipart/form-data" and not end.rstrip().endswith(
            b"--"
        ):  # RFC 2046, 5.1.1: its last boundary
            raise FormError(N_("What was sent broke off before its end. Nothing was changed."))
        yield Form(data)
    finally:
        if data is not None:
            await data.close()


def limited(receive: Receive, lengths: Sequence[str], largest: int, each: float | None = None) -> Receive:
    """The same body, refused once it is larger than `largest` bytes, or its next piece takes longer than `each`
    (or `EACH`) seconds: whoever sends a byte a minute holds nothing up.
    """
    for length in lengths:
        if not length.isdecimal() or int(length) > largest:
            raise _large(largest)
    got = 0

    async def receive_limited() -> Message:
        nonlocal got
        try:
            with anyio.fail_after(EACH if each is None else each):
                message = await receive()
        except TimeoutError as error:
            raise _slow() from error
        if message["type"] == "http.request":
            got += len(message.get("body", b""))
            if got > largest:
                raise _large(largest)
        return message

    return receive_limited


def _large(largest: int) -> FormError:
    return FormError(N_("This is too large: %(num)s KB are the most."), num=largest // 1024, status=413)


def _slow() -> FormError:
    return FormError(
        N_("What was sent came too slowly, and the connection was given up."),
        advice=N_("Try again where the network is better."), status=408,
    )  # fmt: skip
