"""The form of an event: registers, changes, tells what is wrong, and never writes over what somebody else did."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from onrecord import audit
from onrecord.events.registry import Registry
from onrecord.locks import lock

FormOf = Callable[[Any, str], Any]
TALK = """
summary = "A talk."
tags = ["one", "two"]
x-room = "Blue"

[[speakers]]
name = "Anna Koval"
role = "teacher"
consent = "asked"

[private]
notes = "Call first."
"""


def save(desk: Any, stem: str, form: Any, **changes: Any) -> Any:
    return desk.client("organiser").post(f"/desk/events/{stem}/edit", data=form.with_(do="save", **changes))


def opened(desk: Any, form_of: FormOf, stem: str = "talk", role: str = "organiser") -> Any:
    return form_of(desk.client(role).get(f"/desk/events/{stem}/edit"), "/edit")


def event(desk: Any, stem: str = "talk") -> Any:
    return Registry(desk.archive).get(stem)


@pytest.fixture
def talk(bench: Any) -> None:
    bench.event("talk", TALK, title="Voices")


def test_discussion_is_registered(desk: Any, form_of: FormOf) -> None:
    """Everything that the form has is in the file, and whoever did it in the log."""
    client = desk.client("organiser")
    form = form_of(client.get("/desk/events/new"), "/new")
    data = form.with_(
        do="save", title="Voices from the areas", date="2026-12-01", time="18:00", timezone="Europe/Kyiv", duration="1:30",
        languages="Ukrainian, English", series="Voices", tags="war, children", licence="CC BY 4.0", summary="One sentence.",
        description="Some *words*.", join="https://example.org/room", join_visibility="public", visibility="unlisted",
        agenda="0:00 Welcome\n12:30 Questions", slug="voices",
        speakers__name=["Anna Koval", ""], speakers__role=["teacher", ""], speakers__shown_as=["A.", ""],
        speakers__consent=["yes", ""], speakers__links=["Her page=https://example.org/anna", ""],
        links__label="The letter", links__url="https://example.org/letter", links__kind="letter",
        notes__key=["notes", "passcode"], notes__text=["Call first.", "1234"],
    )  # fmt: skip
    answer = client.post("/desk/events/new", data=data)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/desk/events/2026-12-01-voices-from-the-areas/",
    )
    made = event(desk, "voices")
    assert (made.title, made.visibility, made.languages, made.series, made.tags) == (
        "Voices from the areas", "unlisted", ("uk", "en"), "Voices", ("war", "children"),
    )  # fmt: skip
    assert (made.starts.isoformat(), made.timezone, str(made.duration)) == (
        "2026-12-01T18:00:00",
        "Europe/Kyiv",
        "1:30:00",
    )
    assert (made.join, made.join_visibility, made.licence) == (
        "https://example.org/room",
        "public",
        "CC BY 4.0",
    )
    assert [(one.name, one.shown_as, one.role, one.consent) for one in made.speakers] == [
        ("Anna Koval", "A.", "teacher", "yes")
    ]
    assert (made.speakers[0].links[0].url, made.links[0].kind) == ("https://example.org/anna", "letter")
    assert [(item.at, item.title) for item in made.agenda] == [(0, "Welcome"), (750_000, "Questions")]
    assert {key: made.private[key] for key in ("notes", "passcode")} == {
        "notes": "Call first.",
        "passcode": "1234",
    }
    with desk.database.reading() as connection:
        (entry,) = audit.entries(connection, subject=made.stem)
    assert (entry.who, entry.what) == ("Oskar Organiser", "event.registered")


def test_form_sent_twice_registers_one(desk: Any, form_of: FormOf) -> None:
    """A second click leads to what the first one made."""
    client = desk.client("organiser")
    data = form_of(client.get("/desk/events/new"), "/new").with_(
        do="save", title="Voices", date="2026-12-01", time="18:00"
    )
    first, second = (client.post("/desk/events/new", data=data) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert len(Registry(desk.archive).scan().events) == 1


def test_every_key_of_the_record_can_be_reached(desk: Any, form_of: FormOf, talk: None) -> None:
    """What the table of keys has is on the form, but for what has pages of its own; the rest is in the file's text."""
    form = opened(desk, form_of)
    for name in (
        "title", "summary", "description", "date", "time", "timezone", "duration", "visibility", "publish_date", "publish_time",
        "slug", "aliases", "series", "tags", "licence", "picture", "languages", "join", "join_visibility", "agenda",
        *(f"speakers-{key}" for key in ("id", "name", "shown_as", "role", "affiliation", "bio", "links", "consent")),
        *(f"links-{key}" for key in ("label", "url", "kind", "language", "archived")), "notes-key", "notes-text",
    ):  # fmt: skip
        assert name in form.names
    page = desk.client("organiser").get("/desk/events/talk/")
    for part in (
        "edit",
        "recordings/new",
        "publish",
        "preview/",
        "duplicate",
        "repeat",
        "cancel",
        "withdraw",
        "file",
    ):
        assert f'href="/desk/events/talk/{part}"' in page.text


