"""Atom, JSON Feed and the podcast, read back by programs that are not ours."""

from __future__ import annotations

import gzip
import io
import json
import uuid
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from onrecord.site.exchange.podcast import podcast_guid
from onrecord.site.exchange.ways import Ways
from onrecord.site.files import PublicFile
from onrecord.site.urls import Urls

BASE = "https://archive.example.org/talks"
FILM = "3b1f7a52-6d0c-4d7e-9a51-0f2c8e4b7d11"
SOUND = "Вільними і рівними за своєю гідністю народжуються всі люди"
TITLES = ["A reading that is called off", "A reading to come", SOUND, "The film: <Rights> & duties"]
PODCAST = "{https://podcastindex.org/namespace/1.0}"
Read = Callable[[str], bytes]


def parsed(data: bytes) -> Any:
    """A feed as feedparser reads it, without a complaint."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import feedparser

        found = feedparser.parse(data)
    assert not found.bozo, found.get("bozo_exception")
    return found


def test_atom_feed_says_what_there_is(read: Read) -> None:
    """Titles, addresses, ids, people, tags and the recording as an enclosure."""
    found = parsed(read("feed.xml"))
    assert found.version == "atom10"
    assert (found.feed.title, found.feed.id, found.feed.link) == (
        "Rights & readings",
        f"{BASE}/feed.xml",
        f"{BASE}/",
    )
    assert [entry.title for entry in found.entries] == TITLES
    film = found.entries[-1]
    assert (film.id, film.link) == (f"urn:uuid:{FILM}", f"{BASE}/events/the-film/")
    assert [tag.term for tag in film.tags] == ["human rights", "reading, aloud"]
    assert [person.name for person in film.contributors] == ["Anna Example", "Witness B"]
    assert film.summary == "Two readers & <one> text; with, commas."
    assert '<a href="https://example.org/udhr?a=1&amp;b=2"' in film.content[0].value
    (enclosure,) = film.enclosures
    assert enclosure.href == f"{BASE}/media/the-film/part-1.mp4" and enclosure.type == "video/mp4"
    assert int(enclosure.length) > 1000


def test_atom_dates_are_true(read: Read) -> None:
    """An event is published when it was held, new when it was reviewed; one to come when its file was written."""
    entries = {entry.title: entry for entry in parsed(read("feed.xml")).entries}
    film = entries["The film: <Rights> & duties"]
    assert film.published == "2026-10-01T15:00:00Z" and film.updated == "2026-10-02T10:00:00Z"
    coming = entries["A reading to come"]
    assert "published" not in coming
    assert coming.updated == datetime.fromtimestamp(1_790_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_atom_feed_keeps_the_order_and_the_must_of_the_standard(read: Read) -> None:
    """RFC 4287, 4.1.1 and 4.1.2: one id, title and updated each; a link to itself; every entry has its own id."""
    atom = "{http://www.w3.org/2005/Atom}"
    root = ET.fromstring(read("feed.xml"))
    entries = root.findall(f"{atom}entry")
    for element in (root, *entries):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{atom}{name}")) == 1
    assert len({entry.findtext(f"{atom}id") for entry in entries}) == len(entries)
    links = [link.attrib for link in root.findall(f"{atom}link")]
    assert {"rel": "self", "type": "application/atom+xml", "href": f"{BASE}/feed.xml"} in links


@pytest.mark.parametrize(
    ("folder", "title", "titles"),
    [
        ("series/read-aloud/", "Read aloud", [SOUND, "The film: <Rights> & duties"]),
        ("tags/human-rights/", "human rights", ["A reading to come", "The film: <Rights> & duties"]),
        ("speakers/anna/", "Anna Example", [SOUND, "The film: <Rights> & duties"]),
    ],
)
def test_feeds_of_a_series_a_tag_and_a_speaker_hold_their_own(
    read: Read, folder: str, title: str, titles: list[str]
) -> None:
    """In both formats."""
    found = parsed(read(f"{folder}feed.xml"))
    assert found.feed.title == f"{title} · Rights & readings" and found.feed.link == f"{BASE}/{folder}"
    assert [entry.title for entry in found.entries] == titles
    made = json.loads(read(f"{folder}feed.json"))
    assert made["home_page_url"] == f"{BASE}/{folder}"
    assert [item["title"] for item in made["items"]] == titles


def test_json_feed_keeps_to_its_version(read: Read) -> None:
    """JSON Feed 1.1: what is required is there, nothing has a type of its own."""
    made = json.loads(read("feed.json"))
    assert made["version"] == "https://jsonfeed.org/version/1.1"
    assert made["feed_url"] == f"{BASE}/feed.json" and made["language"] == "en"
    assert [item["title"] for item in made["items"]] == TITLES
    for item in made["items"]:
        assert {"id", "url", "content_html"} <= item.keys()
        assert all(isinstance(author["name"], str) for author in item.get("authors", []))
    film = made["items"][-1]
    assert film["id"] == f"urn:uuid:{FILM}" and film["url"] == f"{BASE}/events/the-film/"
    assert film["authors"][0] == {"name": "Anna Example", "url": f"{BASE}/speakers/anna/"}
    (file,) = film["attachments"]
    assert (file["mime_type"], file["duration_in_seconds"]) == ("video/mp4", 6)
    assert "1 October 2026" in film["content_html"]


def test_feeds_name_nobody_who_has_a_pseudonym(ways: Ways) -> None:
    """Nor what is not listed, in any file for other programs."""
    view = ways.view
    paths = [*ways.list_paths(), *(path for event in view.events for path in ways.event_paths(event))]
    assert len(paths) > 40
    for path in paths:
        made = ways.find(path)
        assert made is not None, path
        body = made.path.read_bytes() if isinstance(made, PublicFile) else made.body
        body = gzip.decompress(body) if path.endswith(".gz") else body
        assert body, path
        for word in (b"Hiddenname", b"hiddenname", b"Hushed", b"kzt0Qp1V", b"Lost reading", b"Unready"):
            assert word not in body, path


def test_podcast_is_read_by_players(read: Read) -> None:
    """One item for each recording, with its file, its length, its page."""
    found = parsed(read("podcast.xml"))
    assert found.version == "rss20"
    assert [entry.title for entry in found.entries] == [f"{SOUND}: First half", "The film: <Rights> & duties"]
    sound, film = found.entries
    assert sound.link == f"{BASE}/events/the-sound/#part-1"
    assert sound.enclosures[0].href == f"{BASE}/media/the-sound/part-1.m4a"
    assert sound.enclosures[0].type == "audio/mp4"
    assert film.itunes_duration == "00:00:06" and film.id == f"urn:uuid:{FILM}#part-1"
    assert film.published_parsed[:5] == (2026, 10, 1, 15, 0)


def test_podcast_is_read_by_a_second_reader(read: Read) -> None:
    """podcastparser, a podcast player's own; it knows the namespace by the other of its two names."""
    import podcastparser

    data = read("podcast.xml").replace(
        b"https://podcastindex.org/namespace/1.0",
        b"https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
    )
    found = podcastparser.parse(f"{BASE}/podcast.xml", io.BytesIO(data))
    assert (found["title"], found["link"], found["explicit"]) == ("Rights & readings", f"{BASE}/", False)
    episodes = {episode["title"]: episode for episode in found["episodes"]}
    film = episodes["The film: <Rights> & duties"]
    assert film["total_time"] == 6 and film["guid"] == f"urn:uuid:{FILM}#part-1"
    assert film["published"] == int(datetime(2026, 10, 1, 15, tzinfo=UTC).timestamp())
    (file,) = film["enclosures"]
    assert (file["url"], file["mime_type"]) == (f"{BASE}/media/the-film/part-1.mp4", "video/mp4")
    assert file["file_size"] > 1000
    assert [(person["name"], person["role"]) for person in film["persons"]] == [
        ("Anna Example", "host"), ("Witness B", "guest"),
    ]  # fmt: skip
    assert (
        film["transcript_url"].startswith(f"{BASE}/")
        and film["chapters_json_url"] == f"{BASE}/chapters/the-film/part-1.json"
    )


