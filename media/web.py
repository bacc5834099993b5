"""Requests over HTTP and HTTPS: through the guard, with patience but not without end, and with errors a person can read.

The client is httpcore2 with the request and response types of httpx2, which are here anyway: the recogniser's library
and the test client of the web framework are built on them. Proxies named in the environment are not used, because a
proxy would connect where the guard cannot see. Cookies live as long as one fetch.
"""

from __future__ import annotations

import os
import re
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import unquote, urlsplit

import httpcore2
import httpx2

from onrecord import __version__
from onrecord.errors import BlockedAddressError, FetchError, NotMediaError, OnrecordError
from onrecord.media.address import shown_address
from onrecord.media.guard import Guard
from onrecord.media.patience import Patience

_REDIRECTS = 10
_LONGEST_WAIT = 30 * 86400.0  # seconds; a server may ask for any number
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


class TooSlowError(OSError):
    """The other side sends, but so little that it would never end."""


class _Stream(httpcore2.NetworkStream):
    """A connection that is measured while it is waited for: a drip is as bad as a silence.

    Only time spent waiting counts, so that a slow disk here is not taken for a slow server there.
    """

    def __init__(self, sock: socket.socket, patience: Patience) -> None:
        self._sock = sock
        self._patience = patience
        self._waited = 0.0
        self._got = 0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        began = time.monotonic()
        try:
            self._sock.settimeout(timeout)
            data = self._sock.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore2.ReadTimeout(error) from error
        except OSError as error:
            raise httpcore2.ReadError(error) from error
        self._waited += time.monotonic() - began
        self._got += len(data)
        if data and self._waited >= self._patience.window:
            if self._got < self._patience.slowest * self._waited:
                slow = TooSlowError("too slow")
                raise httpcore2.ReadTimeout(slow) from slow
            self._waited, self._got = 0.0, 0
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._waited, self._got = 0.0, 0
        try:
            self._sock.settimeout(timeout)
            self._sock.sendall(buffer)
        except TimeoutError as error:
            raise httpcore2.WriteTimeout(error) from error
        except OSError as error:
            raise httpcore2.WriteError(error) from error

    def close(self) -> None:
        self._sock.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> _Stream:
        try:
            self._sock.settimeout(timeout)
            return _Stream(
                ssl_context.wrap_socket(self._sock, server_hostname=server_hostname), self._patience
            )
        except TimeoutError as error:
            self.close()
            raise httpcore2.ConnectTimeout(error) from error
        except OSError as error:
            self.close()
            raise httpcore2.ConnectError(error) from error

    def get_extra_info(self, info: str) -> Any:
        if info == "socket":
            return self._sock
        if info == "is_readable":
            import select

            poll = select.poll()
            poll.register(self._sock, select.POLLIN)
            return bool(poll.poll(0))
        return None


