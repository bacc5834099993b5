"""The pages in a real browser: Debian's Chromium on the real site, over an archive built by the real code."""

from __future__ import annotations

import asyncio
import functools
import http.server
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import imageio_ffmpeg
import pytest
import uvicorn

from onrecord.archive import Archive, create_archive
from onrecord.events.registry import Registry
from onrecord.locks import lock
from onrecord.media.originals import accept
from onrecord.media.renditions import render
from onrecord.site.app import create_app
from onrecord.site.export import publish
from onrecord.timecode import clock
from onrecord.transcripts.library import Library
from onrecord.transcripts.vtt import read_vtt

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright for Python is not installed")

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--mute-audio",
]  # fmt: skip
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ENGLISH = """
Anna Example: All human beings are born free and equal in dignity and rights.
Anna Example: They are endowed with reason and should act towards one another in a spirit of brotherhood.
Borys Pryklad: Everyone has the right to life, liberty and security of person.
Borys Pryklad: No one shall be held in slavery or servitude; slavery and the slave trade shall be prohibited.
Anna Example: No one shall be subjected to torture or to cruel, inhuman or degrading treatment or punishment.
Anna Example: Everyone has the right to recognition everywhere as a person before the law.
Borys Pryklad: All are equal before the law and are entitled without any discrimination to equal protection.
Borys Pryklad: Everyone has the right to an effective remedy by the competent national tribunals.
Anna Example: No one shall be subjected to arbitrary arrest, detention or exile.
Anna Example: Everyone has the right to freedom of movement and residence within the borders of each state.
Borys Pryklad: Everyone has the right to seek and to enjoy in other countries asylum from persecution.
Borys Pryklad: Everyone has the right to a nationality.
Anna Example: Everyone has the right to own property alone as well as in association with others.
Anna Example: Everyone has the right to freedom of thought, conscience and religion.
Borys Pryklad: Everyone has the right to freedom of peaceful assembly and association.
Borys Pryklad: Everyone has the right to education.
"""
UKRAINIAN = """
Anna Example: Всі люди народжуються вільними і рівними у своїй гідності та правах.
Anna Example: Вони наділені розумом і совістю і повинні діяти у відношенні один до одного в дусі братерства.
Borys Pryklad: Кожна людина має право на життя, на свободу і на особисту недоторканність.
"""
LENGTH = 90  # seconds of the recordings


def vtt(text: str, language: str, *, step: int, status: str, kind: str = "original", unsure: str = "") -> str:
    """A transcript with a cue for each line of `text`, every `step` milliseconds; each word has its time."""
    head = ["onrecord 1", f"language: {language}", f"kind: {kind}", f"status: {status}",
            "engine: pocketsphinx 5.1.1",
            "made: 2026-11-20T10:00:00Z", "next-id: 900"]  # fmt: skip
    if status == "reviewed":
        head += ["reviewed: 2026-11-21T10:00:00Z"]
    blocks = ["WEBVTT", "NOTE\n" + "\n".join(head)]
    for number, line in enumerate(text.strip().splitlines()):
        speaker, _, said = line.partition(": ")
        start, words = number * step, said.split()
        share = (step - 500) // len(words)
        marked = [f"<c.unsure>{word}</c>" if word == unsure else word for word in words]
        timed = marked[0] + "".join(
            f" <{clock(start + index * share)}>{word}" for index, word in enumerate(marked) if index
        )
        times = f"{clock(start)} --> {clock(start + step - 400)}"
        blocks.append(f"c{number + 1}\n{times}\n<v {speaker}>{timed}")
    return "\n\n".join(blocks) + "\n"


def make_file(path: Path, *, video: bool) -> Path:
    """A recording with a soft tone, and a still picture."""
    picture = [
        "-f",
        "lavfi",
        "-i",
        f"color=c=0x334455:s=320x180:r=5:d={LENGTH}",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
    ]
    sound = ["-f", "lavfi", "-i", f"sine=f=220:r=16000:d={LENGTH}"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *sound]
    command += [*picture, "-pix_fmt", "yuv420p"] if video else []
    subprocess.run([*command, "-c:a", "aac", "-b:a", "32k", str(path)], check=True)
    return path