def test_podcast_guid_is_made_as_its_specification_says() -> None:
    """The two examples of the specification."""
    assert podcast_guid("https://mp3s.nashownotes.com/pc20rss.xml") == "917393e3-1b1e-5cef-ace4-edaa54e1f810"
    assert podcast_guid("https://podnews.net/rss/") == "9b024349-ccf0-5f69-a609-6b82873eab3c"


def namespace_faults(data: bytes) -> list[str]:
    """What a feed does against the specification of the podcast namespace: parents, counts, values."""
    root = ET.fromstring(data)
    parents = {child: parent for parent in root.iter() for child in parent}
    rules: dict[str, tuple[set[str], bool, set[str], set[str]]] = {
        # tag: parents, at most one, required attributes, allowed ones
        "guid": ({"channel"}, True, set(), set()),
        "medium": ({"channel"}, True, set(), set()),
        "transcript": ({"item"}, False, {"url", "type"}, {"url", "type", "language", "rel"}),
        "chapters": ({"item"}, True, {"url", "type"}, {"url", "type"}),
        "person": ({"channel", "item"}, False, set(), {"role", "group", "img", "href"}),
    }
    faults: list[str] = []
    for element in root.iter():
        if not element.tag.startswith(PODCAST):
            continue
        name = element.tag.removeprefix(PODCAST)
        if name not in rules:
            faults.append(f"{name}: no such tag")
            continue
        places, single, required, allowed = rules[name]
        parent = parents[element]
        if parent.tag not in places:
            faults.append(f"{name} in {parent.tag}")
        if single and len(parent.findall(element.tag)) > 1:
            faults.append(f"{name} twice")
        if required - set(element.keys()) or set(element.keys()) - allowed:
            faults.append(f"{name} with {sorted(element.keys())}")
        for key in ("url", "href"):
            if key in element.attrib and not element.attrib[key].startswith("https://"):
                faults.append(f"{name} leads to {element.attrib[key]}")
        text = element.text or ""
        if name == "guid" and uuid.UUID(text).version != 5:
            faults.append("guid is no UUIDv5")
        if name == "medium" and text not in ("podcast", "video"):
            faults.append(f"medium {text}")
        if name == "person" and (not text or len(text) > 128 or element.get("role") not in ("host", "guest")):
            faults.append(f"person {text}")
        if name == "transcript" and element.get("type") not in ("text/vtt", "application/x-subrip"):
            faults.append("transcript of no known type")
        if name == "chapters" and element.get("type") != "application/json+chapters":
            faults.append("chapters of no known type")
    return faults


