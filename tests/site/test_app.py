"""The live site, asked as a browser asks it."""

from __future__ import annotations

import contextlib
import gzip
import logging
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

TOKEN = "kzt0Qp1VbR8sWm4yLx7Eca2D"
POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; object-src 'none'"


def talk(bench: Any) -> None:
    """One event with a published transcript."""
    bench.event("a-talk", 'aliases = ["old-talk"]\nlanguages = ["en"]\n[[speakers]]\nname = "Anna Example"\n'
                '[[recordings]]\nid = "part-1"\npublish = "yes"')  # fmt: skip
    bench.transcript(
        "a-talk",
        "part-1.en",
        "c1 0 2 Anna Example: Everyone has duties.\nc2 2 4 Anna Example: To the community.",
    )


def test_app_serves_every_page_with_the_same_strict_headers(bench: Any) -> None:
    """A policy without exceptions, nothing sniffed, nothing told to others; framed by others only where it is meant
    for that.
    """
    talk(bench)
    with bench.client() as client:
        for path in [*client.app.state.live.state.pages.paths(), "static/css/site.css", "nothing-here/"]:
            answer = client.get(f"/{path}")
            assert answer.status_code == (404 if path == "nothing-here/" else 200), path
            heads = {
                name: answer.headers.get(name)
                for name in (
                    "content-security-policy",
                    "x-content-type-options",
                    "referrer-policy",
                    "x-frame-options",
                )
            }
            framed = path.startswith("embed/")
            assert heads == {
                "content-security-policy": POLICY.replace("ancestors 'self'", "ancestors *")
                if framed
                else POLICY,
                "x-content-type-options": "nosniff",
                "referrer-policy": "no-referrer",
                "x-frame-options": None if framed else "SAMEORIGIN",
            }, path
            assert "style=" not in answer.text and "<script>" not in answer.text, path


def test_app_shows_the_transcript_in_the_page(bench: Any) -> None:
    """Without JavaScript, with an anchor for every cue."""
    talk(bench)
    with bench.client() as client:
        page = client.get("/events/a-talk/").text
    for text in ('id="part-1.en.c1"', 'id="part-1.en.c2"', "Everyone has duties.", "Anna Example"):
        assert text in page


def test_app_answers_304_to_who_has_the_page(bench: Any) -> None:
    """By entity tag, also for the packed form and for what a proxy made weak."""
    talk(bench)
    with bench.client() as client:
        first = client.get("/events/a-talk/", headers={"accept-encoding": "identity"})
        tag = first.headers["etag"]
        for asked in (tag, f"W/{tag}", f'"other", {tag}', "*", tag[:-1] + '-gz"'):
            again = client.get("/events/a-talk/", headers={"if-none-match": asked})
            assert (again.status_code, again.content) == (304, b""), asked
        assert client.get("/events/a-talk/", headers={"if-none-match": '"other"'}).status_code == 200


def test_app_packs_for_who_can_unpack(bench: Any) -> None:
    """The packed bytes are the plain ones, and the tags differ."""
    talk(bench)
    with bench.client() as client:
        plain = client.get("/events/a-talk/", headers={"accept-encoding": "identity"})
        refused = client.get("/events/a-talk/", headers={"accept-encoding": "gzip;q=0"})
        with client.stream("GET", "/events/a-talk/", headers={"accept-encoding": "gzip"}) as packed:
            raw = b"".join(packed.iter_raw())
    assert gzip.decompress(raw) == plain.content == refused.content
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"] != plain.headers["etag"]
    assert "content-encoding" not in plain.headers | refused.headers


def test_app_answers_head_like_get_without_a_body(bench: Any) -> None:
    """The same headers."""
    talk(bench)
    with bench.client() as client:
        for path in ("/", "/events/a-talk/", "/captions/a-talk/part-1.en.vtt", "/nothing/"):
            head, get = client.head(path), client.get(path)
            assert (head.status_code, head.content) == (get.status_code, b"")
            assert head.headers.get("etag") == get.headers.get("etag")


