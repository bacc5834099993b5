"""Quoting a passage: the link, what it opens, the citation, the clip."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

DECLARATION = "events/read-aloud/"
AUTOPLAY = {"viewport": {"width": 1440, "height": 900}}


def near(visit: Any, seconds: float) -> None:
    """Waits until the player stands at a second."""
    visit.until(f"Math.abs(document.querySelector('video, audio').currentTime - {seconds}) < 0.02")


@pytest.mark.browser
def test_selected_words_become_a_link_with_start_and_end(site: Any, visit: Any) -> None:
    """From the first word's beginning to the last word's end, over the edge of a paragraph too."""
    visit.open(site.base + DECLARATION)
    visit.select("part-1.en.c2", "brotherhood.", "part-1.en.c3", "life,")
    visit.page.locator(".bubble button").click()
    panel = visit.page.locator("#quote")
    assert panel.locator("blockquote").inner_text() == "brotherhood. Everyone has the right to life,"
    assert panel.locator("[data-quote=by]").inner_text() == "Anna Example, Borys Pryklad, 0:10 to 0:13"
    # cue 2 begins at 5.5 s, its 16 words share 5 s and "brotherhood." is the last; cue 3 begins at 11 s with 11 words
    link = panel.get_by_label("Link to the passage").input_value()
    assert link == f"{site.base}{DECLARATION}#part-1&t=10.18,13.724"


@pytest.mark.browser
def test_quote_names_the_transcript_where_it_is_not_the_first(site: Any, visit: Any) -> None:
    """Words of a translation lead back to the translation."""
    visit.open(f"{site.base}{DECLARATION}#part-1.uk")
    visit.select("part-1.uk.c3", "Кожна", "part-1.uk.c3", "право")
    visit.page.locator(".bubble button").click()
    link = visit.page.get_by_label("Link to the passage").input_value()
    assert link.split("#")[1].startswith("part-1.uk&t=10,")
    visit.open(link)
    visit.until("[...CSS.highlights.get('passage') ?? []].length > 0")
    assert visit.lit("passage") == ["Кожна людина має право"]


@pytest.mark.browser
def test_quote_link_shows_and_cues_the_passage_behind_one_button(site: Any, visit: Any) -> None:
    """Where the browser plays nothing by itself there is one button; it plays the passage and stops at its end."""
    visit.open(f"{site.base}{DECLARATION}#part-1&t=11,13.724")
    near(visit, 11)
    assert visit.lit("passage") == ["Everyone has the right to life,"]
    assert visit.media("paused") is True
    buttons = visit.page.locator(".dock button:visible")
    assert buttons.all_inner_texts() == ["Play the passage, 0:11 to 0:13"]
    box = visit.page.locator("#part-1\\.en\\.c3").bounding_box()
    assert box is not None
    assert 0 < box["y"] < 900
    buttons.click()
    visit.heard(11, 13.724)
    again = visit.page.locator(".dock button:visible", has_text="Play the passage again")
    again.wait_for()
    assert buttons.all_inner_texts() == ["Play the passage again"]
    visit.page.eval_on_selector(
        "video",
        "player => { window.begun = []; player.onplaying = () => window.begun.push(player.currentTime); }",
    )
    again.click()
    visit.until("window.begun[0] < 12")
    visit.heard(11, 13.724)


@pytest.mark.browser
def test_quote_link_plays_where_the_browser_allows(site: Any, visit: Any) -> None:
    """After the reader has pressed something on the page, a link to a passage plays at once, and to its end."""
    visit.open(site.base + DECLARATION)
    visit.page.mouse.click(700, 200)
    visit.page.evaluate("location.hash = '#part-1&t=33,34.2'")
    visit.heard(33, 34.2)


@pytest.mark.browser
def test_who_seeks_away_from_a_passage_is_not_stopped(site: Any, visit: Any) -> None:
    """The end of the passage holds nobody who has gone elsewhere."""
    visit.open(f"{site.base}{DECLARATION}#part-1&t=11,13.724")
    visit.page.eval_on_selector(
        "video",
        "player => player.addEventListener('playing', () => { player.currentTime = 13.4; }, {once: true})",
    )
    visit.page.locator(".dock button:visible").click()
    visit.heard(13.4)
    visit.page.eval_on_selector("video", "player => { player.currentTime = 50; }")
    visit.until("document.querySelector('video').currentTime > 50.5")
    visit.page.eval_on_selector("video", "player => { player.currentTime = 13.4; }")
    visit.until("document.querySelector('video').currentTime > 14.3")
    assert visit.media("paused") is False


@pytest.mark.browser
@pytest.mark.parametrize(
    ("fragment", "words"),
    [
        ("part-1.en&t=npt:0:11,0:12", "Everyone has the"),
        ("t=11,12", "Everyone has the"),
        ("part-1&t=,0.6", "All human"),
        ("part-1&t=86.5", None),
    ],
)
def test_media_fragments_are_read_as_the_standard_has_them(
    site: Any, visit: Any, fragment: str, words: str | None
) -> None:
    """Normal play time with or without its name, from the beginning, to nobody knows where."""
    visit.open(f"{site.base}{DECLARATION}#{fragment}")
    if words is None:
        near(visit, 86.5)
    else:
        visit.until("[...CSS.highlights.get('passage') ?? []].length > 0")
        assert visit.lit("passage") == [words]


@pytest.mark.browser
def test_citation_is_given_in_three_forms(site: Any, visit: Any) -> None:
    """Speaker, event, date, time and address; that a machine wrote it stands in each."""
    visit.open(site.base + DECLARATION)
    visit.select("part-1.en.c3", "Everyone", "part-1.en.c3", "life,")
    visit.page.locator(".bubble button").click()
    panel = visit.page.locator("#quote")
    link = panel.get_by_label("Link to the passage").input_value()
    citation = panel.get_by_role("textbox", name="Citation")
    assert citation.input_value() == (
        "Borys Pryklad: “Everyone has the right to life,” The Declaration, read aloud. Rights on Record, "
        f"20 November 2026, 0:11 to 0:13. Transcript made by machine, not checked. {link}"
    )
    panel.get_by_label("Markdown").check()
    assert citation.input_value() == (
        "> Everyone has the right to life,\n>\n> — Borys Pryklad, "
        f"[The Declaration, read aloud]({link}), 0:11 to 0:13. Rights on Record, 20 November 2026. "
        "Transcript made by machine, not checked."
    )
    panel.get_by_label("BibTeX").check()
    found = citation.input_value()
    assert re.sub(r"urldate = \{\d{4}-\d\d-\d\d\}", "urldate = {today}", found) == (
        "@misc{read-aloud-11,\n"
        "  author = {{Borys Pryklad}},\n"
        "  title = {The Declaration, read aloud},\n"
        "  howpublished = {Rights on Record},\n"
        "  date = {2026-11-20},\n"
        "  year = {2026},\n"
        "  note = {0:11–0:13. Transcript made by machine, not checked.},\n"
        "  annote = {Everyone has the right to life,},\n"
        f"  url = {{{link}}},\n"
        "  urldate = {today},\n"
        "}"
    )


@pytest.mark.browser
def test_citation_can_be_copied(site: Any, visiting: Any) -> None:
    """The clipboard gets what stands in the field, and the button says so."""
    with visiting(permissions=["clipboard-read", "clipboard-write"]) as visit:
        visit.open(site.base + DECLARATION)
        visit.select("part-1.en.c3", "Everyone", "part-1.en.c3", "life,")
        visit.page.locator(".bubble button").click()
        button = visit.page.locator("[data-copy=link]")
        button.evaluate(
            """button => { window.said = [];
            new MutationObserver(() => said.push(button.textContent)).observe(button, {childList: true}); }"""
        )
        button.click()
        visit.until("said[0] == 'Copied'")
        copied = visit.page.evaluate("navigator.clipboard.readText()")
        assert copied == visit.page.get_by_label("Link to the passage").input_value()


@pytest.mark.browser
def test_clip_of_the_passage_is_made_and_plays(site: Any, visit: Any) -> None:
    """As long as the passage, to hear and to take along, in two forms."""
    visit.open(site.base + DECLARATION)
    visit.select("part-1.en.c3", "Everyone", "part-1.en.c3", "life,")
    visit.page.locator(".bubble button").click()
    panel = visit.page.locator("#quote")
    panel.get_by_role("button", name="Make a clip").click()
    panel.locator("audio").wait_for()
    length = visit.page.evaluate(
        """async () => {
          const player = document.querySelector('#quote audio');
          player.load();
          await new Promise((done, failed) => {
            player.onloadedmetadata = done;
            player.onerror = failed;
            player.preload = 'auto';
          });
          return player.duration;
        }"""
    )
    assert length == pytest.approx(2.724, abs=0.05)
    links = panel.locator("[data-quote=made] a").evaluate_all("all => all.map(one => one.href)")
    assert links == [f"{site.base}clips/read-aloud/part-1.11000-13724.{form}" for form in ("opus", "mp3")]
    assert visit.complaints == []


@pytest.mark.browser
def test_refused_clip_says_why(site: Any, visit: Any) -> None:
    """The reason of the server comes as a sentence."""
    visit.open(site.base + DECLARATION)
    visit.page.route(
        "**/clips/**",
        lambda route: route.fulfill(
            status=403, content_type="application/json", body=json.dumps({"error": {"reason": "kept-back"}})
        ),
    )
    visit.select("part-1.en.c3", "Everyone")
    visit.page.locator(".bubble button").click()
    visit.page.get_by_role("button", name="Make a clip").click()
    says = visit.page.locator("[data-quote=says]")
    visit.until("document.querySelector('[data-quote=says]').textContent.includes('agreed')")
    assert says.inner_text().startswith("This passage touches words of someone who has not agreed")


@pytest.mark.browser
def test_clicked_sentence_can_be_quoted_whole(site: Any, visit: Any) -> None:
    """Who has clicked a sentence is offered to quote it; the sheet closes and gives the focus back."""
    visit.open(site.base + DECLARATION)
    visit.page.locator(".s").nth(2).click()
    visit.page.get_by_role("button", name="Quote this").click()
    assert visit.page.locator("#quote blockquote").inner_text() == (
        "Everyone has the right to life, liberty and security of person."
    )
    visit.page.keyboard.press("Escape")
    visit.page.locator("#quote").wait_for(state="hidden")


@pytest.mark.browser
def test_fingers_find_quote_in_the_dock(site: Any, visiting: Any) -> None:
    """Where a finger selects, the system's own menu stands by the words: the button is below."""
    with visiting(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True) as visit:
        visit.open(site.base + DECLARATION)
        visit.select("part-1.en.c3", "Everyone", "part-1.en.c3", "life,")
        visit.page.get_by_role("button", name="Quote this").click()
        assert visit.page.locator("#quote blockquote").inner_text() == "Everyone has the right to life,"
        assert visit.page.evaluate("document.documentElement.scrollWidth") == 360
