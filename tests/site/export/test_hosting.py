"""What tells hosts how to serve the static site says what the live site says."""

from __future__ import annotations

import re
from typing import Any

import pytest

from onrecord.site.export.hosting import hosting_files
from onrecord.site.export.run import publish

LANGUAGES = ["uk", "fr", "de", "pl", "ru"]


def headers_of(text: str, path: str) -> dict[str, str]:
    """What a host that reads `_headers` sends with a path: every rule that fits, as the hosts describe it."""
    found: dict[str, str] = {}
    fits = False
    for line in text.splitlines():
        if line.startswith("/"):
            fits = path.startswith(line[:-1]) if line.endswith("*") else path == line
        elif fits:
            name, _, value = line.strip().partition(": ")
            assert name not in found, f"{path} has {name} twice"
            found[name] = value
    return found


@pytest.mark.parametrize("base", ["/", "/talks/"])
@pytest.mark.parametrize("prefix", ["", "uk/"])
def test_headers_keep_unlisted_pages_out_of_indexes_and_frames_where_they_belong(
    base: str, prefix: str
) -> None:
    """Embedded pages may be framed by anyone, all others by nobody else; what is open to scripts is not unlisted."""
    text = dict(hosting_files(LANGUAGES, base))["_headers"].decode()
    secret = headers_of(text, f"{base}{prefix}unlisted/{'x' * 40}/")
    assert (secret["X-Robots-Tag"], secret["X-Frame-Options"]) == ("noindex", "SAMEORIGIN")
    assert "Access-Control-Allow-Origin" not in secret
    assert headers_of(text, f"{base}{prefix}events/a/")["X-Frame-Options"] == "SAMEORIGIN"
    assert "X-Frame-Options" not in headers_of(text, f"{base}{prefix}embed/a/")
    assert headers_of(text, f"{base}captions/a/p.en.vtt")["Access-Control-Allow-Origin"] == "*"
    assert headers_of(text, f"{base}feed.xml")["Access-Control-Allow-Origin"] == "*"


def test_headers_are_few_enough_for_every_host() -> None:
    """Cloudflare Pages reads a hundred rules of 2,000 characters; an asterisk stands at the end alone."""
    lines = dict(hosting_files(LANGUAGES, "/talks/"))["_headers"].decode().splitlines()
    paths = [line for line in lines if line.startswith("/")]
    assert len(paths) <= 100 and len(set(paths)) == len(paths)
    assert all(re.fullmatch(r"/[a-z0-9./-]*\*?", path) for path in paths)
    assert max(map(len, lines)) < 2000


def test_headers_are_those_of_the_live_site(bench: Any) -> None:
    """What the server sends with a page is what the host is told to send, apart from the policy, which the page has."""
    bench.event("a-talk", "")
    text = dict(hosting_files([], "/"))["_headers"].decode()
    with bench.client() as client:
        for path in ("/", "/events/a-talk/", "/about/"):
            live = {name.lower(): value for name, value in client.get(path).headers.items()}
            for name, value in headers_of(text, path).items():
                assert live[name.lower()] == value, (path, name)


def test_htaccess_says_the_same(bench: Any) -> None:
    """Each rule stands there once for each header, as a condition on the address."""
    files = dict(hosting_files(LANGUAGES, "/talks/"))
    lines = files[".htaccess"].decode().splitlines()
    assert "ErrorDocument 404 /talks/404.html" in lines
    wanted = sum(1 for line in files["_headers"].decode().splitlines() if line.startswith("  "))
    assert sum(1 for line in lines if line.startswith("Header always set ")) == wanted
    (unlisted,) = [line for line in lines if "X-Robots-Tag" in line and "#^/talks/unlisted/#" in line]
    assert (
        unlisted == 'Header always set X-Robots-Tag "noindex" "expr=%{REQUEST_URI} =~ m#^/talks/unlisted/#"'
    )


def test_export_brings_the_files_of_the_hosts(bench: Any) -> None:
    """At the top of the site."""
    bench.event("a-talk", "")
    root = publish(bench.archive, now=bench.now, search=False).folder
    assert {".nojekyll", "_headers", ".htaccess"} <= {path.name for path in root.iterdir()}
