"""A discussion with a transcript on the desk, and a person who corrects it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest

STEM = "2026-10-01-rights"
HOME = f"/desk/events/{STEM}/transcripts/part-1.en/"
CUES = """
    c1 1.0 4.0 Speaker 1: Everyone <00:00:01.500>has <00:00:02.000>duties <00:00:02.500>to <00:00:02.800>the <00:00:03.200><c.unsure>comunity</c>
    c2 4.0 7.5 Speaker 1: in <00:00:04.400>which <00:00:04.900>alone <00:00:05.500>the <00:00:06.000><c.unsure>free</c> <00:00:06.700>development.
    c3 8.0 11.0 Speaker 2: All human beings are born free and equal
    c4 11.0 13.0 Speaker 2: in dignity and rights.
    c5 20.0 24.0 Speaker 1: Everyone has the right to life, liberty
    c6 24.0 26.0 Speaker 1: and security of person.
"""  # noqa: E501
ASIDE = "\nNOTE\ndropped 00:00:14.000 to 00:00:17.000: text over silence\nThank you for watching.\n"
EVENT = """
[[speakers]]
id = "anna"
name = "Anna Koval"

[[speakers]]
id = "borys"
name = "Borys Melnyk"

[[recordings]]
id = "part-1"
source = "tone.m4a"
publish = "yes"
"""


def write_talk(bench: Any, *, status: str = "machine") -> Any:
    """The discussion and its transcript, as files."""
    bench.event(STEM, bench.past + EVENT, title="Rights & duties")
    path = bench.transcript(STEM, "part-1.en", CUES, status=status)
    path.write_text(path.read_text(encoding="utf-8") + ASIDE, encoding="utf-8")
    return path


@dataclass
class Talk:
    """The transcript's file, and what the editor's script would ask for."""

    desk: Any
    path: Any

    @property
    def file(self) -> str:
        return str(self.path.read_text(encoding="utf-8"))

    def seen(self, key: str) -> str:
        """What the paragraph's page says that was seen."""
        page = self.desk.client("editor").get(f"{HOME}paragraphs/{key}/")
        assert page.status_code == 200, page.text
        found = re.search(r'name="seen" value="([^"]*)"', page.text)
        assert found
        text = unescape(found[1])
        json.loads(text)
        return text

    def send(self, what: str, data: dict[str, Any], *, role: str = "editor", script: bool = True) -> Any:
        headers = {"Accept": "application/json"} if script else {}
        return self.desk.client(role).post(f"{HOME}{what}", data=data, headers=headers)

    def texts(self) -> list[str]:
        """The paragraphs as the page has them."""
        page = self.desk.client("editor").get(HOME).text
        found = re.findall(r'<p class="text"[^>]*>(.*?)</p>', page, re.DOTALL)
        return [unescape(re.sub(r"<[^>]*>", "", one)) for one in found]

    def log(self) -> list[tuple[str, str, str, str]]:
        from onrecord import audit

        with self.desk.database.reading() as connection:
            rows = audit.entries(connection, what="transcript")
        return [(row.who, row.what, row.subject, row.detail) for row in rows]


@pytest.fixture
def talk(desk: Any) -> Talk:
    return Talk(desk, write_talk(desk.bench))
