"""The settings on the desk."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from onrecord import audit
from onrecord.settings import SETTINGS, read_settings
from onrecord.site.desk.settings import ROWS

PAGE = "/desk/settings/"


def form_of(page: str) -> dict[str, str]:
    """The form as a browser would send it again, unchanged."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", page):
        name = re.search(r' name="([^"]*)"', tag)
        value = re.search(r' value="([^"]*)"', tag)
        if name and not (('type="checkbox"' in tag or 'type="radio"' in tag) and " checked" not in tag):
            found[name[1]] = unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.S):
        found[name] = unescape(re.search(r'value="([^"]*)" selected', options)[1])
    for name, text in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', page, re.S):
        found[name] = unescape(text)
    return found


def test_settings_are_written_with_remarks_kept_and_hold_at_once(desk: Any) -> None:
    """The site is shown under its new name without waiting; the log says what was changed, not how."""
    owner = desk.client("owner")
    file = desk.archive.settings_file
    file.write_text(
        file.read_text(encoding="utf-8").replace("format = 1", "format = 1  # our own remark"),
        encoding="utf-8",
    )
    desk.live.check()
    form = form_of(owner.get(PAGE).text)
    changes = {"title": "Rights & <Records>", "languages": "uk, en", "publish-recordings": "yes",
               "render-max-height": "720", "about": "One.\n\nTwo."}  # fmt: skip
    answer = owner.post(PAGE, data={**form, **changes})
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert "our own remark" in file.read_text(encoding="utf-8")
    made = read_settings(file, {})
    assert [made[name] for name in ("title", "languages", "publish.recordings", "render.max-height", "about")] == [
        "Rights & <Records>", ("uk", "en"), True, 720, "One.\n\nTwo.",
    ]  # fmt: skip
    assert "Rights &amp; &lt;Records&gt;" in owner.get("/").text
    with desk.database.reading() as connection:
        entry = audit.entries(connection, before=None)[0]
    assert (entry.what, set(entry.detail.split(", "))) == (
        "settings.changed", {"title", "languages", "publish.recordings", "render.max-height", "about"},
    )  # fmt: skip


def test_form_that_is_sent_unchanged_changes_nothing(desk: Any) -> None:
    """Not a byte of the file, and the log says nothing."""
    owner = desk.client("owner")
    before = desk.archive.settings_file.read_bytes()
    assert owner.post(PAGE, data=form_of(owner.get(PAGE).text)).status_code == 303
    assert desk.archive.settings_file.read_bytes() == before


def test_stale_form_keeps_what_somebody_else_changed(desk: Any) -> None:
    """Of different rows both hold; of the same one both are shown, nothing is written until somebody decides."""
    owner = desk.client("owner")
    stale = form_of(owner.get(PAGE).text)
    owner.post(PAGE, data={**stale, "title": "Theirs", "contact": "them@example.org"})
    answer = owner.post(PAGE, data={**stale, "summary": "Mine."})
    assert answer.status_code == 303
    made = read_settings(desk.archive.settings_file, {})
    assert (made["title"], made["summary"]) == ("Theirs", "Mine.")
    answer = owner.post(PAGE, data={**stale, "title": "Mine too", "licence": "CC0"})
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    again = form_of(answer.text)
    assert (again["title"], again["licence"], again["contact"]) == ("Mine too", "CC0", "them@example.org")
    made = read_settings(desk.archive.settings_file, {})
    assert (made["title"], made["licence"]) == ("Theirs", "")
    assert owner.post(PAGE, data=again).status_code == 303
    made = read_settings(desk.archive.settings_file, {})
    assert (made["title"], made["licence"], made["contact"]) == ("Mine too", "CC0", "them@example.org")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timezone", "Europe/Atlantis"), ("languages", "en, klingon!"), ("interface", "xx"), ("base-url", "ftp://x"),
        ("accent", "red"), ("publish-transcripts", "all"), ("render-max-height", "many"), ("render-max-height", "nan"),
        ("fetch-max-gigabytes", "0"), ("transcription-unsure-below", "2"), ("transcription-model", "/etc/passwd"),
        ("transcription-engine", "my own"), ("fetch-max-gigabytes", "inf"),
    ],
)  # fmt: skip
def test_value_that_does_not_hold_is_said_at_its_field(desk: Any, name: str, value: str) -> None:
    """Nothing is written, and what else was typed is still there."""
    owner = desk.client("owner")
    before = desk.archive.settings_file.read_bytes()
    answer = owner.post(PAGE, data={**form_of(owner.get(PAGE).text), name: value, "summary": "Typed."})
    assert answer.status_code == 400
    assert f'href="#f-{name}"' in answer.text
    assert "Typed." in answer.text
    assert desk.archive.settings_file.read_bytes() == before


