"""The site sent to every target, and what became of it: one that fails holds no other up.

What is taken back while it is being sent is not sent, or taken out again before this ends: the site is written anew.
What happened stands in `.onrecord/targets/sent.json`, by address, also of targets that are in the settings no more:
the site still stands there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from onrecord.archive import Archive
from onrecord.errors import OnrecordError, TakenBackError, TargetError
from onrecord.files import make_folder, storage_error, write_text
from onrecord.locks import lock
from onrecord.progress import Progress, silent
from onrecord.site.lessening import taken_back
from onrecord.site.targets.folder import send_to_folder
from onrecord.site.targets.git import send_to_branch
from onrecord.site.targets.rsync import send_by_rsync
from onrecord.site.targets.running import Stop, clean, never
from onrecord.targets import Target, target

if TYPE_CHECKING:
    from onrecord.site.export.run import Published
    from onrecord.site.view import View

_LOOK_AGAIN = 1.0  # seconds


@dataclass(frozen=True)
class Sent:
    """What is known of one target. Instants are aware, in UTC; `error` is empty when the last time went well."""

    address: str
    tried: datetime
    sent: datetime | None  # when it was sent whole last; None: never
    said: str
    error: str = ""
    advice: str = ""
    passing: bool = False  # whether trying again later can help


def publish_and_deliver(
    archive: Archive, write: Callable[[], Published], *, listen: Progress = silent, stop: Stop = never
) -> tuple[Published, tuple[Sent, ...]]:
    """Writes the static site and sends it to every target; anew, where something of it is taken back meanwhile.

    Raises what `write` and `deliver` raise.
    """
    while True:
        made = write()
        with suppress(TakenBackError):
            now = datetime.now(UTC).replace(microsecond=0)
            return made, deliver(archive, now=now, view=made.view, listen=listen, stop=stop)


def deliver(
    archive: Archive,
    *,
    now: datetime,
    view: View | None = None,
    listen: Progress = silent,
    stop: Stop = never,
) -> tuple[Sent, ...]:
    """Sends the static site as it stands to every target of the settings, in their order.

    What a target raises stands in its row. Raises `LockedError` while the site is being written, whatever `stop`
    raises, and `TakenBackError` when something of `view`, of which the site was made, is taken back before the end.
    """
    heed = _Heeding(view, stop)
    wanted = [target(address) for address in archive.settings.items("publish.targets")]
    rows: list[Sent] = []
    if not wanted:
        return ()
    with lock(archive, "publish", wait=2, doing="sending the site"):  # it must not change meanwhile
        for one in wanted:
            heed.stop()
            row = _sent(archive, one, now, listen, heed.stop)
            heed.look()
            rows.append(row)
            _note(archive, {**known(archive), one.address: row})
    return tuple(rows)


class _Heeding:
    """Ends a delivery when that is wished, and when something of what is sent was taken back."""

    def __init__(self, view: View | None, stop: Stop) -> None:
        self._view = view
        self._stop = stop
        self._looked = -_LOOK_AGAIN

    def stop(self) -> None:
        """Looks now and then; targets ask all the time."""
        self._stop()
        if time.monotonic() - self._looked >= _LOOK_AGAIN:
            self.look()

    def look(self) -> None:
        """Raises `TakenBackError`."""
        self._looked = time.monotonic()
        if self._view is not None and taken_back(self._view):
            raise TakenBackError("something was taken back while the site was sent.")


def _sent(archive: Archive, one: Target, now: datetime, listen: Progress, stop: Stop) -> Sent:
    before = known(archive).get(one.address)
    row = Sent(one.address, now, before.sent if before else None, "")
    site = archive.site
    try:
        if not (site / "index.html").is_file():
            raise TargetError("there is no static site yet.", advice="Write it with 'onrecord publish'.")
        match one.kind:
            case "folder":
                said = send_to_folder(site, one, listen=listen, stop=stop)
            case "rsync":
                said = send_by_rsync(site, one, listen=listen, stop=stop)
            case "git":
                said = send_to_branch(archive, site, one, now=now, listen=listen, stop=stop)
    except TakenBackError:
        raise
    except OnrecordError as error:
        passing = isinstance(error, TargetError) and error.passing
        return replace(row, error=clean(error.message), advice=error.advice, passing=passing)
    except OSError as error:
        known_one = storage_error(error, site)
        return replace(
            row,
            error=known_one.message if known_one else f"{clean(error.strerror or str(error))}.",
            advice=known_one.advice if known_one else "Look at the target, and publish again.",
        )
    return replace(row, sent=now, said=said)


def known(archive: Archive) -> Mapping[str, Sent]:
    """What is known of the targets, by address; what cannot be read counts as never sent."""
    try:
        rows = json.loads(_file(archive).read_text(encoding="utf-8"))
        return {
            row["address"]: Sent(
                str(row["address"]),
                _instant(row["tried"]),
                _instant(row["sent"]) if row["sent"] else None,
                str(row["said"]),
                str(row["error"]),
                str(row["advice"]),
                bool(row["passing"]),
            )
            for row in rows
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def former(archive: Archive) -> tuple[Sent, ...]:
    """The targets that the settings name no more, where the site as it was still stands."""
    wanted = archive.settings.items("publish.targets")
    return tuple(row for row in known(archive).values() if row.sent and row.address not in wanted)


def forget(archive: Archive, address: str) -> None:
    """Forgets a target whose copy a person has deleted."""
    _note(archive, {name: row for name, row in known(archive).items() if name != address})


def _note(archive: Archive, rows: Mapping[str, Sent]) -> None:
    make_folder(_file(archive).parent, private=True)
    text = json.dumps(
        [asdict(row) for row in rows.values()], default=datetime.isoformat, ensure_ascii=False, indent=1
    )
    write_text(_file(archive), text + "\n")


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _file(archive: Archive) -> Path:
    return archive.hidden / "targets" / "sent.json"
