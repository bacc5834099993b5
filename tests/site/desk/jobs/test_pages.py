"""The pages of jobs: what they say in each state, and what people can do."""

from __future__ import annotations

import re
from typing import Any

import pytest

from onrecord import audit, jobs
from onrecord.jobs import Outcome
from onrecord.progress import Report

STEM = "2026-03-01-talk"


@pytest.fixture
def job(desk: Any) -> jobs.Job:
    """A recording's job that waits for its turn."""
    (desk.archive.events / f"{STEM}.toml").write_text(
        'format = 1\ntitle = "A <talk>"\nstarts = "2026-03-01 18:00"\n\n'
        '[[recordings]]\nid = "part-1"\ntitle = "The first part"\nsource = "talk.wav"\n'
    )
    return jobs.enqueue(desk.database, "recording", STEM, "part-1", by="Olha Owner")


def claimed(desk: Any) -> jobs.Job:
    found = jobs.claim(desk.database, "one", ["recording"])
    assert found is not None
    return found


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.partition("<main")[2].partition("</main>")[0]))


def buttons(html: str) -> set[str]:
    return set(re.findall(r'name="wish" value="(\w+)"', html))


def test_a_waiting_job_says_for_what(desk: Any, job: jobs.Job) -> None:
    """For a worker where none is there; else for the jobs before it."""
    page = desk.client("editor").get("/desk/jobs/").text
    assert "A &lt;talk&gt;" in page
    assert "No worker is there to do the jobs" in page
    jobs.present(desk.database, "one")
    assert "for the jobs before it" in text_of(desk.client("editor").get("/desk/jobs/").text)


def test_a_job_of_no_recording_shows_no_mark_of_ours(desk: Any, job: jobs.Job) -> None:
    """What tells two looks at addresses apart is nothing to read."""
    jobs.enqueue(desk.database, "look", STEM, "f9c49350f579d05d", details={"url": "https://example.org/"})
    page = desk.client("editor").get("/desk/jobs/").text
    assert "A &lt;talk&gt; A look at an address" in text_of(page)
    assert "f9c49350f579d05d" not in page


def test_a_running_job_says_how_far_it_is(desk: Any, job: jobs.Job) -> None:
    """Step, share, amounts, pace, and what is left of the step; the page reloads itself only without JavaScript."""
    report = Report("fetch", "", 30_000_000, 120_000_000, "bytes")
    jobs.heartbeat(desk.database, claimed(desk), "one", report, pace=3_000_000)
    jobs.log(desk.database, job.id, "fetch: began")
    page = desk.client("editor").get(f"/desk/jobs/{job.id}/").text
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page
    assert page.count("http-equiv") == 1
    assert '<progress aria-label="Fetch" value="0.2500" max="1">' in page
    told = text_of(page)
    for words in (
        "At work Fetch",
        "25 % 30.0 MB of 120.0 MB 3.0 MB a second about 30 s left",
        "fetch: began",
        "Olha Owner",
    ):
        assert words in told
    assert re.findall(r'<li class="(\w+)"', page)[:4] == ["now", "later", "later", "later"]


@pytest.mark.parametrize(
    ("outcome", "said", "offered"),
    [
        (Outcome("paused"), "Paused", {"resume", "cancel", "again"}),
        (Outcome("waiting", error="the server did not answer.", wait=60, failed_try=True),
         "Tried again by itself Fetch Make playable Transcribe Make findable The server did not answer. It was tried once.",
         {"resume", "pause", "cancel", "again"}),
        (Outcome("done", {"notes": ["It has two tracks."]}), "Done", {"again"}),
        (Outcome("failed", error="it is no recording.", advice="Bring another one."),
         "Needs somebody Fetch Make playable Transcribe Make findable It is no recording. Bring another one.",
         {"again", "cancel"}),
        (Outcome("cancelled"), "Called off", {"again"}),
    ],
)  # fmt: skip
def test_each_state_says_what_can_be_done(
    desk: Any, job: jobs.Job, outcome: Outcome, said: str, offered: set[str]
) -> None:
    """An organiser has the buttons that fit; an editor looks only."""
    jobs.finish(desk.database, claimed(desk), "one", outcome)
    page = desk.client("organiser").get(f"/desk/jobs/{job.id}/").text
    assert said in re.sub(r" \(done\)", "", text_of(page)).replace("  ", " ")
    assert buttons(page) == offered
    assert buttons(desk.client("editor").get(f"/desk/jobs/{job.id}/").text) == set()
    for sentence in outcome.result.get("notes", ()):
        assert sentence in page


def test_what_a_terminal_would_be_told_is_told_in_the_desks_words(desk: Any, job: jobs.Job) -> None:
    """Nobody at the desk has a command line."""
    outcome = Outcome(
        "failed", error="it has no source.", advice="Name its address: 'onrecord event edit talk'."
    )
    jobs.finish(desk.database, claimed(desk), "one", outcome)
    told = text_of(desk.client("organiser").get(f"/desk/jobs/{job.id}/").text)
    assert "onrecord event" not in told
    assert "its address and its other entries can be changed there" in told


def test_a_recording_that_is_too_short_can_be_kept(desk: Any, job: jobs.Job) -> None:
    """By a button, which says so to the next run."""
    outcome = Outcome("failed", error="it is shorter than it says.", advice="take it with --keep-as-it-is.")
    jobs.finish(desk.database, claimed(desk), "one", outcome)
    client = desk.client("organiser")
    assert "Keep it as it is" in client.get(f"/desk/jobs/{job.id}/").text
    client.post(f"/desk/jobs/{job.id}/", data={"wish": "again", "keep": "yes"})
    assert jobs.find(desk.database, job.id).details == {"keep_as_it_is": True}


