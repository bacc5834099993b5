"""yt-dlp as a library: the one place that knows it.

It finds what is behind an address, and downloads streams that come in pieces (HLS, DASH). It does not write to the
console, run programs, read browsers' cookies, passwords or configuration, choose names of files, or reach the network
otherwise than through our own client. Whole files are fetched by `http.py`.
"""

from __future__ import annotations

import io
import json
import re
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yt_dlp
from yt_dlp import utils as its
from yt_dlp.compat import compat_HTMLParseError
from yt_dlp.downloader.dash import DashSegmentsFD
from yt_dlp.downloader.hls import HlsFD
from yt_dlp.networking import Request, RequestHandler, Response
from yt_dlp.networking import exceptions as network

from onrecord.errors import BlockedAddressError, FetchError, NotMediaError, OnrecordError, StorageError
from onrecord.files import storage_error
from onrecord.media.address import shown_address
from onrecord.media.web import Answer, Web, no_recording, refusal
from onrecord.media.web import refused as refused_with

TOOL = f"yt-dlp {yt_dlp.version.__version__}"
AGES_AFTER = 60  # days; platforms change within weeks
UPGRADE = "pip install --upgrade 'yt-dlp[default,deno]'"
_PAGE_BYTES = 64 << 20  # no page, playlist or answer of a platform's programming interface is larger
_PIECE_BYTES = 512 << 20
_REQUESTS = 150  # and no recording needs more of them to be found
_FINDING = 600.0  # seconds


