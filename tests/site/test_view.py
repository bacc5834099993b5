"""The gate: what the public may see, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from onrecord.events.publication import standing
from onrecord.site.pages import Pages
from onrecord.site.rendering import Document

TOKEN = "kzt0Qp1VbR8sWm4yLx7Eca2D"


def slugs(bench: Any, now: datetime | None = None) -> list[str]:
    """The addresses of the listed events."""
    return [event.slug for event in bench.view(now).events]


def test_view_lists_public_events_alone_by_their_start(bench: Any) -> None:
    """Drafts, unlisted and withdrawn ones are in no list."""
    bench.event("2026-10-02-b", "")
    bench.event("2026-10-01-a", bench.coming)
    bench.event("2026-10-03-c", "", visibility="draft")
    bench.event("2026-10-04-d", f'private = {{ unlisted-token = "{TOKEN}" }}', visibility="unlisted")
    bench.event("2026-10-05-e", 'withdrawn = "Taken back."')
    view = bench.view()
    assert [event.slug for event in view.events] == ["2026-10-02-b", "2026-10-01-a"]
    assert [event.token for event in view.unlisted] == [TOKEN]
    assert [(gone.slugs, gone.sentence) for gone in view.withdrawn] == [(("2026-10-05-e",), "Taken back.")]
    assert view.event("2026-10-03-c") is None
    assert view.problems == ()


def test_view_of_an_unlisted_event_has_no_slug_and_stands_under_its_token(bench: Any) -> None:
    """Nobody can guess it from the address that it will have."""
    bench.event("2026-10-04-d", f'series = "S"\ntags = ["t"]\nprivate = {{ unlisted-token = "{TOKEN}" }}\n'
                '[[speakers]]\nname = "Anna"', visibility="unlisted")  # fmt: skip
    view = bench.view()
    (event,) = view.unlisted
    assert view.unlisted_event(TOKEN) is event
    assert (event.slug, event.aliases, event.series_slug, event.tags) == ("", (), "", (("t", ""),))
    assert event.speakers[0].slug == ""
    assert (view.people, view.groups) == ((), ())


def test_view_of_an_unlisted_event_with_a_short_token_shows_nothing(bench: Any) -> None:
    """A token that could be guessed is none, should one ever get past the registry."""
    event = bench.event("2026-10-04-d", f'private = {{ unlisted-token = "{TOKEN}" }}', visibility="unlisted")
    assert standing(event, bench.now) == "unlisted"
    for private in ({"unlisted-token": "short"}, {}):
        assert standing(event.model_copy(update={"private": private}), bench.now) == "draft"


def test_view_publishes_a_draft_at_its_time_and_says_when(bench: Any) -> None:
    """`publish_at` is local time of the event's zone."""
    bench.event("2026-10-02-b", 'publish_at = "2026-11-24 10:00"', visibility="draft")
    at = datetime(2026, 11, 24, 8, tzinfo=UTC)  # Kyiv is two hours ahead in November
    assert slugs(bench, at - timedelta(seconds=1)) == []
    assert bench.view(at - timedelta(seconds=1)).next_change == at
    assert slugs(bench, at) == ["2026-10-02-b"]


def test_view_knows_what_is_coming_now_and_past(bench: Any) -> None:
    """And when that changes next."""
    bench.event("a", bench.coming + 'duration = "1h"')
    start = datetime(2026, 12, 1, 16, tzinfo=UTC)
    end = start + timedelta(hours=1)
    for now, when, change in (
        (start - timedelta(1), "coming", start),
        (start, "now", end),
        (end, "past", None),
    ):
        view = bench.view(now)
        assert (view.events[0].when, view.next_change) == (when, change)


@pytest.mark.parametrize(
    ("more", "hours", "shown"),
    [
        ('join_visibility = "public"', -1, "https://meet.example.org/x"),
        ('join_visibility = "public"', 1, "https://meet.example.org/x"),
        ('join_visibility = "public"', 2, ""),
        ("", -1, ""),
        ('join_visibility = "public"\ncancelled = "Ill."', -1, ""),
    ],
)
def test_view_shows_the_join_link_until_the_event_is_over(
    bench: Any, more: str, hours: int, shown: str
) -> None:
    """Only where the record says that it is public, and not when the event is cancelled."""
    bench.event("a", f'{bench.coming}join = "https://meet.example.org/x"\n{more}')
    now = datetime(2026, 12, 1, 16, tzinfo=UTC) + timedelta(hours=hours)
    assert bench.view(now).events[0].join == shown


