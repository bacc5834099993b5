"""The pages around the form: the list, one event, a series, cancelling, the file, a list from elsewhere, the archive."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onrecord import audit, jobs
from onrecord.events.registry import Registry
from onrecord.media.originals import Attempt, record_failure
from onrecord.site.desk.register.eventlist import fits
from onrecord.transcripts.folding import fold

FormOf = Callable[[Any, str], Any]
COMING = 'starts = "2027-03-21 03:30"\ntimezone = "Europe/Kyiv"\n'


def texts(answer: Any) -> str:
    """The text of a page without its tags, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(script|style).*?</\1>", "", answer.text)).split())


def event(desk: Any, stem: str) -> Any:
    return Registry(desk.archive).get(stem)


def done(desk: Any, subject: str) -> list[tuple[str, str, str]]:
    with desk.database.reading() as connection:
        return [(one.who, one.what, one.detail) for one in audit.entries(connection, subject=subject)]


# The list


def test_empty_desk_says_how_to_begin(desk: Any) -> None:
    """An organiser is led to the form; an editor is not."""
    page = desk.client("organiser").get("/desk/")
    assert "Nothing is registered yet" in page.text and 'href="/desk/events/new"' in page.text
    assert "/desk/events/new" not in desk.client("editor").get("/desk/").text


def test_list_tells_each_state_and_what_it_waits_for(desk: Any, bench: Any) -> None:
    """States are read off the files, drafts and private names are there for organisers."""
    bench.event("a", "", title="A draft", visibility="draft")
    bench.event("b", bench.coming, title="To come")
    bench.event("c", 'cancelled = "Ill."\n' + bench.coming, title="Off")
    bench.event("d", '[[recordings]]\nid = "part-1"\nsource = "https://example.org/a.mp4"\n', title="Broken")
    record_failure(desk.archive, "d", "part-1", Attempt("there is no such page.", permanent=True, tries=1))
    jobs.enqueue(desk.database, "recording", "b", "part-1")
    page = desk.client("editor").get("/desk/")
    rows = [
        " ".join(re.sub(r"<[^>]+>", " ", row).split())
        for row in re.findall(r"(?s)<tr>(.*?)</tr>", page.text)[1:]
    ]
    assert sorted(rows) == [
        "1 December 2026 , 18:00 Off Public Cancelled Nothing",
        "1 December 2026 , 18:00 To come Public Coming At work Nothing",
        "1 October 2026 , 18:00 A draft Draft It is over and has no recording It is a draft that nobody else sees",
        "1 October 2026 , 18:00 Broken Public The recording could not be fetched",
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=koval", {"a"}), ("q=КОВАЛЬ", {"b"}), ("q=lodz+war", {"c"}), ("q=2026-12", {"b"}), ("q=nothing", set()),
        ("show=draft", {"a"}), ("show=coming", {"b"}), ("series=Voices", {"b", "c"}), ("series=Voices&q=war", {"c"}),
        ("show=nonsense&page=999", {"a", "b", "c"}), ("page=0&q=%00", {"a", "b", "c"}), ("q=" + "x" * 5000, set()),
    ],
)  # fmt: skip
def test_list_is_narrowed(desk: Any, bench: Any, asked: str, found: set[str]) -> None:
    """By words without regard to case and marks, by state and by series; nonsense breaks nothing."""
    bench.event("a", '[[speakers]]\nname = "Anna Koval"\n', title="One", visibility="draft")
    bench.event(
        "b", 'series = "Voices"\n' + bench.coming + '[[speakers]]\nname = "Ганна Коваль"\n', title="Two"
    )
    bench.event("c", 'series = "Voices"\ntags = ["war"]\n', title="Łódź")
    page = desk.client("editor").get(f"/desk/?{asked}")
    assert page.status_code == 200
    assert set(re.findall(r'<td class="what"><a href="/desk/events/(\w+)/"', page.text)) == found


def test_words_are_found_without_their_marks() -> None:
    """What one types to find a name; letters that are letters of their own stay apart."""
    for text, q, found in (
        ("Łódź", "lodz", True), ("Мой", "мои", False), ("Straße", "strasse", True), ("L'homme", "homme l'", True),
        ("One two", "two one", True), ("One two", "three", False), ("2026 12", "2026-12", True),
    ):  # fmt: skip
        assert fits(fold(text), q) is found, (text, q)


