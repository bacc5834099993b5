"""yt-dlp as a library: the one place that knows it.

It finds what is behind an address, and downloads streams that come in pieces (HLS, DASH). It does not write to the
console, run programs, read browsers' cookies, passwords or configuration, choose names of files, or reach the network
otherwise than through our own client. Whole files are fetched by `http.py`.
"""

from __future__ import annotations

import io
import json
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yt_dlp
from yt_dlp.downloader.dash import DashSegmentsFD
from yt_dlp.downloader.hls import HlsFD
from yt_dlp.networking import Request, RequestHandler, Response
from yt_dlp.networking import exceptions as network

from onrecord.errors import FetchError, OnrecordError
from onrecord.media.address import shown_address
from onrecord.media.web import Answer, Web, no_recording, refusal
from onrecord.media.ytdlp_errors import StopError, translate

TOOL = f"yt-dlp {yt_dlp.version.__version__}"
_PAGE_BYTES = 64 << 20  # no page, playlist or answer of a platform's programming interface is larger
_PIECE_BYTES = 512 << 20
_REQUESTS = 150  # and no recording needs more of them to be found
_FINDING = 600.0  # seconds


class _Finding:
    """The bounds of the search for a recording; while it is downloaded, other bounds hold."""

    def __init__(self) -> None:
        self.requests = 0
        self.until = time.monotonic() + _FINDING
        self.refused: list[OnrecordError] = []
        self.over = False

    def step(self, url: str) -> None:
        self.requests += 1
        if not self.over and (self.requests > _REQUESTS or time.monotonic() > self.until):
            raise StopError(
                FetchError(
                    "this address leads on and on without an end.", permanent=True, url=shown_address(url)
                )
            )


class _Body(Response):  # type: ignore[misc]
    """An answer as yt-dlp reads it: bounded where it would read all of it into memory."""

    def __init__(self, answer: Answer, finding: _Finding) -> None:
        super().__init__(
            fp=io.BytesIO(),
            url=answer.url,
            headers=_Pairs(answer),
            status=answer.status,
            reason=answer.reason,
        )
        self.answer = answer
        self._finding = finding

    def read(self, amt: int | None = None) -> bytes:
        if self.closed:
            return b""
        try:
            data = self.answer.read(_PAGE_BYTES + 1 if amt is None or amt < 0 else amt)
        except FetchError as error:
            self._finding.refused.append(error)
            raise network.TransportError(cause=error) from error
        if (amt is None or amt < 0) and len(data) > _PAGE_BYTES:
            raise StopError(
                FetchError(
                    "the page at this address never ends.", permanent=True, url=shown_address(self.url)
                )
            )
        if not data and amt != 0:
            self.close()
        return data

    def close(self) -> None:
        self.answer.close()
        super().close()


class _Pairs:
    """Headers that may occur more than once."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def items(self) -> list[tuple[str, str]]:
        return list(self.answer.headers.multi_items())


class OnrecordRH(RequestHandler):  # type: ignore[misc]
    """yt-dlp's way to the network: our client, and so the guard."""

    _SUPPORTED_URL_SCHEMES = ("http", "https", "data")
    _SUPPORTED_PROXY_SCHEMES = None
    _SUPPORTED_FEATURES = None
    web: Web
    finding: _Finding

    def _check_extensions(self, extensions: dict[str, Any]) -> None:
        super()._check_extensions(extensions)
        for name in ("cookiejar", "timeout", "legacy_ssl", "keep_header_casing"):
            extensions.pop(name, None)

    def _send(self, request: Any) -> Any:
        if request.url.startswith("data:"):
            came = urllib.request.DataHandler().data_open(urllib.request.Request(request.url))  # noqa: S310 - data: only
            return Response(fp=came, url=request.url, headers=came.headers, status=200)
        self.finding.step(request.url)
        headers = {
            name: value
            for name, value in self._get_headers(request).items()
            if name.lower() != "accept-encoding"
        }
        body = request.data
        if body is not None and not isinstance(body, bytes):
            body = body.read() if hasattr(body, "read") else b"".join(body)
        jar = request.extensions.get("cookiejar")
        web = self.web if jar is None or jar is self.web.cookies else self.web.with_cookies(jar)
        try:
            answer = web.open(request.url, method=request.method, headers=headers, body=body)
        except FetchError as error:
            self.finding.refused.append(error)
            raise network.TransportError(cause=error) from error
        if answer.status >= 300:
            self.finding.refused.append(refusal(answer))
            raise network.HTTPError(_Body(answer, self.finding))
        return _Body(answer, self.finding)


