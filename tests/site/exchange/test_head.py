"""What programs read of a page: held against readers of schema.org and Open Graph that are not ours."""

from __future__ import annotations

import json
import re
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from onrecord.site.exchange import linkeddata, sitemap
from onrecord.site.exchange.linkeddata import data_block
from onrecord.site.pages import Pages
from onrecord.site.rendering import Document

BASE = "https://archive.example.org/talks"
TOKEN = "kzt0Qp1VbR8sWm4yLx7Eca2D"
FILM, SOUND = "events/the-film/", "events/the-sound/"


@pytest.fixture(scope="module")
def pages(full: Any) -> Pages:
    """The pages of the archive."""
    return Pages(full.view())


def page(pages: Pages, path: str) -> str:
    """The text of a page."""
    found = pages.find(path)
    assert isinstance(found, Document), path
    return found.body.decode()


def read(text: str, path: str) -> dict[str, Any]:
    """What extruct reads of a page."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its dependencies are older than this Python
        import extruct

        found: dict[str, Any] = extruct.extract(
            text, base_url=f"{BASE}/{path}", syntaxes=["json-ld", "opengraph"]
        )
    return found


def linked(pages: Pages, path: str) -> dict[str, Any]:
    """The one data block of a page."""
    (block,) = read(page(pages, path), path)["json-ld"]
    assert block["@context"] == "https://schema.org"
    return dict(block)


def properties(pages: Pages, path: str) -> dict[str, list[str]]:
    """The Open Graph properties of a page."""
    found: dict[str, list[str]] = {}
    (block,) = read(page(pages, path), path)["opengraph"]
    for name, value in block["properties"]:
        found.setdefault(name, []).append(value)
    return found


def test_event_says_when_where_and_who(pages: Pages) -> None:
    """Event with its state, its virtual place, its performers."""
    event = linked(pages, FILM)
    assert (event["@type"], event["name"]) == ("Event", "The film: <Rights> & duties")
    assert (event["startDate"], event["endDate"]) == ("2026-10-01T18:00+03:00", "2026-10-01T19:30+03:00")
    assert event["eventStatus"] == "https://schema.org/EventScheduled"
    assert event["eventAttendanceMode"] == "https://schema.org/OnlineEventAttendanceMode"
    assert event["location"] == {"@type": "VirtualLocation", "url": f"{BASE}/{FILM}"}
    assert [person["name"] for person in event["performer"]] == ["Anna Example", "Witness B"]
    assert event["performer"][0]["affiliation"] == {"@type": "Organization", "name": "The Circle"}
    assert event["organizer"]["name"] == "Rights & readings"
    assert event["superEvent"]["url"] == f"{BASE}/series/read-aloud/"


def test_event_to_come_and_event_called_off(pages: Pages) -> None:
    """The place is where to join while everybody may; a cancellation has its own state."""
    coming = linked(pages, "events/the-meeting/")
    assert coming["location"]["url"] == "https://meet.example.org/room?pwd=1,2;3"
    off = linked(pages, "events/called-off/")
    assert off["eventStatus"] == "https://schema.org/EventCancelled"
    assert off["description"] == "The reader is ill; another time."
    assert "recordedIn" not in off


def test_recording_says_what_was_said_and_how_to_come_to_a_second(pages: Pages) -> None:
    """VideoObject with transcript, captions, a Clip for each chapter, SeekToAction."""
    (film,) = linked(pages, FILM)["recordedIn"]
    assert film["@type"] == "VideoObject" and film["duration"].startswith("PT6")
    assert film["contentUrl"] == f"{BASE}/media/the-film/part-1.mp4"
    assert film["embedUrl"] == f"{BASE}/embed/the-film/" and film["thumbnailUrl"].endswith(
        "/media/the-film/part-1.jpg"
    )
    assert film["transcript"] == "Anna Example: Everyone has duties.\nWitness B: To the community & to all."
    assert film["caption"] == [
        {"@type": "MediaObject", "contentUrl": f"{BASE}/captions/the-film/part-1.en.vtt",
         "encodingFormat": "text/vtt", "inLanguage": "en"}
    ]  # fmt: skip
    first, second = film["hasPart"]
    assert first == {"@type": "Clip", "name": "Duties", "startOffset": 0.0, "endOffset": 3.0,
                     "url": f"{BASE}/{FILM}#part-1&t=0,3"}  # fmt: skip
    assert second["name"] == "Freedoms & rights" and second["startOffset"] == 3.0
    assert film["potentialAction"] == {
        "@type": "SeekToAction",
        "target": f"{BASE}/{FILM}#part-1&t={{seek_to_second_number}}",
        "startOffset-input": "required name=seek_to_second_number",
    }
    (sound,) = linked(pages, SOUND)["recordedIn"]
    assert (
        sound["@type"] == "AudioObject" and sound["transcript"] == "Anna Example: Кожна людина має обов'язки."
    )
    assert "hasPart" not in sound


def test_long_transcript_is_named_and_not_repeated(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page holds an hour of speech once; the data lead to the plain text, which is there."""
    monkeypatch.setattr(linkeddata, "_LONG", 30)
    (film,) = linked(pages, FILM)["recordedIn"]
    assert film["transcript"] == f"{BASE}/downloads/the-film/part-1.en.txt"
    assert isinstance(pages.find("downloads/the-film/part-1.en.txt"), Document)