class _Backend(httpcore2.NetworkBackend):
    """How the HTTP client reaches the network: by the guard, and in no other way."""

    def __init__(self, guard: Guard, patience: Patience) -> None:
        self._guard = guard
        self._patience = patience

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> _Stream:
        try:
            sock = self._guard.connect(host, port, timeout, local_address)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout(error) from error
        except OSError as error:
            raise httpcore2.ConnectError(error) from error
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _Stream(sock, self._patience)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> _Stream:
        raise BlockedAddressError("an address that leads to a local socket is not fetched.", permanent=True)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class Answer:
    """What a server answered: the head is here, the body comes as it is read. Close it, or use it in `with`."""

    def __init__(self, response: httpx2.Response, url: str) -> None:
        self.status = response.status_code
        self.reason = response.reason_phrase
        self.headers = response.headers
        self.url = url
        self._response = response
        self._blocks: Iterator[bytes] | None = None
        self._rest = b""

    @property
    def content_type(self) -> str:
        """The media type in small letters, without parameters."""
        return str(self.headers.get("content-type", "")).split(";")[0].strip().lower()

    @property
    def encoded(self) -> bool:
        """Whether the body is compressed on its way, so that its lengths and ranges are not the file's."""
        return str(self.headers.get("content-encoding", "identity")).strip().lower() not in ("identity", "")

    def blocks(self) -> Iterator[bytes]:
        """The body, decoded. Raises `FetchError`."""
        with translated(self.url):
            yield from (self._response.iter_bytes() if self.encoded else self._response.iter_raw())

    def read(self, amount: int | None = None) -> bytes:
        """Up to `amount` bytes of the body, all of it when None; empty at the end. Raises `FetchError`."""
        if self._blocks is None:
            self._blocks = self.blocks()
        parts, size = [self._rest], len(self._rest)
        self._rest = b""
        while amount is None or size < amount:
            block = next(self._blocks, None)
            if block is None:
                break
            parts.append(block)
            size += len(block)
        data = b"".join(parts)
        if amount is not None and size > amount:
            data, self._rest = data[:amount], data[amount:]
        return data

    def close(self) -> None:
        self._response.close()

    def __enter__(self) -> Answer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Web:
    """A client for one fetch. Close it, or use it in `with`."""

    def __init__(self, guard: Guard, patience: Patience) -> None:
        self.guard = guard
        self.patience = patience
        self.cookies = CookieJar()
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(),
            network_backend=_Backend(guard, patience),
            max_keepalive_connections=4,
            keepalive_expiry=15,
        )

    def with_cookies(self, cookies: CookieJar) -> Web:
        """The same client with another set of cookies."""
        other = copy(self)
        other.cookies = cookies
        return other

    def open(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Sends a request and follows its redirects; an answer of any status but a redirect is returned.

        Raises `FetchError` (no answer, a redirect loop, a scheme other than http and https) and `BlockedAddressError`.
        """
        given = {"User-Agent": f"onrecord/{__version__}", "Accept": "*/*", "Accept-Encoding": "identity"}
        names = {name.lower(): name for name in given}
        for name, value in (headers or {}).items():
            given.pop(names.get(name.lower(), ""), None)
            given[name] = value
        first = url
        visited: set[str] = set()
        for _ in range(_REDIRECTS + 1):
            answer = self._send(url, method, given, body)
            place = answer.headers.get("location") if answer.status in (301, 302, 303, 307, 308) else None
            if place is None:
                return answer
            answer.close()
            if answer.status == 303 or (answer.status in (301, 302) and method == "POST"):
                method, body = ("HEAD" if method == "HEAD" else "GET"), None
            with translated(url):
                target = str(httpx2.URL(url).join(place))
            if urlsplit(target).netloc != urlsplit(url).netloc:
                given = {
                    name: value
                    for name, value in given.items()
                    if name.lower() not in ("authorization", "cookie")
                }
            if target in visited and method == "GET" and not answer.headers.get("set-cookie"):
                break
            visited.add(target)
            url = target
        raise FetchError("the server sends us round in circles.", permanent=True, url=shown_address(first),
                         advice="Open the address in a browser and use the one that it ends at.")  # fmt: skip

    def _send(self, url: str, method: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        import urllib.request

        with translated(url):
            target = httpx2.URL(url)
            if target.scheme not in ("http", "https") or not target.host:
                raise FetchError(
                    f"an address of the kind '{target.scheme}:' is not fetched.", permanent=True, url=shown_address(url),
                    advice="Use an address that begins with https:// or http://.",
                )  # fmt: skip
            request = httpx2.Request(method, target, headers=dict(headers), content=body)
            if target.userinfo and "authorization" not in request.headers:
                import base64

                name, _, word = target.userinfo.decode("ascii").partition(":")
                login = base64.b64encode(f"{unquote(name)}:{unquote(word)}".encode()).decode("ascii")
                request.headers["Authorization"] = f"Basic {login}"
            asked = urllib.request.Request(str(target.copy_with(userinfo=b"")))  # noqa: S310 - for the cookies' rules only
            self.cookies.add_cookie_header(asked)
            if (cookie := asked.get_header("Cookie")) and "cookie" not in request.headers:
                request.headers["Cookie"] = cookie
            wait = {"connect": self.patience.connect, "read": self.patience.silence,
                    "write": self.patience.silence, "pool": self.patience.connect}  # fmt: skip
            came = self._pool.handle_request(
                httpcore2.Request(
                    method=request.method,
                    url=httpcore2.URL(
                        scheme=target.raw_scheme,
                        host=target.raw_host,
                        port=target.port,
                        target=target.raw_path,
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions={"timeout": wait},
                )
            )
            response = httpx2.Response(
                came.status,
                headers=came.headers,
                stream=_Body(came),
                extensions=dict(came.extensions),
                request=request,
            )
            encoding = str(response.headers.get("content-encoding", "")).strip().lower()
            if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
                response.close()
                raise FetchError(f"the server compresses in a way that was not asked for ({encoding[:20]}).",
                                 permanent=True, url=shown_address(url))  # fmt: skip
            self.cookies.extract_cookies(_CookieHeaders(response), asked)  # type: ignore[arg-type]
            return Answer(response, str(target.copy_with(userinfo=b"")))

    def close(self) -> None:
        self._pool.close()

    def __enter__(self) -> Web:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Body(httpx2.SyncByteStream):
    """The body of an answer, as the response type wants it."""

    def __init__(self, came: httpcore2.Response) -> None:
        self._came = came

    def __iter__(self) -> Iterator[bytes]:
        assert isinstance(self._came.stream, Iterable)
        yield from self._came.stream

    def close(self) -> None:
        self._came.close()


class _CookieHeaders:
    """The answer as the standard library's cookie jar reads it."""

    def __init__(self, response: httpx2.Response) -> None:
        import email.message

        self._message = email.message.Message()
        for name, value in response.headers.multi_items():
            self._message[name] = value

    def info(self) -> Any:
        return self._message


def refusal(answer: Answer) -> FetchError:
    """What an answer with an error status means, and whether trying again can help (RFC 9110 section 15)."""
    return refused(answer.status, answer.url, retry_after(answer.headers.get("retry-after")))


def refused(status: int, address: str, wait: float | None = None) -> FetchError:
    """The same, for a status that is known from elsewhere."""
    url = shown_address(address)
    if status in (401, 407):
        message, advice = (
            f"the server wants a password ({status}).",
            "Download the file in your browser and give its path instead.",
        )
    elif status == 403:
        message, advice = (
            "the server refuses to give this address to us (403).",
            "Check that it is shared with everybody, or give the path of a downloaded file.",
        )
    elif status in (404, 410):
        message, advice = f"there is nothing at this address ({status}).", "Check it for a typing error."
    elif status == 451:
        message, advice = "the server may not give this for legal reasons (451).", ""
    elif status == 429:
        message, advice = "the server says that it was asked too often (429).", "Try again later."
    elif status in (408, 425) or (status >= 500 and status not in (501, 505)):
        message, advice = f"the server has trouble at the moment ({status}).", "Try again later."
    else:
        message, advice = f"the server answers with status {status}, which gives no recording.", ""
    return FetchError(message, permanent=advice != "Try again later.", wait=wait, url=url, advice=advice)


def refuse_endless(answer: Answer) -> None:
    """Raises `FetchError` for a radio station's stream (SHOUTcast, Icecast): it has no length and no end."""
    if "content-length" not in answer.headers and any(
        name.lower().startswith("icy-") for name in answer.headers
    ):
        raise FetchError(
            "this is a live stream, which has no end.", permanent=True, url=shown_address(answer.url),
            advice="Give the address of the recording that is made of it.",
        )  # fmt: skip


def retry_after(value: str | None) -> float | None:
    """The seconds that a server asks to wait (RFC 9110 section 10.2.3); None when it does not say."""
    if not value:
        return None
    if re.fullmatch(r"\s*[0-9]{1,12}\s*", value):
        return min(float(value), _LONGEST_WAIT)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    seconds = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - datetime.now(UTC).timestamp()
    return min(max(0.0, seconds), _LONGEST_WAIT)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what caused it; httpcore2 carries the cause as an argument, for it raises anew `from None`."""
    while error is not None:
        yield error
        inner = error.args[0] if error.args and isinstance(error.args[0], BaseException) else None
        error = error.__cause__ or inner or error.__context__


def network_error(error: BaseException, url: str) -> OnrecordError | None:
    """What a failure of the network means; None when it is none. The one place that knows httpcore2 and httpx2."""
    shown = shown_address(url)
    host = urlsplit(shown).netloc
    chain = list(_causes(error))
    for known in chain:
        if isinstance(known, OnrecordError):
            return known
    if not isinstance(
        error,
        httpcore2.TimeoutException | httpcore2.NetworkError | httpcore2.ProtocolError | httpcore2.UnsupportedProtocol
        | httpcore2.ProxyError | httpcore2.ConnectionNotAvailable
        | httpx2.HTTPError | httpx2.InvalidURL | httpx2.CookieConflict | httpx2.StreamError | UnicodeError,
    ):  # fmt: skip
        return None
    for known in chain:
        if isinstance(known, TooSlowError):
            return FetchError(
                f"'{host}' sends so slowly that it would never end.", url=shown, advice="Try again later."
            )
        if isinstance(known, ssl.SSLCertVerificationError):
            return FetchError(f"'{host}' cannot prove that it is who it says ({known.verify_message}).", permanent=True, url=shown,
                              advice="Check the address; its owner has to renew the certificate.")  # fmt: skip
        if isinstance(known, ssl.SSLError):
            return FetchError(f"no secure connection to '{host}' could be made ({known.reason or 'TLS failed'}).", url=shown,
                              advice="Check the address: http and https differ.")  # fmt: skip
        if isinstance(known, socket.gaierror):
            return FetchError(f"there is no server named '{host}', or no connection to the internet.", url=shown,
                              advice="Check the address and your connection.")  # fmt: skip
    proxy = (
        " A proxy is set in the environment; it is not used."
        if any(os.environ.get(name) for name in _PROXIES)
        else ""
    )
    if isinstance(
        error, httpcore2.ConnectTimeout | httpx2.ConnectTimeout | httpcore2.PoolTimeout | httpx2.PoolTimeout
    ):
        return FetchError(f"'{host}' does not answer.{proxy}", url=shown, advice="Try again later.")
    if isinstance(error, httpcore2.TimeoutException | httpx2.TimeoutException):
        return FetchError(
            f"'{host}' stopped sending.", url=shown, advice="Run it again: it goes on where it stopped."
        )
    if isinstance(
        error, httpcore2.ConnectError | httpx2.ConnectError | httpcore2.ProxyError | httpx2.ProxyError
    ):
        return FetchError(
            f"no connection to '{host}' could be made.{proxy}", url=shown, advice="Try again later."
        )
    if isinstance(
        error, httpcore2.UnsupportedProtocol | httpx2.UnsupportedProtocol | httpx2.InvalidURL | UnicodeError
    ):  # fmt: skip
        return FetchError("this is not a web address.", permanent=True, url=shown,
                          advice="Use an address that begins with https:// or http://.")  # fmt: skip
    if isinstance(error, httpcore2.LocalProtocolError | httpx2.LocalProtocolError):
        return FetchError(f"'{host}' could not be asked for this address.", permanent=True, url=shown)
    if isinstance(error, httpx2.DecodingError):
        return FetchError(
            f"what '{host}' sent compressed cannot be read.", url=shown, advice="Try again later."
        )
    if isinstance(error, httpx2.TooManyRedirects):
        return FetchError("the server sends us round in circles.", permanent=True, url=shown)
    if isinstance(error, httpcore2.RemoteProtocolError | httpx2.RemoteProtocolError):
        return FetchError(f"'{host}' broke off, or does not speak HTTP.", url=shown,
                          advice="Run it again: it goes on where it stopped.")  # fmt: skip
    return FetchError(
        f"the connection to '{host}' broke.", url=shown, advice="Run it again: it goes on where it stopped."
    )


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Turns what goes wrong on the network into `FetchError`."""
    try:
        yield
    except OnrecordError:
        raise
    except Exception as error:
        known = network_error(error, url)
        if known is None:
            raise
        raise known from error


def no_recording(url: str) -> NotMediaError:
    """A page was found where a recording should be."""
    return NotMediaError("this address leads to a page without a recording.", url=shown_address(url),
                         advice="Give the address of the recording itself, or the path of a downloaded file.")  # fmt: skip