def test_view_publishes_recordings_by_hand_or_by_the_archives_settings(bench: Any) -> None:
    """The default is no; a recording's own word comes before the settings'."""
    text = '[[recordings]]\nid = "a"\n[[recordings]]\nid = "b"\npublish = "yes"\n'
    text += '[[recordings]]\nid = "c"\npublish = "no"'
    bench.event("e", text)
    assert [recording.id for recording in bench.view().events[0].recordings] == ["b"]
    bench.settings("")
    bench.archive.settings_file.write_text("format = 1\n[publish]\nrecordings = true\n", encoding="utf-8")
    fresh = type(bench)(type(bench.archive)(bench.root))
    assert [recording.id for recording in fresh.view().events[0].recordings] == ["a", "b"]


@pytest.mark.parametrize(
    ("policy", "shown"), [("", ["en"]), ('transcript = "draft"', ["en", "uk"]), ('transcript = "no"', [])]
)
def test_view_publishes_transcripts_by_their_status(bench: Any, policy: str, shown: list[str]) -> None:
    """Reviewed ones by default; machine drafts when a person says so; unfinished ones never."""
    bench.event("e", f'languages = ["uk", "en"]\n[[recordings]]\nid = "a"\npublish = "yes"\n{policy}')
    bench.transcript("e", "a.en", "c1 0 1 Words.")
    bench.transcript("e", "a.uk", "c1 0 1 Слова.", status="machine")
    bench.transcript("e", "a.fr", "c1 0 1 Mots.", status="partial")
    found = [transcript.language for transcript in bench.view().events[0].transcripts]
    assert sorted(found) == shown
    assert found == sorted(found, key=["uk", "en"].index)


def test_view_gives_no_transcript_of_a_recording_that_is_not_public(bench: Any) -> None:
    """What is said in it is as private as the recording."""
    bench.event("e", '[[recordings]]\nid = "a"')
    bench.transcript("e", "a.en", "c1 0 1 Words.")
    assert bench.view().events[0].transcripts == ()


def test_view_gives_the_transcript_alone_where_a_person_said_so(bench: Any, tone: Path) -> None:
    """No file, no player; times inside the trim as beside the recording; the policy for drafts stays."""
    recording = '[[recordings]]\nid = "a"\npublish = "transcript"\noriginal = "public"\n'
    bench.event("e", f'{recording}source = "https://youtu.be/abcdefghijk"\ntrim = ["00:00:01", "00:00:05"]')
    bench.recording("e", "a", tone)
    bench.transcript("e", "a.en", "c1 0 1 Before.\nc2 2 3 Words.")
    bench.transcript("e", "a.uk", "c1 2 3 Слова.", status="machine")
    (shown,) = bench.view().event("e").recordings
    assert (shown.kept_private, shown.media, shown.player) == (True, None, None)
    (transcript,) = shown.transcripts
    assert [(cue.start, cue.text) for cue in transcript.cues] == [(1000, "Words.")]
    paths = list(Pages(bench.view()).event_paths(bench.view().event("e")))
    assert "captions/e/a.en.vtt" in paths and not [path for path in paths if path.startswith("media/")]
    page = Pages(bench.view()).find("events/e/")
    assert isinstance(page, Document)
    text = page.body.decode()
    assert "The recording is not published; its transcript is." in text
    assert "media/e/" not in text and "<video" not in text and "youtu" not in text


def test_view_names_no_recording_of_which_nothing_is_told(bench: Any) -> None:
    """Published as a transcript, without one that may be public: it is as if it were not there."""
    bench.event("e", '[[recordings]]\nid = "a"\ntitle = "T"\npublish = "transcript"')
    assert bench.view().event("e").recordings == ()
    bench.transcript("e", "a.en", "c1 2 3 Words.", status="machine")
    assert bench.view().event("e").recordings == ()


def test_view_publishes_no_transcript_alone_by_a_setting(bench: Any) -> None:
    """Only a person's own word does: with the settings alone, what is private stays private."""
    bench.settings("")
    bench.archive.settings_file.write_text('format = 1\n[publish]\ntranscripts = "draft"\n', encoding="utf-8")
    fresh = type(bench)(type(bench.archive)(bench.root))
    for publish in ("", 'publish = "no"'):
        fresh.event("e", f'[[recordings]]\nid = "a"\ntranscript = "draft"\n{publish}')
        fresh.transcript("e", "a.en", "c1 0 1 Words.")
        assert fresh.view().event("e").recordings == ()


