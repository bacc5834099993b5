"""Every address of the desk, asked for by everybody in every way: who may do what.

The table below is written by hand. A route that is not in it fails, and so does a row without a route: whoever adds an
address says here who may use it, a second time and by thinking.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from onrecord.accounts.people import ROLES
from onrecord.site.desk.asking import desk_route
from onrecord.site.desk.routes import routes

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# method and address: the least that somebody must be ("anyone": nobody need sign in; "person": any role)
MAY = {
    # coming in and going out
    "GET /desk/sign-in": "anyone",
    "POST /desk/sign-in": "anyone",
    "POST /desk/sign-out": "anyone",
    "GET /desk/join/{token}": "anyone",
    "POST /desk/join/{token}": "anyone",
    # one's own account
    "GET /desk/me/": "person",
    "POST /desk/me/language": "person",
    "POST /desk/me/password": "person",
    "POST /desk/me/sessions": "person",
    # people, for owners
    "GET /desk/people/": "owner",
    "POST /desk/people/invite": "owner",
    "POST /desk/people/take-back": "owner",
    "GET /desk/people/{id}/": "owner",
    "POST /desk/people/{id}/role": "owner",
    "POST /desk/people/{id}/password-link": "owner",
    "POST /desk/people/{id}/sign-out": "owner",
    "POST /desk/people/{id}/door": "owner",
    "POST /desk/people/{id}/remove": "owner",
    # the log and the settings
    "GET /desk/log/": "organiser",
    "GET /desk/settings/": "owner",
    "POST /desk/settings/": "owner",
    # discussions
    "GET /desk/": "editor",
    # transcripts: what editors are for
    "GET /desk/events/{stem}/transcripts/{name}/": "editor",
    "GET /desk/events/{stem}/transcripts/{name}/parts": "editor",
    "POST /desk/events/{stem}/transcripts/{name}/text": "editor",
    "POST /desk/events/{stem}/transcripts/{name}/speaker": "editor",
    "POST /desk/events/{stem}/transcripts/{name}/join": "editor",
    "POST /desk/events/{stem}/transcripts/{name}/sure": "editor",
    "POST /desk/events/{stem}/transcripts/{name}/language": "editor",
    "GET /desk/events/{stem}/transcripts/{name}/paragraphs/{key}/": "editor",
    "GET /desk/events/{stem}/transcripts/{name}/speakers": "editor",
    "POST /desk/events/{stem}/transcripts/{name}/speakers": "editor",
    "GET /desk/events/{stem}/transcripts/{name}/aside": "editor",
    "POST /desk/events/{stem}/transcripts/{name}/aside": "editor",
    "GET /desk/events/{stem}/transcripts/{name}/replace": "editor",
    "POST /desk/events/{stem}/transcripts/{name}/replace": "editor",
    "POST /desk/events/{stem}/transcripts/{name}/review": "editor",
    "GET /desk/events/{stem}/transcripts/{name}/history": "editor",
    "GET /desk/events/{stem}/transcripts/{name}/history/{number}/": "editor",
    "POST /desk/events/{stem}/transcripts/{name}/history/{number}/restore": "editor",
    # recordings: organisers bring and cut them, editors see and hear them
    "GET /desk/events/{stem}/recordings/new": "organiser",
    "POST /desk/events/{stem}/recordings/look": "organiser",
    "GET /desk/events/{stem}/recordings/look/{job}": "organiser",
    "POST /desk/events/{stem}/recordings/look/{job}": "organiser",
    "POST /desk/events/{stem}/recordings/upload": "organiser",
    "OPTIONS /desk/uploads/": "organiser",
    "POST /desk/uploads/": "organiser",
    "HEAD /desk/uploads/{upload}": "organiser",
    "PATCH /desk/uploads/{upload}": "organiser",
    "DELETE /desk/uploads/{upload}": "organiser",
    "POST /desk/uploads/{upload}": "organiser",
    "GET /desk/media/{stem}/{rid}": "editor",
    "GET /desk/media/{stem}/{rid}/waveform": "editor",
    "GET /desk/events/{stem}/recordings/{rid}/trim": "organiser",
    "POST /desk/events/{stem}/recordings/{rid}/trim": "organiser",
    "POST /desk/events/{stem}/recordings/{rid}/trim/retry": "organiser",
    "POST /desk/events/{stem}/recordings/uploads/{upload}/forget": "organiser",
    "GET /desk/events/{stem}/recordings/{rid}/": "editor",
    "POST /desk/events/{stem}/recordings/{rid}/": "organiser",
    "POST /desk/events/{stem}/recordings/{rid}/transcript": "editor",
    "POST /desk/events/{stem}/recordings/{rid}/again": "organiser",
    "POST /desk/events/{stem}/recordings/{rid}/remove": "organiser",
    "GET /desk/found/": "organiser",
    "POST /desk/found/search": "organiser",
    "POST /desk/found/{key}/confirm": "organiser",
    "POST /desk/found/{key}/dismiss": "organiser",
    # discussions: organisers make and change them, editors see them
    "GET /desk/events/import": "organiser",
    "POST /desk/events/import": "organiser",
    "GET /desk/events/new": "organiser",
    "POST /desk/events/new": "organiser",
    "POST /desk/events/preview": "organiser",
    "POST /desk/events/speaker": "organiser",
    "GET /desk/events/{stem}/edit": "organiser",
    "POST /desk/events/{stem}/edit": "organiser",
    "GET /desk/events/{stem}/duplicate": "organiser",
    "POST /desk/events/{stem}/duplicate": "organiser",
    "GET /desk/events/{stem}/repeat": "organiser",
    "POST /desk/events/{stem}/repeat": "organiser",
    "GET /desk/events/{stem}/cancel": "organiser",
    "POST /desk/events/{stem}/cancel": "organiser",
    "GET /desk/events/{stem}/file": "organiser",
    "POST /desk/events/{stem}/file": "organiser",
    "GET /desk/events/{stem}/": "editor",
    # what the archive holds
    "GET /desk/archive/": "editor",
    "POST /desk/archive/count": "organiser",
    "POST /desk/archive/check": "organiser",
    # jobs: everybody watches them, organisers pause and call them off
    "GET /desk/jobs/": "editor",
    "GET /desk/jobs/events": "editor",
    "GET /desk/jobs/{job:int}/": "editor",
    "POST /desk/jobs/{job:int}/": "organiser",
    "GET /desk/jobs/{job:int}/events": "editor",
    # publishing
    "GET /desk/events/{stem}/publish": "organiser",
    "POST /desk/events/{stem}/publish": "organiser",
    "POST /desk/events/{stem}/publish/call-off": "organiser",
    "POST /desk/events/{stem}/publish/link": "organiser",
    "GET /desk/events/{stem}/preview/": "editor",
    "GET /desk/events/{stem}/preview/{code}/{path:path}": "editor",
    "GET /desk/events/{stem}/withdraw": "organiser",
    "POST /desk/events/{stem}/withdraw": "organiser",
    "POST /desk/events/{stem}/withdraw/undo": "organiser",
    "GET /desk/events/{stem}/sealed/{name}": "organiser",
    "GET /desk/publishing/": "organiser",
    "POST /desk/publishing/": "organiser",
    "POST /desk/publishing/forget": "organiser",
}
ENDLESS = ("/desk/jobs/events",)  # an answer that goes on until somebody leaves; its own test listens to it
RULES = {f"{method} {route.path}": route.who for route in routes() for method in route.methods}
PATHS = sorted({route.path for route in routes()})


def test_every_route_has_its_row_and_every_row_its_route() -> None:
    """The table and the desk know the same addresses."""
    assert sorted(RULES) == sorted(MAY)


def test_every_route_has_the_rule_that_the_table_says() -> None:
    """Nobody may more than what was thought of."""
    assert RULES == MAY


def test_route_without_a_rule_cannot_be_written() -> None:
    """Neither with none nor with one that there is not, nor outside of the desk."""
    for who, path in (("", "/desk/x"), ("everybody", "/desk/x"), ("owner", "/elsewhere")):
        with pytest.raises(ValueError, match=path):
            desk_route(path, lambda ask: ask, who=who)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        desk_route("/desk/x", lambda ask: ask)  # type: ignore[call-arg]


def test_no_route_changes_anything_for_who_only_looks() -> None:
    """What is asked for by GET has no other method on the same function: a page changes nothing."""
    both = {
        route.path
        for route in routes()
        if "GET" in route.methods and len(route.methods) > 1 and not route.raw
    }
    assert both == set()


@pytest.mark.parametrize("path", PATHS)
def test_everybody_may_what_the_table_says_and_no_more(one_desk: Any, path: str) -> None:
    """Each role and nobody, by each method: let in or sent away, and never an error of ours."""
    address = made_up(path)
    for method in METHODS:
        rule = MAY.get(f"{method} {path}") or (MAY.get(f"GET {path}") if method == "HEAD" else None)
        for role in (None, *ROLES):
            asked = f"{role} {method} {path}"
            if method == "GET" and rule and lets_in(rule, role) and path in ENDLESS:
                continue
            answer = one_desk.fresh(role).request(method, address)
            if rule is None:
                assert answer.status_code == 405, asked
            elif lets_in(rule, role):
                assert answer.status_code < 500, asked
                assert not sent_away(answer), asked
            else:
                assert sent_away(answer), f"{asked}: {answer.status_code}"


def made_up(path: str) -> str:
    """An address with something in each place that is nowhere."""
    return re.sub(r"\{[^}]*\}", "404", path)


def lets_in(rule: str, role: str | None) -> bool:
    """Whether the table lets somebody in."""
    if rule == "anyone":
        return True
    order = ["editor", "organiser", "owner"]
    return role is not None and (rule == "person" or order.index(role) >= order.index(rule))


def sent_away(answer: Any) -> bool:
    """Whether the desk has refused somebody for who they are."""
    if answer.status_code == 303:
        return answer.headers["location"].startswith("/desk/sign-in?next=") or (
            answer.headers["location"] == "/desk/sign-in" and answer.request.url.path == "/desk/"
        )
    head = answer.request.method == "HEAD"
    return (answer.status_code == 401 and (head or "You are not signed in" in answer.text)) or (
        answer.status_code == 403 and (head or "This is not yours to do" in answer.text)
    )