def test_saving_without_a_change_leaves_every_byte(desk: Any, form_of: FormOf, talk: None) -> None:
    """A form that is opened and saved changes nothing, and says so."""
    path = desk.archive.events / "talk.toml"
    before = path.read_bytes()
    answer = save(desk, "talk", opened(desk, form_of))
    assert (answer.status_code, path.read_bytes()) == (303, before)
    assert "Nothing was changed." in desk.client("organiser").get(answer.headers["location"]).text


def test_form_shows_what_cannot_be(desk: Any, form_of: FormOf, talk: None) -> None:
    """Every error stands above the form and at its field, and nothing that was typed is lost."""
    form = opened(desk, form_of)
    answer = save(
        desk, "talk", form, title="", duration="soon", languages="Klingonish", join="javascript:alert(1)", slug="Not Good",
        agenda="nothing", speakers__name="", speakers__links="nowhere", links__label="", links__url="ftp://example.org",
        summary="Kept as typed.",
    )  # fmt: skip
    assert answer.status_code == 422
    for control, sentence in (
        ("title", "Give the discussion a title."),
        ("duration", "This is no length. Write it as 1h30, 45m or 1:30, of at most 31 days."),
        ("languages", "&#39;Klingonish&#39; is no language that is known."),
        ("join", "An address to join begins with https:// or http:// and has no spaces or quotes in it."),
        ("slug", "An address is made of small letters a-z"),
        ("agenda", "Line 1 of the agenda is no time with a title: nothing"),
        ("speakers-name-0", "Speaker 1 has no name."),
        ("speakers-links-0", "A link of speaker 1 cannot be read."),
        (
            "links-url-0",
            "Link 1 needs a whole address that begins with https:// or http:// and has no spaces or quotes in it.",
        ),
    ):
        assert f'<a href="#f-{control}">{sentence}' in answer.text, control
        assert f'id="f-{control}-wrong"' in answer.text, control
    again = form_of(answer, "/edit")
    assert (again.get("summary"), again.get("agenda"), again.get("speakers-links")) == (
        ["Kept as typed."],
        ["nothing"],
        ["nowhere"],
    )
    assert event(desk).title == "Voices"


def test_time_that_clocks_skip_is_refused_with_two_that_they_show(
    desk: Any, form_of: FormOf, talk: None
) -> None:
    """The button of either alternative takes it."""
    form = opened(desk, form_of)
    answer = save(desk, "talk", form, date="2026-03-29", time="03:30")
    assert "Clocks in Europe/Kyiv skip 03:30 on that day" in answer.text
    assert 'value="take 2026-03-29 02:30"' in answer.text and 'value="take 2026-03-29 04:30"' in answer.text
    data = form_of(answer, "/edit").with_(do="take 2026-03-29 04:30", summary="Still here.")
    taken = form_of(desk.client("organiser").post("/desk/events/talk/edit", data=data), "/edit")
    assert (taken.get("date"), taken.get("time"), taken.get("summary")) == (
        ["2026-03-29"],
        ["04:30"],
        ["Still here."],
    )


