"""Hostile text through every field of the editor: it stays text, and no page has an active node of it."""

from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from onrecord.transcripts.correction.passages import passages
from onrecord.transcripts.library import Library

STEM = "2026-10-01-rights"
HOME = f"/desk/events/{STEM}/transcripts/part-1.en/"
ATTACKS = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' autofocus onfocus=alert(1) x='",
    "--> 00:00:00.000 --> 00:00:01.000", "<v Mallory>injected</v>", "</textarea><svg onload=alert(1)>",
    "\u202egnirts\u202c", "\u2066isolate", "javascript:alert(1)", "{{ 7 * 7 }}", "&lt;b&gt;", "NOTE\n\nc9\n--> x",
    "a\u00a0b \ufeff\u200b", "</template><iframe src=//evil>", "%00%0d%0aSet-Cookie:x=1",
]  # fmt: skip
OWN = re.compile(r"/static/(?:js/desk|words)/[a-z-]+\.js(?:\?v=[0-9a-f]+)?")


class Nodes(HTMLParser):
    """Elements and attributes that could do something."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        source = given.get("src") or ""
        if tag == "script" and not OWN.fullmatch(source):
            self.bad.append(f"script {source}")
        if tag in ("img", "iframe", "object", "embed", "style", "base") or (
            tag == "svg" and "onload" in given
        ):
            self.bad.append(tag)
        self.bad += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        self.bad += [
            f"{tag} {value}"
            for name, value in attrs
            if name in ("href", "action") and (value or "").lower().startswith("javascript")
        ]


def clean(page: str) -> None:
    nodes = Nodes()
    nodes.feed(page)
    assert nodes.bad == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_attack_stays_text(talk: Any, attack: str) -> None:
    """In the text, as a name, in both versions of a stale paragraph, in find and replace, in the history."""
    client = talk.desk.client("editor")
    said = " ".join(attack.replace("\ufeff", "").split("\n")).split(" ")
    told = talk.send("text", {"seen": talk.seen("c1"), "text": attack.replace("\n", " ")})
    assert told.status_code == 200, told.text
    words = [word.text for word in passages(Library(talk.desk.archive).read(STEM, "part-1", "en"))[0].words]
    assert words == [word for word in said if word.strip(" \u00a0")]
    for piece in told.json()["html"].values():
        clean(piece)
    key = told.json()["order"][0][0]
    for action, data in (
        ("speaker", {"name": attack, "scope": "all"}), ("speaker", {"name": attack, "scope": "turn"}),
        ("language", {"words": attack, "language": attack}), ("sure", {"word": attack}),
    ):  # fmt: skip
        answer = talk.send(action, {"seen": talk.seen(key), **data})
        assert answer.status_code in (200, 400, 404, 409), (action, answer.text)
    stale = json.dumps({**json.loads(talk.seen(key)), "text": "other words"})
    panel = talk.send("text", {"seen": stale, "text": f"mine {attack}".replace("\n", " ")})
    assert panel.status_code == 409
    clean(panel.json()["panel"])
    clean(talk.send("text", {"seen": stale, "text": f"mine {attack}"}, script=False).text)
    for path in (
        "",
        "speakers",
        "aside",
        "history",
        "history/2/",
        "history/2/?whole=yes",
        f"paragraphs/{key}/",
    ):
        page = client.get(HOME + path)
        assert page.status_code == 200, path
        clean(page.text.replace('<iframe class="listen" name="listen"', "<p"))
    page = client.get(f"{HOME}replace", params={"find": attack, "instead": attack + "x"})
    assert page.status_code == 200
    clean(page.text)


def test_forms_that_are_not_from_the_editor_are_refused(talk: Any) -> None:
    """Whatever is sent as what was seen: an error in words, no failure."""
    numbers = '"text": "", "speaker": "", "start": 0, "end": 0, "next": 1}'
    for seen in (
        "", "null", "[]", '{"ids": 1}', "[" * 5000, '{"ids": [], ' + numbers, '{"ids": "c1", ' + numbers,
        '{"ids": ["c1"], ' + numbers.replace("0", "1e999"), "\x00",
    ):  # fmt: skip
        answer = talk.send("text", {"seen": seen, "text": "x"})
        assert answer.status_code in (400, 409), seen[:40]
    assert talk.send("text", {"seen": talk.seen("c1"), "text": "x" * 100_001}).status_code == 413
    assert talk.send("text", {"seen": talk.seen("c1"), "text": "a b", "at": "9"}).status_code == 400
    assert "Everyone" in talk.file


def test_ids_that_came_from_elsewhere_are_known_again(talk: Any) -> None:
    """A foreign file's cues may be called anything that stands on a line: spaces, slashes, commas, markup."""
    names = ["Caption 1", "a/b, c", '<b>"x"</b>', "%2F&amp;#?", "..."]
    text = talk.file
    for number, name in enumerate(names, 1):
        text = text.replace(f"\nc{number}\n", f"\n{name}\n")
    talk.path.write_text(text, encoding="utf-8")
    client = talk.desk.client("editor")
    page = client.get(HOME).text
    clean(page)
    links = re.findall(r'class="edit" href="([^"]*)"', page)
    assert len(links) == 3
    for number, link in enumerate(links):
        own = client.get(link)
        assert own.status_code == 200, link
        seen = unescape(re.findall(r'name="seen" value="([^"]*)"', own.text)[0])
        told = talk.send("text", {"seen": seen, "text": f"Paragraph {number} in other words."})
        assert told.json()["saved"], told.text
    assert talk.texts() == [f"Paragraph {number} in other words." for number in range(3)]
    assert client.get(f"{HOME}parts", params={"key": names[1:3]}).status_code == 200
