"""The register in a real browser: by keyboard alone, on a phone's width, without JavaScript, and with what it adds."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onrecord.events.registry import Registry

pytestmark = pytest.mark.browser
TALK = """
summary = "A talk."

[[speakers]]
name = "Anna Koval"
role = "teacher"
shown_as = "A."

[[speakers]]
name = "Ben Adams"

[private]
notes = "The canary sings at dawn."
"""


def event(site: Any, stem: str = "talk") -> Any:
    return Registry(site.archive).get(stem)


def to(page: Any, label: str) -> None:
    """Goes to a control by the Tab key alone."""
    for _ in range(120):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "() => { const e = document.activeElement; return [e.labels?.[0]?.innerText ?? '', e.innerText ?? '', e.name ?? ''] }"
        )
        if any(part.strip().startswith(label) for part in here):
            return
    raise AssertionError(f"the Tab key does not lead to {label!r}")


def within(page: Any) -> bool:
    """Whether nothing stands out over the page's width."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_registered_by_keyboard_alone_on_a_phone(desk_site: Any) -> None:
    """From the list to the registered event at 360 px, with an error on the way, and no pointer."""
    with desk_site.window("organiser", viewport={"width": 360, "height": 740}) as window:
        page = window.page
        page.goto(f"{desk_site.base}/desk/")
        to(page, "Register the first one")
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/events/new")
        page.locator("#f-title:focus").wait_for()
        page.keyboard.type("Voices from the areas")
        page.keyboard.press("Enter")  # it has no day yet
        page.locator(".problems:focus").wait_for()
        assert page.title().startswith("Error: ")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # the first problem leads to its field
        page.locator("#f-date:focus").wait_for()
        page.keyboard.type("12012026")
        to(page, "Time")
        page.keyboard.type("0600PM")
        to(page, "Name")
        page.keyboard.type("Anna Koval")
        to(page, "Add a speaker")
        page.keyboard.press("Enter")
        page.locator("#f-speakers-name-1:focus").wait_for()
        page.keyboard.type("Ben Adams")
        assert within(page)
        to(page, "Register")
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/events/2026-12-01-voices-from-the-areas/")
        assert within(page)
        assert [text for text in window.complaints if "422" not in text] == []  # the form that was refused
    found = event(desk_site, "2026-12-01-voices-from-the-areas")
    assert ([one.name for one in found.speakers], str(found.starts)) == (
        ["Anna Koval", "Ben Adams"],
        "2026-12-01 18:00:00",
    )


def test_everything_works_without_javascript(desk_site: Any) -> None:
    """Rows, preview, a conflict and a series, each by plain forms."""
    desk_site.bench.event("talk", TALK, title="Voices")
    with desk_site.window("organiser", java_script_enabled=False) as window:
        page = window.page
        page.goto(f"{desk_site.base}/desk/events/talk/edit")
        page.locator("#f-description").fill("Some *words*.")
        page.get_by_role("button", name="Preview").click()
        assert page.locator("#preview em").inner_text() == "words"
        page.get_by_role("button", name="Add a speaker").click()
        page.locator("#f-speakers-name-2").fill("Cara Diaz")
        page.get_by_role("button", name="Move up Ben Adams").click()
        page.locator('#f-speakers-name-0[value="Ben Adams"]').wait_for()
        page.get_by_label("Title").first.fill("Mine")
        desk_site.bench.event("talk", TALK.replace("A talk.", "Their summary."), title="Theirs")
        page.get_by_role("button", name="Save", exact=True).last.click()
        assert "Somebody else has changed this meanwhile" in page.locator(".problems").inner_text()
        page.get_by_label(re.compile("Theirs: Theirs")).check()
        page.get_by_role("button", name="Save", exact=True).last.click()
        page.wait_for_url("**/desk/events/talk/")
        found = event(desk_site)
        assert (found.title, found.summary, found.description) == (
            "Theirs",
            "Their summary.",
            "Some *words*.",
        )
        assert [one.name for one in found.speakers] == ["Ben Adams", "Anna Koval", "Cara Diaz"]
        page.get_by_role("link", name="Repeat").click()
        page.get_by_role("button", name="Show the dates").last.click()
        page.locator(".dates li").nth(3).wait_for()
        assert page.locator(".dates li").count() == 4
        page.locator(".dates input").first.uncheck()
        page.get_by_role("button", name="Register these").click()
        page.wait_for_url("**/desk/")
        assert len(Registry(desk_site.archive).scan().events) == 4


