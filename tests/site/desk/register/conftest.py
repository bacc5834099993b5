"""What the tests of the register share: forms that are read off a page and sent again, as a browser does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest


@dataclass
class Form:
    """A form of a page: where it goes, and its fields in order with what stands in them."""

    action: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)  # of everything that can be typed or chosen

    def get(self, name: str) -> list[str]:
        """What stands in the fields of this name."""
        return [value for key, value in self.fields if key == name]

    def with_(self, **changes: str | Sequence[str]) -> dict[str, list[str]]:
        """The form as it would be sent after these changes; `__` stands for `-` and `_at_` for `.`."""
        data: dict[str, list[str]] = {}
        for key, value in self.fields:
            data.setdefault(key, []).append(value)
        for key, value in changes.items():
            data[key.replace("__", "-")] = [value] if isinstance(value, str) else list(value)
        return data


class _Reader(HTMLParser):
    def __init__(self, wanted: str) -> None:
        super().__init__(convert_charrefs=True)
        self.wanted = wanted
        self.form: Form | None = None
        self.inside = False
        self.area: str | None = None
        self.text: list[str] = []
        self.select: str | None = None
        self.options: list[tuple[str | None, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and self.form is None and (given.get("action") or "").endswith(self.wanted):
            self.form, self.inside = Form(given.get("action") or ""), True
        if not self.inside or self.form is None:
            return
        name = given.get("name") or ""
        if tag == "input" and name:
            kind = given.get("type", "text")
            self.form.names.add(name)
            if kind not in ("checkbox", "radio", "file") or (kind != "file" and "checked" in given):
                self.form.fields.append((name, given.get("value") or ""))
        elif tag == "textarea":
            self.area, self.text = name, []
            self.form.names.add(name)
        elif tag == "select":
            self.select, self.options = name, []
            self.form.names.add(name)
        elif tag == "option" and self.select is not None:
            self.options.append((given.get("value"), "selected" in given))

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self.form is None or not self.inside:
            return
        if tag == "textarea" and self.area is not None:
            self.form.fields.append((self.area, "".join(self.text).removeprefix("\n")))
            self.area = None
        elif tag == "select" and self.select is not None:
            chosen = next(
                (value for value, on in self.options if on), self.options[0][0] if self.options else ""
            )
            self.form.fields.append((self.select, chosen or ""))
            self.select = None
        elif tag == "form":
            self.inside = False


@pytest.fixture
def form_of() -> Callable[[Any, str], Form]:
    """Reads the form of an answer whose action ends so."""

    def read(answer: Any, action: str) -> Form:
        reader = _Reader(action)
        reader.feed(answer.text)
        assert reader.form is not None, answer.text[:2000]
        return reader.form

    return read
