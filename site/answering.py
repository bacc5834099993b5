"""How the live site answers: entity tags, packing, ranges, one handler for what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from onrecord.languages import N_
from onrecord.site.files import PublicFile
from onrecord.site.live import Live
from onrecord.site.rendering import frame_rule
from onrecord.site.state import Kept, State
from onrecord.site.urls import Urls, is_unlisted

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; object-src 'none'"
_SENTENCES = {
    400: (N_("This cannot be answered"), N_("The address is not one that this site understands.")),
    404: (N_("There is no such page"), N_("It may have been moved, or it was never here.")),
    405: (N_("This cannot be done here"), N_("This address can only be read.")),
    410: (N_("This is gone"), N_("It was taken back.")),
    416: (N_("There is no such part"), N_("The file is shorter than that.")),
    500: (N_("Something went wrong"), N_("The error has been noted. Please try again later.")),
    503: (N_("The search is being brought up to date"), N_("Please try again in a moment.")),
}


def document(request: Request, kept: Kept, cache: str = "") -> Response:
    """A page, packed where the reader takes that; 304 when the reader has it already."""
    headers = {"Vary": "Accept, Accept-Encoding"}
    tag, size = kept.tag, kept.size
    packed = kept.packed if _takes_gzip(request) else None
    if packed is not None:
        tag, size = f"{tag}-gz", len(packed)
        headers["Content-Encoding"] = "gzip"
    headers["ETag"] = f'"{tag}"'
    unlisted = is_unlisted(request.url.path)
    headers["Cache-Control"] = cache or ("private, no-cache" if unlisted else "no-cache")
    if kept.noindex:
        headers["X-Robots-Tag"] = "noindex"
    if kept.frames or kept.framed:
        policy = POLICY.replace("frame-ancestors 'self'", "frame-ancestors *") if kept.framed else POLICY
        headers["Content-Security-Policy"] = policy + frame_rule(kept.frames)
    if kept.status == 200 and _has(request, tag):
        headers.pop("Content-Encoding", None)
        return Response(status_code=304, headers=headers)
    headers["Content-Length"] = str(size)
    body = b"" if request.method == "HEAD" else packed or kept.body
    return Response(body, kept.status, headers, kept.media_type)


def file_answer(request: Request, file: PublicFile) -> Response:
    """A file, or a range of it (RFC 9110, 14)."""
    try:
        stat = file.path.stat()
    except FileNotFoundError as error:
        raise HTTPException(404) from error  # the archive has changed just now; the next state knows
    tag = f"{stat.st_mtime_ns:x}-{stat.st_size:x}"
    headers = {
        "ETag": f'"{tag}"',
        "Cache-Control": "private, no-cache" if file.noindex else "no-cache",
        "Accept-Ranges": "bytes",
    }
    if file.noindex:
        headers["X-Robots-Tag"] = "noindex"
    if file.attachment:
        headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    if _has(request, tag, stat.st_mtime):
        return Response(status_code=304, headers=headers)
    return FileResponse(file.path, headers=headers, media_type=file.media_type, stat_result=stat)


def _has(request: Request, tag: str, modified: float | None = None) -> bool:
    """Whether the reader has this already (RFC 9110, 13.1): by entity tag, else by date."""
    given = request.headers.get("if-none-match")
    if given is not None:
        tags = {part.strip().removeprefix("W/").strip('"') for part in given.split(",")}
        return "*" in tags or bool({tag, tag.removesuffix("-gz"), f"{tag}-gz"} & tags)
    since = request.headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        return int(modified) <= parsedate_to_datetime(since).timestamp()
    except (ValueError, TypeError):
        return False


def _takes_gzip(request: Request) -> bool:
    for part in request.headers.get("accept-encoding", "").split(","):
        name, _, weight = part.partition(";")
        if name.strip().lower() in ("gzip", "*"):
            return not re.fullmatch(r"\s*q=0(?:\.0*)?\s*", weight)
    return False


def wants_json(request: Request) -> bool:
    """Whether a program asks: by `format=json`, or by what it accepts."""
    if request.query_params.get("format") == "json" or request.url.path.startswith("/api/"):
        return True
    accepts = request.headers.get("accept", "")
    return "application/json" in accepts and "text/html" not in accepts


async def refused(request: Request, error: Exception) -> Response:
    """Says why there is no answer, as a page or as JSON."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    heading, sentence = _SENTENCES.get(status, _SENTENCES[400 if status < 500 else 500])
    headers = dict(getattr(error, "headers", None) or {})
    if wants_json(request):
        return json_error(status, f"{heading}. {sentence}", headers)
    pages = state_of(request).pages.at(request.url.path.lstrip("/"))
    asked = request.url.path if status == 404 else ""
    page = await run_in_threadpool(lambda: pages.error(status, heading, sentence, asked=asked))
    headers |= {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    body = b"" if request.method == "HEAD" else page.body
    return Response(body, status, headers, "text/html")


async def failed(request: Request, error: Exception) -> Response:
    """The same for an error of ours, whatever state the site is in."""
    try:
        return await refused(request, error)
    except Exception:  # even the page that says so cannot be made
        return Response(f"{_SENTENCES[500][0]}.\n", 500, {"Cache-Control": "no-store"}, "text/plain")


def json_error(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error as programs read it."""
    body: dict[str, Any] = {"error": {"status": status, "message": message}}
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status, {**(headers or {}), "Cache-Control": "no-store"}, "application/json")


def state_of(request: Request) -> State:
    """The present state of the site."""
    live: Live = request.app.state.live
    return live.state


def urls_for(state: State, path: str) -> Urls:
    """Addresses as the page at `path` writes them."""
    return state.pages.urls(path)
