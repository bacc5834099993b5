"""Every address of the desk, by the part that it belongs to. What is not listed here cannot be asked for."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from onrecord.site.desk.asking import DeskRoute

# Each module has its ROUTES. The first route that fits answers: put "events/new" before "events/{stem}/".
PARTS: tuple[str, ...] = (
    "onrecord.site.desk.signing",
    "onrecord.site.desk.me",
    "onrecord.site.desk.people",
    "onrecord.site.desk.log",
    "onrecord.site.desk.settings",
    "onrecord.site.desk.register.routes",
    "onrecord.site.desk.jobs.pages",
    "onrecord.site.desk.publishing.pages",
    "onrecord.site.desk.publishing.preview",
    "onrecord.site.desk.publishing.taking",
    "onrecord.site.desk.publishing.site",
    "onrecord.site.desk.editing.routes",
    "onrecord.site.desk.bringing.address",
    "onrecord.site.desk.bringing.plain",
    "onrecord.site.desk.bringing.tus",
    "onrecord.site.desk.bringing.playing",
    "onrecord.site.desk.bringing.trim",
    "onrecord.site.desk.bringing.captions",
    "onrecord.site.desk.bringing.recording",
    "onrecord.site.desk.bringing.found",
)


def routes() -> Iterator[DeskRoute]:
    """Every route, in the order in which they are tried."""
    for name in PARTS:
        yield from import_module(name).ROUTES