class _Whole:
    """Makes a download in pieces safe against a stop at any moment.

    yt-dlp notes how many pieces it has, but not how large they were together: a stop between writing and noting would
    leave a piece twice. So the size is noted too, and what is beyond it is cut off.
    """

    _growing: Any = None

    def close(self) -> None:
        """Closes the growing file, which yt-dlp leaves open when something goes wrong."""
        if self._growing is not None:
            self._growing.close()

    def _write_ytdl_file(self, ctx: dict[str, Any]) -> None:
        if "dest_stream" in ctx:
            ctx["extra_state"] = {**ctx.get("extra_state", {}), "size": ctx["dest_stream"].tell()}
        super()._write_ytdl_file(ctx)  # type: ignore[misc]

    def _read_fragment(self, ctx: dict[str, Any]) -> bytes | None:
        name = ctx.get("fragment_filename_sanitized")
        if name and Path(name).stat().st_size > _PIECE_BYTES:  # yt-dlp reads it into memory
            raise StopError(FetchError("a piece of the stream is too large.", permanent=True))
        data: bytes | None = super()._read_fragment(ctx)  # type: ignore[misc]
        return data

    def _prepare_frag_download(self, ctx: dict[str, Any]) -> None:
        part = Path(self.temp_name(ctx["filename"]))  # type: ignore[attr-defined]
        note = Path(self.ytdl_filename(ctx["filename"]))  # type: ignore[attr-defined]
        try:
            noted = json.loads(note.read_text(encoding="utf-8"))["downloader"]["extra_state"]["size"]
        except (OSError, ValueError, KeyError, TypeError):
            noted = None
        here = part.stat().st_size if part.exists() else 0
        if noted is None or here < noted:
            part.unlink(missing_ok=True)
            note.unlink(missing_ok=True)
        elif here > noted:
            with part.open("r+b") as file:
                file.truncate(noted)
        super()._prepare_frag_download(ctx)  # type: ignore[misc]
        self._growing = ctx["dest_stream"]
        self._growing.seek(0, 2)
        self._write_ytdl_file(ctx)


class _Hls(_Whole, HlsFD):  # type: ignore[misc]
    """HLS without the way out to FFmpeg, which would connect past the guard."""

    @classmethod
    def can_download(
        cls, manifest: str, info_dict: dict[str, Any], allow_unplayable_formats: bool = False
    ) -> bool:
        if cls._has_drm(manifest):
            raise StopError(FetchError("the recording is locked by DRM.", permanent=True))
        if is_live_playlist(manifest):
            raise StopError(still_live())
        if not super().can_download(manifest, info_dict, allow_unplayable_formats):
            raise StopError(
                FetchError("the recording is encrypted in a way that is not fetched.", permanent=True)
            )
        return True


class _Dash(_Whole, DashSegmentsFD):  # type: ignore[misc]
    """DASH, gone on with safely."""


_DOWNLOADERS: dict[str, Any] = {"m3u8": _Hls, "m3u8_native": _Hls, "http_dash_segments": _Dash}


def is_live_playlist(text: str) -> bool:
    """Whether a playlist of pieces has no end yet (RFC 8216, section 4.3.3.4)."""
    ended = "#EXT-X-ENDLIST" in text or "#EXT-X-PLAYLIST-TYPE:VOD" in text
    return "#EXTINF" in text and not ended


def still_live(when: datetime | None = None) -> FetchError:
    """A stream that has not ended is not fetched: only its end makes it a recording."""
    if when is not None and when > datetime.now(UTC):
        wait = (when - datetime.now(UTC)).total_seconds() + 3600
        return FetchError(
            f"this live stream begins only at {when:%Y-%m-%d %H:%M} UTC.",
            wait=wait,
            advice="Fetch it when it is over.",
        )
    return FetchError(
        "this is a live stream that has not ended.", wait=1800, advice="Fetch it when it is over."
    )