def test_time_that_clocks_show_twice_is_asked_about(desk: Any, form_of: FormOf, talk: None) -> None:
    """Nothing is saved before it is said which one is meant; then it stays that one."""
    answer = save(desk, "talk", opened(desk, form_of), date="2026-10-25", time="03:30")
    assert answer.status_code == 422 and "Clocks in Europe/Kyiv show 03:30 twice on that day" in answer.text
    assert save(desk, "talk", form_of(answer, "/edit"), which="second").status_code == 303
    assert event(desk).starts_at.hour == 1
    assert opened(desk, form_of).get("which") == ["second"]
    assert save(desk, "talk", opened(desk, form_of), which="first").status_code == 303
    assert event(desk).starts_at.hour == 0


def test_rows_come_and_go_without_javascript(desk: Any, form_of: FormOf, talk: None) -> None:
    """A button gives one row more, moves or removes one, and fills one from what is known; nothing else changes."""
    client = desk.client("organiser")

    def press(form: Any, do: str, **changes: Any) -> Any:
        return form_of(
            client.post("/desk/events/talk/edit", data=form.with_(do=do, title="Typed", **changes)), "/edit"
        )

    more = press(opened(desk, form_of), "add speakers")
    assert (more.get("speakers-name"), more.get("title")) == (["Anna Koval", ""], ["Typed"])
    two = press(more, "up speakers 1", speakers__name=["Anna Koval", "Ben Adams"])
    assert (two.get("speakers-name"), two.get("speakers-was")) == (["Ben Adams", "Anna Koval"], ["", "0"])
    one = press(two, "remove speakers 1")
    assert one.get("speakers-name") == ["Ben Adams"]
    filled = press(one, "fill speakers 0", speakers__name="anna koval")
    assert (filled.get("speakers-role"), filled.get("speakers-consent")) == (["teacher"], [""])
    for nonsense in (
        "remove speakers 99",
        "up links x",
        "fill notes 0",
        "add recordings",
        "drop",
        "remove speakers -1",
    ):
        assert press(filled, nonsense).get("speakers-name") == ["anna koval"]
    assert event(desk).title == "Voices"


def test_preview_without_javascript(desk: Any, form_of: FormOf, talk: None) -> None:
    """The button shows the description as readers will see it, and nothing active in it."""
    text = "Some *words*. <script>alert(1)</script> [x](javascript:alert(1))"
    data = opened(desk, form_of).with_(do="preview", description=text)
    answer = desk.client("organiser").post("/desk/events/talk/edit", data=data)
    assert "Some <em>words</em>. &lt;script&gt;" in answer.text
    assert 'href="javascript' not in answer.text
    live = desk.client("organiser").post("/desk/events/preview", data={"markdown": text})
    assert live.text.startswith("<p>Some <em>words</em>.") and "<script" not in live.text


def test_known_speaker_is_completed_without_the_consent(desk: Any, talk: None) -> None:
    """What earlier events know is told; an earlier yes is none for this event."""
    answer = desk.client("organiser").post("/desk/events/speaker", data={"name": " anna  KOVAL "})
    assert answer.json() == {"row": {"name": "Anna Koval", "role": "teacher"}, "times": 1}
    assert desk.client("organiser").post("/desk/events/speaker", data={"name": "Nobody"}).json() == {}


