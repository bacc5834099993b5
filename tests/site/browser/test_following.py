"""The transcript beside the playback: it follows, it is left alone, it leads to a second."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest


@pytest.mark.browser
def test_transcript_follows_the_playback(site: Any, visit: Any) -> None:
    """While the recording plays, the sentence being spoken is marked, and the word in it."""
    visit.open(f"{site.base}events/read-aloud/")
    visit.page.eval_on_selector("video", "player => { player.currentTime = 10.0; }")
    visit.play()
    visit.until("document.querySelector('.s.now')?.textContent.startsWith('Everyone has the right to life')")
    assert visit.sentence_now() == "Everyone has the right to life, liberty and security of person."
    # A word lasts half a second: ten times as slowly, so that it can be seen on any machine.
    visit.page.eval_on_selector(
        "video", "player => { player.playbackRate = 0.1; player.currentTime = 12.3; }"
    )
    visit.until(
        """[...CSS.highlights.get('word')]
        .some(range => range.startContainer.data.slice(range.startOffset, range.endOffset) == 'right')"""
    )
    assert 12.3 < float(str(visit.media("currentTime"))) < 14.0


@pytest.mark.browser
def test_transcript_scrolls_to_what_is_spoken_until_the_reader_scrolls_away(site: Any, visit: Any) -> None:
    """The page keeps the spoken sentence in view; who scrolls off is left alone and offered the way back."""
    visit.page.set_viewport_size({"width": 1440, "height": 500})
    visit.open(f"{site.base}events/read-aloud/")
    in_view = """() => {
      const box = document.querySelector('.s.now')?.getBoundingClientRect();
      return box && box.top > 0 && box.bottom < innerHeight;
    }"""
    visit.page.evaluate("addEventListener('scrollend', () => { window.scrolled = true; })")  # it is smooth
    visit.page.eval_on_selector("video", "player => { player.currentTime = 71.4; }")
    visit.play()
    visit.until("window.scrolled && scrollY > 200")
    visit.until(in_view)
    visit.page.mouse.move(400, 400)
    visit.page.mouse.wheel(0, -5000)
    back = visit.page.get_by_role("button", name="Back to what is playing")
    back.wait_for()
    visit.until("document.querySelector('video').currentTime > 77.5")
    assert visit.page.evaluate("scrollY") < 200, "the page was scrolled against the reader's will"
    back.click()
    visit.until(in_view)
    back.wait_for(state="hidden")


@pytest.mark.browser
def test_click_on_a_word_seeks_to_it(site: Any, visit: Any) -> None:
    """A click cues the word that was clicked, names the sentence in the address, and starts nothing."""
    visit.open(f"{site.base}events/read-aloud/")
    box = visit.page.evaluate(
        """() => {
          const piece = document.getElementById('part-1.en.c11');
          piece.scrollIntoView({block: 'center', behavior: 'instant'});
          const node = piece.firstChild, at = node.data.indexOf('asylum');
          const range = document.createRange();
          range.setStart(node, at); range.setEnd(node, at + 6);
          const box = range.getBoundingClientRect();
          return [box.x + box.width / 2, box.y + box.height / 2];
        }"""
    )
    visit.page.mouse.click(*box)
    # cue 11 begins at 55 s; its 15 words share 5 s, "asylum" is the thirteenth
    visit.until("Math.abs(document.querySelector('video').currentTime - 58.996) < 0.01")
    assert visit.page.url.endswith("#part-1.en.c11")
    assert visit.media("paused") is True
    visit.page.get_by_role("button", name="Play from 0:58").click()
    visit.until("document.querySelector('video').currentTime > 59.3")
    assert visit.media("paused") is False


@pytest.mark.browser
def test_deep_link_cues_its_sentence_and_shows_one_button(site: Any, visit: Any) -> None:
    """An address with a sentence shows it, marks it, cues its second, and offers to play from there."""
    visit.open(f"{site.base}events/read-aloud/#part-1.en.c13")
    visit.until("Math.abs(document.querySelector('video').currentTime - 66) < 0.01")
    assert visit.page.locator(".s.cited").all_inner_texts() == [
        "Everyone has the right to own property alone as well as in association with others."
    ]
    box = visit.page.locator(".s.cited").bounding_box()
    assert box is not None
    assert 0 < box["y"] < 900
    assert visit.page.locator(".dock button:visible").all_inner_texts() == ["Play from 1:06"]


@pytest.mark.browser
def test_search_hit_lands_on_its_second(site: Any, visit: Any) -> None:
    """From the home page by a search to the second at which it was said; it plays, since the reader has pressed a link."""
    visit.page.goto(site.base)
    visit.page.get_by_role("combobox").fill("asylum persecution")
    visit.page.get_by_role("combobox").press("Enter")
    hits = visit.page.locator(".moment")
    hits.first.wait_for()
    assert hits.count() == 1
    assert hits.locator("mark").all_inner_texts() == ["asylum", "persecution"]
    hits.locator("a.time").click()
    visit.page.wait_for_selector("html[data-ready=event]")
    visit.heard(54)  # a second before the sentence
    assert visit.media("paused") is False
    assert "asylum" in " ".join(visit.page.locator(".s.cited").all_inner_texts())


@pytest.mark.browser
def test_search_hit_opened_afresh_is_cued_behind_one_button(site: Any, visit: Any) -> None:
    """Where the browser plays nothing by itself, the second before a hit is cued, and one button plays from there."""
    visit.open(f"{site.base}events/read-aloud/?t=65#part-1.en.c13")
    visit.until("Math.abs(document.querySelector('video').currentTime - 65) < 0.01")
    assert visit.media("paused") is True
    assert visit.page.locator(".dock button:visible").all_inner_texts() == ["Play from 1:05"]


@pytest.mark.browser
def test_unsure_words_can_be_unmarked(site: Any, visit: Any) -> None:
    """Unsure words of a draft are underlined until the reader switches that off."""
    visit.open(f"{site.base}events/read-aloud/")
    word = visit.page.locator(".unsure")
    assert word.all_inner_texts() == ["servitude;"]
    assert word.evaluate("one => getComputedStyle(one).textDecorationLine") == "underline"
    visit.page.get_by_label("Unsure words").uncheck()
    assert word.evaluate("one => getComputedStyle(one).textDecorationLine") == "none"


@pytest.mark.browser
def test_captions_load_in_the_player(site: Any, visit: Any) -> None:
    """The player reads our captions, one cue for each of the transcript's."""
    visit.open(f"{site.base}events/read-aloud/")
    found = visit.page.evaluate(
        """async () => {
          const track = document.querySelector('video track[srclang=en]');
          const loaded = new Promise((done, failed) => { track.onload = done; track.onerror = failed; });
          track.track.mode = 'hidden';
          await loaded;
          return [...track.track.cues].map(cue => [cue.id, cue.startTime, cue.getCueAsHTML().textContent]);
        }"""
    )
    assert len(found) == 16
    assert found[2][:2] == ["c3", 11]
    assert "Everyone has the right to life, liberty and security of person." in re.sub(
        r"\s+", " ", found[2][2]
    )


