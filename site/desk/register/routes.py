"""The addresses of the register, in the order in which they are tried."""

from __future__ import annotations

from onrecord.site.desk.register import (
    archivepage,
    cancelling,
    editing,
    eventlist,
    importing,
    oneevent,
    series,
    thefile,
)

ROUTES = (
    *eventlist.ROUTES,
    *importing.ROUTES,
    *editing.ROUTES,
    *series.ROUTES,
    *cancelling.ROUTES,
    *thefile.ROUTES,
    *oneevent.ROUTES,
    *archivepage.ROUTES,
)
