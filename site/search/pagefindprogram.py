"""The program Pagefind as a service: pages go in, the files of its index come out.

Its wheel's own library waits a tenth of a second before each answer: with ten thousand discussions that is a quarter of an hour
of sleep. It speaks what that library speaks (pagefind 1.5, `pagefind/service/types.py`): JSON in base64, each message ended by a
comma, one answer for each.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
from types import TracebackType
from typing import Any, Self

from onrecord.errors import PublishError

_MESSAGE_END = b","


class Pagefind:
    """One index that is being made; a context in which the program runs. Raises `PublishError` when it cannot."""

    def __init__(self, language: str) -> None:
        """`language` is the one that every page counts as, a tag of ISO 639-1 or one that Pagefind does not know."""
        from pagefind.service import get_executable  # it brings asyncio along

        program = get_executable()
        if program is None:
            raise _failed("it is not installed")
        try:
            self._program = subprocess.Popen(
                [program, "--service"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise _failed(error.strerror or str(error)) from error
        self._number = 0
        try:
            self._index = self._ask("NewIndex", config={"force_language": language})["index_id"]
        except BaseException:
            self._end()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def add(self, url: str, html: str) -> None:
        """Takes in a page, which stands at `url`. The same pages in the same order give the same numbers."""
        self._ask("AddFile", index_id=self._index, url=url, file_path=None, file_contents=html)

    def files(self) -> dict[str, bytes]:
        """The files of the index, by their names inside its folder."""
        found = self._ask("GetFiles", index_id=self._index)["files"]
        return {one["path"]: base64.b64decode(one["content"]) for one in found}

    def _ask(self, kind: str, **values: Any) -> dict[str, Any]:
        self._number += 1
        message = {"message_id": self._number, "payload": {"type": kind, **values}}
        answer = b""
        try:
            assert self._program.stdin is not None
            self._program.stdin.write(base64.b64encode(json.dumps(message).encode()) + _MESSAGE_END)
            self._program.stdin.flush()
            answer = self._answer()
            payload: dict[str, Any] = json.loads(base64.b64decode(answer, validate=True))["payload"]
        except BrokenPipeError as error:
            raise _failed("it ended before it was done") from error
        except (ValueError, KeyError, TypeError) as error:
            why = "it answered what is no answer" if answer else "it ended before it was done"
            raise _failed(why) from error
        if payload.get("type") == "Error":
            raise _failed(str(payload.get("message")))
        return payload

    def _answer(self) -> bytes:
        """What it says up to the end of a message, which may be longer than anything."""
        assert self._program.stdout is not None
        parts: list[bytes] = []
        while part := os.read(self._program.stdout.fileno(), 1 << 20):
            parts.append(part)
            if part.endswith(_MESSAGE_END):
                break
        return b"".join(parts)[: -len(_MESSAGE_END)]

    def _end(self) -> None:
        self._program.kill()
        self._program.communicate()


def _failed(why: str) -> PublishError:
    return PublishError(
        f"Pagefind, which makes the search of the static site, failed: {why}.",
        advice="Publish without a search with --no-search.",
    )
