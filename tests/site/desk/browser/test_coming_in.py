"""Coming in with a real browser, over plain http on this machine: by keyboard alone, on a phone's width, without
JavaScript; and what another site cannot do.
"""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from onrecord.accounts import people

pytestmark = pytest.mark.browser
PASSWORD = "seven quiet herons at noon"


def test_chromium_keeps_the_cookie_on_this_machine(desk_site: Any) -> None:
    """`__Host-`, Secure, HttpOnly and SameSite hold on http://127.0.0.1, no script reads it."""
    with desk_site.window("owner") as window:
        window.page.goto(f"{desk_site.base}/desk/")
        assert window.page.get_by_role("link", name="Olha Owner").is_visible()
        cookie = next(row for row in window.page.context.cookies() if row["name"] == "__Host-onrecord")
        assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"], cookie["path"]) == (
            True, True, "Lax", "/",
        )  # fmt: skip
        assert window.page.evaluate("document.cookie") == ""
        assert window.complaints == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_first_owner_comes_in_by_keyboard_alone_on_a_phone(desk_site: Any, scripts: bool) -> None:
    """From the link to the desk and out again, each step with Tab and Enter, on 360 pixels, with nothing to be scrolled
    sideways.
    """
    settings = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": scripts}
    with desk_site.window(None, **settings) as window:
        page, keys = window.page, window.page.keyboard
        page.goto(desk_site.link("owner"))
        page.locator("#f-name:focus").wait_for()
        steps = [("Your name", "Olha Owner"), ("Password", PASSWORD), ("The password once more", PASSWORD)]
        for number, (_label, text) in enumerate(steps):
            if number:
                keys.press("Tab")
            keys.type(text)
        values = [page.get_by_label(label, exact=True).input_value() for label, _ in steps]
        assert values == [text for _, text in steps]
        keys.press("Tab")
        keys.press("Enter")
        page.wait_for_url(f"{desk_site.base}/desk/")
        keys.press("Tab")
        assert focused(page) == "Skip to the content"
        for _ in range(15):
            keys.press("Tab")
            if focused(page) == "Sign out":
                break
        keys.press("Enter")
        page.wait_for_url(f"{desk_site.base}/desk/sign-in?out")
        page.get_by_text("You are signed out.").wait_for()
        page.goto(f"{desk_site.base}/desk/people/")
        page.locator("#f-name:focus").wait_for()
        keys.type("Olha Owner")
        keys.press("Tab")
        keys.type(PASSWORD)
        keys.press("Enter")
        page.wait_for_url(f"{desk_site.base}/desk/people/")
        assert window.complaints == []


def test_what_is_typed_can_be_shown(desk_site: Any) -> None:
    """Both fields at once, and hidden again before the form is sent."""
    with desk_site.window(None) as window:
        page = window.page
        page.goto(desk_site.link("owner"))
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Show what is typed").check()
        kinds = "[...document.querySelectorAll('#f-password, #f-again')].map(one => one.type)"
        assert page.evaluate(kinds) == ["text", "text"]
        page.get_by_label("Show what is typed").uncheck()
        assert page.evaluate(kinds) == ["password", "password"]
        assert window.complaints == []


def focused(page: Any) -> str:
    """The text of what the keyboard is on."""
    if not page.context.browser:  # pragma: no cover
        return ""
    return str(page.locator(":focus").first.inner_text(timeout=60_000))


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """A page of another site, whose forms and scripts reach for the desk named in its address."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            desk = self.path.partition("?")[2]
            body = (
                f'<!doctype html><form id="f" method="post" action="{desk}/desk/me/language">'
                '<input name="language" value="en"><button>Win</button></form>'
                f'<img src="{desk}/desk/me/"><iframe src="{desk}/desk/me/"></iframe>'
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_page_of_another_site_can_do_nothing(desk_site: Any, elsewhere: str) -> None:
    """A form that a person of the desk is lured to send is refused, a frame stays empty, a picture gets nothing."""
    with desk_site.window("editor") as window:
        page = window.page
        answers: dict[str, int] = {}
        page.on(
            "response",
            lambda answer: answers.update({f"{answer.request.resource_type} {answer.url}": answer.status}),
        )
        page.goto(f"{elsewhere}?{desk_site.base}")
        page.wait_for_load_state("networkidle")
        assert [status for what, status in answers.items() if what.startswith("image")] in ([], [403])
        assert page.evaluate("document.images[0].naturalWidth") == 0
        framed = [frame for frame in page.frames if frame != page.main_frame]
        assert all("Edna" not in frame.content() for frame in framed)
        page.get_by_role("button", name="Win").click()
        page.wait_for_url(f"{desk_site.base}/desk/me/language")
        page.get_by_text("came from a page that is not the desk").wait_for()
        with desk_site.database.reading() as connection:
            assert people.by_name(connection, "Edna Editor")[0].language == ""
