"""Brings the catalogues up to date with the sentences in the code: `make messages`.

Finds every sentence in Python, templates and scripts, writes it into each `<language>/LC_MESSAGES/onrecord.po`
with its translation, where there is one, and compiles that into the `.mo` beside it, which is what is read when
the site runs. Sentences that are gone from the code are gone from the catalogues. Says what is not translated.

What only the organisers' desk says stands in `desk.po`. Its `.mo` is written once nothing in it is missing: until
then the desk is in English, rather than in two languages at once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LANGUAGES = ("uk", "fr", "de", "pl", "ru")
_BEGUN = datetime(2026, 11, 23, tzinfo=UTC)  # the same run gives the same bytes
_KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
_TEMPLATES = {"extensions": "jinja2.ext.i18n", "newstyle_gettext": "true", "silent": "false"}
Source = tuple[str, str, str, dict[str, Any]]  # folder, what is in it, how it is read
_SOURCES: dict[str, Sequence[Source]] = {
    "onrecord": (
        ("core", "*.py", "python", {}),
        ("transcripts", "**/*.py", "python", {}),
        ("site", "**/*.py", "python", {}),
        ("site/templates", "**/*.html", "jinja2.ext:babel_extract", _TEMPLATES),
        ("site/static/js", "**/*.js", "javascript", {}),
    ),
    "desk": (
        ("core", "jobs.py", "python", {}),
        ("core", "targets.py", "python", {}),
        ("core/accounts", "*.py", "python", {}),
        ("events", "**/*.py", "python", {}),
        ("media", "**/*.py", "python", {}),
        ("transcripts/correction", "**/*.py", "python", {}),
        ("site/desk", "**/*.py", "python", {}),
        ("site/targets", "**/*.py", "python", {}),
        ("site/templates/desk", "**/*.html", "jinja2.ext:babel_extract", _TEMPLATES),
        ("site/static/js/desk", "**/*.js", "javascript", {}),
    ),
}


def sentences(domain: str = "onrecord") -> Catalog:
    """Every sentence that a reader may see; of the desk, what the public pages do not say too."""
    others = set() if domain == "desk" else set(_files("desk"))
    found = Catalog(project="onrecord", charset="utf-8")
    public = sentences() if domain == "desk" else Catalog()
    for path, (method, options) in _files(domain).items():
        if path in others:
            continue
        name = path.relative_to(ROOT).as_posix()
        for line, message, comments, context in extract_from_file(
            method, path, keywords=_KEYWORDS, comment_tags=("Translators:",), options=options, strip_comment_tags=True
        ):  # fmt: skip
            if message and public.get(message, context) is None:
                found.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return found


def _files(domain: str) -> dict[Path, tuple[str, dict[str, Any]]]:
    return {
        path: (method, options)
        for folder, pattern, method, options in _SOURCES[domain]
        for path in sorted((ROOT / folder).glob(pattern))
    }


def po_file(language: str, domain: str = "onrecord") -> Path:
    """The catalogue that people write."""
    return HERE / language / "LC_MESSAGES" / f"{domain}.po"


def read(language: str, domain: str = "onrecord") -> Catalog:
    """The catalogue of a language as it stands, or a new one."""
    path = po_file(language, domain)
    if not path.exists():
        return Catalog(
            locale=language,
            header_comment=f"# The words of onrecord's pages: {language}.",
            project="onrecord",
            version="1",
            last_translator="onrecord",
            language_team=language,
            msgid_bugs_address="see the project's page",
            revision_date=_BEGUN,
            creation_date=_BEGUN,
            charset="utf-8",
            fuzzy=False,
        )
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str, found: Catalog, domain: str = "onrecord") -> Catalog:
    """The catalogue with exactly the sentences that there are now; nothing is guessed."""
    catalogue = read(language, domain)
    catalogue.update(found, no_fuzzy_matching=True, update_header_comment=False, update_creation_date=False)
    catalogue.obsolete.clear()
    return catalogue


def as_po(catalogue: Catalog) -> bytes:
    """The catalogue as text. It names files and no lines, so that it changes only with the sentences."""
    buffer = BytesIO()
    write_po(buffer, catalogue, width=110, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    return buffer.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    """The catalogue as gettext reads it."""
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def missing(catalogue: Catalog) -> Iterator[str]:
    """The sentences without a translation."""
    for message in catalogue:
        texts = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
        if message.id and (message.fuzzy or not all(texts)):
            yield message.id if isinstance(message.id, str) else message.id[0]


def main() -> int:
    """Updates and compiles every catalogue."""
    left = 0
    for domain in _SOURCES:
        found = sentences(domain)
        for language in LANGUAGES:
            catalogue = updated(language, found, domain)
            path = po_file(language, domain)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(as_po(catalogue))
            waiting = list(missing(catalogue))
            left += len(waiting)
            if waiting and domain == "desk":
                path.with_suffix(".mo").unlink(missing_ok=True)
            else:
                path.with_suffix(".mo").write_bytes(as_mo(catalogue))
            sys.stdout.write(
                f"{domain}, {language}: {len(catalogue)} sentences, {len(waiting)} not translated\n"
            )
            sys.stdout.writelines(f"    {sentence}\n" for sentence in waiting)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