def test_draft_survives_a_closed_window_without_what_is_private(desk_site: Any) -> None:
    """What was typed is offered on return and cleared once saved; names behind a pseudonym and notes are not in it."""
    desk_site.bench.event("talk", TALK, title="Voices")
    with desk_site.window("organiser") as window:
        page = window.page
        address = f"{desk_site.base}/desk/events/talk/edit"
        page.goto(address)
        page.get_by_label("Title").first.fill("Typed and not saved")
        page.locator("#f-speakers-role-0").fill("headteacher")
        page.get_by_label("Address to join", exact=True).fill("https://example.org/secret-room")
        page.get_by_text("A draft is kept in this browser.").wait_for()
        kept = page.evaluate("JSON.stringify(localStorage)")
        assert "Typed and not saved" in kept and "headteacher" in kept
        for private in ("canary", "Anna Koval", "secret-room"):
            assert private not in kept
        other = page.context.new_page()  # a window that never knew
        page.close()
        desk_site.bench.event("talk", TALK.replace("A talk.", "Their summary."), title="Voices")
        other.goto(address)
        other.get_by_role("button", name="Go on with it").click()
        assert other.get_by_label("Title").first.input_value() == "Typed and not saved"
        assert other.locator("#f-speakers-name-0").input_value() == "Anna Koval"
        other.get_by_role("button", name="Save", exact=True).last.click()
        other.wait_for_url("**/desk/events/talk/")
        found = event(desk_site)
        # What somebody changed since the draft was begun is not written over by it.
        assert (found.title, found.summary, found.speakers[0].role, found.speakers[0].name) == (
            "Typed and not saved", "Their summary.", "headteacher", "Anna Koval",
        )  # fmt: skip
        assert found.private["notes"] == "The canary sings at dawn."
        assert (
            other.evaluate(
                "Object.keys(localStorage).filter((key) => key.startsWith('onrecord.desk')).length"
            )
            == 0
        )


def test_draft_stays_while_the_form_comes_back_with_errors(desk_site: Any) -> None:
    """A refused form is not saved, so its draft is not cleared; thrown away, or signed out, it is gone."""
    with desk_site.window("organiser") as window:
        page = window.page
        page.goto(f"{desk_site.base}/desk/events/new")
        page.get_by_label("Title").first.fill("No day yet")
        page.get_by_role("button", name="Register", exact=True).last.click()
        page.wait_for_selector(".problems")
        page.goto(f"{desk_site.base}/desk/")
        page.goto(f"{desk_site.base}/desk/events/new")
        page.get_by_role("button", name="Throw it away").click()
        assert page.evaluate("Object.keys(localStorage).length") == 0
        page.get_by_label("Title").first.fill("Typed, and then gone home")
        page.get_by_text("A draft is kept in this browser.").wait_for()
        page.goto(f"{desk_site.base}/desk/")
        assert page.evaluate("Object.keys(localStorage).length") == 1
        page.get_by_role("button", name="Sign out").click()
        box = page.get_by_role("dialog", name="Something is not saved yet")
        box.get_by_role("button", name="Sign out and throw it away").click()
        page.wait_for_url("**/desk/sign-in*")
        assert page.evaluate("Object.keys(localStorage).length") == 0


