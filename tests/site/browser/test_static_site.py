"""The published folder on a plain file server."""

from __future__ import annotations

import functools
import http.server
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from onrecord.archive import Archive
from onrecord.site.export.run import publish


@pytest.mark.browser
def test_static_site_searches_in_the_browser(archive: Archive, visiting: Any, tmp_path: Path) -> None:
    """The published folder works from a sub-path on a plain file server, its search included. A quotation offers no clip."""
    with ThreadPoolExecutor(1) as elsewhere:  # Playwright keeps an event loop in this thread
        elsewhere.submit(publish, archive, now=datetime(2026, 11, 23, 12, tzinfo=UTC)).result()
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "where").symlink_to(archive.site)
    handler = functools.partial(_Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}/some/where/"
        with visiting(viewport={"width": 1440, "height": 900}) as visit:
            visit.page.goto(base)
            visit.page.get_by_role("searchbox").fill("peaceful assembly")
            visit.page.get_by_role("searchbox").press("Enter")
            visit.page.locator(".moment").first.wait_for()
            assert visit.page.locator(".moment mark").all_inner_texts() == ["peaceful", "assembly"]
            visit.page.locator(".moment a.time").click()
            visit.page.wait_for_selector("html[data-ready=event]")
            visit.page.wait_for_url(f"{base}events/read-aloud/#part-1.en.c15")
            cited = visit.page.locator(".s.cited").all_inner_texts()
            assert cited == ["Everyone has the right to freedom of peaceful assembly and association."]
            visit.page.keyboard.press("q")
            assert (
                visit.page.get_by_label("Link to the passage")
                .input_value()
                .startswith(f"{base}events/read-aloud/#")
            )
            assert visit.page.locator("#quote [data-quote=clip]").count() == 0
            assert [address for address in visit.requests if not address.startswith(base)] == []
            assert visit.complaints == []
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """A plain file server that says nothing on stderr."""

    def log_message(self, format: str, *args: object) -> None:
        pass
