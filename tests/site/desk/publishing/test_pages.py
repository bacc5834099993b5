"""The page for publishing: it says what becomes public, and only that becomes public."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

STEM = "2026-10-01-a"
HERE = f"/desk/events/{STEM}"
TEXT = """
slug = "a-talk"
languages = ["en"]
summary = "What Anna Koval saw."
[[speakers]]
name = "Anna Koval"
shown_as = "Witness A"
consent = "yes"
[[speakers]]
name = "Petro Melnyk"
consent = "{}"
[[recordings]]
id = "part-1"
"""
SAID = """
    c1 0.0 2.0 Anna Koval: I am Anna Koval and everyone has duties.
    c2 2.0 3.0 Petro Melnyk: I would rather not.
    c3 3.0 4.0 Speaker 2: Who am I.
"""


@pytest.fixture
def talk(bench: Any, tone: Path) -> Path:
    """A draft with a recording that is ready and a reviewed transcript; its file. `desk` comes after it."""
    bench.event(STEM, TEXT.format("no"), visibility="draft")
    bench.transcript(STEM, "part-1.en", SAID)
    bench.recording(STEM, "part-1", tone)
    return Path(bench.archive.events / f"{STEM}.toml")


def form(page: str) -> dict[str, str]:
    """The hidden fields of the form that publishes."""
    return dict(re.findall(r'<input type="hidden" name="(code|seal)" value="([^"]*)"', page))


def text(page: str) -> str:
    """What a person reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_page_lists_what_is_done_and_what_is_not(talk: Path, desk: Any) -> None:
    """Names, consent, voices, trim, transcript, pseudonyms; each with where to mend it."""
    page = desk.client("organiser").get(f"{HERE}/publish")
    assert page.status_code == 200
    said = text(page.text)
    for row in (
        "Stop Voices in part-1 It may hold the voice of Petro Melnyk, of whom there is no consent.",
        "Look Voices in part-1 Heard under another name: Anna Koval. A voice can be recognised;",
        "Look Consent Not given by Petro Melnyk: neither name nor words become public.",
        "Look Beginning and end of part-1 Nothing is cut",
        "Done What is played of part-1 It is ready: 6 s.",
        "Done Transcript of part-1 part-1.en (English) is reviewed.",
        "Look Who speaks 1 caption of part-1.en does not say who speaks.",
        "Look Names that must not be said Replaced in: summary. Replaced in 1 caption.",
        "It cannot be published like this",
    ):
        assert row in said, said
    assert "Publish now" not in said
    for path in ("edit", "recordings/part-1/trim", "transcripts/part-1.en/"):
        assert f'href="{HERE}/{path}"' in page.text


def test_page_publishes_exactly_what_it_said(talk: Path, desk: Any) -> None:
    """The words are those of the command line; the live site shows it at once, and it is written down who did it."""
    client = desk.client("organiser")
    page = client.get(f"{HERE}/publish?visibility=public&sound=transcript&transcript=").text
    assert "part-1 stays private; what was said in it becomes public." in text(page)
    answer = client.post(f"{HERE}/publish", data=form(page))
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}/publish")
    assert 'publish = "transcript"' in talk.read_text()
    public = desk.client(None).get("/events/a-talk/")
    assert public.status_code == 200 and "Witness A" in public.text and "Koval" not in public.text
    assert "It is public now." in client.get(f"{HERE}/publish").text
    with desk.database.reading() as connection:
        rows = connection.execute("SELECT who, what, subject FROM audit WHERE what LIKE 'event.%'").fetchall()
    assert [tuple(row) for row in rows] == [("Oskar Organiser", "event.published", STEM)]


def test_page_publishes_nothing_that_was_not_read(talk: Path, desk: Any, bench: Any) -> None:
    """Somebody else changed it meanwhile: it is shown again, and nothing is public."""
    client = desk.client("organiser")
    page = client.get(f"{HERE}/publish?visibility=public&sound=transcript&transcript=").text
    bench.transcript(STEM, "part-1.en", SAID.replace("everyone", "everybody"))
    bench.transcript(STEM, "part-1.uk", "c1 0 1 Anna Koval: Слова.")
    answer = client.post(f"{HERE}/publish", data=form(page))
    assert answer.status_code == 409
    assert "Nothing was published" in answer.text
    assert "part-1.uk" in answer.text
    assert desk.client(None).get("/events/a-talk/").status_code == 404
    assert client.post(f"{HERE}/publish", data={"code": form(page)["code"]}).status_code == 409


