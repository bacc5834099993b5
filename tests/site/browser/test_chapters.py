"""Chapters, the time line, several recordings in one event."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.browser
def test_chapters_load_in_the_player_and_mark_the_time_line(site: Any, visit: Any) -> None:
    """The player reads them as WebVTT; the list and the time line show the same."""
    visit.open(f"{site.base}events/read-aloud/")
    found = visit.page.evaluate(
        """async () => {
          const track = document.querySelector('video track[kind=chapters]');
          const loaded = new Promise((done, failed) => { track.onload = done; track.onerror = failed; });
          track.track.mode = 'hidden';
          await loaded;
          return [...track.track.cues].map(cue => [cue.startTime, cue.text]);
        }"""
    )
    assert found == [[0, "Dignity"], [40, "Freedom"]]
    assert visit.page.locator(".bar .chapters").get_attribute("d") == "M4444 0V10"


@pytest.mark.browser
def test_chapter_of_the_moment_is_told(site: Any, visit: Any) -> None:
    """The list shows which chapter plays; a click on another goes there and plays."""
    visit.open(f"{site.base}events/read-aloud/")
    visit.page.locator(".chapters a").nth(1).click()
    visit.until("document.querySelector('video').currentTime > 40.1")
    visit.until("document.querySelector('.chapters a[aria-current]')?.textContent.includes('Freedom')")
    assert visit.media("paused") is False


@pytest.mark.browser
def test_time_line_seeks_and_tells_the_chapter(site: Any, visit: Any) -> None:
    """Under the pointer stands the time with its chapter; a click goes there."""
    visit.open(f"{site.base}events/read-aloud/")
    box = visit.page.locator(".bar").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    visit.page.mouse.move(*middle)
    visit.until("document.querySelector('.tip').textContent == '0:45 · Freedom'")
    visit.page.mouse.click(*middle)
    visit.until("Math.abs(document.querySelector('video').currentTime - 45) < 0.5")


@pytest.mark.browser
def test_each_recording_has_its_own_chapters(site: Any, visit: Any) -> None:
    """What the agenda says of the second recording stands with the second."""
    visit.open(f"{site.base}events/in-parts/")
    rows = visit.page.locator(".recording").evaluate_all(
        "all => all.map(one => [...one.querySelectorAll('.chapters a')].map(link => link.innerText.replace(/\\s+/g, ' ')))"
    )
    assert rows == [["0:00 Welcome", "0:30 Rights"], ["0:10 Questions"]]


@pytest.mark.browser
def test_one_recording_plays_at_a_time(site: Any, visit: Any) -> None:
    """Where a second one is started the first stops, and a passage of the second is cued in the second."""
    visit.open(f"{site.base}events/in-parts/")
    playing = "[...document.querySelectorAll('.recording audio')].map(player => !player.paused)"
    visit.page.locator("#part-1 audio").evaluate("player => player.play()")
    visit.until(f"{playing}.join() == 'true,false'")
    visit.page.locator("#part-2 audio").evaluate("player => player.play()")
    visit.until(f"{playing}.join() == 'false,true'")
    visit.page.locator("#part-2 audio").evaluate("player => player.pause()")
    visit.page.evaluate("location.hash = '#part-2&t=11,12'")
    # It is played, as soon as it is found, from 11 s to 12 s.
    visit.until("(at => at >= 11 && at < 12.02)(document.querySelector('#part-2 audio').currentTime)")
    assert visit.lit("passage") == ["Everyone has the"]


@pytest.mark.browser
def test_links_mentioned_have_their_archived_copies(site: Any, visit: Any) -> None:
    """By kind, with the address of the copy."""
    visit.page.goto(f"{site.base}events/in-parts/")
    section = visit.page.locator("section[aria-labelledby=links]")
    assert section.locator("h3").all_inner_texts() == ["Letter"]
    assert section.locator("a").evaluate_all("all => all.map(one => one.href)") == [
        "https://example.org/letter",
        "https://archive.example.org/letter",
    ]
