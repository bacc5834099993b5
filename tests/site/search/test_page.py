"""The search page in a real browser."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_moment_tells_who_when_and_what_with_its_neighbours(base: str, visit: Any) -> None:
    """The sentence with what was said before and after, its hits marked, also over the edge of two cues."""
    visit.search(base, '?q="arrest+detention"')
    assert visit.texts("#total") == ["1 discussion"]
    assert visit.titles() == ["Дві мови, one law"]
    (moment,) = visit.texts(".moment .said")
    assert (
        moment
        == "No one shall be subjected to arbitrary arrest, detention or exile. Assemblies are peaceful."
    )
    assert visit.texts(".moment mark") == ["arrest", "detention"]
    assert visit.texts(".moment .near") == ["Assemblies are peaceful."]
    assert visit.texts(".moment .speaker") == ["Borys Pryklad"]
    assert visit.texts(".moment a.time") == ["0:01"]
    assert visit.page.get_by_role("link", name="Play from 0:01: Дві мови, one law").count() == 1


def test_hit_lands_one_second_before_and_leaves_a_clean_address(base: str, visit: Any) -> None:
    """The recording plays from a second before the sentence, which is marked; the address is the sentence's own."""
    visit.search(base, "?q=exile&order=newest")
    link = visit.page.locator(".moment a.time").first
    assert link.get_attribute("href") == "/events/long/?t=4#part-1.en.c1"
    link.click()
    visit.page.wait_for_selector("html[data-ready=event]")
    visit.until(
        """(player => player.played.length && Math.abs(player.played.start(player.played.length - 1) - 4) < 0.05)
        (document.querySelector('audio'))"""
    )
    visit.page.wait_for_url(f"{base}events/long/#part-1.en.c1")
    assert visit.texts(".s.cited") == ["Part 1 of the declaration on exile."]


def test_all_moments_open_in_their_place_and_close_again(base: str, visit: Any) -> None:
    """With a click or by the keyboard; the address stays, and the focus is where the moments are."""
    visit.search(base, "?q=exile")
    entry = visit.page.locator(".entry", has_text="Exile and return")
    assert entry.locator(".moment").count() == 3
    link = entry.get_by_role("link", name="All 7 moments in this recording")
    link.focus()
    visit.page.keyboard.press("Enter")
    entry.locator(".moment").nth(6).wait_for()
    visit.until("document.activeElement.className == 'moments'")
    times = re.findall(r"\d:\d\d", " ".join(visit.texts(".entry:first-child .moment a.time")))
    assert times == ["0:05", "1:05", "2:05", "3:05", "4:05", "5:05", "6:05"]
    assert visit.page.url == f"{base}search/?q=exile"
    entry.get_by_role("button", name="The best moments only").click()
    assert entry.locator(".moment").count() == 3
    assert entry.get_by_role("link", name="All 7 moments in this recording").count() == 1


def test_fields_narrow_at_once_and_count_what_they_would_give(base: str, visit: Any) -> None:
    """A choice takes effect without a button; its count is the total that follows; it is in the address."""
    visit.search(base, "?q=exile")
    assert visit.texts("#total") == ["2 discussions"]
    speakers = visit.page.locator("fieldset", has_text="Speakers")
    assert [" ".join(text.split()) for text in speakers.locator("label").all_inner_texts()] == [
        "Borys Pryklad 2 2 discussions", "Anna Example 1 1 discussion",
    ]  # fmt: skip
    speakers.get_by_label("Anna Example").check()
    visit.page.wait_for_url("**/search/?q=exile&speaker=Anna+Example")
    visit.until_total("1 discussion")
    assert visit.titles() == ["Exile and return"]
    assert set(visit.texts(".moment .speaker")) == {"Anna Example"}
    assert visit.page.evaluate("document.activeElement.value") == "Anna Example", (
        "the focus stays where it was"
    )
    visit.until("document.getElementById('said').textContent.trim() === '1 discussion'")
    assert visit.texts(".chosen li") == ["Anna Example"]
    visit.page.locator("fieldset", has_text="Speakers").get_by_label("Borys Pryklad").check()
    visit.until_total("2 discussions")
    visit.page.go_back()
    visit.until_total("1 discussion")
    visit.page.locator(".chosen a").first.click()
    visit.until_total("2 discussions")
    assert visit.page.url == f"{base}search/?q=exile"


def test_days_narrow_too(base: str, visit: Any) -> None:
    """The day that is typed is the last one that counts."""
    visit.search(base, "?q=education")
    assert visit.texts("#total") == ["12 discussions"]
    visit.page.get_by_label("Until").fill("2024-03-05")
    visit.until_total("3 discussions")
    assert visit.page.url == f"{base}search/?q=education&until=2024-03-05"
    assert visit.texts(".chosen li") == ["Until 5 March 2024"]


