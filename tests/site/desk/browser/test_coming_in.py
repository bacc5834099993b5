"""Coming in with a real browser, over plain http on this machine."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser


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