@pytest.mark.parametrize("path", ["podcast.xml", "series/read-aloud/podcast.xml"])
def test_podcast_keeps_to_the_namespace(read: Read, path: str) -> None:
    """Transcripts, chapters, persons and guid where and as the specification has them."""
    data = read(path)
    assert namespace_faults(data) == []
    root = ET.fromstring(data)
    assert root.findtext(f"channel/{PODCAST}guid") == podcast_guid(f"{BASE}/{path}")
    sound, film = root.findall("channel/item")
    transcripts = [row.attrib for row in sound.findall(f"{PODCAST}transcript")]
    assert {(row["language"], row["type"]) for row in transcripts} == {
        ("uk", "text/vtt"), ("uk", "application/x-subrip"), ("en", "text/vtt"), ("en", "application/x-subrip"),
    }  # fmt: skip
    assert transcripts[0]["url"] == f"{BASE}/captions/the-sound/part-1.uk.vtt"
    people = [(row.text, row.get("role"), row.get("href")) for row in film.findall(f"{PODCAST}person")]
    assert people == [("Anna Example", "host", f"{BASE}/speakers/anna/"), ("Witness B", "guest", None)]
    (chapters,) = film.findall(f"{PODCAST}chapters")
    assert chapters.get("url") == f"{BASE}/chapters/the-film/part-1.json"
    assert sound.find(f"{PODCAST}chapters") is None


def test_podcast_check_finds_faults(read: Read) -> None:
    """The check above can fail."""
    text = read("podcast.xml").decode()
    assert namespace_faults(text.replace('type="text/vtt" ', "").encode()) != []
    assert namespace_faults(text.replace("<channel>", "<channel><podcast:chapters/>").encode()) != []


def test_chapters_file_is_json_chapters(read: Read) -> None:
    """Version 1.2 of the namespace's format: seconds, in order."""
    made = json.loads(read("chapters/the-film/part-1.json"))
    assert made["version"] == "1.2.0"
    first, second = made["chapters"]
    assert first == {"startTime": 0.0, "endTime": 3.0, "title": "Duties"}
    assert (
        second["startTime"] == 3.0
        and second["title"] == "Freedoms & rights"
        and 5.9 < second["endTime"] < 6.2
    )


def test_feeds_need_to_know_where_the_site_stands(full: Any) -> None:
    """Without a base address there are no feeds, no podcast and no map; calendars and the API are there."""
    ways = Ways(full.view(), Urls("/", ""))
    paths = set(ways.list_paths())
    assert {"calendar.ics", "schedule/2026.json", "robots.txt", "api/v1/events.json"} <= paths
    for path in (
        "feed.xml",
        "feed.json",
        "podcast.xml",
        "sitemap.xml",
        "pyvideo/category.json",
        "oembed/the-film.json",
    ):
        assert path not in paths and ways.find(path) is None
    for path in paths:
        assert ways.find(path) is not None, path