def test_script_adds_live_preview_and_known_speakers(desk_site: Any) -> None:
    """The preview follows what is typed; a known name fills its row; rows move without a request."""
    desk_site.bench.event("talk", TALK, title="Voices")
    with desk_site.window("organiser") as window:
        page = window.page
        page.goto(f"{desk_site.base}/desk/events/new")
        page.locator("#f-description").press_sequentially("Some *words* <b>x</b>")
        page.locator("#preview em").wait_for()
        assert page.locator("#preview b").count() == 0
        page.locator("#f-speakers-name-0").fill("Anna Koval")
        page.locator("#f-speakers-role-0").focus()
        page.get_by_text("What earlier discussions know of Anna Koval is filled in.").wait_for()
        assert page.locator("#f-speakers-role-0").input_value() == "teacher"
        assert page.locator("#f-speakers-shown_as-0").input_value() == "A."
        assert page.locator("#f-speakers-consent-0").input_value() == ""
        before = len(window.requests)
        page.get_by_role("button", name="Add a speaker").click()
        page.locator("#f-speakers-name-1").fill("Second")
        page.get_by_role("button", name="Move up").last.click()
        assert page.locator("#f-speakers-name-0").input_value() == "Second"
        page.get_by_role("button", name=re.compile("^Remove")).first.click()
        assert page.locator("#f-speakers-name-0").input_value() == "Anna Koval"
        sent = [
            address for address in window.requests[before:] if not address.endswith("/desk/events/speaker")
        ]
        assert sent == []
        assert window.complaints == []


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_and_have_no_fault(desk_site: Any, width: int, scheme: str) -> None:
    """No page stands out over a phone's width, every control has a name, and the browser complains of nothing."""
    desk_site.bench.event(
        "talk", TALK, title="Voices " * 12 + "Donaudampfschifffahrtsgesellschaftskapitänswitwe"
    )
    (desk_site.archive.events / "broken.toml").write_text("title = 3\n")
    settings = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    with desk_site.window("organiser", **settings) as window:
        page = window.page
        for path in ("", "events/new", "events/import", "events/talk/", "events/talk/edit", "events/talk/duplicate",
                     "events/talk/repeat", "events/talk/cancel", "events/talk/file", "events/broken/file", "archive/"):  # fmt: skip
            page.goto(f"{desk_site.base}/desk/{path}")
            assert within(page), path
            nameless = page.evaluate(
                "() => [...document.querySelectorAll('main :is(input, select, textarea, button):not([type=hidden])')]"
                ".filter((e) => !(e.labels?.length || e.ariaLabel || e.textContent.trim() || e.getAttribute('aria-labelledby')))"
                ".map((e) => e.outerHTML)"
            )
            assert nameless == [], path
            ids = page.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
            assert len(ids) == len(set(ids)), path
        assert window.complaints == []


AXE = """() => axe.run(document, {runOnly: {type: 'tag', values: [
    'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})
    .then(found => found.violations.map(rule => `${rule.id}: ${rule.nodes.slice(0, 3)
        .map(node => node.target.join(' ')).join(' | ')}`))"""


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_axe_finds_nothing(desk_site: Any, checker: Callable[[str], Path], scheme: str, width: int) -> None:
    """On any page of the register, also while something is wrong, in conflict, or shown before it is done."""
    axe = checker("axe.min.js").read_text(encoding="utf-8")
    desk_site.bench.event("talk", TALK, title="Voices")
    found: dict[str, Any] = {}
    settings = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}, "bypass_csp": True}
    with desk_site.window("organiser", **settings) as window:
        page = window.page

        def look(name: str) -> None:
            page.evaluate(axe)
            if broken := page.evaluate(AXE):
                found[name] = broken

        for path in ("", "events/new", "events/import", "events/talk/", "events/talk/edit", "events/talk/repeat",
                     "events/talk/cancel", "events/talk/file", "archive/"):  # fmt: skip
            page.goto(f"{desk_site.base}/desk/{path}")
            look(path)
        page.goto(f"{desk_site.base}/desk/events/new")
        page.get_by_role("button", name="Register", exact=True).last.click()
        page.wait_for_selector(".problems")
        look("errors")
        page.goto(f"{desk_site.base}/desk/events/talk/edit")
        page.locator("#f-title").fill("Mine")
        desk_site.bench.event("talk", TALK, title="Theirs")
        page.get_by_role("button", name="Save", exact=True).last.click()
        page.wait_for_selector(".both")
        look("conflict")
        page.goto(f"{desk_site.base}/desk/events/talk/repeat")
        page.get_by_role("button", name="Show the dates").last.click()
        page.wait_for_selector(".dates")
        look("dates")
        page.goto(f"{desk_site.base}/desk/events/import")
        page.locator("#f-text").fill("title,starts\nOne,2026-12-01 18:00\nTwo,x\n")
        page.get_by_role("button", name="Show what would happen").click()
        page.wait_for_selector(".import")
        look("import")
    assert found == {}
