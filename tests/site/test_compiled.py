"""Templates that are compiled once: what is kept is used, and never trusted when it is another one's."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from onrecord.site import compiled
from onrecord.site.compiled import Compiled


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Templates of which one includes the other."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    (tmp_path / "page.html").write_text("{% include 'part.html' %} {{ name }}", encoding="utf-8")
    (tmp_path / "part.html").write_text("Hello", encoding="utf-8")
    return tmp_path


def rendered(folder: Path) -> tuple[str, int]:
    """A page, and how many templates had to be compiled for it."""
    count = 0

    class Counting(Environment):
        def compile(self, *arguments: object, **options: object) -> object:  # type: ignore[override]
            nonlocal count
            count += 1
            return super().compile(*arguments, **options)  # type: ignore[call-overload]

    made = Counting(loader=FileSystemLoader(folder), autoescape=True, bytecode_cache=Compiled())
    return made.get_template("page.html").render(name="<Ann>"), count


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "__pycache__").iterdir())


def test_compiled_templates_are_used_again(folder: Path) -> None:
    """The second program compiles nothing and says the same."""
    assert rendered(folder) == ("Hello &lt;Ann&gt;", 2)
    assert [path.name.split(".")[0] for path in kept(folder)] == ["page", "part"]
    assert rendered(folder) == ("Hello &lt;Ann&gt;", 0)


def test_compiled_templates_of_another_source_do_not_count(folder: Path) -> None:
    """Only the one that was changed is compiled again."""
    rendered(folder)
    (folder / "part.html").write_text("Bye", encoding="utf-8")
    assert rendered(folder) == ("Bye &lt;Ann&gt;", 1)


def test_compiled_templates_of_another_onrecord_do_not_count(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one may have other filters, which are compiled in."""
    rendered(folder)
    monkeypatch.setattr(compiled, "program", lambda: "another")
    assert rendered(folder)[1] == 2


@pytest.mark.parametrize(
    "damage", [lambda data: b"", lambda data: data[:-9], lambda data: data[:50] + b"\xff" + data[51:]]
)
def test_compiled_template_that_is_damaged_is_made_again(folder: Path, damage: object) -> None:
    """After a power cut, for instance."""
    rendered(folder)
    for path in kept(folder):
        path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    assert rendered(folder) == ("Hello &lt;Ann&gt;", 2)
    assert rendered(folder)[1] == 0


def test_compiled_templates_are_not_kept_where_nothing_can_be_written(folder: Path) -> None:
    """A file stands where the folder would be: the page is made all the same, and nothing is left about."""
    (folder / "__pycache__").write_text("in the way", encoding="utf-8")
    assert rendered(folder) == ("Hello &lt;Ann&gt;", 2)
    assert rendered(folder) == ("Hello &lt;Ann&gt;", 2)
    assert sorted(path.name for path in folder.iterdir()) == ["__pycache__", "page.html", "part.html"]


def test_compiled_templates_are_not_kept_where_python_keeps_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PYTHONDONTWRITEBYTECODE holds for templates too."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    rendered(folder)
    assert not (folder / "__pycache__").exists()