def test_change_by_somebody_else_is_kept_and_told(desk: Any, form_of: FormOf, talk: None) -> None:
    """Two forms that change different things: both stand, and the second is told of the first."""
    mine, theirs = opened(desk, form_of), opened(desk, form_of, role="owner")
    desk.client("owner").post("/desk/events/talk/edit", data=theirs.with_(do="save", title="Theirs"))
    answer = save(desk, "talk", mine, summary="Mine.", tags="one, two, three")
    assert (event(desk).title, event(desk).summary, event(desk).tags) == (
        "Theirs",
        "Mine.",
        ("one", "two", "three"),
    )
    told = desk.client("organiser").get(answer.headers["location"]).text
    assert "It is saved. Somebody else had changed this meanwhile, and it is kept: Title." in told


def test_change_of_the_same_shows_both_and_overwrites_nothing(desk: Any, form_of: FormOf, talk: None) -> None:
    """Both versions stand in the form with who wrote the other; only a choice saves, in either direction."""
    for choice, title, role in (("mine", "Mine", "head"), ("theirs", "Theirs", "nurse")):
        desk.bench.event("talk", TALK, title="Voices")
        mine, theirs = opened(desk, form_of), opened(desk, form_of, role="owner")
        sent = theirs.with_(do="save", title="Theirs", speakers__role="nurse", summary="Their summary.")
        assert desk.client("owner").post("/desk/events/talk/edit", data=sent).status_code == 303
        before = (desk.archive.events / "talk.toml").read_bytes()
        answer = save(desk, "talk", mine, title="Mine", speakers__role="head", licence="CC0")
        assert answer.status_code == 409
        assert "Changed by Olha Owner while you were writing." in answer.text
        assert (
            "<q>Theirs</q>" in answer.text and "<q>Mine</q>" in answer.text and "<q>nurse</q>" in answer.text
        )
        assert "Only they changed, and it is taken over: Summary." in answer.text
        assert (desk.archive.events / "talk.toml").read_bytes() == before
        form = form_of(answer, "/edit")
        open_ = save(desk, "talk", form)
        assert open_.status_code == 409 and "Choose which of the two holds." in open_.text
        assert (desk.archive.events / "talk.toml").read_bytes() == before
        names = [name for name in form.names if name.startswith("choose.")]
        assert len(names) == 2
        answer = save(desk, "talk", form_of(open_, "/edit"), **dict.fromkeys(names, choice))
        assert answer.status_code == 303, answer.text
        found = event(desk)
        assert (found.title, found.speakers[0].role, found.summary, found.licence) == (
            title,
            role,
            "Their summary.",
            "CC0",
        )


def test_change_by_hand_meanwhile_is_seen(desk: Any, form_of: FormOf, talk: None) -> None:
    """An editor outside the desk counts as somebody else."""
    mine = opened(desk, form_of)
    path = desk.archive.events / "talk.toml"
    path.write_text(path.read_text().replace('"A talk."', '"By hand."  # a remark'))
    answer = save(desk, "talk", mine, summary="Mine.")
    assert "The file itself was changed while you were writing." in answer.text
    answer = save(desk, "talk", form_of(answer, "/edit"), **{"choose.summary|||both changed": "mine"})
    assert answer.status_code == 303
    assert 'summary = "Mine."  # a remark' in path.read_text()


@pytest.mark.parametrize(("choice", "left"), [("theirs", ["Anna Koval"]), ("mine", [])])
def test_row_that_was_removed_here_and_changed_there(
    desk: Any, form_of: FormOf, talk: None, choice: str, left: list[str]
) -> None:
    """A removal does not take along what somebody else wrote, unless that is chosen."""
    mine = opened(desk, form_of)
    path = desk.archive.events / "talk.toml"
    path.write_text(path.read_text().replace('"teacher"', '"headteacher"'))
    empty = {
        f"speakers__{key}": ""
        for key in ("id", "name", "shown_as", "role", "affiliation", "bio", "links", "consent", "was")
    }
    answer = save(desk, "talk", mine, **empty)
    assert answer.status_code == 409 and "Somebody else changed it while you removed it" in answer.text
    answer = save(desk, "talk", form_of(answer, "/edit"), **{"choose.speakers||0|i removed": choice})
    assert answer.status_code == 303
    assert [one.name for one in event(desk).speakers] == left


