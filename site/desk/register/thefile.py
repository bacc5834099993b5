"""The file of an event as text: for what the form does not show, and for a file that cannot be read any more."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from markupsafe import Markup
from starlette.responses import Response

from onrecord.errors import ConflictError, EventFormatError, UsageError
from onrecord.events.record import parse_record, read_record_text
from onrecord.files import translated
from onrecord.media.uploads import upload_of
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.english import of_error
from onrecord.site.desk.register.held import held

_LONGEST = 1_000_000  # characters


def file_page(ask: Ask) -> Response:
    """The text of the file, with what is wrong with it."""
    keep = held(ask)
    path = keep.registry.path(ask.params["stem"])
    try:
        text = read_record_text(path)
    except EventFormatError:
        with translated(path):
            text = path.read_bytes().decode("utf-8", "replace")
    problem = next((one for one in keep.overview.scan().problems if one.path == path), None)
    return _show(ask, path.stem, text, _digest(text), _told(ask, problem) if problem else [])


def change_file(ask: Ask) -> Response:
    """Puts the text in the file's place when it can be read; shows both texts when the file has changed meanwhile."""
    keep = held(ask)
    path = keep.registry.path(ask.params["stem"])
    wanted, seen = ask.form.text("text", most=_LONGEST) + "\n", ask.form.text("seen", most=100)
    theirs = ""

    def make(before: str) -> str:
        nonlocal theirs
        if _digest(before) != seen:
            theirs = before
            raise ConflictError("the file was changed by somebody else meanwhile.", slug=path.stem)
        if strange := sorted(_on_the_machine(wanted, path) - _on_the_machine(before, path)):
            raise UsageError(
                ask.words.gettext(
                    "The recording '%(source)s' would be read from the disk of the machine. From the desk a recording is brought "
                    "by its address, or uploaded; a path is written into the file by who has the machine.",
                    source=strange[0],
                )
            )
        newline = "\r\n" if "\r\n" in before else "\n"
        return wanted.replace("\n", newline)

    try:
        keep.registry.replace_text(path.stem, make)
    except EventFormatError as error:
        return _show(ask, path.stem, wanted, seen, _told(ask, error), status=422)
    except UsageError as error:
        return _show(ask, path.stem, wanted, seen, [("text", of_error(error, ask.words))], status=422)
    except ConflictError as error:
        if not theirs:
            return _show(ask, path.stem, wanted, seen, [("", of_error(error, ask.words))], status=409)
        said = ask.words.gettext(
            "Somebody else has changed the file meanwhile. Nothing is saved. Their text stands below yours: bring the two "
            "together here, then save."
        )
        return _show(ask, path.stem, wanted, _digest(theirs), [("", said)], theirs=theirs, status=409)
    ask.audit("event.file-changed", path.stem)
    return ask.go(f"/desk/events/{path.stem}/", ask.words.gettext("It is saved."))


def _on_the_machine(text: str, path: Path) -> set[str]:
    """The recordings that a text names by a path: who came in by a browser must not reach the server's disk with a new
    one.
    """
    try:
        rows = parse_record(text, path).get("recordings", [])
        named = [row.get("source") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    except EventFormatError:  # somebody broke it by hand; what stood there may stay when it is mended
        named = re.findall(r"""^\s*source\s*=\s*["'](.*)["']""", text, re.MULTILINE)
    return {
        one for one in named
        if isinstance(one, str) and one.strip() and upload_of(one) is None
        and not re.match(r"\s*https?://", one, re.IGNORECASE)
    }  # fmt: skip


def _digest(text: str) -> str:
    """What the form knows the file by."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _told(ask: Ask, error: EventFormatError) -> list[tuple[str, str]]:
    """Everything that is wrong, each with its line."""
    rows: list[tuple[str, str]] = []
    for one in (error, *error.others):
        place = f"{ask.words.gettext('line %(number)s', number=one.line)}: " if one.line else ""
        told = of_error(one, ask.words, capital=not place)
        rows.append(("text", Markup("{}{}").format(place, told)))
    return rows


def _show(
    ask: Ask,
    stem: str,
    text: str,
    seen: str,
    problems: list[tuple[str, str]],
    *,
    theirs: str = "",
    status: int = 200,
) -> Response:
    return ask.render(
        "register/file.html", status=status, stem=stem, text=text, seen=seen, problems=problems, theirs=theirs
    )


ROUTES = (
    desk_route("/desk/events/{stem}/file", file_page, who="organiser"),
    desk_route("/desk/events/{stem}/file", change_file, who="organiser", methods=("POST",), most=5 << 20),
)
