"""The discussion in a frame of another site."""

from __future__ import annotations

import http.server
import threading
import time
from typing import Any

import pytest


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """Another site, with a page that frames what its path names."""

    def do_GET(self) -> None:
        body = (
            f'<!doctype html><title>x</title><iframe src="{self.path[1:]}" width="720" height="560"></iframe>'
        )
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def elsewhere() -> Any:
    """The address of the other site."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


@pytest.mark.browser
def test_embedded_transcript_follows_in_a_foreign_frame(site: Any, visit: Any, elsewhere: str) -> None:
    """Player and transcript are there and work; nothing is wider than the frame; links lead out of it."""
    visit.page.goto(f"{elsewhere}{site.base}embed/read-aloud/")
    frame = visit.page.frame_locator("iframe")
    frame.locator("html[data-ready=event]").wait_for()
    video = frame.locator("video")
    video.evaluate(
        "player => { player.currentTime = 11.2; player.playbackRate = 0.25; player.muted = true; return player.play(); }"
    )
    frame.locator(".s.now").wait_for()
    assert (
        frame.locator(".s.now").inner_text()
        == "Everyone has the right to life, liberty and security of person."
    )
    assert frame.locator("html").evaluate("one => one.scrollWidth") == 720
    name = frame.locator(".masthead .name")
    assert name.evaluate("one => [one.href, one.ownerDocument.querySelector('base').target]") == [
        f"{site.base}events/read-aloud/",
        "_blank",
    ]
    assert visit.complaints == []


@pytest.mark.browser
def test_page_itself_cannot_be_framed(site: Any, visit: Any, elsewhere: str) -> None:
    """Only what is meant for it."""
    visit.page.goto(f"{elsewhere}{site.base}events/read-aloud/")
    end = time.monotonic() + 60
    while not any("frame-ancestors 'self'" in text for text in visit.complaints):
        assert time.monotonic() < end, visit.complaints
        visit.page.wait_for_timeout(50)
    assert not visit.page.frames[1].url.startswith(site.base)