def test_what_reaches_out_of_the_archive_is_not_on_the_page(desk: Any) -> None:
    """Hosts of a private network and folders of the machine stay in the file; every row is a setting that there is."""
    names = {row.name for row in ROWS}
    assert names <= {setting.name for setting in SETTINGS}
    assert names & {"fetch.allow-hosts", "fetch.watch", "publish.targets"} == set()
    owner = desk.client("owner")
    form = form_of(owner.get(PAGE).text)
    owner.post(
        PAGE, data={**form, "fetch-allow-hosts": "127.0.0.1", "was-fetch-allow-hosts": "", "fetch-watch": "/"}
    )
    assert read_settings(desk.archive.settings_file, {}).items("fetch.allow-hosts") == ()


def test_glossary_and_channels_are_written_in_lines(desk: Any) -> None:
    """What is as it was keeps its form in the file; a folder that was set by hand stays, another cannot be put in."""
    file = desk.archive.settings_file
    text = file.read_text(encoding="utf-8").replace(
        "[glossary]\n", '[glossary]\nKyiv = "Kiev"  # the old one\n"Old Name" = ["Gone"]\n'
    )
    file.write_text(f'{text}\n[fetch]\nchannels = ["/srv/inbox"]\n', encoding="utf-8")
    owner = desk.client("owner")
    form = form_of(owner.get(PAGE).text)
    assert (form["glossary"], form["fetch-channels"]) == ("Kyiv = Kiev\nOld Name = Gone", "/srv/inbox")
    new = {"glossary": "Kyiv=Kiev\n\n Mariupol =  Маріуполь , Мариуполь\nKoval",
           "fetch-channels": "/srv/inbox\nhttps://video.example.org/c/ours"}  # fmt: skip
    assert owner.post(PAGE, data={**form, **new}).status_code == 303
    made = read_settings(file, {})
    assert made.glossary == {"Kyiv": ("Kiev",), "Mariupol": ("Маріуполь", "Мариуполь"), "Koval": ()}
    assert made["fetch.channels"] == ("/srv/inbox", "https://video.example.org/c/ours")
    assert "# the old one" in file.read_text(encoding="utf-8")
    form = form_of(owner.get(PAGE).text)
    assert owner.post(PAGE, data=form).status_code == 303
    assert read_settings(file, {}).glossary == made.glossary
    for wrong in ({"fetch-channels": "/etc"}, {"fetch-channels": "file:///etc"}, {"glossary": "= nothing"}):
        assert owner.post(PAGE, data={**form, **wrong}).status_code == 400


def test_model_that_was_set_by_hand_may_stay(desk: Any) -> None:
    """A folder with weights is shown, kept, and cannot be put in here."""
    file = desk.archive.settings_file
    file.write_text(file.read_text(encoding="utf-8") + '\nmodel = "/weights/ours"\n', encoding="utf-8")
    text = file.read_text(encoding="utf-8").replace('\nmodel = "/weights/ours"\n', "")
    file.write_text(
        text.replace("[transcription]", '[transcription]\nmodel = "/weights/ours"'), encoding="utf-8"
    )
    owner = desk.client("owner")
    form = form_of(owner.get(PAGE).text)
    assert form["transcription-model"] == "/weights/ours"
    assert owner.post(PAGE, data={**form, "title": "Another"}).status_code == 303
    assert read_settings(file, {}).text("transcription.model") == "/weights/ours"