def test_app_serves_media_by_range_and_by_date(bench: Any, tone: Path) -> None:
    """Ranges for players, 304 for who has it, the type of the rendition."""
    talk(bench)
    data = bench.recording("a-talk", "part-1", tone).read_bytes()
    with bench.client() as client:
        path = "/media/a-talk/part-1.m4a"
        whole = client.get(path)
        assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, data, "audio/mp4")
        part = client.get(path, headers={"range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, data[10:20])
        assert part.headers["content-range"] == f"bytes 10-19/{len(data)}"
        kept = client.get(path, headers={"range": "bytes=10-19", "if-range": whole.headers["etag"]})
        assert kept.status_code == 206
        assert client.get(path, headers={"range": "bytes=10-19", "if-range": '"other"'}).status_code == 200
        assert client.get(path, headers={"range": f"bytes={len(data)}-"}).status_code == 416
        assert client.get(path, headers={"if-none-match": whole.headers["etag"]}).status_code == 304
        assert (
            client.get(path, headers={"if-modified-since": whole.headers["last-modified"]}).status_code == 304
        )
        old = {"if-modified-since": "Mon, 01 Jan 2001 00:00:00 GMT"}
        assert client.get(path, headers=old).status_code == 200
        assert client.get("/media/a-talk/part-1.json").status_code == 404
        wave = client.get("/media/a-talk/part-1.waveform.svg")
        assert wave.headers["content-type"] == "image/svg+xml"


def test_app_redirects_former_addresses_for_good(bench: Any) -> None:
    """The page and the files that belong to it."""
    talk(bench)
    with bench.client() as client:
        for path in ("events/{}/", "captions/{}/part-1.en.vtt", "downloads/{}/part-1.en.txt"):
            answer = client.get("/" + path.format("old-talk"), follow_redirects=False)
            assert (answer.status_code, answer.headers["location"]) == (301, "/" + path.format("a-talk"))
        answer = client.get("/search?q=two%20words&lang=en", follow_redirects=False)
        assert answer.headers["location"] == "/search/?q=two%20words&lang=en"
        for path in ("/events", "/events/a-talk", "/search"):
            answer = client.get(path, follow_redirects=False)
            assert (answer.status_code, answer.headers["location"]) == (301, f"{path}/")


def test_app_says_gone_and_nothing_else_of_what_was_withdrawn(bench: Any, tone: Path) -> None:
    """410 with the sentence, for the page and for every file, as HTML and as JSON."""
    talk(bench)
    bench.recording("a-talk", "part-1", tone)
    bench.event(
        "a-talk",
        'withdrawn = "At the wish of a speaker."\naliases = ["old-talk"]\n'
        '[[recordings]]\nid = "part-1"\npublish = "yes"',
        title="Secret title",
    )
    with bench.client() as client:
        for path in (
            "/events/a-talk/",
            "/events/old-talk/",
            "/media/a-talk/part-1.m4a",
            "/captions/a-talk/part-1.en.vtt",
        ):
            answer = client.get(path)
            assert answer.status_code == 410, path
            assert "At the wish of a speaker." in answer.text
            assert "Secret title" not in answer.text and "duties" not in answer.text
        data = client.get("/events/a-talk/", headers={"accept": "application/json"})
        assert (data.status_code, data.json()["error"]["status"]) == (410, 410)


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/events/draft/",
        "/events/../onrecord.toml",
        "/media/a-talk/../../onrecord.toml",
        "/static/../view.py",
        "/static/%2e%2e/view.py",
        "/static/.hidden",
        "/media/a-talk/part-1.en.vtt",
        "/captions/a-talk/part-1.en.txt",
        "/downloads/a-talk/part-1.en.exe",
        "/unlisted/",
        "/unlisted/wrong/",
        "/feed.xml",
        "/%00",
        "/events/%2f/",
        "/.onrecord/public.sqlite3",
        "/static/fonts/subset.py",
    ],
)
def test_app_answers_404_with_a_page_or_json(bench: Any, path: str) -> None:
    """One handler, by what the client accepts."""
    talk(bench)
    bench.event("draft", "", visibility="draft")
    with bench.client() as client:
        page = client.get(path, headers={"accept": "text/html"})
        assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "There is no such page" in page.text
        data = client.get(path, headers={"accept": "application/json"})
        assert data.json() == {
            "error": {
                "status": 404,
                "message": "There is no such page. It may have been moved, or it was never here.",
            }
        }