def test_view_shows_no_chapters_of_an_unpublished_recording(bench: Any) -> None:
    """The agenda is on the first recording's clock: beside the second one it would be wrong."""
    recordings = '[[recordings]]\nid = "a"\npublish = "{}"\n[[recordings]]\nid = "b"\npublish = "yes"'
    bench.event("later", 'agenda = [{ at = "00:00:05", title = "T" }]\n' + recordings.format("no"))
    assert bench.view().event("later").agenda == ()
    bench.event("later", 'agenda = [{ at = "00:00:05", title = "T" }]\n' + recordings.format("yes"))
    assert [chapter.title for chapter in bench.view().event("later").agenda] == ["T"]


def test_view_maps_agenda_and_words_to_the_rendition(bench: Any) -> None:
    """The chapter in which the trim begins stands at its start; those outside are gone."""
    agenda = ", ".join(f'{{ at = "00:00:{at:02}", title = "T{at}" }}' for at in (0, 5, 20, 50))
    bench.event(
        "e",
        f'agenda = [{agenda}]\n[[recordings]]\nid = "a"\npublish = "yes"\ntrim = ["00:00:10", "00:00:40"]',
    )
    bench.transcript("e", "a.en", "c1 12 14 Anna: Words.")
    event = bench.view().events[0]
    assert [(chapter.start, chapter.title) for chapter in event.agenda] == [(0, "T5"), (10_000, "T20")]
    (cue,) = event.transcripts[0].cues
    assert (cue.start, cue.end, cue.speaker) == (2000, 4000, "Anna")
    assert event.transcripts[0].turns[0].sentences[0].anchor == "a.en.c1"


def test_view_gives_media_of_a_published_recording_alone(bench: Any, tone: Path) -> None:
    """The rendition's facts, and the original only where it is offered."""
    bench.event(
        "e",
        '[[recordings]]\nid = "a"\npublish = "yes"\n'
        '[[recordings]]\nid = "b"\npublish = "yes"\noriginal = "public"',
    )
    path = bench.recording("e", "a", tone)
    bench.recording("e", "b", tone)
    first, second = bench.view().events[0].recordings
    assert first.media is not None and second.media is not None
    assert (first.media.kind, first.media.extension, first.media.size) == (
        "audio",
        "m4a",
        path.stat().st_size,
    )
    assert abs(first.media.duration - 6000) < 100
    assert first.media.original is None
    assert second.media.original is not None and second.media.original.read_bytes() == tone.read_bytes()


def test_view_says_pseudonyms_everywhere(bench: Any) -> None:
    """Title, text, agenda, links, tags, recordings and what is said."""
    bench.event(
        "e",
        """
        summary = "With Anna Koval"
        description = "**Anna Koval** speaks"
        tags = ["Anna Koval"]
        agenda = [{ at = "00:00:00", title = "Anna Koval begins" }]
        [[speakers]]
        name = "Anna Koval"
        shown_as = "Witness A"
        [[links]]
        label = "Anna Koval's letter"
        url = "https://example.org/letter"
        [[links]]
        label = "Page"
        url = "https://example.org/anna-koval"
        [[recordings]]
        id = "a"
        title = "Anna Koval"
        publish = "yes"
        """,
        title="Anna Koval speaks",
    )
    bench.transcript("e", "a.en", "c1 0 1 Anna Koval: I am Anna Koval.")
    event = bench.view().events[0]
    assert (event.title, event.summary, event.description) == (
        "Witness A speaks",
        "With Witness A",
        "Witness A speaks",
    )
    assert event.tags == (("Witness A", "witness-a"),)
    assert event.agenda[0].title == "Witness A begins"
    assert [(link.label, link.url) for link in event.links] == [
        ("Witness A's letter", "https://example.org/letter")
    ]
    assert event.recordings[0].title == "Witness A"
    assert [(speaker.name, speaker.slug) for speaker in event.speakers] == [("Witness A", "")]
    turn = event.transcripts[0].turns[0]
    assert (turn.speaker, turn.sentences[0].text) == ("Witness A", "I am Witness A.")


def test_view_keeps_back_an_event_whose_address_names_someone_hidden(bench: Any) -> None:
    """An address cannot be rewritten, so the event waits for another one, and the problem says what to do."""
    bench.event("talk-with-anna-koval", '[[speakers]]\nname = "Anna Koval"\nshown_as = "Witness A"')
    view = bench.view()
    assert view.events == ()
    (problem,) = view.problems
    assert "onrecord event rename talk-with-anna-koval" in str(problem)