@pytest.mark.browser
def test_anchor_that_corrections_took_away_leads_to_the_nearest_place(site: Any, visit: Any) -> None:
    """The cue is gone since the second revision; who has its address comes to what is said there now."""
    visit.open(f"{site.base}events/read-aloud/#part-1.en.c20")
    visit.until("Math.abs(document.querySelector('video').currentTime - 33) < 0.02")
    assert visit.page.locator(".s.cited").all_inner_texts() == [
        "All are equal before the law and are entitled without any discrimination to equal protection."
    ]


@pytest.mark.browser
def test_former_anchor_leads_there_without_javascript(site: Any, visiting: Any) -> None:
    """The page carries the old name itself."""
    with visiting(java_script_enabled=False, viewport={"width": 1440, "height": 500}) as visit:
        visit.page.goto(f"{site.base}events/read-aloud/#part-1.en.c20")
        sentence = visit.page.locator("#part-1\\.en\\.c7")
        deadline = time.monotonic() + 60  # the browser goes there after it has loaded the page, and smoothly
        while not 0 < sentence.bounding_box()["y"] < 500:
            assert time.monotonic() < deadline, sentence.bounding_box()
            visit.page.wait_for_timeout(50)


@pytest.mark.browser
def test_time_in_the_question_wins_over_the_beginning_of_the_cue(site: Any, visit: Any) -> None:
    """A hit of the search is played from a second before it."""
    visit.open(f"{site.base}events/read-aloud/?t=65#part-1.en.c13")
    visit.until("Math.abs(document.querySelector('video').currentTime - 65) < 0.02")
    assert "own property" in visit.page.locator(".s.cited").inner_text()
