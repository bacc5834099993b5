"""The settings that matter, for owners. They are written into `onrecord.toml` with its remarks kept.

What reaches out of the archive (hosts of a private network, folders of the machine, targets of the static site, a file with
an engine's weights) is set in the file alone: a stolen session must not open the inside of a network or run what was
uploaded.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from starlette.responses import Response

from onrecord.errors import SettingsError
from onrecord.languages import INTERFACE, N_
from onrecord.settings import SETTINGS, Settings, Value, checked
from onrecord.settingsfile import change_settings, stored
from onrecord.site.desk.asking import Ask, desk_route

_HERE = "/desk/settings/"
Kind = Literal["text", "lines", "list", "number", "flag", "choice", "colour", "glossary", "addresses"]
MODELS = ("tiny", "base", "small", "medium", "large-v3", "large-v3-turbo", "distil-large-v3")


@dataclass(frozen=True)
class Row:
    """A setting on the page: what it is called there, and how it is typed. `now` and `mine` are texts as the form has
    them; `theirs` is set where somebody else changed it meanwhile.
    """

    name: str
    label: str
    kind: Kind
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    mine: str = ""
    was: str = ""
    theirs: str | None = None
    wrong: str = ""
    variable: str = ""

    @property
    def field(self) -> str:
        """The name of the field in the form."""
        return self.name.replace(".", "-")


_GROUPS: tuple[tuple[str, tuple[Row, ...]], ...] = (
    (N_("The archive"), (
        Row("title", N_("Name of the archive"), "text"),
        Row("summary", N_("Summary"), "lines", N_("One or two sentences for the home page and for search engines.")),
        Row("about", N_("About"), "lines", N_("The text of the page About, in Markdown.")),
        Row("contact", N_("Contact"), "text", N_("A public address for questions and requests; no person's own.")),
        Row("licence", N_("Licence"), "text", N_("Of recordings and transcripts, where a discussion names none.")),
        Row("base-url", N_("Address of the published site"), "text",
            N_("Such as https://archive.example.org. Feeds and citations need it.")),
        Row("accent", N_("Colour"), "colour"),
    )),
    (N_("Languages and time"), (
        Row("languages", N_("Languages that are spoken"), "list", N_("Tags such as en, uk, fr; the commonest first.")),
        Row("interface", N_("Languages of the public pages"), "list",
            N_("Some of en, uk, fr, de, pl, ru; the first one stands at the root.")),
        Row("timezone", N_("Time zone"), "text", N_("Of discussions that name none, such as Europe/Kyiv.")),
    )),
    (N_("Names and terms"), (
        Row("glossary", N_("Glossary"), "glossary",
            N_("One in a line with its other spellings: Kyiv = Kiev, Kijów. They help recognition and search.")),
    )),
    (N_("Publishing"), (
        Row("publish.recordings", N_("A finished recording is public without being published by hand"), "flag"),
        Row("publish.transcripts", N_("Transcripts that are public"), "choice", "", (
            ("reviewed", N_("reviewed ones")), ("draft", N_("machine drafts too")), ("no", N_("none")),
        )),
        Row("publish.platform-players", N_("Offer the platform's own player, after a click"), "flag"),
    )),
    (N_("Recordings and transcription"), (
        Row("transcription.engine", N_("Engine"), "choice", "", (
            ("whisper", "whisper"), ("openai-whisper", "openai-whisper"), ("pocketsphinx", "pocketsphinx"),
            ("captions", N_("captions that came with the recording")),
        )),
        Row("transcription.model", N_("Model"), "choice", N_("Larger ones are slower and make fewer mistakes."),
            tuple((name, name) for name in MODELS)),
        Row("transcription.unsure-below", N_("Mark words as unsure below a confidence of"), "number"),
        Row("fetch.channels", N_("Where recordings of past discussions are looked for"), "addresses",
            N_("Addresses of channels, playlists and feeds, one in a line.")),
        Row("jobs.find-work", N_("Fetch, render and transcribe what is not done yet without being asked"), "flag"),
        Row("jobs.free-gigabytes", N_("Gigabytes of the disk that stay free"), "number"),
        Row("jobs.recordings-at-once", N_("Recordings that are worked on at the same time"), "number"),
        Row("fetch.max-gigabytes", N_("Largest recording, in gigabytes"), "number"),
        Row("render.max-height", N_("Height in pixels above which video is scaled down"), "number"),
    )),
)  # fmt: skip
ROWS = tuple(row for _, rows in _GROUPS for row in rows)
_KNOWN = {setting.name: setting for setting in SETTINGS}


def settings(ask: Ask) -> Response:
    """The form."""
    return _page(ask, _filled(stored(ask.archive)))


def change(ask: Ask) -> Response:
    """Writes what was changed on the form. What somebody else changed meanwhile stays, unless it is the same row: then
    both are shown, and nothing is written.
    """
    mine = {row.name: _typed_in(ask, row) for row in ROWS}
    was = {row.name: ask.form.text(f"was-{row.field}", most=20_000) for row in ROWS}
    shown: list[Row] = []

    def decide(now: Settings) -> Mapping[str, Value]:
        rows: dict[str, Value] = {}
        for row in _filled(now):
            if row.field not in ask.form and f"was-{row.field}" not in ask.form:
                shown.append(row)  # it was not on the form
                continue
            filled = replace(row, mine=mine[row.name], was=row.mine)
            if mine[row.name] not in (was[row.name], row.mine):
                if row.mine != was[row.name]:
                    filled = replace(filled, theirs=row.mine)
                else:
                    try:
                        rows[row.name] = _value(row, mine[row.name])
                    except ValueError:
                        filled = replace(filled, wrong=ask.words.gettext(_EXPECTED[row.kind]))
            elif mine[row.name] == was[row.name]:
                filled = replace(filled, mine=row.mine)
            shown.append(filled)
        return {} if any(row.wrong or row.theirs is not None for row in shown) else rows

    try:
        written = change_settings(ask.archive, decide)
    except SettingsError as error:
        raise SettingsError(error.message, advice=error.advice, key=error.key) from error
    if any(row.wrong or row.theirs is not None for row in shown):
        return _page(ask, shown, 409 if any(row.theirs is not None for row in shown) else 400)
    if written:
        ask.audit("settings.changed", detail=", ".join(written))
        ask.live.check()
    return ask.go(_HERE, ask.words.gettext("Saved.") if written else "")


_EXPECTED: dict[Kind, str] = {
    "text": N_("This is not as the setting needs it."),
    "lines": N_("This is not as the setting needs it."),
    "list": N_("Write language tags with commas between them, such as: en, uk"),
    "number": N_("Write a number that makes sense here."),
    "flag": N_("This is not as the setting needs it."),
    "choice": N_("Choose one of the list."),
    "glossary": N_(
        "Write each name in a line of its own, its other spellings after = with commas between them."
    ),
    "addresses": N_(
        "Write addresses that begin with https://, one in a line. A folder of the machine is named in the file alone."
    ),
    "colour": N_("Write a colour as six hexadecimal digits, such as #8a3324."),
}


def _typed_in(ask: Ask, row: Row) -> str:
    if row.kind == "flag":
        return "yes" if ask.form.flag(row.field) else ""
    if row.kind == "list":
        return ", ".join(part.strip() for part in ask.form.text(row.field).split(",") if part.strip())
    if row.kind == "addresses":
        return "\n".join(_lines(ask.form.text(row.field)))
    if row.kind == "glossary":
        return _text(_glossary(ask.form.text(row.field)))
    return ask.form.text(row.field)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _glossary(text: str) -> dict[str, tuple[str, ...]]:
    """Names with their other spellings, of lines such as `Kyiv = Kiev, Київ`."""
    found: dict[str, tuple[str, ...]] = {}
    for line in _lines(text):
        name, _, others = line.partition("=")
        found[" ".join(name.split())] = tuple(part.strip() for part in others.split(",") if part.strip())
    return found


def _value(row: Row, text: str) -> Value:
    """The typed value of what a form says; raises `ValueError`."""
    value: object = text
    if row.kind == "glossary":
        value = _glossary(text)
        if "" in value:
            raise ValueError("a name before =")
    if row.kind == "addresses":
        value = _lines(text)
        kept = set(_lines(row.mine))  # what was written into the file by hand may stay
        if not all(line in kept or re.fullmatch(r"https?://[^\s/]+(/\S*)?", line) for line in _lines(text)):
            raise ValueError("addresses")
    if row.kind == "flag":
        value = text == "yes"
    elif row.kind == "list":
        value = [part.strip() for part in text.split(",") if part.strip()]
    elif row.kind == "number":
        number = float(text.replace(",", "."))
        if not math.isfinite(number):
            raise ValueError("a number")
        value = int(number) if isinstance(_KNOWN[row.name].default, int) and number == int(number) else number
    elif row.kind == "choice" and text not in {option for option, _ in row.options}:
        raise ValueError("one of the list")
    return checked(row.name, value)


def _text(value: Value) -> str:
    """A value as the form has it; a list in one line."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, Mapping):
        return "\n".join(f"{name} = {', '.join(others)}".rstrip(" =") for name, others in value.items())
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).strip()


