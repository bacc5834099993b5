"""What a request must pass before anybody looks at it: its origin, its host, its connection; where answers lead."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from onrecord.site.app import create_app
from onrecord.site.desk.guard import HEADERS, HOME, own_path
from onrecord.site.desk.routes import routes

UNSAFE = sorted(
    {(method, route.path) for route in routes() for method in route.methods}
    - {(method, route.path) for route in routes() for method in ("GET", "HEAD", "OPTIONS")}
)


def post(
    desk: Any, headers: dict[str, str], *, base: str = "https://testserver", method: str = "POST"
) -> Any:
    """A form sent by somebody who is signed in, with headers that a browser of theirs would send."""
    signed_in = desk.client("editor")
    browser = TestClient(desk.app, base_url=base, follow_redirects=False)
    browser.cookies = signed_in.cookies
    return browser.request(method, "/desk/me/language", data={"language": ""}, headers=headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://testserver"},
        {"Sec-Fetch-Site": "anything else"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "http://testserver"},
        {"Origin": "https://testserver:8443"},
        {"Origin": "https://testserver.elsewhere.example"},
        {"Origin": "null"},
        {},
    ],
)
def test_unsafe_request_from_elsewhere_is_refused(desk: Any, headers: dict[str, str]) -> None:
    """Sec-Fetch-Site decides, else Origin, else nothing that bears a cookie is believed."""
    answer = post(desk, headers)
    assert answer.status_code == 403
    assert "came from a page that is not the desk" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://testserver"},
        {"Origin": "https://testserver", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_unsafe_request_from_the_desk_is_carried_out(desk: Any, headers: dict[str, str]) -> None:
    """Browsers with and without Fetch Metadata can work."""
    answer = post(desk, headers)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/me/")


@pytest.mark.parametrize(("method", "path"), UNSAFE)
def test_every_unsafe_address_is_closed_to_other_sites(one_desk: Any, method: str, path: str) -> None:
    """An owner who is lured to a page elsewhere changes nothing, at no address of the desk."""
    browser = one_desk.fresh("owner")
    answer = browser.request(
        method, path.replace("{", "").replace("}", ""), headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert "came from a page that is not the desk" in answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "object"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_other_sites_may_lead_here_and_load_nothing(
    one_desk: Any, headers: dict[str, str], status: int
) -> None:
    """A link is followed; a picture, a script or a fetch of another site gets nothing."""
    browser = one_desk.fresh("editor")
    browser.headers.clear()
    assert browser.get("/desk/me/", headers=headers).status_code == status


# The host, and the connection


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "", "testserver@evil.example"])
def test_desk_answers_to_its_own_names_only(one_desk: Any, host: str) -> None:
    """Whoever points a name of theirs at the server gets nothing (DNS rebinding), and no page of the desk."""
    answer = one_desk.fresh("owner").get("/desk/people/", headers={"Host": host})
    assert (answer.status_code, "Olha" in answer.text) == (421, False)


@pytest.mark.parametrize(
    ("base", "opens"),
    [
        ("https://testserver", True),
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://[::1]:8000", True),
        ("http://testserver", False),
        ("http://192.168.1.5:8000", False),
        ("http://127.0.0.1.evil.example", False),
    ],
)
def test_desk_opens_only_where_nobody_can_listen(one_desk: Any, base: str, opens: bool) -> None:
    """Over plain HTTP from elsewhere nobody is even shown the form, and a sentence says what to do."""
    answer = TestClient(one_desk.app, base_url=base).get("/desk/sign-in")
    assert (answer.status_code == 200) is opens
    assert ('type="password"' in answer.text) is opens
    if not opens:
        assert answer.status_code in (403, 421)


def test_plain_http_says_what_to_do(desk: Any) -> None:
    """The sentence names the way out."""
    answer = TestClient(desk.app, base_url="http://testserver").post("/desk/sign-in", data={"name": "x"})
    assert answer.status_code == 403
    assert "others could read your password" in answer.text
    assert "https://" in answer.text
    assert "set-cookie" not in answer.headers


# Where answers lead


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "/desk/\\evil", "/desk//evil.example",
        "javascript:alert(1)", "/desk/%0d%0aSet-Cookie:x", "/desk/\r\nx: y", "/", "/events/", "/desk/../events/",
        "/desk/é", "", "desk/", " /desk/", "/desk/\t",
    ],
)  # fmt: skip
def test_after_signing_in_nobody_is_led_elsewhere(desk: Any, path: str) -> None:
    """`next` is written by whoever made the link; only paths of the desk are followed."""
    desk.client("editor")
    browser = desk.browser()
    browser.get("/desk/sign-in")
    said = {"name": "Edna Editor", "password": "seven quiet herons at noon", "next": path}
    answer = browser.post("/desk/sign-in", data=said)
    assert answer.status_code == 303
    assert answer.headers["location"] in (HOME, "/desk/%0d%0aSet-Cookie:x")
    again = browser.get("/desk/sign-in", params={"next": path})
    assert again.headers["location"] in (HOME, "/desk/%0d%0aSet-Cookie:x")


def test_own_paths_are_kept() -> None:
    """With their questions."""
    for path in ("/desk/", "/desk/log/?what=person&who=A%20B", "/desk/events/2026-11-23-a-talk/#part-1"):
        assert own_path(path) == path


@pytest.mark.parametrize("part", ["%00", "a%0Ab", "x" * 300, "%F0%9F%A6%8A" * 80, "%ff%fe", "%2F..%2F.."])
def test_part_of_a_path_that_names_nothing_is_nothing(one_desk: Any, part: str) -> None:
    """Characters of no name, names longer than any disk takes, steps out of a folder: no error of ours, and nothing
    is shown.
    """
    owner = one_desk.fresh("owner")
    for path in sorted({route.path for route in routes() if "{" in route.path and "GET" in route.methods}):
        answer = owner.get(re.sub(r"\{\w+(:\w+)?\}", part, path))
        assert answer.status_code in (303, 400, 404), (path, answer.status_code)


# What every answer carries


@pytest.mark.parametrize(
    ("role", "method", "path", "status"),
    [
        (None, "GET", "/desk/sign-in", 200), (None, "GET", "/desk/", 303), (None, "POST", "/desk/me/password", 401),
        (None, "GET", "/desk/nothing-here", 404), ("editor", "GET", "/desk/nothing-here", 404),
        ("editor", "GET", "/desk/people/", 403), ("owner", "GET", "/desk/people/", 200),
        ("owner", "GET", "/desk/people/nobody/", 404), ("owner", "DELETE", "/desk/people/", 405),
        ("owner", "HEAD", "/desk/settings/", 200), ("owner", "POST", "/desk/people/invite", 400),
    ],
)  # fmt: skip
def test_every_answer_carries_the_strict_headers(
    one_desk: Any, role: Any, method: str, path: str, status: int
) -> None:
    """Pages, refusals and errors alike: not kept, not framed, no foreign content, no trace to other sites."""
    answer = one_desk.fresh(role).request(method, path)
    assert answer.status_code == status
    for name, value in HEADERS:
        assert answer.headers.get_list(name.decode()) == [value.decode()], name
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in answer.text
    assert " style=" not in answer.text
    assert "http://" not in answer.text.replace("http://127.0.0.1", "")


def test_error_of_ours_carries_them_too_and_says_nothing(
    desk: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What went wrong inside is in the log and on no page."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret of the inside")

    monkeypatch.setattr("onrecord.audit.entries", broken)
    with caplog.at_level(logging.ERROR):
        answer = desk.fresh("owner").get("/desk/log/")
    assert answer.status_code == 500
    assert "secret of the inside" not in answer.text
    assert "Something went wrong" in answer.text
    assert "secret of the inside" in caplog.text
    assert {name: answer.headers.get(name.decode()) for name, _ in HEADERS} == {
        name: value.decode() for name, value in HEADERS
    }


def test_damaged_state_closes_the_desk_and_not_the_site(bench: Any) -> None:
    """Readers go on; who comes to the desk reads that it cannot be opened, and no more."""
    bench.event("a-talk", "", title="Served talk")
    bench.archive.state_file.write_bytes(b"this is no database, whatever its name says" * 100)
    with TestClient(create_app(bench.archive, watch=False), base_url="https://testserver") as browser:
        assert "Served talk" in browser.get("/events/a-talk/").text
        for path in ("/desk/", "/desk/sign-in", "/desk/nothing"):
            answer = browser.get(path)
            assert (answer.status_code, answer.text.startswith("The desk cannot answer")) == (503, True)
            assert answer.headers["content-security-policy"].startswith("default-src 'none'")
            assert str(bench.root) not in answer.text


def test_cookies_are_of_the_strictest_kind(desk: Any) -> None:
    """`__Host-`, Secure, HttpOnly, SameSite, no domain, the whole site; the session's has no date."""
    browser = desk.browser()
    set_cookies = [browser.get("/desk/sign-in").headers["set-cookie"]]
    desk.client("editor")
    set_cookies += desk.sign_in(browser, "Edna Editor").headers.get_list("set-cookie")
    assert len(set_cookies) == 3
    for line in set_cookies:
        parts = {part.strip().lower() for part in line.split(";")[1:]}
        assert line.startswith("__Host-onrecord")
        assert {"httponly", "secure", "samesite=lax", "path=/"} <= parts
        assert not [part for part in parts if part.startswith("domain")]
        assert ("max-age" in line.lower()) is line.startswith("__Host-onrecord-known")


# The logs


def test_logs_hold_no_name_no_address_and_no_secret(desk: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the access log nor any other says who, from where, or by which link."""
    with caplog.at_level(logging.DEBUG, logger="onrecord"):
        browser = desk.browser()
        browser.headers["X-Forwarded-For"] = "203.0.113.7"
        desk.join(browser, "owner", "Olha Owner")
        desk.sign_in(browser, "Olha Owner", "a wrong password")
        browser.get("/desk/join/abcdefghijklmnopqrstuvwxyz")
        browser.get("/DESK/join/abcdefghijklmnopqrstuvwxyz")
        browser.get("/desk/events/2026-11-23-a-draft-nobody-knows/")
        browser.get("/desk/log/?who=Olha+Owner")
    assert "GET /desk/join/... 400" in caplog.text
    for word in ("203.0.113", "testclient", "Olha", "abcdefgh", "a-draft-nobody", "wrong password"):
        assert word not in caplog.text, word
