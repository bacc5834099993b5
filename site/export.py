"""The static site: every answer of the application, written into a folder that any web server can serve.

It is written beside the old one, looked over, and put in its place whole. Links are relative, so the folder
works from any sub-path. The same archive and the same `now` give the same bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from onrecord.archive import Archive
from onrecord.errors import OnrecordError, PublishError
from onrecord.files import make_folder, swap_folder
from onrecord.languages import N_
from onrecord.locks import lock
from onrecord.progress import Progress, Report, silent
from onrecord.site.app import create_app
from onrecord.site.files import PublicFile
from onrecord.site.live import Live
from onrecord.site.pages import Document, Pages
from onrecord.site.urls import event_path, up


@dataclass(frozen=True)
class Published:
    """What a run wrote. `next_change` is when the clock alone makes the site differ, so that it has to run
    again.
    """

    folder: Path
    events: int
    unlisted: int
    files: int
    bytes: int
    problems: tuple[OnrecordError, ...]
    next_change: datetime | None
    searchable: bool


def publish(
    archive: Archive,
    *,
    now: datetime,
    without_broken: bool = False,
    search: bool = True,
    listen: Progress = silent,
) -> Published:
    """Writes the static site of what is public at `now`, an aware instant.

    Raises `PublishError` when something in the archive cannot be read, unless `without_broken` says to leave
    it out: what is out of the new site is gone from the public. Then, and after any error, the old site still
    stands.
    """
    with lock(archive, "publish", doing="publish"):
        growing = archive.root / ".site.new"
        if growing.exists():
            shutil.rmtree(growing)
        try:
            made = asyncio.run(_write(archive, growing, now, search, listen))
            if made.problems and not without_broken:
                raise _broken(made.problems)
            swap_folder(growing, archive.site)
        except BaseException:
            shutil.rmtree(growing, ignore_errors=True)
            raise
    return made


def _broken(problems: tuple[OnrecordError, ...]) -> PublishError:
    others = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return PublishError(
        f"nothing was written, because this would be missing from the site: {problems[0]}{others}",
        advice="Mend it, or run it with --without-broken to leave it out.",
    )


class _Writer:
    """Writes files into the new folder, and refuses every path that leads out of it."""

    def __init__(self, root: Path) -> None:
        self.root = make_folder(root)
        self.files = 0
        self.bytes = 0
        self._written: set[str] = set()

    def place(self, path: str) -> Path:
        """Where an answer is written: that to `events/some-talk/` is the `index.html` in that folder."""
        name = f"{path}index.html" if not path or path.endswith("/") else path
        parts = name.split("/")
        if any(
            part in ("", ".", "..") or "\\" in part or "\0" in part or part.startswith(".git")
            for part in parts
        ):
            raise PublishError(
                f"the address '{path}' leads out of the site.", advice="This is an error in onrecord."
            )
        if name.casefold() in self._written:
            raise PublishError(
                f"two pages have the address '{path}'.", advice="Give one of them another address."
            )
        self._written.add(name.casefold())
        target = self.root.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def write(self, path: str, data: bytes) -> None:
        """Writes what was answered."""
        self.place(path).write_bytes(data)
        self.files += 1
        self.bytes += len(data)

    def link(self, path: str, file: Path, *, copy: bool) -> None:
        """Puts a file there: the same file under a second name where the disk can do that, else a copy.

        A rendition is read-only and can be made again; an original is the record, and always copied, so that
        nobody who may write in the site's folder can change it.
        """
        target = self.place(path)
        if not copy:
            with contextlib.suppress(OSError):
                os.link(file.resolve(), target)
        if not target.exists():
            shutil.copyfile(file, target)
        self.files += 1
        self.bytes += target.stat().st_size


async def _write(archive: Archive, root: Path, now: datetime, search: bool, listen: Progress) -> Published:
    app = create_app(archive, now=lambda: now, export=True, watch=False)
    live: Live = app.state.live
    pages, view = live.state.pages, live.state.view
    pages.use_search(search)
    writer = _Writer(root)
    paths = list(pages.paths())
    for number, path in enumerate(paths, 1):
        found = pages.find(path) if "/media/" in f"/{path}" else None
        if isinstance(found, PublicFile):
            writer.link(path, found.path, copy=found.attachment)
        else:
            writer.write(path, await _ask(app, path))
        if number % 20 == 0 or number == len(paths):
            listen(Report("publish", archive.root.name, number, len(paths), "items"))
    for path, document in _only_here(pages):
        writer.write(path, document.body)
    for name in pages.statics.names():
        writer.write(f"static/{name}", await _ask(app, f"static/{name}"))
    writer.write(".nojekyll", b"")
    if search:
        from onrecord.site.pagefind import write_index  # starts a program; nothing else here needs it

        for path, data in await write_index(view, pages):
            writer.write(path, data)
    return Published(
        folder=archive.site,
        events=len(view.events),
        unlisted=len(view.unlisted),
        files=writer.files,
        bytes=writer.bytes,
        problems=view.problems,
        next_change=view.next_change,
        searchable=search,
    )


def _only_here(pages: Pages) -> Iterator[tuple[str, Document]]:
    """What a server answers with a status, a static site with a page: former addresses, withdrawals, what is
    not there.
    """
    lost = (N_("There is no such page"), N_("It may have been moved, or it was never here."))
    yield "404.html", pages.error(404, *lost, root=pages.base_path)
    view = pages.view
    for edition in pages.editions():
        for path, document in _former(edition):
            yield edition.prefix + path, document
        if view.unlisted or any(gone.token for gone in view.withdrawn):
            # Some servers list the files of a folder that has no page.
            yield (
                f"{edition.prefix}unlisted/",
                edition.error(404, *lost, root=up(f"{edition.prefix}unlisted/")),
            )


def _former(pages: Pages) -> Iterator[tuple[str, Document]]:
    """The former addresses of one edition."""
    view = pages.view
    taken = {event.slug for event in view.events}
    for event in view.events:
        for alias in event.aliases:
            if alias not in taken and view.moved(alias) is event:
                taken.add(alias)
                yield f"events/{alias}/", pages.moved(f"events/{alias}/", event_path(event))
    for gone in view.withdrawn:
        paths = (
            [f"unlisted/{gone.token}/"]
            if gone.token
            else [f"events/{slug}/" for slug in gone.slugs if slug not in taken]
        )
        for path in paths:
            taken.update(gone.slugs)
            yield path, pages.gone(gone, path)


async def _ask(app: Callable[..., Any], path: str) -> bytes:
    """The application's answer to a GET; raises `PublishError` when it is none."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": f"/{path}", "raw_path": f"/{path}".encode(), "root_path": "", "query_string": b"",
        "headers": [(b"host", b"localhost")], "client": None, "server": None, "app": app,
    }  # fmt: skip
    status = 0
    body = bytearray()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            body.extend(message.get("body", b""))

    await app(scope, receive, send)
    if status != 200:
        raise PublishError(
            f"the page '{path}' answers with {status}.", advice="This is an error in onrecord."
        )
    return bytes(body)