def test_voice_is_published_only_when_a_person_says_so(talk: Path, desk: Any) -> None:
    """By name; it is in the log."""
    client = desk.client("organiser")
    refused = client.get(f"{HERE}/publish?visibility=public&sound=recording&transcript=").text
    answer = client.post(f"{HERE}/publish", data=form(refused))
    assert answer.status_code == 409 and "may hold the voice of Petro Melnyk" in answer.text
    page = client.get(f"{HERE}/publish?visibility=public&sound=recording&transcript=&voice=Petro+Melnyk").text
    assert client.post(f"{HERE}/publish", data=form(page)).status_code == 303
    assert desk.client(None).get("/media/a-talk/part-1.m4a").status_code == 200
    with desk.database.reading() as connection:
        row = connection.execute("SELECT detail FROM audit WHERE what = 'event.voice'").fetchone()
    assert tuple(row) == ("Petro Melnyk",)


def test_page_publishes_at_a_time_in_the_zone_of_the_discussion(talk: Path, desk: Any) -> None:
    """The zone is said; the time can be taken away again; one that has passed is refused with the form as it was."""
    client = desk.client("organiser")
    query = "visibility=later&sound=transcript&transcript=&at="
    page = client.get(f"{HERE}/publish?{query}2026-12-01T18:00").text
    assert "To everybody, from Tuesday, 1 December 2026, 18:00 (EET) on." in text(page)
    assert client.post(f"{HERE}/publish", data=form(page)).status_code == 303
    assert 'publish_at = "2026-12-01 18:00"' in talk.read_text()
    said = text(client.get(f"{HERE}/publish").text)
    assert "It becomes public on Tuesday, 1 December 2026 at 18:00 (EET)." in said
    assert desk.client(None).get("/events/a-talk/").status_code == 404
    assert client.post(f"{HERE}/publish/call-off", data={}).status_code == 303
    assert "publish_at" not in talk.read_text()
    late = client.get(f"{HERE}/publish?{query}2026-11-23T13:59")
    assert late.status_code == 400 and "has passed" in late.text


def test_field_that_was_left_empty_publishes_nothing_by_mistake(talk: Path, desk: Any, bench: Any) -> None:
    """A time that is not named is not at once, and recordings that were all unticked are not all of them."""
    client = desk.client("organiser")
    page = client.get(f"{HERE}/publish?visibility=later&at=&sound=transcript&transcript=")
    assert page.status_code == 400 and "Say from which time on." in page.text
    page = client.get(f"{HERE}/publish?visibility=later&at=2027-03-28T03:30&sound=transcript&transcript=")
    assert page.status_code == 400 and "they were put forward over it" in page.text
    bench.transcript(STEM, "part-2.en", SAID)
    talk.write_text(talk.read_text() + '[[recordings]]\nid = "part-2"\n')
    page = client.get(f"{HERE}/publish?visibility=public&sound=transcript&transcript=&which=yes")
    assert client.post(f"{HERE}/publish", data=form(page.text)).status_code == 303
    assert 'publish = "transcript"' not in talk.read_text()


def test_secret_link_is_shown_and_made_anew(talk: Path, desk: Any) -> None:
    """The old one leads nowhere then."""
    client, reader = desk.client("organiser"), desk.client(None)
    page = client.get(f"{HERE}/publish?visibility=unlisted&sound=transcript&transcript=").text
    assert client.post(f"{HERE}/publish", data=form(page)).status_code == 303

    def link() -> str:
        match = re.search(
            r"<code>https://testserver(/unlisted/[^<]+)</code>", client.get(f"{HERE}/publish").text
        )
        assert match
        return match[1]

    first = link()
    assert reader.get(first).status_code == 200
    assert client.post(f"{HERE}/publish/link", data={}).status_code == 303
    second = link()
    assert second != first
    assert [reader.get(first).status_code, reader.get(second).status_code] == [404, 200]


def test_only_organisers_publish(talk: Path, desk: Any) -> None:
    """An editor neither sees the page nor sends its form."""
    editor = desk.client("editor")
    assert editor.get(f"{HERE}/publish").status_code == 403
    assert editor.post(f"{HERE}/publish", data={}).status_code == 403
    assert editor.get(f"{HERE}/withdraw").status_code == 403
    assert editor.get("/desk/publishing/").status_code == 403
