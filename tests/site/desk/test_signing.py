"""Coming in and going out: links that work once, passwords, sessions that end."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import argon2
import pytest

from onrecord.accounts import links, passwords, people, sessions
from onrecord.site.desk.cookies import KNOWN, SESSION

PASSWORD = "seven quiet herons at noon"


def token_of(browser: Any) -> str:
    """What the browser holds."""
    found: str = browser.cookies.get(SESSION)
    return found


def used(browser: Any, token: str) -> Any:
    """What the desk answers to somebody who holds a token."""
    browser.cookies.clear()
    browser.cookies.set(SESSION, token, domain="testserver.local", path="/")
    return browser.get("/desk/me/")


def test_invited_person_comes_in(desk: Any) -> None:
    """A link makes the account and signs in; the page is theirs."""
    answer = desk.client("editor").get("/desk/me/")
    assert answer.status_code == 200
    assert "<h1>Edna Editor</h1>" in answer.text


def test_nobody_is_led_to_the_form_and_back(desk: Any) -> None:
    """Who is not signed in is asked to, and comes to what they wanted."""
    desk.client("organiser")
    browser = desk.browser()
    asked = browser.get("/desk/log/?what=person")
    assert (asked.status_code, asked.headers["location"]) == (
        303, "/desk/sign-in?next=%2Fdesk%2Flog%2F%3Fwhat%3Dperson",
    )  # fmt: skip
    form = browser.get(asked.headers["location"])
    assert 'name="next" value="/desk/log/?what=person"' in form.text
    said = {"name": "oskar  ORGANISER", "password": PASSWORD, "next": "/desk/log/?what=person"}
    answer = browser.post("/desk/sign-in", data=said)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/log/?what=person")


def test_link_works_once_and_looking_uses_nothing_up(desk: Any) -> None:
    """Programs that preview links do not spoil them; whoever comes second finds the door closed."""
    with desk.database.writing() as connection:
        token = links.make(connection, "invitation", desk.now, role="organiser")
    browser = desk.browser()
    assert [browser.get(f"/desk/join/{token}").status_code for _ in range(3)] == [200, 200, 200]
    form = {"name": "Anna Example", "password": PASSWORD, "again": PASSWORD}
    assert browser.post(f"/desk/join/{token}", data=form).status_code == 303
    again = desk.browser().post(f"/desk/join/{token}", data={**form, "name": "Borys Pryklad"})
    assert (again.status_code, "This link does not work any more." in again.text) == (400, True)
    with desk.database.reading() as connection:
        assert [person.name for person in people.everybody(connection)] == ["Anna Example"]


def test_link_ends_by_itself(desk: Any) -> None:
    """A week later an invitation opens nothing."""
    with desk.database.writing() as connection:
        token = links.make(connection, "invitation", desk.now, role="owner")
    desk.now += timedelta(days=7, seconds=1)
    assert desk.browser().get(f"/desk/join/{token}").status_code == 400


def test_new_password_by_link_ends_every_session(desk: Any) -> None:
    """Whoever forgot theirs gets a link from an owner; what was open before is closed."""
    old = desk.client("editor")
    with desk.database.writing() as connection:
        found = people.by_name(connection, "Edna Editor")
        token = links.make(connection, "password", desk.now, person=found[0].id)
    new = "nine slow foxes under ice"
    answer = desk.browser().post(f"/desk/join/{token}", data={"password": new, "again": new})
    assert answer.headers["location"] == "/desk/sign-in?new-password"
    assert old.get("/desk/me/").status_code == 303
    assert desk.sign_in(desk.browser(), "Edna Editor").status_code == 403
    assert desk.sign_in(desk.browser(), "Edna Editor", new).status_code == 303


def test_session_is_new_at_each_sign_in(desk: Any) -> None:
    """A session that somebody else has put into the browser becomes nobody's (session fixation)."""
    victim, attacker = desk.client("editor"), desk.client("organiser")
    planted = token_of(attacker)
    browser = desk.browser()
    browser.cookies.set(SESSION, planted, domain="testserver.local", path="/")
    browser.post("/desk/sign-out")
    browser.cookies.set(SESSION, "made-up-by-somebody-else", domain="testserver.local", path="/")
    assert desk.sign_in(browser, "Edna Editor").status_code == 303
    assert token_of(browser) not in (planted, token_of(victim), "made-up-by-somebody-else")
    assert used(desk.browser(), "made-up-by-somebody-else").status_code == 303
    assert used(desk.browser(), planted).status_code == 303


