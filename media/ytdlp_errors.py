"""What yt-dlp's exceptions mean to a person: the one place that translates them.

yt-dlp wraps one exception in another, passes some on in its text alone, and lets others through from inside an extractor.
A test holds the table below against every exception class that yt-dlp has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yt_dlp
from yt_dlp import utils as its
from yt_dlp.compat import compat_HTMLParseError
from yt_dlp.networking import exceptions as network

from onrecord.errors import BlockedAddressError, FetchError, NotMediaError, OnrecordError, StorageError
from onrecord.files import storage_error
from onrecord.media.address import shown_address
from onrecord.media.web import no_recording, refusal
from onrecord.media.web import refused as status_error

AGES_AFTER = 60  # days; platforms change within weeks
UPGRADE = "pip install --upgrade 'yt-dlp[default,deno]'"


class StopError(network.RequestError, its.DownloadCancelled):  # type: ignore[misc]
    """Carries an error of ours through yt-dlp, which passes on what is both of these without trying again."""

    def __init__(self, error: OnrecordError) -> None:
        super().__init__(str(error))
        self.error = error


def age(today: date | None = None) -> int:
    """How old this yt-dlp is, in days."""
    year, month, day = (int(part) for part in yt_dlp.version.__version__.split(".")[:3])
    return ((today or datetime.now(UTC).date()) - date(year, month, day)).days


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
        if isinstance(known, StopError):
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
    answer = getattr(error.response, "answer", None)  # ours, which knows how long the server asks to wait
    found = status_error(error.status, shown) if answer is None else refusal(answer)
    if error.status in (400, 403):  # so platforms answer a yt-dlp that they have outgrown
        found.advice = _upgrade(today) or found.advice
    return found


def _unspecific(error: Any, shown: str, warnings: Sequence[str], today: date | None) -> OnrecordError | None:
    """A download that failed; yt-dlp has the reason in the text at most."""
    if error.exc_info and error.exc_info[1] and error.exc_info[1] is not error:
        return None
    words = _words(error)
    if status := re.search(r"HTTP Error (\d{3})", words):
        return status_error(int(status[1]), shown)
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