def test_form_without_its_base_overwrites_nothing(desk: Any, form_of: FormOf, talk: None) -> None:
    """A base that is no sheet counts as not having seen anything."""
    for base in ("", "[]", "{", '{"title": 3, "speakers": [1, {"name": []}], "tags": "x"}', "[" * 5000):
        answer = save(desk, "talk", opened(desk, form_of), base=base, title="Mine")
        assert answer.status_code == 409
        assert event(desk).title == "Voices"


def test_copy_is_registered_anew(desk: Any, form_of: FormOf, talk: None) -> None:
    """Without what belongs to one occasion, and with what the form does not show."""
    client = desk.client("organiser")
    form = form_of(client.get("/desk/events/talk/duplicate"), "/duplicate")
    assert (form.get("title"), form.get("date"), form.get("time"), form.get("slug")) == (
        ["Voices"],
        [""],
        ["18:00"],
        [""],
    )
    answer = client.post("/desk/events/talk/duplicate", data=form.with_(do="save", date="2026-12-24"))
    assert answer.headers["location"] == "/desk/events/2026-12-24-voices/"
    made = event(desk, "2026-12-24-voices")
    assert (made.extra, made.private["notes"], made.speakers[0].consent, made.visibility) == (
        {"x-room": "Blue"}, "Call first.", None, "draft",
    )  # fmt: skip
    assert made.id != event(desk).id


def test_hundred_races_of_two_organisers_lose_nothing(desk: Any, form_of: FormOf, talk: None) -> None:
    """Two at once save one event a hundred times, each adding a tag and a link of their own: every one is there."""
    rounds = 50
    failures: list[str] = []
    clients = {role: desk.client(role) for role in ("organiser", "owner")}
    together = threading.Barrier(2)

    def work(role: str) -> None:
        client = clients[role]
        try:
            for number in range(rounds):
                form = form_of(client.get("/desk/events/talk/edit"), "/edit")
                together.wait(300)  # both forms are open before either is sent
                mark = f"{role}-{number}"
                data = form.with_(do="save", tags=f"{form.get('tags')[0]}, {mark}")
                for key, value in (("label", mark), ("url", f"https://example.org/{mark}"), ("was", "")):
                    data[f"links-{key}"] = [*data[f"links-{key}"], value]
                for key in ("kind", "language", "archived"):
                    data[f"links-{key}"] = [*data[f"links-{key}"], ""]
                answer = client.post("/desk/events/talk/edit", data=data)
                if answer.status_code != 303:
                    failures.append(f"{mark}: {answer.status_code}")
                together.wait(300)
        except Exception as error:
            failures.append(repr(error))
            together.abort()

    threads = [threading.Thread(target=work, args=(role,)) for role in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    marks = {f"{role}-{number}" for role in clients for number in range(rounds)}
    found = event(desk)
    assert set(found.tags) == {"one", "two"} | marks
    assert {link.label for link in found.links} == marks and len(found.links) == len(marks)


def test_file_that_breaks_or_is_held_meanwhile_costs_nothing_typed(
    desk: Any, form_of: FormOf, talk: None
) -> None:
    """The form comes back with what was typed and says why; once the file is free and whole, it is saved."""
    form = opened(desk, form_of)
    path = desk.archive.events / "talk.toml"
    whole = path.read_text()
    path.write_text("title = ")
    broken = save(desk, "talk", form, summary="Typed.")
    assert broken.status_code == 422 and "this is not valid TOML" in broken.text
    path.write_text(whole)
    with lock(desk.archive, "talk.record", doing="editing"):
        held = save(desk, "talk", form_of(broken, "/edit"))
    assert held.status_code == 422 and "another onrecord is at work" in held.text
    assert save(desk, "talk", form_of(held, "/edit")).status_code == 303
    assert event(desk).summary == "Typed."