def test_list_goes_on_by_fifty(desk: Any, bench: Any) -> None:
    """Page after page, each event once, with what was asked for."""
    for number in range(120):
        bench.event(
            f"e{number:03}", f'starts = "2026-01-01 {number // 60:02}:{number % 60:02}"\n', title="Talk"
        )
    seen: list[str] = []
    path = "/desk/?q=talk"
    while path:
        page = desk.client("editor").get(path).text
        seen += re.findall(r'<td class="what"><a href="/desk/events/(\w+)/"', page)
        match = re.search(r'href="([^"]+)" rel="next"', page)
        path = match[1].replace("&amp;", "&") if match else ""
    assert seen == [f"e{number:03}" for number in reversed(range(120))]


def test_list_of_two_thousand_reads_no_event_again(desk: Any, bench: Any) -> None:
    """Once they are known, a page of two thousand events opens none of their files."""
    head = 'format = 1\ntimezone = "Europe/Kyiv"\nvisibility = "public"\nlanguages = ["uk"]\n'
    for number in range(2000):
        text = f'{head}id = "e{number}"\ntitle = "Talk {number}"\nstarts = "2026-{number % 12 + 1:02}-{number % 28 + 1:02} 18:00"\n'
        (desk.archive.events / f"e{number}.toml").write_text(text)
    client = desk.client("editor")
    client.get("/desk/")
    deadline = time.monotonic() + 60
    while "still being looked at" in client.get("/desk/").text and time.monotonic() < deadline:
        time.sleep(0.5)
    opened: list[str] = []
    watching = True

    def hear(name: str, arguments: tuple[Any, ...]) -> None:
        if name == "open" and watching and str(arguments[0]).endswith(".toml"):
            opened.append(str(arguments[0]))

    sys.addaudithook(hear)  # for good: there is no way to take it off
    try:
        for _ in range(3):
            assert "2,000 discussions" in client.get("/desk/?q=talk").text
    finally:
        watching = False
    assert [path for path in opened if "/events/" in path] == []


def test_file_that_cannot_be_read_is_told_and_mended(desk: Any, bench: Any, form_of: FormOf) -> None:
    """The list names file and line; the text can be mended on the desk, and nothing that is worse is saved."""
    path = desk.archive.events / "a.toml"
    path.write_text('title = "A"\nstarts = "2026-10-01 18:00"\nspeekers = []\n')
    client = desk.client("organiser")
    page = client.get("/desk/")
    assert '<a href="/desk/events/a/file">a.toml</a>, line 3: there is no key' in page.text
    assert client.get("/desk/events/a/").headers["location"] == "/desk/events/a/file"
    form = form_of(client.get("/desk/events/a/file"), "/file")
    worse = client.post("/desk/events/a/file", data=form.with_(text="title = "))
    assert worse.status_code == 422 and "this is not valid TOML" in worse.text
    answer = client.post(
        "/desk/events/a/file", data=form.with_(text='# Mended\ntitle = "A"\nstarts = "2026-10-01 18:00"')
    )
    assert answer.headers["location"] == "/desk/events/a/"
    assert "# Mended" in path.read_text() and event(desk, "a").title == "A"
    assert done(desk, "a") == [("Oskar Organiser", "event.file-changed", "")]


def test_no_file_of_the_machine_comes_in_by_the_file(desk: Any, bench: Any, form_of: FormOf) -> None:
    """A path that somebody wrote at the machine stays; none comes from a browser, whatever it is called."""
    bench.event("a", '[[recordings]]\nid = "part-1"\nsource = "talk.wav"\n')
    client, path = desk.client("owner"), desk.archive.events / "a.toml"
    before = path.read_text()
    form = form_of(client.get("/desk/events/a/file"), "/file")
    for source in ("/etc/hostname", "../other/talk.mp4", "file:///etc/hostname", "~/talk.mp4", "upload:../x"):
        for text in (
            before.replace("talk.wav", source),
            f'{before}[[recordings]]\nid = "b"\nsource = "{source}"\n',
        ):
            answer = client.post("/desk/events/a/file", data=form.with_(text=text))
            assert (answer.status_code, path.read_text()) == (422, before)
            assert "would be read from the disk of the machine" in texts(answer)
    text = f'{before}[[recordings]]\nid = "b"\nsource = "https://example.org/talk.mp4"\n'
    assert client.post("/desk/events/a/file", data=form.with_(text=text)).status_code == 303
    assert [one.source for one in event(desk, "a").recordings] == ["talk.wav", "https://example.org/talk.mp4"]