def test_session_is_gone_after_signing_out(desk: Any) -> None:
    """Who has kept the cookie cannot use it again; the other browser goes on."""
    desk.client("editor")
    browser, other = desk.browser(), desk.browser()
    desk.sign_in(browser, "Edna Editor")
    desk.sign_in(other, "Edna Editor")
    kept = token_of(browser)
    answer = browser.post("/desk/sign-out")
    assert (answer.headers["location"], browser.cookies.get(SESSION)) == ("/desk/sign-in?out", None)
    assert used(desk.browser(), kept).status_code == 303
    assert other.get("/desk/me/").status_code == 200


@pytest.mark.parametrize(
    ("pause", "times", "holds"),
    [
        (sessions.IDLE - timedelta(minutes=1), 5, True),
        (sessions.IDLE + timedelta(minutes=1), 1, False),
        (timedelta(hours=11), 16, False),
    ],
)
def test_session_ends_when_it_is_not_used_and_in_any_case(
    desk: Any, pause: timedelta, times: int, holds: bool
) -> None:
    """After twelve hours without a request, and after seven days whatever happens."""
    browser = desk.client("editor")
    answers = []
    for _ in range(times):
        desk.now += pause
        answers.append(browser.get("/desk/me/").status_code)
    assert (answers[-1] == 200) is holds


