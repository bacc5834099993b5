"""The desk in a real browser: a real server over plain http://127.0.0.1, and people who came in by a real link."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from onrecord.accounts import links
from onrecord.accounts.people import Role
from onrecord.archive import Archive
from onrecord.database import Database
from onrecord.site.desk.front import PARTS

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright for Python is not installed")

NAMES: dict[Role, str] = {"owner": "Olha Owner", "organiser": "Oskar Organiser", "editor": "Edna Editor"}
PASSWORD = "seven quiet herons at noon"


@dataclass
class Window:
    """A page of the browser, what went over the wire, and what the browser complained of."""

    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


class DeskSite:
    """A served desk. `base` is the address of the site, without a slash at its end."""

    def __init__(self, bench: Any, base: str, browser: Any) -> None:
        self.bench = bench
        self.archive: Archive = bench.archive
        self.base = base
        self.database = Database(bench.archive, *PARTS)
        self._browser = browser
        self._cookies: dict[Role, Any] = {}

    @contextmanager
    def window(self, role: Role | None = None, **settings: Any) -> Iterator[Window]:
        """A fresh window of somebody with that role, signed in; `settings` are Playwright's (`viewport`,
        `color_scheme`, `java_script_enabled`...).
        """
        if role is not None and role not in self._cookies:
            with self._context() as context:
                self.join(context.new_page(), role)
                self._cookies[role] = context.storage_state()
        state = {"storage_state": self._cookies[role]} if role is not None else {}
        given = {"viewport": {"width": 1440, "height": 900}, **state, **settings}
        with self._context(**given) as context:
            window = Window(context.new_page())
            window.page.set_default_timeout(60_000)
            window.page.on("request", lambda request: window.requests.append(request.url))
            window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
            window.page.on(
                "console",
                lambda message: (
                    window.complaints.append(message.text) if message.type in ("error", "warning") else None
                ),
            )
            yield window

    def link(self, role: Role) -> str:
        """The address of an invitation."""
        with self.database.writing() as connection:
            token = links.make(connection, "invitation", self.bench.now, role=role)
        return f"{self.base}/desk/join/{token}"

    def join(self, page: Any, role: Role) -> None:
        """Follows an invitation and comes in."""
        page.set_default_timeout(60_000)
        page.goto(self.link(role))
        page.get_by_label("Your name").fill(NAMES[role])
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("The password once more").fill(PASSWORD)
        page.get_by_role("button", name="Join").click()
        page.wait_for_url(f"{self.base}/desk/")

    @contextmanager
    def _context(self, **settings: Any) -> Iterator[Any]:
        context = self._browser.new_context(**settings)
        try:
            yield context
        finally:
            context.close()


@pytest.fixture(scope="module")
def browser(chromium: Callable[[], AbstractContextManager[Any]]) -> Iterator[Any]:
    """Debian's Chromium, for one module: Playwright can be started but once at a time."""
    with chromium() as opened:
        yield opened


@pytest.fixture
def desk_site(
    bench: Any, serve: Callable[[Any], AbstractContextManager[str]], browser: Any
) -> Iterator[DeskSite]:
    """The desk of a fresh archive (`desk_site.bench` writes into it), behind a real server."""
    with serve(bench) as address:
        made = DeskSite(bench, address.rstrip("/"), browser)
        yield made
        made.database.close()
