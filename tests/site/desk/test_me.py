"""One's own account."""

from __future__ import annotations

import re
from typing import Any

import pytest

from onrecord.accounts import people
from onrecord.site.desk.cookies import SESSION

PASSWORD, NEW = "seven quiet herons at noon", "nine slow foxes under ice"


def test_own_sessions_are_listed_and_ended(desk: Any) -> None:
    """One at a time, or all others; the kind of browser is shown and nothing finer."""
    here = desk.client("editor")
    here.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:999.0) Gecko/20100101 Firefox/999.0"
    others = [desk.fresh("editor") for _ in range(3)]
    page = here.get("/desk/me/").text
    handles = re.findall(r'name="session" value="(\w+)"', page)
    assert len(handles) == 4
    assert page.count('<span class="badge good">this one</span>') == 1
    assert "Firefox, Linux" in page
    assert "999" not in page
    stranger = desk.fresh("organiser")
    assert stranger.post("/desk/me/sessions", data={"session": handles[-1]}).status_code == 303
    assert [one.get("/desk/me/").status_code for one in (here, *others)] == [200] * 4, (
        "another's cannot be ended"
    )
    own = re.search(r'this one</span>.*?value="(\w+)"', page, re.DOTALL)[1]
    here.post("/desk/me/sessions", data={"session": next(handle for handle in handles if handle != own)})
    assert sorted(one.get("/desk/me/").status_code for one in others) == [200, 200, 303]
    assert here.post("/desk/me/sessions", data={}).status_code == 303
    assert [one.get("/desk/me/").status_code for one in (here, *others)] == [200, 303, 303, 303]


def test_ending_the_own_session_is_signing_out(desk: Any) -> None:
    """It leads to the form, and the cookie is gone."""
    here = desk.client("editor")
    handle = re.findall(r'name="session" value="(\w+)"', here.get("/desk/me/").text)[0]
    answer = here.post("/desk/me/sessions", data={"session": handle})
    assert (answer.headers["location"], here.cookies.get(SESSION)) == ("/desk/sign-in?out", None)


def test_another_password_ends_every_session_and_begins_a_new_one(desk: Any) -> None:
    """Whoever had the old password, or a session, is out; here it goes on with another token."""
    here, elsewhere = desk.client("editor"), desk.fresh("editor")
    before = here.cookies.get(SESSION)
    answer = here.post("/desk/me/password", data={"now": PASSWORD, "password": NEW, "again": NEW})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/me/")
    assert here.get("/desk/me/").status_code == 200
    assert here.cookies.get(SESSION) != before
    assert elsewhere.get("/desk/me/").status_code == 303
    kept = desk.browser()
    kept.cookies.set(SESSION, before, domain="testserver.local", path="/")
    assert kept.get("/desk/me/").status_code == 303
    assert desk.sign_in(desk.browser(), "Edna Editor").status_code == 403
    assert desk.sign_in(desk.browser(), "Edna Editor", NEW).status_code == 303


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"now": "not this one", "password": NEW, "again": NEW}, "This is not your present password."),
        ({"now": PASSWORD, "password": NEW, "again": "another"}, "The two passwords are not alike."),
        ({"now": PASSWORD, "password": "password1234", "again": "password1234"}, "tried first"),
    ],
)
def test_another_password_needs_the_present_one_and_a_good_one(
    desk: Any, form: dict[str, str], says: str
) -> None:
    """Else nothing is changed, and the page says why at the field."""
    here = desk.client("editor")
    answer = here.post("/desk/me/password", data=form)
    assert (answer.status_code, says in answer.text) == (400, True)
    assert 'aria-invalid="true"' in answer.text
    assert desk.sign_in(desk.browser(), "Edna Editor").status_code == 303


def test_present_password_cannot_be_guessed_from_an_open_session(desk: Any) -> None:
    """Five wrong ones, then it waits, also for the right one."""
    here = desk.client("editor")
    form = {"password": NEW, "again": NEW}
    answers = [
        here.post("/desk/me/password", data={**form, "now": f"wrong {n}"}).status_code for n in range(5)
    ]
    assert answers == [400] * 5
    answer = here.post("/desk/me/password", data={**form, "now": PASSWORD})
    assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (429, True)


def test_language_is_one_that_the_desk_speaks(desk: Any) -> None:
    """Another is refused."""
    here = desk.client("editor")
    assert here.post("/desk/me/language", data={"language": "xx"}).status_code == 400
    assert here.post("/desk/me/language", data={"language": "en"}).headers["location"] == "/desk/me/"
    with desk.database.reading() as connection:
        assert people.by_name(connection, "Edna Editor")[0].language == "en"


def test_sentence_is_said_once(desk: Any) -> None:
    """After something was done, on the next page and no other."""
    here = desk.client("editor")
    here.post("/desk/me/language", data={"language": "en"})
    pages = [here.get("/desk/me/").text for _ in range(2)]
    assert ['role="status"' in page for page in pages] == [True, False]
