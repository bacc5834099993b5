"""Every form that the desk shows, filled with what no form should hold: whatever is sent, the desk answers in a sentence,
and never with an error of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from onrecord.settings import read_settings

STRANGE = (
    "", " ", "0", "-1", "99999999999999999999999", "1e400", "nan", "a" * 3000, "../../etc/passwd", "%00", "\u0000",
    "\u202e\u0301", "'; DROP TABLE people; --", "<script>alert(1)</script>", "2026-02-30 25:61", "[[speakers]]",
    "http://127.0.0.1/", "javascript:alert(1)", "{{7*7}}", "\n\n\n", "%(subject)s %s", '"""', "\ufeff",
)  # fmt: skip
# Forms that end the session of who sends them.
LEAVING = ("/sign-out", "/desk/me/sessions", "/desk/me/password", "/remove", "/role", "/door")


@dataclass(frozen=True)
class Found:
    """A form of a page: where it goes, by which method, and its fields with what stands in them."""

    action: str
    method: str
    fields: tuple[tuple[str, str], ...]


class Reader(HTMLParser):
    """Reads the links and forms of a page."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.links: list[str] = []
        self.forms: list[Found] = []
        self._form: tuple[str, str] | None = None
        self._fields: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(urljoin(self.base, given["href"]))
        elif tag == "form":
            action = urljoin(self.base, given.get("action", "") or self.base)
            self._form, self._fields = (action, given.get("method", "get").lower()), []
        elif tag in ("input", "textarea", "select", "button") and given.get("name"):
            self._fields.append((given["name"], given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form:
            self.forms.append(Found(*self._form, tuple(self._fields)))
            self._form = None


def crawl(browser: Any) -> Iterator[Found]:
    """Every form of every page that links lead to."""
    waiting, known, seen = ["/desk/", "/desk/me/", "/desk/people/", "/desk/settings/"], set(), set()
    while waiting and len(known) < 150:
        path = waiting.pop(0)
        bare = re.sub(r"=[^&]*", "=", path)
        if bare in known or not urlsplit(path).path.startswith("/desk/"):
            continue
        known.add(bare)
        answer = browser.get(path)
        assert answer.status_code < 500, path
        if "html" not in answer.headers.get("content-type", ""):
            continue
        reader = Reader(path)
        reader.feed(answer.text)
        waiting += [link for link in reader.links if link.startswith("/desk/")]
        for form in reader.forms:
            name = (form.action, form.method, tuple(name for name, _ in form.fields))
            if name not in seen:
                seen.add(name)
                yield form


@pytest.fixture
def filled(desk: Any) -> Any:
    """The desk of an archive in which there is something of each kind."""
    desk.bench.event(
        "2026-10-01-a-talk",
        """
        languages = ["en"]
        [[speakers]]
        id = "anna"
        name = "Anna Example"
        [[recordings]]
        id = "part-1"
        source = "https://media.example.org/a.mp4"
        """,
    )
    desk.bench.event("2026-12-01-coming", desk.bench.coming, visibility="draft")
    cues = "c1 1.0 3.5 Anna Example: All human beings are born free.\nc2 4.0 6.0 Anna Example: And equal."
    desk.bench.transcript("2026-10-01-a-talk", "part-1.en", cues, status="machine")
    desk.live.check()
    return desk


@pytest.mark.slow
def test_no_form_breaks_the_desk(filled: Any) -> None:
    """Each field in turn, of each form, with what is strange; the settings and the last owner are there afterwards."""
    browser = filled.client("owner")
    broken, sent = [], 0
    for form in list(crawl(browser)):
        if any(form.action.endswith(end) for end in LEAVING):
            continue
        texts = [(None, "")] + [
            (name, STRANGE[(sent + n) % len(STRANGE)]) for n, (name, _) in enumerate(form.fields * 2)
        ]
        for changed, text in texts:
            data: dict[str, Any] = {}
            for name, value in form.fields:
                data.setdefault(name, []).append(text if name == changed else value)
            ask = browser.get if form.method == "get" else browser.post
            answer = ask(form.action, **({"params": data} if form.method == "get" else {"data": data}))
            sent += 1
            if answer.status_code >= 500 or answer.status_code == 401:
                broken.append((form.action, changed, text))
    assert broken == []
    assert sent > 200
    assert read_settings(filled.archive.settings_file, {})
    assert browser.get("/desk/people/").status_code == 200