def test_password_that_changes_while_it_is_looked_at_opens_nothing(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes with the old one in the very moment in which it is replaced stays outside."""
    desk.client("editor")
    real = passwords.fits

    def meanwhile(kept: str | None, password: str) -> bool:
        found = real(kept, password)
        with desk.database.writing() as connection:
            token = links.make(
                connection, "password", desk.now, person=people.by_name(connection, "Edna Editor")[0].id
            )
            links.set_password(connection, token, "another", desk.now)
        return found

    monkeypatch.setattr(passwords, "fits", meanwhile)
    browser = desk.browser()
    assert desk.sign_in(browser, "Edna Editor").status_code == 403
    with desk.database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM sessions").fetchone()[0] == 0


def test_nothing_that_lets_in_is_written_down(desk: Any) -> None:
    """Neither a password nor a token is in the archive's files."""
    browser = desk.client("owner")
    made = browser.post("/desk/people/invite", data={"role": "editor"}).text
    link = re.search(r"/desk/join/([\w-]+)", made)[1]
    secrets = [PASSWORD, token_of(browser), browser.cookies.get(KNOWN), link]
    assert all(secrets)
    for path in desk.archive.root.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert [secret for secret in secrets if secret.encode() in data] == [], path


# Guessing


class Work:
    """What was asked of argon2: the parameters of each comparison."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[str] = []
        real = argon2.PasswordHasher.verify

        def verify(hasher: argon2.PasswordHasher, kept: str | bytes, password: str | bytes) -> bool:
            self.done.append("$".join(str(kept).split("$")[1:4]))
            return real(hasher, kept, password)

        monkeypatch.setattr(argon2.PasswordHasher, "verify", verify)


def test_unknown_person_costs_the_same_work_and_gets_the_same_answer(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the answer nor its time says whether somebody has an account, or may not come in any more."""
    desk.client("editor")
    desk.client("organiser")
    with desk.database.writing() as connection:
        people.set_role(connection, people.by_name(connection, "Edna Editor")[0].id, "owner")
        people.set_disabled(connection, people.by_name(connection, "Oskar Organiser")[0].id, True)
    work = Work(monkeypatch)
    answers = []
    for name, password in (
        ("Edna Editor", "wrong and long enough"), ("Nobody Atall", "wrong and long enough"),
        ("Oskar Organiser", PASSWORD), ("\u0000\ud800", "x"),
    ):  # fmt: skip
        answer = desk.sign_in(desk.browser(), name.replace("\0", "").replace("\ud800", "?"), password)
        answers.append((answer.status_code, re.sub(r'value="[^"]*"', "", answer.text)))
    assert answers[0][0] == 403
    assert set(answers) == {answers[0]}
    assert work.done == ["argon2id$v=19$m=32768,t=4,p=1"] * 4


def test_five_wrong_passwords_slow_the_account_down(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sixth has to wait, also the right one, and nothing is compared meanwhile; then it is let through."""
    desk.client("editor")
    work = Work(monkeypatch)
    stranger = desk.browser()
    tried = [desk.sign_in(stranger, "Edna Editor", f"wrong number {n}").status_code for n in range(6)]
    assert tried == [403, 403, 403, 403, 403, 429]
    answer = desk.sign_in(desk.browser(), "edna editor")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")
    assert "Wait 30 seconds" in answer.text
    assert len(work.done) == 5
    desk.now += timedelta(seconds=31)
    assert desk.sign_in(stranger, "Edna Editor").status_code == 303


def test_five_wrong_passwords_slow_the_address_down(desk: Any) -> None:
    """Who tries one password on many names has to wait too; names that nobody has are counted alike."""
    desk.client("editor")
    browser = desk.browser()
    tried = [desk.sign_in(browser, f"Name {n}", PASSWORD).status_code for n in range(6)]
    assert tried == [403, 403, 403, 403, 403, 429]
    assert desk.sign_in(browser, "Edna Editor").status_code == 429


def test_own_browser_is_not_slowed_down_by_a_stranger(desk: Any) -> None:
    """Whoever guesses at a name cannot keep its owner out, who has signed in with this browser before."""
    own = desk.client("editor")
    own.post("/desk/sign-out")
    stranger = desk.browser()
    for n in range(6):
        desk.sign_in(stranger, "Edna Editor", f"wrong number {n}")
    assert desk.sign_in(desk.browser(), "Edna Editor").status_code == 429
    assert desk.sign_in(own, "Edna Editor").status_code == 303
    own.post("/desk/sign-out")
    tried = [desk.sign_in(own, "Edna Editor", f"wrong number {n}").status_code for n in range(6)]
    assert tried == [403, 403, 403, 403, 403, 429], "the own browser is counted as well"


def test_own_account_does_not_make_up_for_guesses_at_others(desk: Any) -> None:
    """Signing in between guesses does not take them off the address."""
    desk.client("editor")
    desk.client("organiser")
    browser = desk.browser()
    for n in range(4):
        desk.sign_in(browser, f"Name {n}")
    browser.cookies.clear()
    assert desk.sign_in(browser, "Edna Editor").status_code == 303
    browser.cookies.clear()
    assert [desk.sign_in(browser, f"Other {n}").status_code for n in range(2)] == [403, 429]


def test_browser_without_cookies_is_told_so(desk: Any) -> None:
    """Nobody goes round in a circle."""
    desk.client("editor")
    answer = desk.browser().post("/desk/sign-in", data={"name": "Edna Editor", "password": PASSWORD})
    assert (answer.status_code, "keeps no cookies" in answer.text) == (403, True)


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"name": "A", "password": PASSWORD, "again": PASSWORD}, "A name has from 2 to 60 characters."),
        ({"name": "Anna", "password": PASSWORD, "again": "another"}, "The two passwords are not alike."),
        ({"name": "Anna", "password": "too short", "again": "too short"}, "The password is too short"),
        (
            {"name": "Anna Example", "password": "annaexample1", "again": "annaexample1"},
            "a name that others know",
        ),
        ({"name": "OLHA OWNER", "password": PASSWORD, "again": PASSWORD}, "Somebody has this name already."),
    ],
)
def test_link_says_what_is_wrong_and_still_works(desk: Any, form: dict[str, str], says: str) -> None:
    """A slip uses nothing up."""
    desk.client("owner")
    with desk.database.writing() as connection:
        token = links.make(connection, "invitation", desk.now)
    browser = desk.browser()
    answer = browser.post(f"/desk/join/{token}", data=form)
    assert (answer.status_code, says in answer.text) == (400, True)
    right = {"name": "Anna Example", "password": PASSWORD, "again": PASSWORD}
    assert browser.post(f"/desk/join/{token}", data=right).status_code == 303
