"""Coming in and going out."""

from __future__ import annotations

from typing import Any


def test_invited_person_comes_in(desk: Any) -> None:
    """A link makes the account and signs in; the page is theirs."""
    answer = desk.client("editor").get("/desk/")
    assert answer.status_code == 200
    assert "Edna Editor" in answer.text


def test_nobody_is_led_to_the_form(desk: Any) -> None:
    """Who is not signed in is asked to, and comes back after."""
    answer = desk.client(None).get("/desk/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/sign-in")