def test_answers_are_ordered_by_date_on_demand(base: str, visit: Any) -> None:
    """And a new choice keeps the order."""
    visit.search(base, "?q=exile")
    visit.page.get_by_role("link", name="Oldest first").click()
    visit.page.wait_for_url("**/search/?q=exile&order=oldest")
    visit.page.wait_for_selector(".orders [aria-current]:has-text('Oldest first')")
    assert visit.titles() == ["Дві мови, one law", "Exile and return"]
    visit.page.locator("fieldset", has_text="Tags").get_by_label("law").check()
    visit.page.wait_for_url(re.compile(r"order=oldest"))


def test_pages_are_turned(base: str, visit: Any) -> None:
    """Ten discussions to a page; each stands on one page only."""
    visit.search(base, "?q=education&order=oldest")
    first = visit.titles()
    assert len(first) == 10
    visit.page.get_by_role("link", name="Further").click()
    visit.until_total("12 discussions, page 2")
    visit.ready()
    second = visit.titles()
    assert first + second == [f"Lesson {n}" for n in range(1, 13)]
    assert visit.texts("#total") == ["12 discussions, page 2"]
    visit.page.get_by_role("link", name="Before").click()
    visit.until_total("12 discussions")
    visit.ready()
    assert visit.titles() == first


def test_misspelt_question_is_asked_again_by_a_click(base: str, visit: Any) -> None:
    """What was meant comes from the archive's own words, and keeps what narrows."""
    visit.search(base, "?q=educatoin&speaker=Claire+Exemple")
    assert visit.texts("#total") == ["0 discussions"]
    assert visit.texts(".meant") == ["Did you mean education?"]
    visit.page.locator(".meant a").click()
    visit.ready(f"{base}search/?q=education&speaker=Claire+Exemple")
    assert visit.texts("#total") == ["12 discussions"]


def test_nothing_found_leads_on(base: str, visit: Any) -> None:
    """It says what is searched at all, and how to search everything."""
    visit.search(base, "?q=exile&tag=education")
    assert "Nothing was found within what is chosen." in visit.texts(".answers")[0]
    assert "14 discussions are searched, 14 of them with what was said in them." in visit.texts(".answers")[0]
    visit.page.get_by_role("link", name="Search everything").click()
    visit.until_total("2 discussions")


def test_page_speaks_the_readers_language(base: str, visit: Any) -> None:
    """In the other language of the interface the same is found, and links lead to pages in it."""
    visit.search(f"{base}uk/", "?q=притулок")
    assert visit.titles() == ["Дві мови, one law"]
    assert visit.texts(".moment mark") == ["притулку"]
    assert (
        visit.page.locator(".moment a.time").get_attribute("href")
        == "/uk/events/two-languages/?t=0#part-1.uk.c1"
    )


def test_search_works_without_javascript(base: str, browser: Any) -> None:
    """The same form with a button, all moments on a page of their own, order and pages by links."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    page.goto(base)
    page.get_by_role("searchbox").fill("exile")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url(f"{base}search/?q=exile*")
    assert page.locator(".entry").count() == 2
    page.locator("fieldset", has_text="Tags").get_by_label("asylum").check()
    page.get_by_role("button", name="Narrow the search").click()
    page.wait_for_url(f"{base}search/?q=exile&tag=asylum&from=&until=")
    assert page.locator(".entry h2").all_inner_texts() == ["Exile and return"]
    page.get_by_role("link", name="All 7 moments in this recording").click()
    page.locator(".moment").nth(6).wait_for()
    assert page.locator(".moment").count() == 7
    page.get_by_role("link", name="All discussions that answer").click()
    page.locator(".chosen a").click()
    page.get_by_role("link", name="Newest first").click()
    page.locator(".orders [aria-current]", has_text="Newest first").wait_for()
    assert page.locator(".entry h2").all_inner_texts() == ["Exile and return", "Дві мови, one law"]
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "language"), [(1280, ""), (360, "uk/")])
def test_axe_finds_nothing(
    base: str, browser: Any, checker: Any, width: int, language: str, scheme: str
) -> None:
    """On no state of the page: narrowed, opened, completed, nothing found, a question that cannot be asked."""
    axe = checker("axe.min.js").read_text(encoding="utf-8")
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    found = {}
    for asked in (
        "",
        "?q=exile&speaker=Anna+Example&order=oldest",
        "?q=exile&event=long",
        "?q=zqxj",
        "?q=-x",
    ):
        page.goto(f"{base}{language}search/{asked}")
        page.wait_for_selector("html[data-ready=search]")
        for closed in page.locator("summary:visible").all():
            closed.click()
        if not asked:
            page.locator("#q").press_sequentially("ex")
            page.locator(".completions li").first.wait_for()
        page.evaluate(axe)
        broken = page.evaluate(
            "() => axe.run().then(result => result.violations.map(one => [one.id, one.nodes.map(node => node.html)]))"
        )
        if broken:
            found[asked] = broken
    context.close()
    assert found == {}