@pytest.mark.parametrize(
    ("path", "kind"), [("", "WebSite"), ("speakers/anna/", "ProfilePage"), ("series/read-aloud/", "EventSeries"),
                       ("tags/human-rights/", "CollectionPage")],
)  # fmt: skip
def test_every_kind_of_page_says_what_it_is(pages: Pages, path: str, kind: str) -> None:
    """By its own type."""
    assert linked(pages, path)["@type"] == kind


def test_data_block_cannot_be_broken_out_of() -> None:
    """Whatever a title holds, the element ends where it should, and the text comes back."""
    for text in ("</script><script>alert(1)</script>", "<!--", "a & b", "\u2028\u2029", '"quoted"', "]]>"):
        block = str(data_block({"name": text}))
        assert not re.search("[<>&\u2028\u2029]", block)
        assert json.loads(block)["name"] == text


def test_open_graph_shows_the_page_elsewhere(pages: Pages) -> None:
    """Title, picture, video or sound, with whole addresses."""
    film = properties(pages, FILM)
    assert film["og:title"] == ["The film: <Rights> & duties"] and film["og:site_name"] == [
        "Rights & readings"
    ]
    assert film["og:type"] == ["video.other"] and film["og:url"] == [f"{BASE}/{FILM}"]
    assert film["og:video"] == [f"{BASE}/media/the-film/part-1.mp4"] and film["og:video:width"] == ["160"]
    assert film["og:image"] == [f"{BASE}/media/the-film/part-1.jpg"] and film["og:locale"] == ["en_GB"]
    sound = properties(pages, SOUND)
    assert sound["og:type"] == ["article"] and sound["og:audio"] == [f"{BASE}/media/the-sound/part-1.m4a"]
    assert properties(pages, "speakers/anna/")["og:type"] == ["profile"]


def links(text: str) -> list[tuple[str, str]]:
    """(type, address) of what the head of a page offers instead."""
    return re.findall(r'<link rel="alternate" type="([^"]+)"[^>]* href="([^"]+)">', text)


def test_heads_lead_to_feeds_and_calendars(pages: Pages) -> None:
    """Each page to its own, an event to its entry, its record and how to show it elsewhere."""
    assert links(page(pages, "")) == [
        ("text/calendar", "/calendar.ics"), ("application/rss+xml", "/podcast.xml"),
        ("application/atom+xml", "/feed.xml"), ("application/feed+json", "/feed.json"),
    ]  # fmt: skip
    assert links(page(pages, "series/read-aloud/"))[:2] == [
        ("text/calendar", "/series/read-aloud/calendar.ics"), ("application/rss+xml", "/series/read-aloud/podcast.xml"),
    ]  # fmt: skip
    assert ("application/atom+xml", "/speakers/anna/feed.xml") in links(page(pages, "speakers/anna/"))
    assert links(page(pages, FILM)) == [
        ("text/calendar", "/events/the-film/event.ics"), ("application/json", "/api/v1/events/the-film.json"),
        ("application/json+oembed", f"{BASE}/oembed/the-film.json"), ("application/atom+xml", "/feed.xml"),
    ]  # fmt: skip


def test_event_to_come_can_be_taken_into_a_calendar(pages: Pages) -> None:
    """Beside the way in; not what is over or called off."""
    assert '<a class="button" href="/events/the-meeting/event.ics" type="text/calendar">' in page(
        pages, "events/the-meeting/"
    )
    for path in (FILM, "events/called-off/"):
        assert "Add to calendar" not in page(pages, path)


def test_pages_offer_to_subscribe(pages: Pages) -> None:
    """In words, on the home page, a series, a speaker; what is of the whole archive not on the page of a part."""
    home, speaker = page(pages, ""), page(pages, "speakers/anna/")
    assert '<a href="/calendar.ics" type="text/calendar">Calendar</a>' in home and ">Podcast</a>" in home
    assert '<a href="/speakers/anna/feed.xml"' in speaker and '<a href="/feed.xml"' not in speaker


