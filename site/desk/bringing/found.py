"""Recordings that onrecord found itself for discussions that are over: why each may be the one, and a person's answer."""

from __future__ import annotations

from starlette.responses import Response

from onrecord import jobs
from onrecord.errors import NotFoundError
from onrecord.media.proposals import Proposal, dismiss, find, found, waiting_for_one
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.bringing import places

HOME = "/desk/found/"


def overview(ask: Ask) -> Response:
    """The proposals that stand, by discussion."""
    now = found(ask.archive)
    waiting = {event.stem: event for event in waiting_for_one(places.registry(ask).scan().events, ask.now)}
    rows = [(waiting[one.stem], one) for one in now.proposals if one.stem in waiting]
    named = {event.stem for event, _ in rows}
    groups = [
        (event, [one for other, one in rows if other is event])
        for event in waiting.values()
        if event.stem in named
    ]
    return ask.render(
        "bringing/found.html",
        groups=sorted(groups, key=lambda group: group[0].starts_at, reverse=True),
        without=[event for event in waiting.values() if event.stem not in named],
        channels=ask.archive.settings.items("fetch.channels"),
        looked=now.looked,
        unread=now.unread,
        searching=bool(jobs.unfinished(ask.database, kind="find")),
    )


def confirm(ask: Ask) -> Response:
    """A person says that this is the recording: it becomes one of the event, and is fetched."""
    proposal = _proposal(ask)
    event = places.event_named(ask, proposal.stem)
    if any(one.source and one.source != proposal.source for one in event.recordings):
        said = ask.words.gettext("This discussion has a recording meanwhile; nothing was changed.")
        return ask.go(places.event_place(event.stem), said)
    recording = places.bring(ask, event.stem, proposal.source)
    said = ask.words.gettext("The recording is on its way. You can leave this page; the work goes on.")
    return ask.go(places.recording_place(event.stem, recording), said)


def away(ask: Ask) -> Response:
    """A person says that it is not the one: it is not proposed for this discussion again."""
    proposal = _proposal(ask)
    dismiss(ask.archive, proposal.key)
    ask.audit("proposal.dismissed", proposal.stem, proposal.title)
    return ask.go(HOME, ask.words.gettext("It is not proposed for this discussion again."))


def search(ask: Ask) -> Response:
    """Looks through the channels now."""
    jobs.enqueue(ask.database, "find", by=ask.me.name)
    return ask.go(
        HOME, ask.words.gettext("The channels are being looked through. Open this page again in a moment.")
    )


def _proposal(ask: Ask) -> Proposal:
    key = ask.params["key"]
    if not (key.isascii() and key.isalnum()):
        raise NotFoundError("there is no such proposal.")
    return find(ask.archive, key)


ROUTES = (
    desk_route(HOME, overview, who="organiser"),
    desk_route(f"{HOME}search", search, who="organiser", methods=("POST",)),
    desk_route(f"{HOME}{{key}}/confirm", confirm, who="organiser", methods=("POST",)),
    desk_route(f"{HOME}{{key}}/dismiss", away, who="organiser", methods=("POST",)),
)
