"""The server's end of a connection, with an end to its patience: uvicorn waits for ever for the head of a request, and
takes one of any size.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 20.0  # for the whole head of a request (RFC 9110, 15.5.9)
HEAD_BYTES = 64 * 1024


class PatientProtocol(HttpToolsProtocol):
    """Closes a connection whose next request does not come in time, or whose head is too large: who opens many and
    sends a byte now and then holds none of them for long.
    """

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._patience: asyncio.TimerHandle | None = None
        self._came = 0  # bytes of a head that is not whole yet

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._have_it()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._came += len(data)
        super().data_received(data)
        if self._patience is not None and self._came > HEAD_BYTES:
            self._give_up()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._patience is None:
            self._wait()

    def on_headers_complete(self) -> None:
        self._have_it()
        super().on_headers_complete()

    def _wait(self) -> None:
        self._came = 0
        self._patience = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _have_it(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        self._have_it()
        self.transport.close()