def test_page_of_an_unlisted_event_leads_to_nothing_public(pages: Pages) -> None:
    """Not to be indexed, no data for others, its own calendar entry."""
    text = page(pages, f"unlisted/{TOKEN}/")
    assert '<meta name="robots" content="noindex">' in text and "canonical" not in text
    assert links(text) == [("text/calendar", f"/unlisted/{TOKEN}/event.ics")]
    found = read(text, "")
    assert found["json-ld"] == [] and found["opengraph"] == []


def test_every_file_that_a_head_names_is_there(pages: Pages) -> None:
    """Feeds, pictures, media, captions, records: of every page."""
    checked = 0
    for path in pages.paths():
        found = pages.find(path)
        if not isinstance(found, Document) or found.media_type != "text/html" or path.startswith("unlisted/"):
            continue
        text = found.body.decode()
        block = read(text, path)
        addresses = [address for _, address in links(text)]
        for rows in block["opengraph"]:
            addresses += [value for name, value in rows["properties"] if value.startswith(BASE)]
        addresses += re.findall(rf'"({re.escape(BASE)}[^"{{]*)"', json.dumps(block["json-ld"]))
        for address in addresses:
            target = address.removeprefix(BASE).lstrip("/").partition("#")[0].partition("?")[0]
            assert pages.find(target) is not None, (path, address)
            checked += 1
    assert checked > 100


def test_sitemap_lists_what_is_listed(pages: Pages) -> None:
    """Every public page once, videos with their pictures; nothing unlisted (sitemaps.org 0.9)."""
    found = pages.find("sitemap.xml")
    assert isinstance(found, Document)
    root = ET.fromstring(found.body)
    space = {
        "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
        "v": "http://www.google.com/schemas/sitemap-video/1.1",
    }
    places = [loc.text for loc in root.findall("s:url/s:loc", space)]
    wanted = {path for path in pages.paths() if (path == "" or path.endswith("/")) and "unlisted" not in path}
    wanted -= {path for path in wanted if path.startswith(("embed/", "search/"))}
    assert len(places) == len(set(places)) and set(places) == {f"{BASE}/{path}" for path in wanted}
    (video,) = root.findall("s:url/v:video", space)
    for name in (
        "thumbnail_loc",
        "title",
        "description",
        "content_loc",
        "player_loc",
        "duration",
        "publication_date",
    ):
        assert video.findtext(f"v:{name}", namespaces=space), name
    assert video.findtext("v:title", namespaces=space) == "The film: <Rights> & duties"
    assert video.findtext("v:duration", namespaces=space) == "6"


def test_sitemap_names_every_language_of_a_page(bench: Any) -> None:
    """hreflang, both ways, with x-default for the first language."""
    bench.settings(f'base-url = "{BASE}"\ninterface = ["en", "uk"]')
    bench.event("a", "")
    pages = Pages(bench.view())
    found = pages.find("sitemap.xml")
    assert isinstance(found, Document)
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    rows = {
        url.findtext("s:loc", namespaces=space): {
            link.get("hreflang"): link.get("href") for link in url.findall("x:link", space)
        }
        for url in ET.fromstring(found.body).findall("s:url", space)
    }
    both = {"en": f"{BASE}/events/a/", "uk": f"{BASE}/uk/events/a/", "x-default": f"{BASE}/events/a/"}
    assert rows[f"{BASE}/events/a/"] == rows[f"{BASE}/uk/events/a/"] == both