def test_app_refuses_to_write(bench: Any) -> None:
    """The site can only be read."""
    with bench.client() as client:
        assert client.post("/", data={}).status_code == 405
        assert client.delete("/events/a-talk/").status_code == 405


def test_app_answers_by_its_own_names_alone(bench: Any) -> None:
    """A foreign name is refused, which stops DNS rebinding; numbers and the archive's own name are known."""
    bench.settings('base-url = "https://archive.example.org/talks"')
    with bench.client(hosts=["extra.example.org"]) as client:
        for host, status in (
            ("localhost:8000", 200),
            ("127.0.0.1:8000", 200),
            ("[::1]:8000", 200),
            ("archive.example.org", 200),
            ("ARCHIVE.example.org", 200),
            ("extra.example.org", 200),
            ("evil.example.com", 421),
            ("", 421),
            ("localhost.evil.example.com", 421),
        ):
            assert client.get("/", headers={"host": host}).status_code == status, host


def test_app_hides_unlisted_pages_from_machines_and_lists(bench: Any, tone: Path) -> None:
    """Under the token everything is there, with noindex, and kept by nobody between."""
    text = f'private = {{ unlisted-token = "{TOKEN}" }}\n[[recordings]]\nid = "part-1"\npublish = "yes"'
    bench.event("a-talk", text, visibility="unlisted", title="Hidden talk")
    bench.transcript("a-talk", "part-1.en", "c1 0 2 Words.")
    bench.recording("a-talk", "part-1", tone)
    bench.settings('base-url = "https://archive.example.org"')
    with bench.client() as client:
        for name in ("", "media/part-1.m4a", "captions/part-1.en.vtt", "downloads/part-1.en.txt"):
            answer = client.get(f"/unlisted/{TOKEN}/{name}")
            assert answer.status_code == 200, name
            assert (answer.headers["x-robots-tag"], answer.headers["cache-control"]) == (
                "noindex",
                "private, no-cache",
            )
        assert "Hidden talk" in client.get(f"/unlisted/{TOKEN}/").text
        for path in (
            "/",
            "/events/",
            "/feed.xml",
            "/sitemap.xml",
            "/robots.txt",
            "/search/?q=words&format=json",
        ):
            answer = client.get(path).text
            assert "Hidden talk" not in answer and TOKEN not in answer, path
        assert client.get("/events/a-talk/").status_code == 404
        assert client.get(f"/unlisted/{TOKEN.lower()}/").status_code == 404
        moved = client.get(f"/unlisted/{TOKEN}", follow_redirects=False)
        assert (moved.status_code, moved.headers["x-robots-tag"], moved.headers["cache-control"]) == (
            301,
            "noindex",
            "private, no-cache",
        )


def test_app_keeps_static_files_for_ever_by_their_hash(bench: Any) -> None:
    """With the right hash; without it the reader asks again."""
    with bench.client() as client:
        statics = client.app.state.live.state.pages.statics
        version = statics.version("css/site.css")
        assert client.get(f"/static/css/site.css?v={version}").headers["cache-control"].endswith("immutable")
        assert client.get("/static/css/site.css?v=old").headers["cache-control"] == "no-cache"
        assert client.get("/static/accent.css").text == ":root { --accent: #a23b2a; }\n"
        script = client.get("/static/js/event.js")
        assert script.headers["content-type"] == "text/javascript; charset=utf-8"


