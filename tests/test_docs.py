"""What can be typed or set is documented."""

import re
from pathlib import Path

import pytest

from onrecord.cli import COMMANDS
from onrecord.settings import SETTINGS, Setting

ROOT = Path(__file__).resolve().parent.parent
FORMATS = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
DEPENDENCIES = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
CODE = "".join(
    path.read_text(encoding="utf-8")
    for room in ("core", "events", "media", "transcripts", "site")
    for path in (ROOT / room).rglob("*.py")
    if path.name != "settings.py"
)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_setting_is_documented_and_used(setting: Setting) -> None:
    """Each setting has its row with the help of the table, and is read somewhere."""
    assert re.search(
        rf"^\| `{re.escape(setting.name)}` \|.*\| {re.escape(setting.help)} \|$", FORMATS, re.MULTILINE
    )
    assert f'"{setting.name}"' in CODE or setting.name == "glossary"


@pytest.mark.parametrize("name", [name for name, place, _ in COMMANDS if place])
def test_command_is_in_the_readme(name: str) -> None:
    """Each command has its row with the help of the front door."""
    text = next(text for other, _, text in COMMANDS if other == name)
    assert f"| `{name}` | {text} |" in README


def test_every_key_of_an_event_is_documented() -> None:
    """Each key that an event file may hold stands in the table of keys."""
    from onrecord.events import model

    parts = (model.Event, model.Speaker, model.Link, model.Recording, model.AgendaItem)
    keys = {name for part in parts for name in part.model_fields} - {"stem", "extra"}
    assert {key for key in keys if not re.search(rf"`(\[\[?)?{key}(\]\]?)?`", FORMATS)} == set()


def test_every_dependency_has_its_reason() -> None:
    """Each package that pyproject.toml names stands in the table of dependencies."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[\[<>=;~!\s]", line)[0] for line in project["dependencies"]}
    assert {
        name for name in names if name.split("-")[0] not in DEPENDENCIES and name not in DEPENDENCIES
    } == set()


@pytest.mark.parametrize(
    "path", [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"], ids=lambda path: path.name
)
def test_links_between_the_docs_lead_somewhere(path: Path) -> None:
    """A picture or a page that a document names is there."""
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (path.parent / target).exists(), (
            f"{path.name} leads to {target}"
        )


@pytest.mark.parametrize("path", sorted((ROOT / "core").glob("*.py")), ids=lambda path: path.name)
def test_module_says_what_it_knows(path: Path) -> None:
    """Every module begins with a sentence about itself."""
    assert re.match(r'"""\S', path.read_text(encoding="utf-8"))