def test_file_that_changed_meanwhile_is_not_written_over(desk: Any, bench: Any, form_of: FormOf) -> None:
    """Both texts are shown; saving again after that is a choice."""
    bench.event("a", "")
    client = desk.client("organiser")
    form = form_of(client.get("/desk/events/a/file"), "/file")
    bench.event("a", 'summary = "By hand."\n')
    path = desk.archive.events / "a.toml"
    before = path.read_text()
    answer = client.post("/desk/events/a/file", data=form.with_(text=form.get("text")[0] + "licence = 'CC0'"))
    assert (answer.status_code, path.read_text()) == (409, before)
    again = form_of(answer, "/file")
    assert "By hand." in again.get("theirs")[0] and "licence" in again.get("text")[0]
    assert client.post("/desk/events/a/file", data=again.with_()).status_code == 303
    assert event(desk, "a").licence == "CC0"


# One event


def test_page_of_an_event_tells_all_about_it(desk: Any, bench: Any) -> None:
    """What it waits for with the way there, its parts, and who did what; an editor sees no private note."""
    bench.event(
        "a",
        'join = "https://example.org/room"\nseries = "Voices"\n[[speakers]]\nname = "Anna Koval"\nshown_as = "A."\n'
        'consent = "asked"\n[[recordings]]\nid = "part-1"\n[private]\nnotes = "Call first."\n',
        title="Voices",
    )
    bench.event("b", 'series = "Voices"\n' + bench.coming, title="The next")
    with desk.database.writing() as connection:
        audit.note(connection, who="Olha Owner", what="event.changed", subject="a", detail="title")
    page = desk.client("organiser").get("/desk/events/a/")
    text = texts(page)
    for part in (
        "It is not said where the recording is", "A speaker has not answered about consent", "shown as A.", "Consent: asked",
        "Changed Voices Olha Owner", "Call first.", "https://example.org/room", "After: The next",
    ):  # fmt: skip
        assert part in text, part
    assert (
        'href="/desk/events/a/recordings/part-1/"' in page.text
        and 'href="/desk/events/a/edit#speakers"' in page.text
    )
    editors = texts(desk.client("editor").get("/desk/events/a/"))
    assert "Call first." not in editors and "example.org/room" not in editors
    assert desk.client("editor").get("/desk/events/nothing/").status_code == 404


# Series


def test_series_is_shown_before_it_is_made(desk: Any, bench: Any, form_of: FormOf) -> None:
    """The dates are told with what is special about them; then just those that are ticked are made, once."""
    bench.event("talk", COMING + 'series = "Voices"\n', title="Voices")
    client = desk.client("organiser")
    form = form_of(client.get("/desk/events/talk/repeat"), "/repeat")
    shown = client.post("/desk/events/talk/repeat", data=form.with_(do="show", kind="weekly", times="3"))
    assert len(Registry(desk.archive).scan().events) == 1
    assert "Clocks skip 03:30 that day" in texts(shown)
    form = form_of(shown, "/repeat")
    assert form.get("date") == ["2027-03-28T04:30:00", "2027-04-04T03:30:00", "2027-04-11T03:30:00"]
    data = form.with_(do="make", date=["2027-03-28T04:30:00", "2027-04-11T03:30:00", "2030-01-01T00:00:00"])
    assert client.post("/desk/events/talk/repeat", data=data).headers["location"] == "/desk/"
    found = Registry(desk.archive).scan().events
    assert [str(one.starts) for one in found] == [
        "2027-03-21 03:30:00",
        "2027-03-28 04:30:00",
        "2027-04-11 03:30:00",
    ]
    assert {(one.visibility, one.series) for one in found[1:]} == {("draft", "Voices")}
    assert done(desk, "talk") == [("Oskar Organiser", "event.repeated", "2")]
    again = client.post("/desk/events/talk/repeat", data=form_of(shown, "/repeat").with_(do="show"))
    assert texts(again).count("is there") == 2
    client.post("/desk/events/talk/repeat", data=data)
    assert len(Registry(desk.archive).scan().events) == 3


@pytest.mark.parametrize(
    "fields", [{"times": "0"}, {"times": "x"}, {"every": "-1"}, {"end": "until", "until": "soon"},
               {"end": "until", "until": "2099-01-01"}, {"times": "9" * 9}],
)  # fmt: skip
def test_series_that_cannot_be_is_told(
    desk: Any, bench: Any, form_of: FormOf, fields: dict[str, str]
) -> None:
    """With what to do, and what was typed stays."""
    bench.event("talk", COMING)
    client = desk.client("organiser")
    form = form_of(client.get("/desk/events/talk/repeat"), "/repeat")
    answer = client.post("/desk/events/talk/repeat", data=form.with_(do="show", **fields))
    assert answer.status_code == 422 and 'id="problems"' in answer.text
    again = form_of(answer, "/repeat")
    assert {name: again.get(name) for name in fields} == {name: [text] for name, text in fields.items()}