def test_app_finds_what_was_said_and_leads_to_it(bench: Any) -> None:
    """As a page and as JSON; the address of a moment is that of its cue."""
    talk(bench)
    with bench.client() as client:
        page = client.get("/search/?q=community").text
        assert 'href="/events/a-talk/?t=1#part-1.en.c2"' in page
        assert "<mark>community</mark>" in page
        data = client.get("/search/?q=community", headers={"accept": "application/json"}).json()
        (event,) = data["events"]
        assert (data["total"], event["slug"], event["moment_count"]) == (1, "a-talk", 1)
        (moment,) = event["moments"]
        assert {key: moment[key] for key in ("url", "start_ms", "speaker", "hits")} == {
            "url": "/events/a-talk/?t=1#part-1.en.c2",
            "start_ms": 2000,
            "speaker": "Anna Example",
            "hits": ["community"],
        }


def test_app_says_what_cannot_be_asked(bench: Any) -> None:
    """On the page, and with 400 for programs."""
    talk(bench)
    with bench.client() as client:
        assert "There is no word to look for" in client.get("/search/", params={"q": "???"}).text
        data = client.get("/search/", params={"q": "before:soon", "format": "json"})
        assert data.status_code == 400 and "is followed by a date" in data.json()["problem"]
        long = client.get("/search/", params={"q": "x" * 300})
        assert long.status_code == 200 and "200 is the most" in long.text
        odd = client.get(
            '/search/?q=%22%00%ff-w+C%2B%2B+don%27t+(a+OR+NEAR(&page=99999999999&year=x&speaker="'
        )
        assert odd.status_code == 200


def test_app_escapes_what_is_asked(bench: Any) -> None:
    """A question is text wherever it stands."""
    with bench.client() as client:
        page = client.get("/search/", params={"q": '<script>alert("x")</script>'}).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_app_shows_a_change_within_two_seconds(bench: Any) -> None:
    """An event written by hand is there; an event withdrawn by hand is gone, also from the search. What else the machine
    does is not our time: one of five changes shows whether the promise is kept.
    """
    talk(bench)
    with bench.client() as client:
        assert client.app.state.live.state.indexed.wait(60)
        quickest = 60.0
        for number in range(5):
            began = time.monotonic()
            bench.event(f"new-talk-{number}", "", title=f"Another{number} talk")
            while client.get(f"/events/new-talk-{number}/").status_code != 200:
                assert time.monotonic() - began < 60, "the change was not seen"
                time.sleep(0.05)
            quickest = min(quickest, time.monotonic() - began)
            if quickest < 2:
                break
        assert quickest < 2
        bench.event("a-talk", 'withdrawn = "Taken back."')
        bench.event("last-talk", "", title="Another talk")
        end = time.monotonic() + 60
        while client.get("/events/last-talk/").status_code != 200:
            assert time.monotonic() < end, "the change was not seen"
            time.sleep(0.05)
        assert client.get("/events/a-talk/").status_code == 410
        assert client.get("/search/?q=duties&format=json").json()["total"] == 0
        assert client.get("/search/?q=another&format=json").json()["total"] == 1