def test_sitemap_of_many_pages_is_an_index(full: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of a fixed size, each of them found; together they are the whole."""
    whole = Pages(full.view()).find("sitemap.xml")
    monkeypatch.setattr(sitemap, "PER_FILE", 4)
    pages = Pages(full.view())
    index = pages.find("sitemap.xml")
    assert isinstance(whole, Document) and isinstance(index, Document) and b"<sitemapindex" in index.body
    names = [loc.removeprefix(f"{BASE}/") for loc in re.findall("<loc>([^<]+)</loc>", index.body.decode())]
    assert set(names) < set(pages.list_paths())
    parts = [pages.find(name) for name in names]
    places = [
        re.findall("<loc>([^<]+)</loc>", part.body.decode()) for part in parts if isinstance(part, Document)
    ]
    assert all(len(part) <= 4 for part in places)
    assert [place for part in places for place in part] == re.findall(
        "<loc>([^<]+)</loc>", whole.body.decode()
    )
    assert pages.find("sitemap-0.xml") is None and pages.find(f"sitemap-{len(names) + 1}.xml") is None


def test_robots_lets_everyone_read_and_names_nothing_hidden(pages: Pages) -> None:
    """RFC 9309; the map is named."""
    found = pages.find("robots.txt")
    assert isinstance(found, Document)
    assert found.body.decode() == f"User-agent: *\nDisallow:\n\nSitemap: {BASE}/sitemap.xml\n"


def test_oembed_answers_for_an_address(full: Any) -> None:
    """oEmbed 1.0: the frame of the page for its own address, its former one, and its frame's."""
    with full.client(watch=False) as client:
        for place in (
            f"{BASE}/{FILM}",
            f"{BASE}/events/old-film/",
            f"{BASE}/embed/the-film/",
            f"{BASE}/{FILM}#part-1",
        ):
            answer = client.get("/oembed", params={"url": place})
            assert answer.status_code == 200 and answer.headers["access-control-allow-origin"] == "*", place
        made = answer.json()
        assert {made["version"], made["type"], made["title"]} == {
            "1.0",
            "rich",
            "The film: <Rights> & duties",
        }
        assert f'src="{BASE}/embed/the-film/"' in made["html"] and "<Rights>" not in made["html"]
        assert made == client.get("/oembed/the-film.json").json()
        assert client.get("/embed/the-film/").status_code == 200
        small = client.get(
            "/oembed", params={"url": f"{BASE}/{FILM}", "maxwidth": "300", "maxheight": "200"}
        ).json()
        assert (small["width"], small["height"]) == (300, 200) and 'width="300" height="200"' in small["html"]
        for place in ("", "https://elsewhere.example.org/events/the-film/", f"{BASE}/events/secret/",
                      f"{BASE}/unlisted/{TOKEN}/", f"{BASE}/events/../onrecord.toml", "javascript:alert(1)"):  # fmt: skip
            assert client.get("/oembed", params={"url": place}).status_code == 404, place
        assert client.get("/oembed", params={"url": f"{BASE}/{FILM}", "format": "xml"}).status_code == 501


def test_other_sites_may_read_what_is_made_for_them(full: Any) -> None:
    """CORS for feeds, calendars, the API, captions and media; not for pages, and for nothing that is unlisted."""
    with full.client(watch=False) as client:
        for path in ("feed.xml", "podcast.xml", "calendar.ics", "api/v1/events.json", "captions/the-film/part-1.en.vtt",
                     "chapters/the-film/part-1.json", "media/the-film/part-1.mp4", "speakers/anna/feed.json"):  # fmt: skip
            answer = client.get(f"/{path}", headers={"origin": "https://player.example.org"})
            assert answer.status_code == 200, path
            assert answer.headers.get_list("access-control-allow-origin") == ["*"], path
            asked = client.options(f"/{path}", headers={"origin": "https://player.example.org"})
            assert (
                asked.status_code == 204 and "If-None-Match" in asked.headers["access-control-allow-headers"]
            )
            again = client.get(f"/{path}", headers={"if-none-match": answer.headers["etag"]})
            assert again.status_code == 304 and again.headers["access-control-allow-origin"] == "*"
        for path in ("", FILM, f"unlisted/{TOKEN}/event.ics", f"unlisted/{TOKEN}/"):
            assert "access-control-allow-origin" not in client.get(f"/{path}").headers, path


def test_answers_have_the_types_that_programs_expect(full: Any) -> None:
    """As their standards name them."""
    types = {
        "calendar.ics": "text/calendar; charset=utf-8", "feed.xml": "application/atom+xml",
        "feed.json": "application/feed+json", "podcast.xml": "application/rss+xml",
        "chapters/the-film/part-1.json": "application/json+chapters", "oembed/the-film.json": "application/json+oembed",
        "api/v1/events.json": "application/json", "sitemap.xml": "application/xml",
    }  # fmt: skip
    with full.client(watch=False) as client:
        assert {path: client.get(f"/{path}").headers["content-type"] for path in types} == types


def test_docs_name_every_way(full: Any) -> None:
    """Each kind of address of this module stands in docs/api.md."""
    text = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
    for name in ("calendar.ics", "event.ics", "feed.xml", "feed.json", "podcast.xml", "schedule.json", "pyvideo",
                 "archive.tar.gz", "oembed", "sitemap.xml"):  # fmt: skip
        assert name in text


@pytest.mark.parametrize(
    "address",
    [
        "http://[bad", "//archive.example.org/talks/events/the-film/", "javascript://archive.example.org/talks/events/the-film/",
        "https://somebody@archive.example.org/talks/events/the-film/", "https://evil.example/talks/events/the-film/", "\x00", "",
    ],
)  # fmt: skip
def test_oembed_answers_for_no_other_address(full: Any, address: str) -> None:
    """What is no address of ours has no answer, and is no error of ours either."""
    with full.client(watch=False) as client:
        assert client.get("/oembed", params={"url": address}).status_code == 404