class _Quiet:
    """What yt-dlp says is kept for the error message, not printed."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def debug(self, text: str) -> None:
        """Not kept."""

    info = error = debug

    def warning(self, text: str) -> None:
        self.warnings.append(text)


class YtDlp(yt_dlp.YoutubeDL):  # type: ignore[misc]
    """yt-dlp for one address. Use it in `with`."""

    def __init__(self, web: Web, *, passcode: str = "", **more: Any) -> None:
        self._web = web
        self._finding = _Finding()
        self.said = _Quiet()
        super().__init__(
            {
                "quiet": True, "noprogress": True, "logger": self.said, "color": "never",
                "cachedir": False, "usenetrc": False, "proxy": "", "enable_file_urls": False,
                "noplaylist": True, "playlistend": 2, "extract_flat": "in_playlist", "ignoreerrors": False,
                "socket_timeout": web.patience.silence, "retries": 3, "fragment_retries": 3, "extractor_retries": 1,
                "file_access_retries": 0, "skip_unavailable_fragments": False, "concurrent_fragment_downloads": 1,
                "retry_sleep_functions": dict.fromkeys(("http", "fragment", "extractor"), lambda n: web.patience.pause * 2**n),
                "hls_prefer_native": True, "fixup": "never", "updatetime": False, "check_formats": None,
                "allow_unplayable_formats": False, "ignore_no_formats_error": False,
                "videopassword": passcode or None,
                **more,
            }
        )  # fmt: skip

    def build_request_director(self, handlers: Any, preferences: Any = None) -> Any:
        """Only our own handler: no other way to the network is left."""
        director = super().build_request_director([OnrecordRH])
        for handler in director.handlers.values():
            handler.web = self.client
            handler.finding = self._finding
        return director

    @property
    def client(self) -> Web:
        """The client that fetches whole files, with the cookies that the platform set meanwhile."""
        return self._web.with_cookies(self.cookiejar)

    def find(self, url: str) -> dict[str, Any]:
        """What is behind an address, with the formats that were chosen. Raises `FetchError` and `NotMediaError`."""
        self._finding.over = False
        with self.translated(url):
            found = self.extract_info(url, download=False)
        self._finding.over = True
        if not isinstance(found, dict):
            raise no_recording(url)
        return found

    def download_pieces(
        self, chosen: Mapping[str, Any], path: Path, hook: Callable[[dict[str, Any]], None], url: str
    ) -> None:
        """Downloads a stream that comes in pieces to `path`; after a stop it goes on. Raises as `find` does."""
        kind = _DOWNLOADERS.get(str(chosen.get("protocol")))
        if kind is None:
            raise FetchError(
                f"the recording is sent in a way that is not fetched ({chosen.get('protocol')}).", permanent=True,
                url=shown_address(url), advice="Download it with another program and give the file's path.",
            )  # fmt: skip
        info = {**chosen, "http_headers": chosen.get("http_headers") or self._calc_headers(dict(chosen))}
        downloader = kind(self, self.params)
        downloader.add_progress_hook(hook)
        try:
            with self.translated(url):
                done, _ = downloader.download(str(path), info)
        finally:
            downloader.close()
        if not done or not path.is_file() or path.stat().st_size == 0:
            raise FetchError(
                "the stream ended without giving anything.", url=shown_address(url), advice="Try again later."
            )

    def read(self, url: str, headers: Mapping[str, str] | None = None) -> bytes:
        """A small file, such as captions or a picture. Raises as `find` does."""
        with self.translated(url):
            answer = self.urlopen(Request(url, headers=dict(headers or {})))
            data = answer.read()
            assert isinstance(data, bytes)
            return data

    @contextmanager
    def translated(self, url: str) -> Iterator[None]:
        """Turns what yt-dlp raises, and what fails inside it, into errors of ours."""
        try:
            yield
        except OnrecordError:
            raise
        except Exception as error:
            raise translate(error, url, refused=self._finding.refused, warnings=self.said.warnings) from error


def knows(url: str) -> bool:
    """Whether yt-dlp knows the platform of this address, beyond looking at any page."""
    return any(
        extractor.suitable(url) and extractor.IE_NAME != "generic"
        for extractor in yt_dlp.list_extractor_classes()
    )
