"""The server: uvicorn's, which lets those who follow something live go as soon as it is told to stop."""

from __future__ import annotations

from types import FrameType

import uvicorn

from onrecord.site.desk.jobs.following import end_streams


class Server(uvicorn.Server):
    """Ends streams at the first signal; uvicorn would wait for them, then cut them off with a traceback each."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        end_streams()
        super().handle_exit(sig, frame)