def build(root: Path) -> Archive:
    """An archive with every kind of page that a reader can come to."""
    archive = create_archive(root, "Rights on Record")
    archive.settings_file.write_text(
        'format = 1\ntitle = "Rights on Record"\nsummary = "Discussions, recorded and written down."\n'
        'contact = "archive@example.org"\n[publish]\nplatform-players = true\n',
        encoding="utf-8",
    )
    archive = Archive(archive.root)
    registry = Registry(archive)
    people = [
        {
            "id": "anna-example",
            "name": "Anna Example",
            "role": "Reader",
            "consent": "yes",
            "bio": "A *made-up* reader.",
        },
        {"id": "borys-pryklad", "name": "Borys Pryklad", "role": "Reader", "consent": "yes"},
    ]
    shared = {"timezone": "Europe/Kyiv", "visibility": "public", "speakers": people, "series": "Read aloud",
              "tags": ["human rights"], "licence": "CC0-1.0"}  # fmt: skip
    read_aloud = registry.add({
        **shared, "title": "The Declaration, read aloud", "slug": "read-aloud", "starts": "2026-11-20 18:00",
        "summary": "Two readers take turns.", "description": "An hour of *reading*.",
        "languages": ["en", "uk"],
        "agenda": [{"at": "00:00:00", "title": "Dignity"}, {"at": "00:00:40", "title": "Freedom"}],
        "links": [{"label": "The text", "url": "https://example.org/text", "kind": "document"}],
        "recordings": [{"id": "part-1", "title": "The reading", "publish": True, "transcript": "draft",
                        "source": "https://youtu.be/zq-Ab_3dEfG"}],
    })  # fmt: skip
    sound = registry.add({
        **shared, "title": "Вільними і рівними", "slug": "sound-only", "starts": "2026-10-02 18:00",
        "languages": ["uk"],
        "recordings": [{"id": "part-1", "publish": True, "transcript": "reviewed"}],
    })  # fmt: skip
    registry.add({**shared, "title": "Who keeps the record?", "slug": "coming", "starts": "2026-12-03 18:30"})
    registry.add(
        {
            **shared,
            "title": "No such evening",
            "slug": "off",
            "starts": "2026-12-09 18:30",
            "cancelled": "Ill.",
        }
    )
    registry.add({**shared, "title": "Held elsewhere", "slug": "elsewhere", "starts": "2026-09-02 18:00",
                  "recordings": [{"id": "part-1", "publish": True, "source": "https://vimeo.com/76979871"}]})  # fmt: skip
    registry.add({**shared, "title": "Taken back", "slug": "taken-back", "starts": "2026-01-02 18:00",
                  "withdrawn": "Taken back at the wish of a speaker."})  # fmt: skip
    library = Library(archive)
    for event, video in ((read_aloud, True), (sound, False)):
        file = make_file(root.parent / f"{event.slug}.{'mp4' if video else 'm4a'}", video=video)
        accept(archive, event.stem, "part-1", file, source=str(file), tool="test")
        render(archive, event, event.recordings[0])
        texts = [
            vtt(UKRAINIAN, "uk", step=5000, status="reviewed", kind="translation" if video else "original")
        ]
        if video:
            texts.append(vtt(ENGLISH, "en", step=5500, status="machine", unsure="servitude;"))
        with lock(archive, event.stem, doing="a test"):
            for text in texts:
                library.save(event.stem, "part-1", read_vtt(text).transcript)
    return archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """The archive that all these tests read."""
    return build(tmp_path_factory.mktemp("browser") / "archive")


@dataclass
class Site:
    """The running site, and every path that has a page of its own."""

    base: str
    paths: tuple[str, ...] = (
        "", "events/", "events/read-aloud/", "events/sound-only/", "events/coming/", "events/off/",
        "events/elsewhere/", "speakers/",
        "speakers/anna-example/", "series/read-aloud/", "tags/human-rights/", "search/", "search/?q=dignity",
        "search/?q=zzyzx", "about/", "events/taken-back/", "nothing-here/",
    )  # fmt: skip


@pytest.fixture(scope="module")
def site(archive: Archive) -> Iterator[Site]:
    """The real application behind a real server, in a thread of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(
        create_app(archive, now=lambda: NOW), host="127.0.0.1", port=port, log_level="warning"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    end = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < end, "the server did not start"
        time.sleep(0.05)
    yield Site(f"http://127.0.0.1:{port}/")
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    """Debian's Chromium."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (Debian's package chromium)")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield opened
        opened.close()


@dataclass
class Visit:
    """A page, and what went over the wire and into the console while it was open."""

    page: playwright.Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def media(self, expression: str) -> object:
        """A property of the player."""
        return self.page.eval_on_selector("video, audio", f"player => player.{expression}")

    def until(self, expression: str, seconds: float = 10) -> None:
        """Waits until an expression is true; by itself, since the page's policy forbids Playwright's own."""
        end = time.monotonic() + seconds
        while not self.page.evaluate(expression):
            assert time.monotonic() < end, f"this did not come true: {expression}"
            self.page.wait_for_timeout(50)

    def sentence_now(self) -> str:
        """The sentence that is shown as the one being spoken."""
        return " ".join(self.page.locator(".s.now").all_inner_texts())