def test_wishes_are_carried_out_and_written_down(desk: Any, job: jobs.Job) -> None:
    """Each answers with the page and a sentence, and stands in the log of the desk."""
    client = desk.client("organiser")
    seen = []
    for wish in ("pause", "resume", "cancel", "again"):
        answer = client.post(f"/desk/jobs/{job.id}/", data={"wish": wish})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/jobs/{job.id}/")
        seen.append(jobs.find(desk.database, job.id).state)
    assert seen == ["paused", "queued", "cancelled", "queued"]
    assert "The job is run again." in client.get(f"/desk/jobs/{job.id}/").text
    with desk.database.reading() as connection:
        rows = [
            (row.who, row.what, row.subject) for row in audit.entries(connection, before=None, subject=STEM)
        ]
    assert rows == [
        ("Oskar Organiser", f"job.{word}", STEM) for word in ("again", "cancelled", "resumed", "paused")
    ]


def test_a_wish_that_does_not_fit_any_more_is_told_on_the_page(desk: Any, job: jobs.Job) -> None:
    """As when a button is pressed twice."""
    client = desk.client("organiser")
    client.post(f"/desk/jobs/{job.id}/", data={"wish": "cancel"})
    answer = client.post(f"/desk/jobs/{job.id}/", data={"wish": "pause"})
    assert answer.status_code == 409
    assert "the job has changed meanwhile" in answer.text


@pytest.mark.parametrize("form", [{"wish": "sell"}, {}, {"wish": "again", "from": "nowhere"}])
def test_a_wish_that_there_is_not_is_refused(desk: Any, job: jobs.Job, form: dict[str, str]) -> None:
    """With a page that says so, and nothing is changed."""
    assert desk.client("owner").post(f"/desk/jobs/{job.id}/", data=form).status_code == 400
    assert jobs.find(desk.database, job.id) == job


@pytest.mark.parametrize("number", ["7", "0", str(1 << 70)])
def test_a_job_that_there_is_not_has_no_page(desk: Any, number: str) -> None:
    """Also a number that no database holds."""
    assert desk.client("owner").get(f"/desk/jobs/{number}/").status_code == 404
    assert desk.client("owner").get(f"/desk/jobs/{number}/events").status_code == 404


def test_a_transcript_that_people_worked_on_is_asked_about(desk: Any, job: jobs.Job) -> None:
    """From the transcription only with the box ticked; the page says who worked on it."""
    folder = desk.archive.transcripts(STEM)
    folder.mkdir(parents=True)
    (folder / "part-1.en.vtt").write_text(
        "WEBVTT\n\nNOTE\nonrecord 1\nlanguage: en\nkind: original\nstatus: reviewed\nreviewed-by: Rita Reviewer\nnext-id: 2\n\n"
        "c1\n00:00:01.000 --> 00:00:02.000\nEveryone has the right to life.\n"
    )
    jobs.finish(desk.database, claimed(desk), "one", Outcome("done"))
    client, form = desk.client("organiser"), {"wish": "again", "from": "transcribe"}
    assert "Rita Reviewer worked on it." in client.get(f"/desk/jobs/{job.id}/").text
    answer = client.post(f"/desk/jobs/{job.id}/", data=form)
    assert (answer.status_code, "People worked on this transcript." in answer.text) == (409, True)
    assert jobs.find(desk.database, job.id).state == "done"
    assert client.post(f"/desk/jobs/{job.id}/", data={**form, "replace": "yes"}).status_code == 303
    assert jobs.find(desk.database, job.id).details == {"from": "transcribe", "replace": True}


def test_failed_jobs_come_first_until_something_came_of_the_work(desk: Any, job: jobs.Job) -> None:
    """A job that was asked for again and was done needs nobody any more."""
    jobs.finish(desk.database, claimed(desk), "one", Outcome("failed", error="no answer."))
    page = text_of(desk.client("editor").get("/desk/jobs/").text)
    assert "Needs somebody" in page
    jobs.enqueue(desk.database, "recording", STEM, "part-1")
    jobs.finish(desk.database, claimed(desk), "one", Outcome("done"))
    assert "Needs somebody" not in text_of(desk.client("editor").get("/desk/jobs/").text)


def test_a_filling_disk_is_told(desk: Any, job: jobs.Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the list and on the page of a job that waits for it."""
    with desk.archive.settings_file.open("a") as file:
        file.write("\n[jobs]\nfree-gigabytes = 1e9\n")
    desk.live.check()
    for path in ("/desk/jobs/", f"/desk/jobs/{job.id}/"):
        assert "The disk is filling" in desk.client("editor").get(path).text


def test_old_jobs_are_on_further_pages(desk: Any) -> None:
    """Fifty on each."""
    for number in range(53):
        jobs.enqueue(desk.database, "recording", "", str(number))
        jobs.finish(desk.database, claimed(desk), "one", Outcome("done"))
    first = desk.client("editor").get("/desk/jobs/").text
    assert "/desk/jobs/?before=4" in first
    second = desk.client("editor").get("/desk/jobs/?before=4").text
    assert re.findall(r'href="/desk/jobs/(\d+)/"', second) == ["3", "2", "1"]
