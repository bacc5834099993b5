"""What the editor's forms do, asked as a script and as a plain form."""

from __future__ import annotations

import html
import re
from typing import Any

from onrecord.transcripts.library import Library

STEM = "2026-10-01-rights"
HOME = f"/desk/events/{STEM}/transcripts/part-1.en/"
FIRST = "Everyone has duties to the comunity in which alone the free development."
RIGHT = FIRST.replace("comunity", "community")


def test_editor_shows_paragraphs_with_marks_times_and_names(talk: Any) -> None:
    """Words with what is doubted, their times, whose name completes, and a form for who has no scripts."""
    page = talk.desk.client("editor").get(HOME)
    assert page.status_code == 200
    assert talk.texts() == [
        FIRST, "All human beings are born free and equal in dignity and rights.",
        "Everyone has the right to life, liberty and security of person.",
    ]  # fmt: skip
    assert page.text.count('<span class="unsure">') == 2
    assert 'data-w="0 500 1000 1500 1800 2200 3000 3400 3900 4500 5000 5700"' in page.text
    assert re.findall(r'<option value="([^"]*)"></option>', page.text) == [
        "Anna Koval", "Borys Melnyk", "Speaker 1", "Speaker 2",
    ]  # fmt: skip
    assert f'href="{HOME}paragraphs/c3/"' in page.text
    assert "2 words are marked as unsure." in page.text


def test_script_saves_a_paragraph_and_gets_what_changed(talk: Any) -> None:
    """The file has the new word with its old time and without the mark; only that paragraph comes back."""
    answer = talk.send("text", {"seen": talk.seen("c1"), "text": RIGHT})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["saved"], list(told["html"]), told["doubts"]) == (True, ["c1"], 1)
    assert [key for key, _ in told["order"]] == ["c1", "c3", "c5"]
    assert "<00:00:03.200>community" in talk.file
    assert talk.log() == [("Edna Editor", "transcript.corrected", STEM, "part-1.en")]
    parts = talk.desk.client("editor").get(f"{HOME}parts", params={"stamp": told["stamp"]})
    assert parts.status_code == 204


def test_plain_form_saves_splits_and_goes_on(talk: Any) -> None:
    """Without scripts a new line is where the other speaker begins."""
    answer = talk.send(
        "text", {"seen": talk.seen("c3"), "text": "All human beings are born free\nand equal in dignity and rights.",
                 "name": "Borys Melnyk", "then": "next"}, script=False,
    )  # fmt: skip
    assert answer.status_code == 303
    assert "<v Borys Melnyk>and equal" in talk.file
    page = talk.desk.client("editor").get(answer.headers["location"])
    assert "Saved." in page.text and "Borys Melnyk" in page.text
    assert talk.texts()[1:3] == ["All human beings are born free", "and equal in dignity and rights."]


def test_stale_paragraph_shows_both_versions_and_lets_one_merge(talk: Any) -> None:
    """Who saw something else writes over nothing: by script, by form, and after an edit of the file by hand."""
    seen = talk.seen("c1")
    talk.send("text", {"seen": seen, "text": RIGHT}, role="organiser")
    mine = FIRST.replace("development", "growth")
    for script in (True, False):
        answer = talk.send("text", {"seen": seen, "text": mine}, script=script)
        assert answer.status_code == 409
        text = answer.json()["panel"] if script else answer.text
        assert RIGHT in text and mine in text
        assert f">\n{RIGHT.replace('development', 'growth')}</textarea>" in text
    assert "growth" not in talk.file
    fresh = html.unescape(re.findall(r'name="seen" value="([^"]*)"', text)[0])
    assert talk.send("text", {"seen": fresh, "text": RIGHT.replace("development", "growth")}).json()["saved"]
    before = talk.seen("c3")
    talk.path.write_text(talk.file.replace("All human beings", "All people"), encoding="utf-8")
    assert talk.send("text", {"seen": before, "text": "All humans"}).status_code == 409
    assert "All people" in talk.file


def test_voice_is_named_in_one_turn_and_everywhere(talk: Any) -> None:
    """This turn, all turns, the table of voices; each whole change is a revision and in the log."""
    talk.send("speaker", {"seen": talk.seen("c5"), "name": "Borys Melnyk", "scope": "turn"})
    assert (talk.file.count("<v Borys Melnyk>"), talk.file.count("<v Speaker 1>")) == (2, 2)
    told = talk.send("speaker", {"seen": talk.seen("c1"), "name": "Anna Koval", "scope": "all"}).json()
    assert (list(told["html"]), told["names"]) == (["c1"], ["Anna Koval", "Speaker 2", "Borys Melnyk"])
    answer = talk.send("speakers", {"old": ["Speaker 2"], "name": ["Borys Melnyk"]}, script=False)
    assert answer.status_code == 303
    assert Library(talk.desk.archive).read(STEM, "part-1", "en").speakers == ("Anna Koval", "Borys Melnyk")
    assert [row[1] for row in talk.log()] == ["transcript.named", "transcript.named", "transcript.corrected"]
    refused = talk.send("speaker", {"seen": talk.seen("c1").replace("Anna Koval", "Nobody"), "name": "x"})
    assert refused.status_code == 409