# Cancelling


def test_cancelled_and_back(desk: Any, bench: Any, form_of: FormOf) -> None:
    """With a sentence that readers see; taking it back leaves the file as it was."""
    bench.event("talk", COMING + "# a remark\n")
    path = desk.archive.events / "talk.toml"
    before = path.read_text()
    client = desk.client("organiser")
    form = form_of(client.get("/desk/events/talk/cancel"), "/cancel")
    assert client.post("/desk/events/talk/cancel", data=form.with_(sentence="  ")).status_code == 422
    client.post("/desk/events/talk/cancel", data=form.with_(do="cancel", sentence="The speaker is ill."))
    assert event(desk, "talk").cancelled == "The speaker is ill."
    assert "The speaker is ill." in texts(client.get("/desk/events/talk/"))
    client.post("/desk/events/talk/cancel", data={"do": "undo"})
    assert path.read_text() == before
    assert [what for _, what, _ in done(desk, "talk")] == ["event.uncancelled", "event.cancelled"]


# A list from elsewhere

CSV = """title,starts,timezone,speakers,summary,recordings
One,2026-12-01 18:00,Europe/Kyiv,"Anna Koval, teacher",New,https://example.org/a.mp4
Voices,2026-10-01 18:00,Europe/Kyiv,,Another summary,
Bad,tomorrow,Europe/Kyiv,,,
Too many cells,2026-12-01 18:00,Europe/Kyiv,,,,,x
"""


def test_list_is_shown_and_then_done_as_shown(desk: Any, bench: Any, form_of: FormOf) -> None:
    """New, changed and wrong rows are told; what is ticked is done, and nothing else."""
    bench.event("talk", 'summary = "Here."\n', title="Voices")
    client = desk.client("organiser")
    shown = client.post("/desk/events/import", data={"text": CSV})
    text = texts(shown)
    assert "New One 1 December 2026, 18:00 Europe/Kyiv Anna Koval" in text
    assert "Differs Voices" in text and "Summary: here “Here.”, in the list “Another summary”" in text
    assert "Cannot be taken line 5 This row has 8 cells" in text
    assert "Cannot be taken Bad" in text and "&#39;starts&#39; holds &#34;tomorrow&#34;" in text
    form = form_of(shown, "/import")
    assert form.get("row") == ["0"] and len(Registry(desk.archive).scan().events) == 1
    answer = client.post("/desk/events/import", data=form.with_(do="carry out"))
    assert answer.headers["location"] == "/desk/"
    assert "1 discussion was registered. 0 discussions were changed." in texts(client.get("/desk/"))
    assert event(desk, "2026-12-01-one").recordings[0].source == "https://example.org/a.mp4"
    assert event(desk, "talk").summary == "Here."
    again = form_of(client.post("/desk/events/import", data={"text": CSV}), "/import")
    assert again.get("row") == []
    client.post("/desk/events/import", data=again.with_(do="carry out", row="1"))
    assert event(desk, "talk").summary == "Another summary"


def test_plan_that_has_changed_is_not_done(desk: Any, bench: Any, form_of: FormOf) -> None:
    """What somebody did meanwhile is shown first."""
    client = desk.client("organiser")
    form = form_of(client.post("/desk/events/import", data={"text": CSV}), "/import")
    bench.event("one", 'starts = "2026-12-01 18:00"\ntimezone = "Europe/Kyiv"\n', title="One")
    answer = client.post("/desk/events/import", data=form.with_(do="carry out"))
    assert answer.status_code == 409 and "The archive has changed meanwhile. Nothing was done" in texts(
        answer
    )
    assert len(Registry(desk.archive).scan().events) == 1


@pytest.mark.parametrize(
    ("name", "data", "title"),
    [
        ("a.ics", b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20260101T000000Z\r\n"
                  b"DTSTART:20261201T160000Z\r\nSUMMARY:From a calendar\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", "From a calendar"),
        ("s.json", b'{"schedule": {"conference": {"title": "C", "days": [{"date": "2026-12-01", "rooms": {"R": [{"id": 1, '
                   b'"guid": "11111111-1111-4111-8111-111111111111", "title": "From a schedule", "start": "10:00", '
                   b'"date": "2026-12-01T10:00:00+01:00", "duration": "00:30", "persons": []}]}}]}}}', "From a schedule"),
        ("l.csv", "title;starts\nВ кодуванні;2026-12-01 18:00\n".encode("cp1251"), "В кодуванні"),
    ],
)  # fmt: skip
def test_files_of_every_kind(desk: Any, form_of: FormOf, name: str, data: bytes, title: str) -> None:
    """An uploaded file travels along as it is, in whatever encoding."""
    client = desk.client("organiser")
    shown = client.post("/desk/events/import", files={"file": (name, data)})
    assert title in shown.text
    answer = client.post("/desk/events/import", data=form_of(shown, "/import").with_(do="carry out"))
    assert answer.status_code == 303
    assert [one.title for one in Registry(desk.archive).scan().events] == [title]


