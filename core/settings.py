"""The settings of an archive: one table of name, default and help.

A value comes from a flag, else from the environment (`ONRECORD_TRANSCRIPTION_ENGINE`), else from `onrecord.toml`,
else it is the default. In the file the name before the first dot is a table: `[transcription]`, `engine = "whisper"`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from onrecord.errors import OnrecordError, SettingsError
from onrecord.languages import INTERFACE, language_tag
from onrecord.targets import targets
from onrecord.toml import did_you_mean, line_of, parse_toml, read_toml

Value = str | int | float | bool | tuple[str, ...] | Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Setting:
    """One row of the table: a dotted name, its default, what it is for, and a check of its own."""

    name: str
    default: Value
    help: str
    check: Callable[[Any], Value] | None = None

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return "ONRECORD_" + re.sub(r"[.-]", "_", self.name).upper()


def _one_of(*choices: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return value

    return check


def _tags(value: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(language_tag(tag) for tag in value)
    except OnrecordError as error:
        raise ValueError('a list of language tags, such as ["en", "uk"]') from error


def _interface(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value or not set(value) <= set(INTERFACE):
        raise ValueError(f"a list of some of {', '.join(INTERFACE)}")
    return tuple(dict.fromkeys(value))


def _colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValueError('a colour as six hexadecimal digits, such as "#8a3324"')
    return value


def _address(value: str) -> str:
    from urllib.parse import urlsplit  # read only when an address is checked

    try:
        parts = urlsplit(value)
        whole = value.startswith(("https://", "http://")) and parts.hostname and parts.port != 0
    except ValueError:  # half a bracket; a port that there cannot be
        whole = False
    # It is written into every public page and feed: nobody's password, no question, nothing that ends an attribute.
    if value and (not whole or re.search(r"""[\s@?#<>"'\\]""", value)):
        raise ValueError('a web address, such as "https://archive.example.org"')
    return value.rstrip("/")


def _zone(value: str) -> str:
    import zoneinfo  # the zone table is read only when a zone is checked

    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError('an IANA time zone, such as "Europe/Kyiv"') from error
    return value


def _share(value: float) -> float:
    if not 0 <= value <= 1:
        raise ValueError("a number from 0 to 1")
    return value


def _not_negative(value: float) -> float:
    if value < 0:
        raise ValueError("a number that is not below 0")
    return value


def _positive(value: float) -> float:
    if value <= 0:
        raise ValueError("a number above 0")
    return value


SETTINGS: tuple[Setting, ...] = (
    Setting("title", "Untitled archive", "The name of the archive, on every page."),
    Setting("summary", "", "One or two sentences about the archive, for the home page and for search engines."),
    Setting("about", "", "The text of the page About, in Markdown."),
    Setting("base-url", "", "Where the published site will stand; needed for feeds and for links in citations.", _address),
    Setting("contact", "", "A public address for questions and take-down requests; no person's own."),
    Setting("timezone", "UTC", "The IANA time zone of events that name none.", _zone),
    Setting("languages", ("en",), "The languages spoken in the archive's events, the commonest first.", _tags),
    Setting("interface", ("en",), "The languages of the pages: some of en, uk, fr, de, pl, ru; the first stands at the root.",
            _interface),
    Setting("licence", "", "The licence of the recordings and transcripts, where an event names none."),
    Setting("accent", "#a23b2a", "The one accent colour of the site.", _colour),
    Setting("glossary", MappingProxyType({}), "Names and terms with their other spellings: Kyiv = [\"Kiev\", \"Київ\"]."),
    Setting("transcription.engine", "whisper", "The engine: whisper, openai-whisper, pocketsphinx or captions.",
            _one_of("whisper", "openai-whisper", "pocketsphinx", "captions")),
    Setting("transcription.model", "small", "The engine's model: a name, or a folder or file with its weights."),
    Setting("transcription.chunk-minutes", 10.0, "The longest piece to transcribe at once; a crash costs one.", _positive),
    Setting("transcription.unsure-below", 0.5, "Words with a confidence below this are marked as unsure.", _share),
    Setting("transcription.threads", 0, "Processor threads for recognition; 0 uses all cores."),
    Setting("publish.recordings", False, "Whether a finished recording is public without being published by hand."),
    Setting("publish.transcripts", "reviewed", "Which transcripts are public: reviewed, draft (machine drafts too) or no.",
            _one_of("reviewed", "draft", "no")),
    Setting("publish.targets", (), "Where the static site is sent: folders, rsync places, git branches; see the guide.", targets),
    Setting("publish.platform-players", False, "Whether an event page offers the platform's own player, after a click."),
    Setting("fetch.allow-hosts", (), "Hosts in a private network that recordings may be fetched from."),
    Setting("fetch.max-gigabytes", 20.0, "The largest recording that is fetched.", _positive),
    Setting("fetch.tries", 5, "How often a fetch is tried before it is reported as failed.", _positive),
    Setting("fetch.watch", "", "A folder whose new files are taken as recordings."),
    Setting("fetch.channels", (), "Channels, playlists, feeds and folders in which recordings of past events are looked for."),
    Setting("jobs.free-gigabytes", 2.0, "How much of the disk stays free: below it, jobs and uploads wait.", _not_negative),
    Setting("jobs.recordings-at-once", 2, "How many recordings a worker fetches, renders or transcribes at once.", _positive),
    Setting("jobs.find-work", True, "Whether a worker looks for recordings that are not done yet, as `ingest` does."),
    Setting("render.max-height", 1080, "The height in pixels above which video is scaled down.", _positive),
)  # fmt: skip
_BY_NAME = {setting.name: setting for setting in SETTINGS}
_TABLES = {name.split(".")[0] for name in _BY_NAME if "." in name}


def _typed(setting: Setting, value: object) -> Value:
    """The value as the setting's type; raises ValueError with what is expected."""
    default = setting.default
    result: Any = value
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise ValueError("true or false")
    elif isinstance(default, int):
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError("a whole number")
    elif isinstance(default, float):
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            raise ValueError("a number")
        result = float(value)
    elif isinstance(default, str):
        if not isinstance(value, str):
            raise ValueError("a text in quotes")
    elif isinstance(default, tuple):
        if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
            raise ValueError('a list of texts, such as ["one", "two"]')
        result = tuple(value)
    else:
        if not isinstance(value, Mapping):
            raise ValueError("a table of names, each with a list of other spellings")
        table: dict[str, tuple[str, ...]] = {}
        for name, others in value.items():
            items = [others] if isinstance(others, str) else others
            if not isinstance(items, (list, tuple)) or not all(isinstance(item, str) for item in items):
                raise ValueError("a table of names, each with a list of other spellings")
            table[str(name)] = tuple(items)
        result = MappingProxyType(table)
    return setting.check(result) if setting.check else result


def _from_text(setting: Setting, text: str) -> object:
    """What an environment variable or a flag says, as a TOML value would be."""
    if isinstance(setting.default, bool):
        return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(
            text.lower(), text
        )
    try:
        if isinstance(setting.default, int):
            return int(text)
        if isinstance(setting.default, float):
            return float(text)
    except ValueError:
        return text
    if isinstance(setting.default, tuple):
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


class Settings:
    """The values in force, read by dotted name through typed getters."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Value:
        return self._values.get(name, _BY_NAME[name].default)

    def text(self, name: str) -> str:
        """A setting that holds text."""
        return str(self[name])

    def number(self, name: str) -> float:
        """A setting that holds a number."""
        value = self[name]
        assert isinstance(value, (int, float))
        return float(value)

    def flag(self, name: str) -> bool:
        """A setting that is true or false."""
        return self[name] is True

    def items(self, name: str) -> tuple[str, ...]:
        """A setting that holds a list of texts."""
        value = self[name]
        assert isinstance(value, tuple)
        return value

    @property
    def glossary(self) -> Mapping[str, tuple[str, ...]]:
        """Each name or term with its other spellings."""
        value = self["glossary"]
        assert isinstance(value, Mapping)
        return value

    def with_flags(self, flags: Mapping[str, object]) -> Settings:
        """The same settings with those that a flag of the command names; None means that it was not given."""
        values = dict(self._values)
        for name, value in flags.items():
            if value is not None:
                try:
                    values[name] = _typed(_BY_NAME[name], value)
                except ValueError as error:
                    raise SettingsError(f"'{value}' is no value for {name}: expected {error}.") from error
        return Settings(values)


def read_settings(path: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Reads `onrecord.toml` and the environment; raises `SettingsError` with line, key and what is expected."""
    environment = os.environ if environment is None else environment
    text = path.read_text(encoding="utf-8", errors="replace")
    values = _values(read_toml(path, SettingsError), path, text)
    for setting in SETTINGS:
        if setting.variable in environment and setting.name != "glossary":
            given = environment[setting.variable]
            try:
                values[setting.name] = _typed(setting, _from_text(setting, given))
            except ValueError as error:
                raise SettingsError(f"{setting.variable} holds {given!r}: expected {error}.") from error
    return Settings(values)


def check_settings(text: str, path: Path) -> Settings:
    """The settings that the text of a file holds, whatever the environment says; raises `SettingsError`."""
    return Settings(_values(parse_toml(text, path, SettingsError), path, text))


def checked(name: str, value: object) -> Value:
    """A value as the setting of that name holds it; raises `ValueError` with what is expected instead."""
    return _typed(_BY_NAME[name], value)


def _values(table: Mapping[str, Any], path: Path, text: str) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, value in _flat(table, path, text):
        try:
            values[name] = _typed(_BY_NAME[name], value)
        except ValueError as error:
            raise SettingsError(
                f"'{name}' holds {value!r}: expected {error}.",
                path=path, line=line_of(text, tuple(name.split("."))), key=name,
            ) from error  # fmt: skip
    return values


def _flat(table: Mapping[str, Any], path: Path, text: str) -> list[tuple[str, object]]:
    """The file's rows by dotted name; an unknown one is an error that names the nearest."""
    rows: list[tuple[str, object]] = []
    for key, value in table.items():
        if key == "format":
            if value != 1:
                raise SettingsError(
                    f"this archive has format {value!r}; this onrecord knows format 1.",
                    path=path, line=line_of(text, ("format",)), advice="Upgrade onrecord to read it.",
                )  # fmt: skip
        elif key in _TABLES and isinstance(value, Mapping):
            rows += [(f"{key}.{name}", inner) for name, inner in value.items()]
        else:
            rows.append((key, value))
    for name, _ in rows:
        if name not in _BY_NAME and not name.split(".")[-1].startswith("x-"):
            raise SettingsError(
                f"there is no setting '{name}'.",
                path=path, line=line_of(text, tuple(name.split("."))), key=name,
                advice=did_you_mean(name, _BY_NAME) or "docs/formats.md lists them all.",
            )  # fmt: skip
    return [(name, value) for name, value in rows if name in _BY_NAME]