@pytest.fixture
def visit(browser: playwright.Browser) -> Iterator[Visit]:
    """A fresh window of 1440 by 900."""
    yield from _visit(browser, viewport={"width": 1440, "height": 900})


def _visit(browser: playwright.Browser, **settings: object) -> Iterator[Visit]:
    context = browser.new_context(**settings)  # type: ignore[arg-type]
    visit = Visit(context.new_page())
    visit.page.set_default_timeout(10_000)
    visit.page.on("request", lambda request: visit.requests.append(request.url))
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    visit.page.on(
        "console",
        lambda message: (
            visit.complaints.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    yield visit
    context.close()


def _open(visit: Visit, address: str) -> None:
    """Opens an event's page and waits until its scripts are at work and the player knows its length."""
    visit.page.goto(address)
    visit.page.wait_for_selector("html[data-ready=event]")
    visit.until("document.querySelector('video, audio').readyState >= 1")


def _play(visit: Visit) -> None:
    visit.page.eval_on_selector("video, audio", "player => player.play()")


@pytest.mark.browser
def test_transcript_follows_the_playback(site: Site, visit: Visit) -> None:
    """While the recording plays, the sentence being spoken is marked, and the word in it."""
    _open(visit, f"{site.base}events/read-aloud/")
    visit.page.eval_on_selector("video", "player => { player.currentTime = 10.0; }")
    _play(visit)
    visit.until("document.querySelector('.s.now')?.textContent.startsWith('Everyone has the right to life')")
    assert visit.sentence_now() == "Everyone has the right to life, liberty and security of person."
    visit.until(
        """[...CSS.highlights.get('word')]
        .some(range => range.startContainer.data.slice(range.startOffset, range.endOffset) == 'right')"""
    )
    assert 11.0 <= float(str(visit.media("currentTime"))) < 14.0


@pytest.mark.browser
def test_transcript_scrolls_to_what_is_spoken_until_the_reader_scrolls_away(site: Site, visit: Visit) -> None:
    """The page keeps the spoken sentence in view; who scrolls off is left alone and offered the way back."""
    visit.page.set_viewport_size({"width": 1440, "height": 500})
    _open(visit, f"{site.base}events/read-aloud/")
    in_view = """() => {
      const box = document.querySelector('.s.now')?.getBoundingClientRect();
      return box && box.top > 0 && box.bottom < innerHeight;
    }"""
    visit.page.eval_on_selector("video", "player => { player.currentTime = 71.4; }")
    _play(visit)
    visit.until(in_view)
    visit.page.wait_for_timeout(700)  # the scrolling is smooth
    assert visit.page.evaluate("scrollY") > 200
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
def test_click_on_a_word_seeks_to_it(site: Site, visit: Visit) -> None:
    """A click cues the word that was clicked, names the sentence in the address, and starts nothing."""
    _open(visit, f"{site.base}events/read-aloud/")
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
def test_deep_link_cues_its_sentence_and_shows_one_button(site: Site, visit: Visit) -> None:
    """An address with a sentence shows it, marks it, cues its second, and offers to play from there."""
    _open(visit, f"{site.base}events/read-aloud/#part-1.en.c13")
    visit.until("Math.abs(document.querySelector('video').currentTime - 66) < 0.01")
    assert visit.page.locator(".s.cited").all_inner_texts() == [
        "Everyone has the right to own property alone as well as in association with others."
    ]
    box = visit.page.locator(".s.cited").bounding_box()
    assert box is not None
    assert 0 < box["y"] < 900
    assert visit.page.locator(".dock button:visible").all_inner_texts() == ["Play from 1:06"]


@pytest.mark.browser
def test_link_to_another_language_shows_that_transcript(site: Site, visit: Visit) -> None:
    """Of two languages one is shown; an address in the other one opens it, and the switch leads back."""
    _open(visit, f"{site.base}events/read-aloud/#part-1.uk.c3")
    visit.until("Math.abs(document.querySelector('video').currentTime - 10) < 0.01")
    shown = visit.page.locator(".transcript:visible")
    assert shown.evaluate_all("all => all.map(one => [one.id, one.lang])") == [["part-1.uk", "uk"]]
    visit.page.locator(".languages a[hreflang=en]").click()
    assert shown.evaluate_all("all => all.map(one => [one.id, one.lang])") == [["part-1.en", "en"]]


@pytest.mark.browser
def test_search_hit_lands_on_its_second(site: Site, visit: Visit) -> None:
    """From the home page by a search to the second at which it was said."""
    visit.page.goto(site.base)
    visit.page.get_by_role("searchbox").fill("asylum persecution")
    visit.page.get_by_role("searchbox").press("Enter")
    hits = visit.page.locator(".moment")
    assert hits.count() == 1
    assert hits.locator("mark").all_inner_texts() == ["asylum", "persecution"]
    hits.locator("a.time").click()
    visit.page.wait_for_selector("html[data-ready=event]")
    visit.until("document.querySelector('video').currentTime > 0")
    assert 55.0 <= float(str(visit.media("currentTime"))) <= 60.5
    assert "asylum" in " ".join(visit.page.locator(".s.cited").all_inner_texts())


@pytest.mark.browser
def test_keyboard_walks_sentences_and_plays(site: Site, visit: Visit) -> None:
    """The transcript is one stop of the Tab key; arrows walk its sentences; Enter plays from there."""
    _open(visit, f"{site.base}events/read-aloud/")
    assert visit.page.locator("#part-1\\.en .s[tabindex='0']").count() == 1
    visit.page.locator("#part-1\\.en .s[tabindex='0']").focus()
    for _ in range(3):
        visit.page.keyboard.press("ArrowDown")
    visit.page.keyboard.press("ArrowUp")
    assert visit.page.evaluate("document.activeElement.dataset.a") == "part-1.en.c3"
    visit.page.keyboard.press("Enter")
    visit.until("document.querySelector('video').currentTime > 11.2")
    assert visit.media("paused") is False
    visit.page.keyboard.press("k")
    assert visit.media("paused") is True


@pytest.mark.browser
def test_unsure_words_can_be_unmarked(site: Site, visit: Visit) -> None:
    """Unsure words of a draft are underlined until the reader switches that off."""
    _open(visit, f"{site.base}events/read-aloud/")
    word = visit.page.locator(".unsure")
    assert word.all_inner_texts() == ["servitude;"]
    assert word.evaluate("one => getComputedStyle(one).textDecorationLine") == "underline"
    visit.page.locator("#part-1\\.en").get_by_label("Mark unsure words").uncheck()
    assert word.evaluate("one => getComputedStyle(one).textDecorationLine") == "none"


@pytest.mark.browser
def test_captions_load_in_the_player(site: Site, visit: Visit) -> None:
    """The player reads our captions, one cue for each of the transcript's."""
    _open(visit, f"{site.base}events/read-aloud/")
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
def test_pages_ask_no_third_party_and_break_no_policy(site: Site, visit: Visit) -> None:
    """On no kind of page a request leaves the site, a policy is violated or a script complains."""
    for path in site.paths:
        visit.page.goto(site.base + path)
        visit.page.wait_for_load_state("networkidle")
    assert [address for address in visit.requests if not address.startswith(site.base)] == []
    # the two pages that are not there are answered with 404 and 410, which the browser notes by itself
    noted = [text for text in visit.complaints if not re.search(r"status of (404|410)", text)]
    assert noted == []


@pytest.mark.browser
@pytest.mark.parametrize(
    ("path", "button", "frame"),
    [
        ("read-aloud", "Show YouTube’s player instead", "https://www.youtube-nocookie.com/embed/zq-Ab_3dEfG"),
        ("elsewhere", "Show Vimeo’s player", "https://player.vimeo.com/video/76979871?dnt=1"),
    ],
)
def test_platform_player_is_asked_for_by_the_click_alone(
    site: Site, visit: Visit, path: str, button: str, frame: str
) -> None:
    """Before it no request leaves; after it there is one frame, which is told the site and not the page."""
    asked: list[tuple[str, str | None]] = []

    def answer(route: playwright.Route) -> None:
        # nothing leaves this machine: the browser is given a page as if it came from the platform
        asked.append((route.request.url, route.request.header_value("referer")))
        route.fulfill(content_type="text/html", body="<!doctype html><title>x</title><p>Played there</p>")

    visit.page.route(lambda address: not address.startswith(site.base), answer)
    visit.page.goto(f"{site.base}events/{path}/")
    visit.page.wait_for_selector("html[data-ready=event]")
    shown = visit.page.get_by_role("button", name=button)
    shown.hover()
    visit.page.wait_for_load_state("networkidle")
    assert (asked, visit.page.locator(".platform iframe").count()) == ([], 0)
    if path == "read-aloud":
        _play(visit)
    shown.click()
    visit.page.frame_locator(".platform iframe").get_by_text("Played there").wait_for()
    assert asked == [(frame, site.base)]
    assert visit.page.locator(".platform iframe").evaluate_all("all => all.map(one => one.src)") == [frame]
    assert (shown.count(), visit.complaints) == (0, [])
    if path == "read-aloud":
        assert visit.media("paused") is True


@pytest.mark.browser
def test_platform_is_a_plain_link_without_javascript(site: Site, browser: playwright.Browser) -> None:
    """It says where it leads; there is no button that does nothing."""
    for visit in _visit(browser, java_script_enabled=False):
        visit.page.goto(f"{site.base}events/read-aloud/")
        link = visit.page.get_by_role("link", name="see it there")
        assert link.get_attribute("href") == "https://www.youtube.com/watch?v=zq-Ab_3dEfG"
        assert "This link leaves the archive for YouTube." in visit.page.locator(".stage").inner_text()
        assert visit.page.locator(".platform:visible").count() == 0


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_small_screen(site: Site, browser: playwright.Browser, scheme: str) -> None:
    """At 320 pixels nothing has to be scrolled sideways, with the player started too."""
    for visit in _visit(browser, viewport={"width": 320, "height": 640}, color_scheme=scheme):
        for path in site.paths:
            visit.page.goto(site.base + path)
            assert [path, visit.page.evaluate("document.documentElement.scrollWidth")] == [path, 320]
        _open(visit, f"{site.base}events/read-aloud/#part-1.en.c9")
        visit.page.locator(".dock button:visible").click()
        visit.until("!document.querySelector('video').paused")
        assert visit.page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.browser
def test_event_works_without_javascript(site: Site, browser: playwright.Browser) -> None:
    """Without scripts every transcript is in the page, and a time plays its second in a frame."""
    for visit in _visit(browser, viewport={"width": 1440, "height": 900}, java_script_enabled=False):
        visit.page.goto(f"{site.base}events/read-aloud/")
        assert visit.page.locator(".transcript:visible").count() == 2
        assert visit.page.locator(".transport:visible, .switches:visible, .dock:visible").count() == 0
        visit.page.locator("#part-1\\.en a.time").nth(1).click()
        frame = visit.page.frame(name="frame-part-1")
        assert frame is not None
        frame.wait_for_url(re.compile(r"/media/read-aloud/part-1\.mp4#t=11$"))
        visit.page.goto(site.base)
        visit.page.locator("#q").fill("nationality")
        visit.page.get_by_role("button", name="Search").click()
        assert visit.page.locator(".moment mark").all_inner_texts() == ["nationality"]


@pytest.mark.browser
def test_times_are_shown_in_the_readers_zone_too(site: Site, browser: playwright.Browser) -> None:
    """A coming event tells its time in its own zone and, where that differs, in the reader's."""
    for visit in _visit(browser, timezone_id="America/New_York"):
        visit.page.goto(f"{site.base}events/coming/")
        assert "18:30 EET" in visit.page.locator(".overline").inner_text()
        assert "11:30 your time" in visit.page.locator(".overline").inner_text()
    for visit in _visit(browser, timezone_id="Europe/Kyiv"):
        visit.page.goto(f"{site.base}events/coming/")
        assert "your time" not in visit.page.locator(".overline").inner_text()


@pytest.mark.browser
def test_static_site_searches_in_the_browser(
    archive: Archive, browser: playwright.Browser, tmp_path: Path
) -> None:
    """The published folder works from a sub-path on a plain file server, its search included."""
    with ThreadPoolExecutor(1) as elsewhere:  # Playwright keeps an event loop in this thread
        elsewhere.submit(publish, archive, now=NOW).result()
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "where").symlink_to(archive.site)
    handler = functools.partial(_Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}/some/where/"
        for visit in _visit(browser, viewport={"width": 1440, "height": 900}):
            visit.page.goto(base)
            visit.page.get_by_role("searchbox").fill("peaceful assembly")
            visit.page.get_by_role("searchbox").press("Enter")
            visit.page.locator(".moment").first.wait_for()
            assert visit.page.locator(".moment mark").all_inner_texts() == ["peaceful", "assembly"]
            visit.page.locator(".moment a").click()
            visit.page.wait_for_selector("html[data-ready=event]")
            assert visit.page.url == f"{base}events/read-aloud/#part-1.en.c15"
            cited = visit.page.locator(".s.cited").all_inner_texts()
            assert cited == ["Everyone has the right to freedom of peaceful assembly and association."]
            assert [address for address in visit.requests if not address.startswith(base)] == []
            assert visit.complaints == []
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """A plain file server that says nothing on stderr."""

    def log_message(self, format: str, *args: object) -> None:
        pass
