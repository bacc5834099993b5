"""The static site: everything that has an address, written into a folder that any web server can serve.

Links are relative, so the folder works from any sub-path. The same archive and the same `now` give the same bytes,
whatever stood there before.

Only what changed is made again. Beside `site/` lies a second tree in reserve, `.site.reserve/`, which holds the same
files by hard links. A run brings the reserve up to date, looks that it holds what it should and nothing else, puts it
in the place of `site/` whole, and then brings what stood there up to date the same way. So each file takes its room
once, a run costs as much as has changed, and nothing that was withdrawn is left in either.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from onrecord.archive import Archive
from onrecord.due import note_published
from onrecord.errors import OnrecordError, PublishError, TakenBackError
from onrecord.files import make_folder, recover_folder, translated
from onrecord.locks import lock
from onrecord.progress import Progress, Report, silent
from onrecord.site.export.keeping import KeptEntries, KeptRecordings
from onrecord.site.export.ledger import Ledger, open_ledger
from onrecord.site.export.looking import Looking
from onrecord.site.export.traces import Traces
from onrecord.site.export.tree import Placed, Tree, file_name
from onrecord.site.export.units import Made, Unit, Units
from onrecord.site.files import PublicFile
from onrecord.site.lessening import taken_back
from onrecord.site.pages import Pages
from onrecord.site.urls import event_path
from onrecord.site.view import View

SEARCH = "search"  # the unit of Pagefind's index, which is made at once, by a program of its own


@dataclass(frozen=True)
class Published:
    """What a run wrote. `next_change` is when the clock alone makes the site differ, so that it has to run
    again.
    """

    folder: Path
    events: int
    unlisted: int
    files: int
    bytes: int
    problems: tuple[OnrecordError, ...]
    next_change: datetime | None
    searchable: bool
    made: int = 0  # how many of the files were made by this run
    view: View | None = field(default=None, repr=False, compare=False)  # what it was made of


def publish(
    archive: Archive,
    *,
    now: datetime,
    without_broken: bool = False,
    search: bool = True,
    anew: bool = False,
    listen: Progress = silent,
) -> Published:
    """Writes the static site of what is public at `now`, an aware instant; `anew` makes everything again.

    Raises `PublishError` when something in the archive cannot be read, unless `without_broken` says to leave
    it out: what is out of the new site is gone from the public. Then, and after any error, the old site still
    stands. Whatever is taken back while it runs is not in what it leaves: it begins anew.
    """
    with lock(archive, "publish", doing="publish"):
        recover_folder(archive.site)
        make_folder(archive.hidden, private=True)
        while True:
            with suppress(TakenBackError):
                made = _written(archive, now, listen, search=search, anew=anew, without_broken=without_broken)
                if made.view is None or not taken_back(made.view):
                    return made


def _written(
    archive: Archive, now: datetime, listen: Progress, *, search: bool, anew: bool, without_broken: bool
) -> Published:
    """One run. Raises `TakenBackError` where something was taken back before the site was put in its place."""
    began = time.time_ns()
    ledger_file = archive.hidden / "site.sqlite3"
    with (
        Traces(archive) as traces,
        translated(archive.root),
        open_ledger(ledger_file) as ledger,
        _no_garbage(),
    ):
        run = _Run(archive, ledger, ledger_file, listen)
        made = run.publish(now, traces, search=search, anew=anew, without_broken=without_broken)
        note_published(archive, began, made.next_change)
        return made


@dataclass
class _Change:
    """What a run does to a tree: the units that are gone or made again, the files that go and those that come."""

    gone: list[str] = field(default_factory=list)
    made: list[tuple[str, str, list[str]]] = field(default_factory=list)  # key, digest, names of files
    removed: set[str] = field(default_factory=set)

    @property
    def names(self) -> list[str]:
        """The files that come."""
        return [name for _, _, names in self.made for name in names]


class _Run:
    """One run of the export, inside its lock."""

    def __init__(self, archive: Archive, ledger: Ledger, place: Path, listen: Progress) -> None:
        self._archive = archive
        self._ledger = ledger
        self._place = place
        self._listen = listen
        self._site = Tree(archive.site)
        self._reserve = Tree(archive.root / ".site.reserve")
        self._growing = Tree(archive.root / ".site.new")

    def publish(
        self, now: datetime, traces: Traces, *, search: bool, anew: bool, without_broken: bool
    ) -> Published:
        standing = {} if anew else self._standing()
        with Looking(self._reserve, self._ledger, self._place) if standing else nullcontext() as looking:
            view = View(self._archive, now)
            pages = Pages(view, export=True)
            pages.use_search(search)
            pieces = Units(pages, traces, search=search)
            units = {unit.key: unit for unit in pieces}
            kept = KeptRecordings(self._ledger, pieces.stems(), self._archive.root)
            view.keep(kept)
            entries = KeptEntries(self._ledger, pieces.stems(), view.stem)
            pages.ways.entry = entries
            gc.freeze()  # all of it stays to the end
            gc.enable()
            # What somebody has put into the reserve, or taken out of it, or changed.
            strange = looking.strange() if looking is not None else set()
        spoilt = {self._ledger.unit_of(name) for name in strange}
        change = _Change(gone=[key for key in standing if key not in units])
        wanted = [
            unit
            for unit in units.values()
            if not standing.get(unit.key) or standing[unit.key] != unit.digest or unit.key in spoilt
        ]
        self._growing.clear()
        try:
            try:
                self._make(view, wanted, change, whole=not standing)
            except (OnrecordError, OSError) as error:  # what was played of it is sealed already
                if taken_back(view):
                    raise _taken_back() from error
                raise
            if view.problems and not without_broken:
                raise _broken(view.problems)
            if standing:
                change.removed = {
                    *self._ledger.names([*change.gone, *(unit.key for unit in wanted)]),
                    *strange,
                }
                change.removed.difference_update(change.names)
            if taken_back(view):
                raise _taken_back()
            self._ledger.doubt()
            placed = self._put(change, whole=not standing)
        finally:
            self._growing.clear()
        shared = self._follow(change, whole=not standing)
        if not standing:
            self._ledger.forget()
        kept.write()
        entries.write()
        self._ledger.finish(
            change.gone,
            [(key, digest, [placed[name] for name in names]) for key, digest, names in change.made],
            {
                "trees": self._trees() if shared else "",
                "search": "yes" if search else "no",
                "looked": str(looking.part) if looking is not None and looking.part is not None else "",
                "next": view.next_change.isoformat() if view.next_change else "",
            },
        )
        count, size = self._ledger.total()
        return Published(
            folder=self._archive.site,
            events=len(view.events),
            unlisted=len(view.unlisted),
            files=count,
            bytes=size,
            problems=view.problems,
            next_change=view.next_change,
            searchable=search,
            made=len(placed),
            view=view,
        )

    def _standing(self) -> dict[str, str]:
        """The digests of what stands in both trees; empty when they are not the two that the ledger speaks of."""
        known = self._ledger.standing()
        return known if known and self._ledger.fact("trees") == self._trees() else {}

    def _trees(self) -> str:
        return f"{self._site.identity()} {self._reserve.identity()}"

    def _make(self, view: View, wanted: list[Unit], change: _Change, *, whole: bool) -> None:
        """Makes the files of these units, beside both trees."""
        before = len(view.problems)
        again = {unit.key for unit in wanted} | set(change.gone)
        for number, unit in enumerate(wanted, 1):
            names: list[str] = []
            for path, content in self._content(unit, view):
                name = file_name(path)
                owner = "" if whole else self._ledger.owner(name.casefold())
                if owner and owner not in again:
                    raise PublishError(
                        f"two pages have the address '{path}'.", advice="Give one of them another address."
                    )
                if isinstance(content, PublicFile):
                    self._growing.link(name, content.path, copy=content.attachment)
                else:
                    self._growing.write(name, content)
                names.append(name)
            change.made.append((unit.key, unit.digest, names))
            if number % 20 == 0 or number == len(wanted):
                self._listen(Report("publish", self._archive.root.name, number, len(wanted), "items"))
        if problems := view.problems[before:]:
            # What is left out now is looked for again by the next run, which is told of it again.
            change.made = [
                (key, "" if _concerns(key, problems, view, self._archive) else digest, names)
                for key, digest, names in change.made
            ]

    def _content(self, unit: Unit, view: View) -> Iterable[Made]:
        if unit.key != SEARCH:
            return unit.make()
        from onrecord.site.search.pagefind import write_index  # starts a program

        return write_index(view)

    def _put(self, change: _Change, *, whole: bool) -> dict[str, Placed]:
        """Brings the reserve up to date and puts it in the place of the site; gives the files that came."""
        if whole:
            self._reserve.clear()
            self._growing.move(self._reserve)
        else:
            for name in change.removed:
                self._reserve.remove(name)
            for name in change.names:
                self._reserve.take(name, self._growing)
        self._reserve.settle(change.names)
        self._reserve.exchange(self._site)
        return {name: self._site.placed(name) for name in change.names}

    def _follow(self, change: _Change, *, whole: bool) -> bool:
        """Brings what was the site up to date: the reserve of the next run. False where the disk has no hard links:
        then there is no reserve, and the next run makes everything.
        """
        try:
            if whole:
                self._reserve.clear()
                make_folder(self._reserve.root)
            for name in change.removed:
                self._reserve.remove(name)
            for name in change.names:
                self._reserve.share(name, self._site)
        except FileNotFoundError:
            raise  # an error of ours
        except OSError:
            self._reserve.clear()
            return False
        return True


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Thousands of records are made at once and all of them stay: looking for garbage among them again and again
    takes longer than making them. Inside, collecting is off until somebody puts it on.
    """
    wanted = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if wanted:
            gc.enable()


def _concerns(key: str, problems: Iterable[OnrecordError], view: View, archive: Archive) -> bool:
    """Whether a unit is that of an event of which something could not be read; of all, where nobody can tell."""
    stems = set()
    for problem in problems:
        path = problem.path
        if (
            path is None
            or not path.is_relative_to(archive.root)
            or len(path.relative_to(archive.root).parts) < 3
        ):
            return True
        stems.add(path.parent.name)
    return key in {
        f"event {event_path(event)}" for event in (*view.events, *view.unlisted) if view.stem(event) in stems
    }


def _taken_back() -> TakenBackError:
    return TakenBackError("something was taken back while the site was written.")


def _broken(problems: tuple[OnrecordError, ...]) -> PublishError:
    others = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return PublishError(
        f"nothing was written, because this would be missing from the site: {problems[0]}{others}",
        advice="Mend it, or run it with --without-broken to leave it out.",
    )