class _StopError(network.RequestError, its.DownloadCancelled):  # type: ignore[misc]
    """Carries an error of ours through yt-dlp, which passes on what is both of these without trying again."""

    def __init__(self, error: OnrecordError) -> None:
        super().__init__(str(error))
        self.error = error


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
            raise _StopError(
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
        self._answer = answer
        self._finding = finding

    def read(self, amt: int | None = None) -> bytes:
        if self.closed:
            return b""
        try:
            data = self._answer.read(_PAGE_BYTES + 1 if amt is None or amt < 0 else amt)
        except FetchError as error:
            self._finding.refused.append(error)
            raise network.TransportError(cause=error) from error
        if (amt is None or amt < 0) and len(data) > _PAGE_BYTES:
            raise _StopError(
                FetchError(
                    "the page at this address never ends.", permanent=True, url=shown_address(self.url)
                )
            )
        if not data and amt != 0:
            self.close()
        return data

    def close(self) -> None:
        self._answer.close()
        super().close()


class _Pairs:
    """Headers that may occur more than once."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def items(self) -> list[tuple[str, str]]:
        return list(self._answer.headers.multi_items())


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
            raise _StopError(FetchError("a piece of the stream is too large.", permanent=True))
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
            raise _StopError(FetchError("the recording is locked by DRM.", permanent=True))
        if (
            "#EXTINF" in manifest
            and "#EXT-X-ENDLIST" not in manifest
            and "#EXT-X-PLAYLIST-TYPE:VOD" not in manifest
        ):
            raise _StopError(still_live())
        if not super().can_download(manifest, info_dict, allow_unplayable_formats):
            raise _StopError(
                FetchError("the recording is encrypted in a way that is not fetched.", permanent=True)
            )
        return True


class _Dash(_Whole, DashSegmentsFD):  # type: ignore[misc]
    """DASH, gone on with safely."""


_DOWNLOADERS: dict[str, Any] = {"m3u8": _Hls, "m3u8_native": _Hls, "http_dash_segments": _Dash}


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


def age(today: date | None = None) -> int:
    """How old this yt-dlp is, in days."""
    year, month, day = (int(part) for part in yt_dlp.version.__version__.split(".")[:3])
    return ((today or datetime.now(UTC).date()) - date(year, month, day)).days


def knows(url: str) -> bool:
    """Whether yt-dlp knows the platform of this address, beyond looking at any page."""
    return any(
        extractor.suitable(url) and extractor.IE_NAME != "generic"
        for extractor in yt_dlp.list_extractor_classes()
    )


def _words(error: BaseException) -> str:
    """What yt-dlp says, without its colours, its own advice and addresses that may hold secrets."""
    text = str(getattr(error, "orig_msg", None) or error)
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    text = re.sub(r"^ERROR:\s*", "", text)
    text = re.sub(r"^\[[\w:+.-]+\]\s*(?:[\w-]{1,40}:\s)?", "", text)
    text = re.split(
        r"; please report this issue|\s*\(caused by|; Try |\. Use --| Use --|; see  ?https", text
    )[0]
    text = re.sub(r"https?://\S+", lambda found: shown_address(found[0]), text)
    return " ".join(text.split())[:300].rstrip(".") or type(error).__name__


def _upgrade(today: date | None = None) -> str:
    days = age(today)
    if days <= AGES_AFTER:
        return ""
    return f"yt-dlp is {days} days old and platforms change: upgrade it with {UPGRADE} and try again."


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error, and those that it carries: yt-dlp wraps them in several ways."""
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        here = waiting.pop(0)
        if not isinstance(here, BaseException) or id(here) in seen:
            continue
        seen.add(id(here))
        yield here
        info = getattr(here, "exc_info", None)
        waiting += [
            info[1] if info else None,
            getattr(here, "cause", None),
            *getattr(here, "unexpected_errors", ()),
        ]
        waiting += [here.__cause__, here.__context__]


def translate(
    error: BaseException, url: str, *, refused: Sequence[OnrecordError] = (), warnings: Sequence[str] = (),
    today: date | None = None,
) -> OnrecordError:  # fmt: skip
    """What an exception of yt-dlp, or one from inside it, means to a person.

    `refused` is what the network has refused meanwhile, for yt-dlp does not always pass it on; `warnings` is what it said.
    """
    shown = shown_address(url)
    chain = list(_chain(error))
    for known in chain:
        if isinstance(known, _StopError):
            return known.error
        if isinstance(known, StorageError):
            return known
        if isinstance(known, OSError) and (full := storage_error(known, Path(known.filename or "."))):
            return full
    for blocked in refused:
        if isinstance(blocked, BlockedAddressError):
            return blocked
    for known in chain:
        if isinstance(known, OnrecordError):
            return known
    if refused and re.search(r"Giving up after", str(error)) and isinstance(refused[-1], FetchError):
        return refused[-1]
    for known in chain:
        for kinds, meaning in _MEANINGS:
            if (
                isinstance(known, kinds)
                and (found := meaning(known, shown, warnings or [], today)) is not None
            ):
                return found
    words = _words(error)
    if re.search(r"No space left on device|unable to write data.*\b28\b", words):
        return StorageError(
            "the disk is full.", advice="Free some space, then run the same command again; nothing was lost."
        )
    return FetchError(f"yt-dlp failed: {words}.", url=shown, permanent=True,
                      advice=_upgrade(today) or "Download the recording in your browser and give its path.")  # fmt: skip


Meaning = Callable[[Any, str, Sequence[str], date | None], OnrecordError | None]


def _http_status(error: Any, shown: str, warnings: Sequence[str], today: date | None) -> OnrecordError:
    response = error.response
    found = refusal(response._answer) if isinstance(response, _Body) else refused_with(error.status, shown)
    if error.status in (400, 403):  # so platforms answer a yt-dlp that they have outgrown
        found.advice = _upgrade(today) or found.advice
    return found


def _unspecific(error: Any, shown: str, warnings: Sequence[str], today: date | None) -> OnrecordError | None:
    """A download that failed; yt-dlp has the reason in the text at most."""
    if error.exc_info and error.exc_info[1] and error.exc_info[1] is not error:
        return None
    words = _words(error)
    if status := re.search(r"HTTP Error (\d{3})", words):
        return refused_with(int(status[1]), shown)
    return FetchError(f"yt-dlp failed: {words}.", url=shown, advice=_upgrade(today) or "Try again later.")


def _unreachable(error: Any, shown: str, warnings: Sequence[str], today: date | None) -> OnrecordError | None:
    """A request that was not sent."""
    if getattr(error, "unexpected_errors", None):
        return None  # what failed inside says more
    if "impersonat" in str(error).lower():
        return FetchError("the platform answers only to browsers.", permanent=True, url=shown,
                          advice="Download the recording in your browser and give its path.")  # fmt: skip
    return FetchError("the recording is behind an address that is not fetched.", permanent=True, url=shown)


def _said(error: Any, shown: str, warnings: Sequence[str], today: date | None) -> OnrecordError | None:
    """An extractor's own words: what the platform says, or what yt-dlp could not make out."""
    words = _words(error).replace("An extractor error has occurred", "").strip() or "its form has changed"
    if isinstance(getattr(error, "cause", None), Exception) and isinstance(error.cause, network.RequestError):
        return None  # the network's error behind it says more
    if re.search(r"video-password|passcode|password", words, re.IGNORECASE):
        return FetchError("the recording wants a passcode, or another one.", permanent=True, url=shown,
                          advice='Write it into the event\'s file: passcode = "..." under [private].')  # fmt: skip
    if re.search(r"live event will begin|is offline|not currently live|premieres in", words, re.IGNORECASE):
        return FetchError(
            f"the platform says: {words}.", url=shown, wait=1800, advice="Fetch it when it is over."
        )
    if re.search(r"no video formats|DRM", words, re.IGNORECASE):
        return NotMediaError("there is nothing at this address that can be downloaded.", url=shown,
                             advice=_upgrade(today) or "Download the recording in another way and give its path.")  # fmt: skip
    runtime = "" if not any("javascript runtime" in text.lower() for text in warnings) else (
        f"The platform's pages need a JavaScript runtime: {UPGRADE} installs one.")  # fmt: skip
    if getattr(error, "expected", False):
        return FetchError(f"the platform says: {words}.", permanent=True, url=shown,
                          advice=runtime or _upgrade(today) or "Download it in your browser and give its path.")  # fmt: skip
    return FetchError(f"yt-dlp could not make out this page: {words}.", permanent=True, url=shown,
                      advice=runtime or _upgrade(today) or f"A newer yt-dlp may: {UPGRADE}.")  # fmt: skip


def _fixed(message: str, *, permanent: bool, advice: str = "") -> Meaning:
    return lambda error, shown, warnings, today: FetchError(
        message, permanent=permanent, url=shown, advice=advice
    )


# From the particular to the general; every exception class of yt_dlp.utils and yt_dlp.networking is a kind of one here.
_MEANINGS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Meaning], ...] = (
    (network.HTTPError, _http_status),
    (network.CertificateVerifyError, _fixed("the server cannot prove that it is who it says.", permanent=True)),
    (network.SSLError, _fixed("no secure connection could be made.", permanent=False, advice="Try again later.")),
    (network.IncompleteRead, _fixed("the connection broke off before the end.", permanent=False, advice="Run it again.")),
    (network.TransportError, _fixed("the connection to the platform broke.", permanent=False, advice="Try again later.")),
    (network.RequestError, _unreachable),
    (its.GeoRestrictedError, _fixed("the platform does not give this recording to the country that we are in.", permanent=True)),
    (its.UnsupportedError, lambda error, shown, warnings, today: no_recording(shown)),
    (its.UserNotLive, _fixed("nobody is live at this address.", permanent=False, advice="Give the address of a recording.")),
    (its.ExtractorError, _said),
    (its.ContentTooShortError, _fixed("the connection broke off before the end.", permanent=False, advice="Run it again.")),
    ((its.UnavailableVideoError, its.EntryNotInPlaylist), _fixed("there is no recording at this address.", permanent=True)),
    (its.PostProcessingError, _fixed("the recording could not be put together.", permanent=True)),
    (its.ReExtractInfo, _fixed("the platform is not ready yet.", permanent=False, advice="Try again later.")),
    (its.DownloadCancelled, _fixed("yt-dlp stopped of its own accord.", permanent=False, advice="Try again later.")),
    ((its.XAttrMetadataError, its.XAttrUnavailableError, its.SameFileError, its.LockingUnsupportedError,
      getattr(its, "UnsafeExecExpansionError", its.SameFileError)),
     _fixed("yt-dlp could not write its file.", permanent=True)),
    (its.DownloadError, _unspecific),
    ((compat_HTMLParseError, its._utils._UnsafeExtensionError), _fixed("yt-dlp could not make out this page.", permanent=True)),
    ((TimeoutError, ConnectionError), _fixed("the connection to the platform broke.", permanent=False, advice="Try again later.")),
    (RecursionError, _fixed("this address leads round in circles.", permanent=True)),
)  # fmt: skip
