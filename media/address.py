"""Addresses as they may be written down: in messages, in the archive's files, in logs."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

_SECRETS = re.compile(
    r"^(?:.*(?:token|signature|secret|passw|passcode|credential|session|api_?key).*|sig|sign|key|pwd|pass|code|auth|hash|hmac|jwt|ip)$",
    re.IGNORECASE,
)


def shown_address(url: str) -> str:
    """An address as it may be written down: without a name and password, and without what in its query is secret."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "an address that cannot be read"
    host = parts.netloc.rpartition("@")[2]
    query = parts.query
    if any(_SECRETS.match(name) for name, _ in parse_qsl(query, keep_blank_values=True)):
        query = urlencode(
            [
                (name, "..." if _SECRETS.match(name) else value)
                for name, value in parse_qsl(query, keep_blank_values=True)
            ],
            quote_via=quote,
        )
    return urlunsplit((parts.scheme, host, parts.path, query, ""))