def _filled(now: Settings) -> list[Row]:
    """The rows with what the file says."""
    found = []
    for row in ROWS:
        value = now[row.name]
        text = _text(value).replace("\r\n", "\n")
        if row.kind == "addresses" and isinstance(value, tuple):
            text = "\n".join(value)
        options = row.options
        if row.kind == "choice" and text not in {option for option, _ in options}:
            options = ((text, text), *options)  # set by hand in the file: it may stay, and not be put in here
        variable = _KNOWN[row.name].variable
        found.append(replace(row, mine=text, was=text, options=options,
                             variable=variable if variable in os.environ else ""))  # fmt: skip
    return found


def _page(ask: Ask, rows: list[Row], status: int = 200) -> Response:
    by_name = {row.name: row for row in rows}
    groups = [
        (ask.words.gettext(heading), [by_name[row.name] for row in group]) for heading, group in _GROUPS
    ]
    problems = [(row.field, ask.words.gettext(row.label) + ": " + row.wrong) for row in rows if row.wrong]
    problems += [
        (row.field, ask.words.gettext("%(setting)s: somebody else changed this meanwhile.", setting=ask.words.gettext(row.label)))
        for row in rows if row.theirs is not None
    ]  # fmt: skip
    return ask.render("settings.html", status=status, groups=groups, problems=problems, interface=INTERFACE)


ROUTES = (
    desk_route(_HERE, settings, who="owner"),
    desk_route(_HERE, change, who="owner", methods=("POST",)),
)
