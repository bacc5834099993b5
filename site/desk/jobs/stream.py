"""Jobs as they go on, by server-sent events (WHATWG HTML, 9.2): the changed part of the page, as HTML, and new lines of the log.

A stream holds no thread. It ends when the job is finished, when who reads it signs out, or with the connection; a browser that
comes back says with `Last-Event-ID` what it has, and gets what is missing.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Any

from starlette.responses import Response, StreamingResponse

from onrecord import jobs
from onrecord.errors import NotFoundError
from onrecord.site.desk.asking import Ask
from onrecord.site.desk.jobs.following import Follower, follower

_STILL_IN = 5.0  # seconds between two looks at whether who reads is still signed in
_PAUSE = 1.0  # seconds between two events of one stream
_ALIVE = (
    15.0  # seconds after which something is said, so that nothing on the way takes the connection for dead
)

Piece = tuple[
    int, int, dict[str, object], bool
]  # what changed last, the log's last line, the data, whether it is the end


async def of_one(ask: Ask) -> Response:
    """A job: its part of the page, and the log from the line on that the reader does not have."""
    number = min(int(ask.params["job"]), 1 << 62)
    found, who = follower(ask.database), _who(ask)
    await found.in_thread(jobs.find, ask.database, number)  # one that there is not is told as a page

    def piece(line: int) -> Piece:
        from onrecord.site.desk.jobs.pages import live  # that module has this one among its routes

        job = jobs.find(ask.database, number)
        lines = jobs.log_of(ask.database, number, line)
        data: dict[str, object] = {}
        for name in ("live", "acts"):
            make = partial(_fragment, ask, f"jobs/{name}.html", partial(live, ask, job))
            data[name] = found.once((name, number, *who), job.changed, make)
        if lines:
            data["lines"] = _html(ask, "jobs/lines.html", lines=lines)
        return job.changed, lines[-1][0] if lines else line, data, job.state in jobs.FINISHED

    return _streamed(ask, found, number, piece)


async def of_all(ask: Ask) -> Response:
    """The list."""

    def piece(line: int) -> Piece:
        from onrecord.site.desk.jobs.pages import rows

        changed = jobs.last_change(ask.database)
        html = found.once(
            ("rows", *who), changed, partial(_fragment, ask, "jobs/rows.html", partial(rows, ask))
        )
        return changed, line, {"live": html}, False

    found, who = follower(ask.database), _who(ask)
    return _streamed(ask, found, 0, piece)


def _who(ask: Ask) -> tuple[str, bool]:
    """What a piece of these pages depends on besides the jobs."""
    return ask.words.language, ask.me.may("organiser")


def _fragment(ask: Ask, template: str, values: Callable[[], dict[str, Any]]) -> str:
    return _html(ask, template, **values())


def _html(ask: Ask, template: str, **values: Any) -> str:
    return bytes(ask.render(template, **values).body).decode()


def _streamed(ask: Ask, found: Follower, job: int, piece: Callable[[int], Piece]) -> Response:
    # What was said to a person belongs to the next page, not to a stream.
    if ask.session is not None:
        ask.session = replace(ask.session, said="")
    with ExitStack() as stack:
        woken = stack.enter_context(found.following(job, ask.session.handle if ask.session else ""))
        keep = stack.pop_all()
    return StreamingResponse(
        _events(ask, found, keep, woken, piece),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},  # nginx would hold events back
    )


async def _events(
    ask: Ask, found: Follower, keep: ExitStack, woken: asyncio.Event, piece: Callable[[int], Piece]
) -> AsyncIterator[str]:
    with keep:
        changed, line = _known(ask)
        checked = said = time.monotonic()
        yield "retry: 3000\n\n"
        try:
            fresh = True
            while True:
                if fresh:
                    now, line, data, ended = await found.in_thread(piece, line)
                    if now != changed or "lines" in data or ended:
                        changed, said = now, time.monotonic()
                        yield f"id: {changed}-{line}\nevent: change\ndata: {json.dumps(data)}\n\n"
                    if ended:
                        yield "event: end\ndata: {}\n\n"
                        return
                    await asyncio.sleep(_PAUSE)
                fresh = await _woken(woken)
                if found.ended:
                    return  # the browser comes back by itself, when there is a server again
                if time.monotonic() - checked >= _STILL_IN:
                    checked = time.monotonic()
                    if not await found.in_thread(ask.still_in):
                        break
                if not fresh and time.monotonic() - said >= _ALIVE:
                    said = time.monotonic()
                    yield ": still here\n\n"
        except NotFoundError:  # it was forgotten while somebody looked at it
            pass
        yield "event: gone\ndata: {}\n\n"


async def _woken(woken: asyncio.Event) -> bool:
    try:
        await asyncio.wait_for(woken.wait(), _STILL_IN)
    except TimeoutError:
        return False
    woken.clear()
    return True


def _known(ask: Ask) -> tuple[int, int]:
    """What the reader has: `Last-Event-ID` when it comes back, else what its page was made with."""
    text = ask.request.headers.get("last-event-id", "") or ask.query.get("after", "")
    changed, _, line = text.partition("-")
    if not all(part.isascii() and part.isdecimal() and len(part) < 16 for part in (changed, line)):
        return 0, 0
    return int(changed), int(line)
