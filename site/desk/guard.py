"""What every request of the desk must pass before anybody looks at it: an own, protected origin.

An unsafe request from another site is refused by what the browser says of it: `Sec-Fetch-Site` (W3C Fetch Metadata),
else `Origin` (RFC 6454, 7), else nothing that bears a cookie is believed. No tokens in forms: they are one more
secret on each page, and a form without one would fail open. This is how Go's `CrossOriginProtection` and Filippo
Valsorda's survey of 2025 have it.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

HOME = "/desk/"
_SAFE = ("GET", "HEAD", "OPTIONS")
# What a browser may do on a page of the desk: what is ours, and nothing that is written into a page.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; media-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"x-robots-tag", b"noindex, nofollow"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
)


def foreign(scope: Scope) -> bool:
    """Whether another site's page asks for something that it may not."""
    headers = Headers(scope=scope)
    site = headers.get("sec-fetch-site", "")
    if scope["method"] in _SAFE:
        # A link from elsewhere may lead here; nothing of ours is a picture, a script or a frame of another site.
        led = (
            headers.get("sec-fetch-mode", "") == "navigate"
            and headers.get("sec-fetch-dest", "document") == "document"
        )
        return site in ("cross-site", "same-site") and not led
    if site:
        return site not in ("same-origin", "none")
    if origin := headers.get("origin", ""):
        return origin != own_origin(scope)
    return "cookie" in headers


def own_origin(scope: Scope) -> str:
    """The origin that the request was sent to, as a browser writes it: no port where it is the usual one."""
    host = Headers(scope=scope).get("host", "").lower()
    usual = {"https": ":443", "http": ":80"}.get(scope["scheme"], "")
    return f"{scope['scheme']}://{host.removesuffix(usual) if usual else host}"


def protected(scope: Scope) -> bool:
    """Whether nobody on the way can read what is sent: HTTPS, or this very machine."""
    return scope["scheme"] == "https" or is_loopback(Headers(scope=scope).get("host", ""))


def is_loopback(host: str) -> bool:
    """Whether a Host header names this machine itself (W3C Secure Contexts, 3.1)."""
    name = (urlsplit(f"//{host}").hostname or "") if re.fullmatch(r"[\w.:\[\]-]*", host) else ""
    return (
        name in ("localhost", "::1")
        or name.endswith(".localhost")
        or bool(re.fullmatch(r"127(\.\d{1,3}){3}", name))
    )


def own_path(text: str, default: str = HOME) -> str:
    """The text where it is a path of the desk, else `default`: nobody is sent elsewhere by an address that
    somebody else wrote.
    """
    if re.fullmatch(r"/desk/[!-\[\]-~]*", text) and "//" not in text and "/." not in text:
        return text
    return default