def test_app_stays_as_it_was_while_the_settings_hold_a_mistake(
    bench: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """And says so in the log; once it is mended, the new settings hold."""
    talk(bench)
    with bench.client(watch=False) as client:
        live = client.app.state.live
        bench.archive.settings_file.write_text("format = 1\ntitel = 'x'\n", encoding="utf-8")
        live.check()
        assert "titel" in caplog.text
        assert "A test archive" in client.get("/").text
        bench.archive.settings_file.write_text("format = 1\ntitle = 'Renamed'\n", encoding="utf-8")
        assert live.check() is True
        assert "Renamed" in client.get("/").text


def test_app_notices_the_clock(bench: Any) -> None:
    """What becomes public by its time needs no change of a file."""
    from datetime import timedelta

    bench.event("later", 'publish_at = "2026-11-23 15:00"', visibility="draft")
    with bench.client(watch=False) as client:
        live = client.app.state.live
        assert live.check() is False
        assert client.get("/events/later/").status_code == 404
        bench.now += timedelta(hours=2)
        assert live.check() is True
        assert client.get("/events/later/").status_code == 200


def test_app_logs_neither_who_asks_nor_what(bench: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Method, path, status, time: no question, no address, no token."""
    text = f'private = {{ unlisted-token = "{TOKEN}" }}'
    bench.event("a-talk", text, visibility="unlisted")
    with caplog.at_level(logging.INFO, logger="onrecord.access"), bench.client() as client:
        client.get("/search/?q=secretword", headers={"x-forwarded-for": "203.0.113.9"})
        client.get(f"/unlisted/{TOKEN}/")
        client.get("/events/%0aforged/")
        client.get(f"/talks/unlisted/{TOKEN}/")
        client.get(f"/Unlisted//{TOKEN}/event.ics")
    lines = [record.getMessage() for record in caplog.records if record.name == "onrecord.access"]
    assert [line.rsplit(" ", 2)[0] for line in lines] == [
        "GET /search/ 200", "GET /unlisted/.../ 200", "GET /events/\\nforged/ 404",
        "GET /talks/unlisted/.../ 404", "GET /Unlisted//.../event.ics 404",
    ]  # fmt: skip


def test_app_reports_an_error_of_its_own_without_telling_details(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that cannot be made says only that something went wrong."""
    monkeypatch.setattr("onrecord.site.search.routes._INDEX_WAIT", 2.0)
    talk(bench)
    from starlette.testclient import TestClient

    with bench.client() as client:
        state = client.app.state.live.state
        assert state.indexed.wait(60)
        index = state.view.archive.public_index_file
        while not index.is_dir():  # forms of words may still be learned, in a file that is made anew
            index.unlink(missing_ok=True)
            with contextlib.suppress(FileExistsError):
                index.mkdir()
        quiet = TestClient(client.app, raise_server_exceptions=False)
        answer = quiet.get("/search/?q=duties")
        assert answer.status_code in (500, 503)
        assert "sqlite" not in answer.text.lower() and str(bench.root) not in answer.text
        index.rmdir()


def test_app_gives_an_error_the_same_strict_headers(bench: Any) -> None:
    """A page that breaks while it is made answers with 500, the policy, and nothing of what broke."""
    bench.event("a-talk", "", title="A talk")
    with bench.client() as client:
        event = client.app.state.live.state.view.event("a-talk")
        object.__setattr__(event, "load", lambda: 1 / 0)
        answer = client.get("/events/a-talk/")
        assert answer.status_code == 500
        assert answer.headers["content-security-policy"].startswith("default-src 'self'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "ZeroDivision" not in answer.text and str(bench.root) not in answer.text


@pytest.mark.parametrize("how", ["overwritten", "a word changed", "deleted", "older"])
def test_app_makes_a_damaged_index_anew_and_goes_on(bench: Any, how: str) -> None:
    """Whatever became of the readers' index, the next question is answered, and nobody has to do anything."""
    talk(bench)
    with bench.client() as client:
        assert client.app.state.live.state.indexed.wait(60)
        ask = "/search/?q=duties&format=json"
        whole = client.get(ask).json()["events"]
        assert len(whole) == 1
        file = bench.archive.public_index_file
        if how == "overwritten":
            file.write_bytes(file.read_bytes()[:8192] + b"\xff" * (file.stat().st_size - 8192))
        elif how == "deleted":
            file.unlink()
        else:
            connection = sqlite3.connect(file)
            if how == "older":
                connection.execute("PRAGMA user_version = 99999")
            else:
                connection.execute("UPDATE piece SET data = x'00'")
            connection.commit()
            connection.close()
        answer = client.get(ask)
        assert (answer.status_code, answer.json()["events"]) == (200, whole)


def test_app_takes_back_what_was_withdrawn_while_the_settings_hold_a_mistake(bench: Any) -> None:
    """A slip in the settings does not keep public what somebody has taken back."""
    bench.event("a-talk", "", title="A talk")
    with bench.client() as client:
        assert client.get("/events/a-talk/").status_code == 200
        bench.archive.settings_file.write_text("format = [")
        file = bench.archive.events / "a-talk.toml"
        file.write_text(file.read_text() + "withdrawn = true\n")
        client.app.state.live.check()
        assert client.get("/events/a-talk/").status_code == 410


def test_app_keeps_nothing_for_addresses_that_anybody_can_make_up(bench: Any) -> None:
    """Redirects and withdrawals stand at countless addresses; asking for them fills no memory."""
    bench.event("a-talk", 'aliases = ["old-talk"]', title="A talk")
    bench.event("b-talk", "withdrawn = true", title="B talk")
    with bench.client() as client:
        state = client.app.state.live.state
        for number in range(20):
            old = client.get(f"/media/old-talk/{number}.mp4", follow_redirects=False)
            assert old.status_code == 301
            assert client.get(f"/media/b-talk/{number}.mp4").status_code == 410
        assert not [path for path in state._kept if "media/" in path]


def test_app_answers_pages_while_questions_wait(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many questions wait for the index, pages are answered, and too many questions are refused."""
    import threading

    monkeypatch.setattr("onrecord.site.live._TRY_AGAIN", 600.0)  # nobody mends what this test holds back
    talk(bench)
    with bench.client() as client:
        state = client.app.state.live.state
        assert state.indexed.wait(60)
        state.indexed.clear()
        answers: list[int] = []
        askers = [
            threading.Thread(target=lambda: answers.append(client.get("/search/?q=duties").status_code))
            for _ in range(90)
        ]
        for asker in askers:
            asker.start()
        until = time.monotonic() + 20
        while len(answers) < 5 and time.monotonic() < until:
            time.sleep(0.05)
        began = time.monotonic()
        assert client.get("/about/").status_code == 200
        assert time.monotonic() - began < 10  # while the questions wait for thirty
        state.indexed.set()
        for asker in askers:
            asker.join()
        assert set(answers) == {200, 503}
        assert answers.count(200) >= 60


def test_app_writes_a_feed_and_a_map_where_it_knows_its_place(bench: Any) -> None:
    """Whole addresses; both are well-formed XML."""
    from xml.etree import ElementTree

    bench.settings('base-url = "https://archive.example.org/talks"')
    bench.event("a-talk", 'summary = "R&D <b>"\ntags = ["x & y"]', title="A & B")
    with bench.client() as client:
        feed = ElementTree.fromstring(client.get("/feed.xml").content)
        names = {"a": "http://www.w3.org/2005/Atom", "s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
        entry = feed.find("a:entry", names)
        assert entry is not None
        link = entry.find("a:link", names)
        assert link is not None and link.get("href") == "https://archive.example.org/talks/events/a-talk/"
        assert (entry.findtext("a:title", None, names), entry.findtext("a:summary", None, names)) == (
            "A & B",
            "R&D <b>",
        )
        plan = ElementTree.fromstring(client.get("/sitemap.xml").content)
        found = {element.text for element in plan.iterfind("s:url/s:loc", names)}
        assert "https://archive.example.org/talks/events/a-talk/" in found
        assert "Sitemap: https://archive.example.org/talks/sitemap.xml" in client.get("/robots.txt").text


def test_page_is_made_once_however_many_ask_for_it(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds who come at once after a change wait for one making, and get the same bytes."""
    from concurrent.futures import ThreadPoolExecutor

    from onrecord.site.pages import Pages
    from onrecord.site.state import State

    bench.event("a-talk", "")
    state, made, find = State(bench.view()), [], Pages.find
    monkeypatch.setattr(
        Pages, "find", lambda pages, path: (made.append(path), time.sleep(0.05), find(pages, path))[2]
    )
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(state.find, ["events/a-talk/"] * 20))
    assert made == ["events/a-talk/"]
    assert len({id(one) for one in found}) == 1