def test_turn_is_joined_words_are_sure_and_in_their_language(talk: Any) -> None:
    """The small changes of one paragraph."""
    talk.send("sure", {"seen": talk.seen("c1"), "word": ["5", "10"]})
    assert "unsure" not in talk.file.split("\n\n", 2)[2]
    talk.send("language", {"seen": talk.seen("c3"), "words": "born free", "language": "uk"})
    assert "<lang uk>born free</lang>" in talk.file
    talk.send("join", {"seen": talk.seen("c3")})
    assert len(talk.texts()) == 2
    assert talk.send("join", {"seen": talk.seen("c1")}).status_code == 400
    assert (
        talk.send("language", {"seen": talk.seen("c1"), "words": "nothing", "language": "uk"}).status_code
        == 400
    )


def test_emptied_paragraph_goes_and_comes_back(talk: Any) -> None:
    """The script's way to undo: what was taken out is put back in its time."""
    seen = talk.seen("c3")
    told = talk.send("text", {"seen": seen, "text": ""}).json()
    assert [key for key, _ in told["order"]] == ["c1", "c5"]
    import json

    again = json.dumps({**json.loads(seen), "text": "", "next": told["next"]})
    talk.send("text", {"seen": again, "text": json.loads(seen)["text"]})
    assert talk.texts()[1] == json.loads(seen)["text"]


def test_set_aside_is_put_back_once(talk: Any) -> None:
    """Its page offers it; a second press finds it gone."""
    page = talk.desk.client("editor").get(f"{HOME}aside").text
    said = html.unescape(re.findall(r'name="said" value="([^"]*)"', page)[0])
    assert talk.send("aside", {"ghost": "0", "said": said}, script=False).status_code == 303
    assert talk.texts()[1].endswith("rights. Thank you for watching.")
    assert talk.send("aside", {"ghost": "0", "said": said}, script=False).status_code == 400
    assert "Nothing is set aside" in talk.desk.client("editor").get(f"{HOME}aside").text


def test_replace_shows_first_and_changes_what_is_ticked(talk: Any) -> None:
    """A preview with every place, then only the chosen ones."""
    page = (
        talk.desk.client("editor").get(f"{HOME}replace", params={"find": "everyone", "instead": "Each"}).text
    )
    names = re.findall(r'name="hit" value="([^"]*)"', page)
    assert len(names) == 2 and "Each" not in talk.file
    answer = talk.send("replace", {"find": "everyone", "instead": "Each", "hit": names[1:]}, script=False)
    assert answer.status_code == 303
    assert "1 place was changed." in talk.desk.client("editor").get(HOME).text
    assert [text.split()[0] for text in talk.texts()] == ["Everyone", "All", "Each"]


def test_reviewed_back_to_draft_and_restored(talk: Any) -> None:
    """Who and when stand in the file; the history shows both and brings the first back."""
    talk.send("review", {"state": "reviewed"}, script=False)
    assert "status: reviewed" in talk.file and "reviewed-by: Edna Editor" in talk.file
    talk.send("review", {"state": "draft"}, script=False)
    assert "reviewed-by" not in talk.file
    talk.send("text", {"seen": talk.seen("c1"), "text": RIGHT})
    page = talk.desk.client("editor").get(f"{HOME}history").text
    assert [int(n) for n in re.findall(r'history/(\d+)/"', page)] == [4, 3, 2, 1]
    told = talk.desk.client("editor").get(f"{HOME}history/4/").text
    assert "<del>comunity</del>" in told and "<ins>community</ins>" in told
    assert talk.send("history/1/restore", {}, script=False).status_code == 303
    assert talk.texts()[0] == FIRST
    assert [row[1] for row in talk.log()] == [
        "transcript.restored", "transcript.corrected", "transcript.unreviewed", "transcript.reviewed",
    ]  # fmt: skip


def test_public_page_follows_a_saved_correction(talk: Any) -> None:
    """What is reviewed is public with its corrections, as soon as the site looks."""
    talk.send("review", {"state": "reviewed"}, script=False)
    talk.send("text", {"seen": talk.seen("c1"), "text": RIGHT})
    talk.desk.live.check()
    listed = talk.desk.client(None).get(f"/events/{STEM}/")
    assert "community" in listed.text and "comunity" not in listed.text


def test_what_is_not_there_is_not_found(talk: Any) -> None:
    """Names that could lead elsewhere, and revisions and paragraphs that never were."""
    client = talk.desk.client("editor")
    for path in (
        HOME.replace("part-1.en", "part-2.en"), HOME.replace("part-1.en", "..%2Fpart-1.en"),
        HOME.replace(STEM, "..%2F..%2Fetc"), f"{HOME}paragraphs/c99/", f"{HOME}history/99/", f"{HOME}history/x/",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path


def test_transcript_that_is_being_made_is_left_alone(talk: Any) -> None:
    """Until the transcription is at its end nothing is corrected, and the page says so."""
    talk.path.write_text(talk.file.replace("status: machine", "status: partial"), encoding="utf-8")
    answer = talk.send("text", {"seen": talk.seen("c1"), "text": RIGHT})
    assert answer.status_code == 409
    assert answer.json()["error"] == "This transcript is still being made."
