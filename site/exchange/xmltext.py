"""Text as XML 1.0 can hold it: in elements and in attributes."""

from __future__ import annotations

import re
from datetime import UTC, datetime

# XML 1.0, production 2; C1 is allowed there and discouraged.
_NO_XML = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'


def text(value: str) -> str:
    """A text between tags, without the control characters that XML cannot hold."""
    return _escaped(_NO_XML.sub("", value))


def attributes(**values: str | int) -> str:
    """Attributes with a space before each; `__` in a name stands for `:`, a `_` at its end is dropped, and
    what is empty is left out."""
    return "".join(
        f' {name.rstrip("_").replace("__", ":")}="{_quoted(_NO_XML.sub("", str(value)))}"'
        for name, value in values.items()
        if value != ""
    )


def element(name: str, value: str = "", **values: str | int) -> str:
    """One element; empty ones close themselves."""
    inner = text(value)
    return f"<{name}{attributes(**values)}>{inner}</{name}>" if inner else f"<{name}{attributes(**values)}/>"


def instant(value: datetime) -> str:
    """A date and time in UTC (RFC 3339): `2026-11-23T12:00:00Z`."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# xml.sax.saxutils would do, but loads a client for HTTP and TLS with it: a tenth of what a short run loads.
def _escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")


def _quoted(value: str) -> str:
    return _escaped(value).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
