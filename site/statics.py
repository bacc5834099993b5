"""The files of the site's own look, with a hash in their addresses; the stylesheet with the archive's colour and
the words of the scripts are made here.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections.abc import Sequence
from pathlib import Path

from onrecord.errors import SettingsError
from onrecord.languages import INTERFACE
from onrecord.site.scriptwords import words_name, words_script

FOLDER = Path(__file__).parent / "static"
ACCENT = "accent.css"
_NAME = re.compile(r"^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$")
_IMPORT = re.compile(r'^import (?:[^"]+ from )?"\./([a-z-]+\.js)";', re.MULTILINE)
_OF_THE_DESK = re.compile(r"^(?:css/desk|js/desk/|words/desk-)")  # not in the static site, which has no desk
_DESK_WORDS = re.compile(r"^words/desk-([a-z]{2,3})\.js$")
_SERVED = {".css", ".js", ".mjs", ".woff2", ".svg", ".png", ".ico", ".webmanifest", ".txt"}
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
}


class Statics:
    """Static files by name (`css/site.css`). Hashes are made again when a file changes."""

    def __init__(self, accent: str, languages: Sequence[str] = ("en",)) -> None:
        made = {ACCENT: accent_css(accent)}
        made |= {words_name(language): words_script(language) for language in languages if language != "en"}
        self._made = made
        self._imports: dict[str, tuple[str, ...]] = {}
        self._hashes: dict[str, tuple[tuple[int, int], str]] = {}

    def names(self) -> list[str]:
        """Every file that the public pages may ask for."""
        files = (path for path in FOLDER.rglob("*") if path.is_file())
        names = [path.relative_to(FOLDER).as_posix() for path in files]
        found = [*self._made, *(name for name in names if self.path(name) is not None)]
        return sorted(name for name in found if not _OF_THE_DESK.match(name))

    def path(self, name: str) -> Path | None:
        """Where a file stands; None when there is no such one."""
        if not _NAME.match(name) or Path(name).suffix not in _SERVED:
            return None
        path = FOLDER / name
        return path if path.is_file() else None

    def read(self, name: str) -> bytes | None:
        """The contents of a file."""
        made = self._made_here(name)
        if made is not None:
            return made
        path = self.path(name)
        return path.read_bytes() if path is not None else None

    def imports(self, name: str) -> tuple[str, ...]:
        """The modules that a script brings in, and those that they bring in: a browser may fetch them at once
        instead of finding out one after the other.
        """
        if name in self._imports:
            return self._imports[name]
        found: dict[str, None] = {}
        waiting = [name]
        while waiting:
            path = self.path(waiting.pop(0))
            for module in _IMPORT.findall(path.read_text(encoding="utf-8")) if path else ():
                other = f"js/{module}"
                if other not in found:
                    found[other] = None
                    waiting.append(other)
        return self._imports.setdefault(name, tuple(found))

    def version(self, name: str) -> str:
        """A hash of the file's contents; empty when there is no such file."""
        path = self.path(name)
        made = self._made_here(name)
        if made is not None:
            return hashlib.sha256(made).hexdigest()[:10]
        if path is None:
            return ""
        stat = path.stat()
        signature = (stat.st_mtime_ns, stat.st_size)
        known = self._hashes.get(name)
        if known is None or known[0] != signature:
            known = (signature, hashlib.sha256(path.read_bytes()).hexdigest()[:10])
            self._hashes[name] = known
        return known[1]

    def _made_here(self, name: str) -> bytes | None:
        """A file that stands nowhere: the archive's colour, the scripts' words. Those of the desk are made when they
        are first asked for.
        """
        language = _DESK_WORDS.match(name)
        if language and name not in self._made and language[1] in INTERFACE and language[1] != "en":
            self._made[name] = words_script(language[1], "desk")
        return self._made.get(name)


def media_type(name: str) -> str:
    """The type that a static file is served with."""
    suffix = Path(name).suffix
    return _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def accent_css(colour: str) -> bytes:
    """The archive's colour as a custom property, since a strict policy allows no inline style."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise SettingsError(f"'{colour}' is no colour.", advice='Write it as "#8a3324".')
    return f":root {{ --accent: {colour.lower()}; }}\n".encode()
