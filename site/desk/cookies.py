"""The desk's cookies. Both are of the kind `__Host-` (RFC 6265bis, 4.1.3.2): no other host, no script and no
unprotected connection can set or read them.

Chromium keeps them from http://127.0.0.1 and http://localhost too (tried), as an origin that nobody listens to. A browser
that does not is told so where it signs in.
"""

from __future__ import annotations

from starlette.responses import Response

SESSION = "__Host-onrecord"
KNOWN = "__Host-onrecord-known"  # a browser in which somebody has signed in before
TRIED = "__Host-onrecord-tried"  # set on the page for signing in: whether cookies are kept at all


def set_cookie(response: Response, name: str, value: str, seconds: int | None = None) -> None:
    """Gives the browser a cookie; without `seconds`, until it is closed."""
    response.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")


def drop_cookie(response: Response, name: str) -> None:
    """Takes a cookie back."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")
