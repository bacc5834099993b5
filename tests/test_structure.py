"""The house: five floors, imports only go down, every room is in the wheel."""

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ["core", "events", "media", "transcripts", "site"]
MODULES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))


def imported(path: Path) -> list[tuple[int, str]]:
    """Every module that a file imports, with the line."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            found.append((node.lineno, node.module or ""))
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_imports_only_downwards(path: Path) -> None:
    """No module imports from a floor above its own, and none by a room's bare name."""
    here = FLOORS.index(path.relative_to(ROOT).parts[0])
    for line, name in imported(path):
        parts = name.split(".")
        assert parts[0] not in set(FLOORS), f"{path}:{line}: imports {name} by its bare name"
        if parts[0] == "onrecord" and len(parts) > 1 and parts[1] in FLOORS:
            assert FLOORS.index(parts[1]) <= here, f"{path}:{line}: imports {name}, a floor above"


def test_every_package_is_in_the_wheel() -> None:
    """The folders with an __init__.py are the packages that pyproject.toml names."""
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    folders = {path.parent.relative_to(ROOT).as_posix() for path in MODULES if path.name == "__init__.py"}
    assert set(tool["package-dir"].values()) == folders
    assert set(tool["packages"]) == set(tool["package-dir"])


def test_top_level_is_known_to_a_newcomer() -> None:
    """The rooms, the tests, the docs and the usual files; nothing else is kept under version control."""
    import subprocess

    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    assert {name.split("/")[0] for name in listed.stdout.split("\n") if name} <= {
        *FLOORS, "tests", "docs", "benchmarks", ".ci", ".gitignore", ".gitattributes", "pyproject.toml", "Makefile",
        "README.md", "CHANGELOG.md", "LICENSE", "requirements.txt",
    }  # fmt: skip
