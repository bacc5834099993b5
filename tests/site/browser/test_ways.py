"""What stands in a page for programs, and the page for what is not there, in a real browser."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from onrecord.archive import Archive, create_archive
from onrecord.events.registry import Registry
from onrecord.site.export.run import publish

DATA = 'script[type="application/ld+json"]'
REFUSED = """() => new Promise(found => {
  document.addEventListener("securitypolicyviolation", event => found(event.violatedDirective));
  setTimeout(() => found("nothing"), 300);
})"""


@pytest.mark.browser
def test_data_blocks_are_no_scripts_to_the_browser(site: Any, visit: Any) -> None:
    """The strict policy neither refuses nor runs them, and says nothing in the console; they can be read."""
    for path, kind in (
        ("", "WebSite"),
        ("events/read-aloud/", "Event"),
        ("speakers/anna-example/", "ProfilePage"),
    ):
        answer = visit.page.goto(site.base + path)
        assert "script-src" not in answer.headers["content-security-policy"]
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        made = json.loads(visit.page.locator(DATA).text_content())
        assert made["@type"] == kind
        assert visit.page.evaluate(REFUSED) == "nothing"
    assert visit.complaints == []


@pytest.mark.browser
def test_pages_offer_their_calendar(site: Any, visit: Any) -> None:
    """A click on it downloads the calendar."""
    visit.page.goto(site.base + "series/read-aloud/")
    with visit.page.expect_download() as started:
        visit.page.get_by_role("region", name="Subscribe").get_by_role("link", name="Calendar").click()
    assert Path(started.value.path()).read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")


class _Host(http.server.SimpleHTTPRequestHandler):
    """A plain file server that answers with 404.html of `home` where nothing stands, as static hosts do."""

    home: Path

    def log_message(self, format: str, *args: object) -> None:
        pass

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        body = (self.home / "404.html").read_bytes()
        self.send_response(HTTPStatus(code))
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def hosted(top: Path, home: Path) -> Iterator[str]:
    """The address of a static host for a folder whose site stands at `home`."""
    handler = type("Host", (_Host,), {"home": home})
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(handler, directory=str(top))
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def exported(folder: Path, base: str) -> Archive:
    """A small archive, published."""
    archive = create_archive(folder / "archive", "Rights on Record")
    if base:
        text = archive.settings_file.read_text(encoding="utf-8")
        archive.settings_file.write_text(
            text.replace("[glossary]", f'base-url = "{base}"\n[glossary]', 1), "utf-8"
        )
        archive = Archive(archive.root)
    for slug, title in (
        ("life-under-occupation", "Life under occupation"),
        ("reading-aloud", "Reading aloud"),
    ):
        Registry(archive).add({"title": title, "slug": slug, "starts": "2026-09-20 18:00", "timezone": "Europe/Kyiv",
                               "visibility": "public"})  # fmt: skip
    with ThreadPoolExecutor(1) as elsewhere:  # Playwright keeps an event loop in this thread
        elsewhere.submit(publish, archive, now=datetime(2026, 11, 23, 12, tzinfo=UTC), search=False).result()
    return archive


@pytest.fixture(scope="module")
def placeless(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """A published archive that does not know where it stands."""
    return exported(tmp_path_factory.mktemp("placeless"), "")


@pytest.mark.browser
@pytest.mark.parametrize("place", ["", "some/where/"])
@pytest.mark.parametrize("asked", ["nothing", "events/life-under-ocupation/", "a/b/c/reading-alowd.html"])
def test_page_for_what_is_not_there_finds_home_from_any_depth(
    visiting: Any, placeless: Archive, tmp_path: Path, place: str, asked: str
) -> None:
    """On a host that knows nothing, in a site that does not know where it stands: styles, links, suggestions."""
    top = tmp_path / "top"
    home = top / place
    home.parent.mkdir(parents=True, exist_ok=True)
    home.symlink_to(placeless.site) if place else top.symlink_to(placeless.site)
    with hosted(top, home) as base, visiting(viewport={"width": 1000, "height": 800}) as visit:
        visit.page.goto(f"{base}{place}{asked}")
        visit.page.wait_for_selector("[data-done]", state="attached")
        visit.until("document.querySelector('a.name').href.startsWith('http')")
        assert visit.page.locator("a.name").evaluate("link => link.href") == f"{base}{place}"
        family = visit.page.locator("body").evaluate("body => getComputedStyle(body).fontFamily")
        assert "Literata" in family
        if asked == "nothing":
            assert visit.page.locator("[data-missing]").is_hidden()
        else:
            link = visit.page.locator("[data-missing] a").first
            link.wait_for()
            title = "Life under occupation" if "life" in asked else "Reading aloud"
            assert link.inner_text() == title
            link.click()
            visit.page.get_by_role("heading", level=1, name=title, exact=True).wait_for()


@pytest.mark.browser
def test_page_for_what_is_not_there_knows_where_its_site_stands(visiting: Any, tmp_path: Path) -> None:
    """With a base address its links are right without a script, and nothing is asked for in vain."""
    archive = exported(tmp_path, "https://archive.example.org/some/where")
    top = tmp_path / "top"
    (top / "some").mkdir(parents=True)
    (top / "some" / "where").symlink_to(archive.site)
    with hosted(top, archive.site) as base, visiting(java_script_enabled=False) as visit:
        visit.page.goto(f"{base}some/where/events/nothing/at/all/")
        visit.page.get_by_role("link", name="All discussions").click()
        visit.page.wait_for_url(f"{base}some/where/events/")
    with hosted(top, archive.site) as base, visiting() as visit:
        visit.page.goto(f"{base}some/where/events/reading-alowd/")
        visit.page.locator("[data-missing] a").first.wait_for()
        assert len([text for text in visit.complaints if "404" not in text]) == 0
        assert len([text for text in visit.complaints if "404" in text]) == 1  # the page itself
