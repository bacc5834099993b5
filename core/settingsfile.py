"""The settings file as programs change it: only the rows that are changed, with a person's remarks and order kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from onrecord.archive import Archive
from onrecord.files import write_text
from onrecord.locks import lock
from onrecord.settings import Settings, Value, check_settings

_WAIT = 10.0  # seconds for another who changes them


def stored(archive: Archive) -> Settings:
    """What the file says, whatever the environment says."""
    return check_settings(archive.settings_file.read_text(encoding="utf-8"), archive.settings_file)


def change_settings(
    archive: Archive, decide: Callable[[Settings], Mapping[str, Value]]
) -> Mapping[str, Value]:
    """Changes rows of the file: `decide` is given what it says now, under a lock, and gives the rows to be changed.

    A row that would say what is the default anyway is written all the same, since somebody chose it. Raises
    `SettingsError`, and leaves the file, when the result would not hold.
    """
    import tomlkit  # takes 60 ms, and only a change needs it

    path = archive.settings_file
    with lock(archive, "settings", wait=_WAIT, doing="changing the settings"):
        text = path.read_text(encoding="utf-8")
        rows = decide(check_settings(text, path))
        if not rows:
            return rows
        document = tomlkit.parse(text)
        for name, value in rows.items():
            table, _, key = name.rpartition(".")
            if table and table not in document:
                document[table] = tomlkit.table()
            place: Any = document[table] if table else document
            if isinstance(value, Mapping):
                _put_table(place, key, value)
            else:
                place[key] = _item(value)
        new = tomlkit.dumps(document)
        check_settings(new, path)
        write_text(path, new)
    return rows


def _put_table(place: Any, key: str, value: Mapping[str, tuple[str, ...]]) -> None:
    """Sets the rows of a table that are other ones now; the others keep their form and their remarks."""
    import tomlkit

    if key not in place:
        place[key] = tomlkit.table()
    table = place[key]
    for name in [name for name in table if name not in value]:
        del table[name]
    for name, others in value.items():
        now = table.get(name)
        if now is None or tuple([now] if isinstance(now, str) else now) != others:
            table[name] = list(others)


def _item(value: Value) -> Any:
    import tomlkit

    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, str) and "\n" in value:
        return tomlkit.string(value, multiline="'''" not in value and '"""' not in value)
    if isinstance(value, float) and value == int(value):
        return int(value)
    return value