def test_no_file_of_the_machine_comes_in_by_a_list(desk: Any, form_of: FormOf) -> None:
    """A path in a list is neither taken nor told whether it exists."""
    client = desk.client("organiser")
    for path in ("/etc/passwd", "/etc/nothing", "file:///etc/passwd", "onrecord.toml"):
        shown = client.post(
            "/desk/events/import", data={"text": f"title,starts,recordings\nA,2026-12-01 18:00,{path}\n"}
        )
        assert "a recording that is no address is left out" in texts(shown)
        client.post("/desk/events/import", data=form_of(shown, "/import").with_(do="carry out"))
        assert event(desk, "2026-12-01-a").recordings == ()
        (desk.archive.events / "2026-12-01-a.toml").unlink()


@pytest.mark.parametrize(
    "text",
    ["", "  ", "<html>", "title\nA\n", "BEGIN:VCALENDAR", "{", '{"schedule": 1}', "[" * 9000, "a,b\n1,2"],
)
def test_list_that_is_none_is_told(desk: Any, text: str) -> None:
    """With what to do, and what was pasted stays."""
    answer = desk.client("organiser").post("/desk/events/import", data={"text": text})
    assert answer.status_code == 422 and 'id="problems"' in answer.text


def test_long_list_is_done_in_parts(desk: Any, form_of: FormOf) -> None:
    """A request does a hundred rows; the rest is offered with its ticks."""
    client = desk.client("organiser")
    text = "title,starts\n" + "".join(f"Talk {number},2026-12-01 18:00\n" for number in range(130))
    form = form_of(client.post("/desk/events/import", data={"text": text}), "/import")
    part = client.post("/desk/events/import", data=form.with_(do="carry out"))
    assert "100 discussions were registered. 0 discussions were changed. 30 more are to be done." in texts(
        part
    )
    assert (
        client.post("/desk/events/import", data=form_of(part, "/import").with_(do="carry out")).status_code
        == 303
    )
    assert len(Registry(desk.archive).scan().events) == 130


# The archive


def test_archive_tells_what_it_holds(desk: Any, bench: Any) -> None:
    """States, storage by kind and event, what failed with what to do here, not at a terminal; counted beside the
    request.
    """
    bench.event("a", '[[recordings]]\nid = "part-1"\nsource = "https://example.org/a.mp4"\n', title="Voices")
    later = datetime.now(UTC) + timedelta(days=400)
    record_failure(
        desk.archive,
        "a",
        "part-1",
        Attempt("the server is busy. Use --retry.", permanent=False, tries=2, not_before=later),
    )
    (desk.archive.media("a") / "part-1.mp4").write_bytes(b"x" * 5_000_000)
    client = desk.client("organiser")
    deadline = time.monotonic() + 30
    while (
        "still being looked at" in (page := client.get("/desk/archive/").text) or "first time" in page
    ) and (time.monotonic() < deadline):
        time.sleep(0.1)
    text = texts(client.get("/desk/archive/"))
    for part in ("Originals of the recordings", "5.0 MB", "Voices The recording could not be fetched yet The server is busy. It is",
                 "Not fetched 1", "Public 1", "1 Failed"):  # fmt: skip
        assert part in text, part


def test_files_are_read_by_a_worker(desk: Any) -> None:
    """The page only asks for it, once at a time, and shows what was found."""
    client = desk.client("organiser")
    first = client.post("/desk/archive/check").headers["location"]
    assert client.post("/desk/archive/check").headers["location"] == first
    (job,) = jobs.unfinished(desk.database, kind="check")
    assert "The files are being read." in texts(client.get("/desk/archive/"))
    job = jobs.claim(desk.database, "w", ["check"])  # type: ignore[assignment]
    from onrecord.transcripts.checkjob import run

    (desk.archive.root / "media" / "stranger").mkdir()
    result = run(desk.archive, job, lambda _: None, lambda: None)
    jobs.finish(desk.database, job, "w", jobs.Outcome("done", result))
    text = texts(client.get("/desk/archive/"))
    assert "1 thing is wrong." in text and "media/stranger" in text
