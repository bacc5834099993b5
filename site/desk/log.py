"""The audit log, for organisers: who did what, and when."""

from __future__ import annotations

from contextlib import suppress

from starlette.responses import Response

from onrecord import audit
from onrecord.errors import OnrecordError
from onrecord.events.registry import Registry
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.logwords import KINDS, sentence

_ON_A_PAGE = 100


def log(ask: Ask) -> Response:
    """The newest hundred, or those before one."""
    who, what, subject = (ask.query.get(name, "")[:200] for name in ("who", "what", "subject"))
    before = ask.query.get("before", "")
    number = int(before) if before.isascii() and before.isdecimal() and len(before) < 16 else None
    with ask.database.reading() as connection:
        found = audit.entries(
            connection, before=number, limit=_ON_A_PAGE + 1, subject=subject, who=who, what=what
        )
        names = audit.names(connection)
    titles = _titles(ask, {entry.subject for entry in found if not entry.what.startswith("person.")})
    rows = [
        (entry, sentence(ask.words, entry.what, entry.subject, titles.get(entry.subject, "")))
        for entry in found
    ]
    kinds = [(kind, ask.words.gettext(text)) for kind, text in KINDS]
    return ask.render(
        "log.html", rows=rows[:_ON_A_PAGE], more=len(rows) > _ON_A_PAGE, names=names, kinds=kinds, who=who, what=what,
        subject=subject,
    )  # fmt: skip


def _titles(ask: Ask, stems: set[str]) -> dict[str, str]:
    """What discussions are called now; one that is gone, or cannot be read, keeps its stem."""
    registry, found = Registry(ask.archive), {}
    for stem in filter(None, stems):
        with suppress(OnrecordError):
            found[stem] = registry.get(stem).title
    return found


ROUTES = (desk_route("/desk/log/", log, who="organiser"),)