def test_view_knows_speakers_by_id_else_by_name(bench: Any) -> None:
    """Two events of one person are on one page; a pseudonym is not the person."""
    bench.event(
        "a", 'starts = "2026-01-01 18:00"\n[[speakers]]\nid = "anna"\nname = "Anna Koval"\nrole = "Teacher"'
    )
    bench.event("b", 'starts = "2026-02-01 18:00"\n[[speakers]]\nid = "anna"\nname = "Anna K."')
    bench.event("c", 'starts = "2026-03-01 18:00"\n[[speakers]]\nname = "Vira"')
    bench.event("d", 'starts = "2026-04-01 18:00"\n[[speakers]]\nname = "vira "')
    bench.event(
        "e",
        'starts = "2026-05-01 18:00"\n[[speakers]]\nid = "anna"\nname = "Anna Koval"\nshown_as = "Witness A"',
    )
    view = bench.view()
    people = {person.slug: ([event.slug for event in person.events], person.role) for person in view.people}
    assert people == {"anna": (["b", "a"], "Teacher"), "vira": (["d", "c"], ""), "witness-a": (["e"], "")}


def test_view_leads_from_a_merged_speaker_to_the_one_that_stayed(bench: Any) -> None:
    """An id that was merged into another still leads to the person."""
    bench.archive.speakers_file.write_text(
        'format = 1\n[[speakers]]\nid = "anna"\nname = "Anna Koval"\naliases = ["anna-2"]\n', encoding="utf-8"
    )
    bench.event("a", '[[speakers]]\nid = "anna"\nname = "Anna Koval"')
    bench.event("b", '[[speakers]]\nid = "anna-2"\nname = "Anna Koval"')
    view = bench.view()
    assert [(person.slug, len(person.events)) for person in view.people] == [("anna", 2)]
    moved = view.moved_person("anna-2")
    assert moved is not None and moved.slug == "anna"


def test_view_groups_events_by_series_and_tag(bench: Any) -> None:
    """Newest first; other scripts have addresses too."""
    bench.event("a", 'starts = "2026-01-01 18:00"\nseries = "Права людини"\ntags = ["x", "y"]')
    bench.event("b", 'starts = "2026-02-01 18:00"\nseries = "Права людини"\ntags = ["x"]')
    view = bench.view()
    found = {
        (group.kind, group.slug, group.name): [event.slug for event in group.events] for group in view.groups
    }
    assert found == {
        ("series", "prava-liudini", "Права людини"): ["b", "a"],
        ("tag", "x", "x"): ["b", "a"],
        ("tag", "y", "y"): ["a"],
    }


def test_view_leads_from_former_addresses(bench: Any) -> None:
    """An alias leads to the event, unless another event stands at it now."""
    bench.event("a", 'slug = "new"\naliases = ["old"]')
    view = bench.view()
    moved = view.moved("old")
    assert moved is not None and moved.slug == "new"
    assert view.event("old") is None


def test_view_tells_of_files_that_cannot_be_read(bench: Any) -> None:
    """An event with a mistake in it and a broken transcript are left out, and said."""
    bench.event("a", '[[recordings]]\nid = "a"\npublish = "yes"')
    (bench.archive.events / "b.toml").write_text("title = ", encoding="utf-8")
    folder = bench.archive.transcripts("a")
    folder.mkdir(parents=True)
    (folder / "a.en.vtt").write_text("no captions", encoding="utf-8")
    view = bench.view()
    assert [event.transcripts for event in view.events] == [()]
    assert sorted(Path(problem.path).name for problem in view.problems if problem.path) == [
        "a.en.vtt",
        "b.toml",
    ]


def test_view_made_from_an_earlier_one_sees_what_changed(bench: Any) -> None:
    """And gives the same as one made from nothing."""
    from onrecord.site.view import View

    bench.event("a", '[[recordings]]\nid = "a"\npublish = "yes"')
    bench.transcript("a", "a.en", "c1 0 1 Words.")
    before = bench.view()
    assert before.events[0].transcripts[0].cues[0].text == "Words."
    prints = before.fingerprint(before.events[0])
    bench.transcript("a", "a.en", "c1 0 1 Other words.")
    bench.event("b", "")
    after = View(bench.archive, bench.now, before=before)
    assert [event.slug for event in after.events] == ["a", "b"]
    assert after.events[0].transcripts[0].cues[0].text == "Other words."
    assert after.fingerprint(after.events[0]) != prints
    assert before.events[0].transcripts[0].cues[0].text == "Words."
