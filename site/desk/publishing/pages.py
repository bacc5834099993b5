"""The page on which a discussion is published: the checklist, what exactly becomes public, the preview, the button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from onrecord.errors import ConflictError, EventFormatError, OnrecordError, UsageError
from onrecord.events.model import Event
from onrecord.events.publication import consents, standing
from onrecord.events.registry import Registry
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.english import of_error
from onrecord.site.desk.publishing import work
from onrecord.site.desk.publishing.checks import checks
from onrecord.site.desk.publishing.preview import local_instant
from onrecord.site.desk.publishing.saying import rows
from onrecord.site.desk.publishing.wishes import read_wish, wish_code, wish_of
from onrecord.site.release import Wish, carry_out, postpone, release
from onrecord.site.targets.delivery import former, known


def show(ask: Ask) -> Response:
    """The page as a choice has it; without one, as most people want it."""
    registry = Registry(ask.archive, keep=True)
    event = registry.get(ask.params["stem"])
    if "visibility" not in ask.query:
        return _page(ask, registry, event, _usual(event))
    try:
        wish = read_wish(lambda name: ask.query.get(name, ""), ask.query.getlist, event)
    except UsageError as error:
        return _page(ask, registry, event, _usual(event), error=error, status=400)
    return _page(ask, registry, event, wish)


def publish(ask: Ask) -> Response:
    """Publishes what was read. Where anything of it has changed meanwhile, it is shown again instead."""
    registry = Registry(ask.archive, keep=True)
    event = registry.get(ask.params["stem"])
    wish = wish_of(ask.form.text("code", most=4000))
    planned = release(ask.archive, event.stem, wish, now=ask.now, registry=registry)
    if planned.seal != ask.form.text("seal", most=100):
        changed = ConflictError(
            ask.words.gettext("Something of this discussion was changed since you read this page. Nothing was published."),
            advice=ask.words.gettext("Read again what becomes public, then publish it."),
        )  # fmt: skip
        return _page(ask, registry, event, wish, error=changed, status=409)
    try:
        after = carry_out(ask.archive, planned)
    except OnrecordError as error:
        return _page(ask, registry, event, wish, error=error, status=409)
    ask.live.check()
    at = after.publish_instant if wish.at else None
    what = (
        "event.scheduled" if at else "event.unlisted" if wish.visibility == "unlisted" else "event.published"
    )
    ask.audit(what, after.stem, wish.at or "")
    for voice in wish.voices:
        ask.audit("event.voice", after.stem, voice)
    work.ask(ask.database, ask.archive, by=ask.me.name, at=at)
    if at:
        local = local_instant(after)
        assert local is not None
        said = ask.words.gettext(
            "It becomes public on %(day)s at %(hour)s (%(zone)s).",
            day=ask.words.day(local), hour=ask.words.hour(local), zone=ask.words.zone(local),
        )  # fmt: skip
    elif wish.visibility == "unlisted":
        said = ask.words.gettext("Whoever knows the link can see it now.")
    else:
        said = ask.words.gettext("It is public now.")
    return ask.go(f"/desk/events/{after.stem}/publish", said)


def call_off(ask: Ask) -> Response:
    """Takes the time of publication away."""
    event = postpone(ask.archive, ask.params["stem"])
    ask.live.check()
    ask.audit("event.postponed", event.stem)
    return ask.go(
        f"/desk/events/{event.stem}/publish",
        ask.words.gettext("It stays a draft until somebody publishes it."),
    )


def renew(ask: Ask) -> Response:
    """Makes the secret of an unlisted address anew: the old link leads nowhere from then on."""
    stem = ask.params["stem"]
    event = Registry(ask.archive, keep=True).get(stem)
    if event.visibility != "unlisted":
        raise UsageError(ask.words.gettext("This discussion has no secret link."))

    def change(document: Any) -> None:
        document.get("private", {}).pop("unlisted-token", None)  # the registry makes another

    Registry(ask.archive).edit(stem, change)
    ask.live.check()
    ask.audit("event.link-renewed", stem)
    work.ask(ask.database, ask.archive, by=ask.me.name)
    return ask.go(
        f"/desk/events/{stem}/publish",
        ask.words.gettext("There is a new link; the old one leads nowhere now."),
    )


def _usual(event: Event) -> Wish:
    """What most people want: everything that is ready; an event that is unlisted stays so."""
    told = [recording.publish for recording in event.recordings]
    words_alone = "transcript" in told and "yes" not in told
    return Wish(
        visibility="unlisted" if event.visibility == "unlisted" else "public",
        sound="transcript" if words_alone else "recording",
    )


def _page(
    ask: Ask,
    registry: Registry,
    event: Event,
    wish: Wish,
    *,
    error: OnrecordError | None = None,
    status: int = 200,
) -> Response:
    try:
        planned = release(ask.archive, event.stem, wish, now=ask.now, registry=registry)
    except (UsageError, EventFormatError) as problem:  # such as a time that has passed: the choice stays
        error, status = error or problem, 400
        planned = release(ask.archive, event.stem, replace(wish, at=None), now=ask.now, registry=registry)
    listed = tuple(checks(ask.archive, planned, ask.words))
    return ask.render(
        "publishing/publish.html",
        status=status,
        event=planned.before,
        stem=event.stem,
        standing=standing(event, ask.now),
        at=local_instant(event),
        wanted_at=local_instant(planned.event) if wish.at else None,
        wish=wish,
        code=wish_code(wish),
        seal=planned.seal,
        checks=listed,
        stopped=[one for one in listed if one.state == "stop"] or planned.intent.blocked,
        rows=tuple(rows(planned.intent, ask.words)),
        chosen=planned.recordings,
        quiet=_quiet(event),
        silent=bool(planned.silent),
        link=_link(ask, event),
        public=_public_address(ask, event),
        static=_static(ask),
        error=error,
        told=of_error(error, ask.words) if error else "",
    )


def _quiet(event: Event) -> Sequence[str]:
    """Who has not consented, of whom a person could say that the voice may be heard."""
    return [speaker.name for speaker in event.speakers if not consents(speaker)] if event.recordings else []


def _link(ask: Ask, event: Event) -> str:
    """The secret link of an unlisted event; empty: it has none."""
    token = event.unlisted_token
    if event.visibility != "unlisted" or not token or event.withdrawn:
        return ""
    path = f"unlisted/{token}/"
    return ask.urls.absolute(path) or str(ask.request.base_url.replace(path=f"/{path}"))


def _public_address(ask: Ask, event: Event) -> str:
    shown = ask.live.state.view.event(event.slug)
    return ask.urls.event(shown) if shown is not None and event.visibility != "unlisted" else ""


def _static(ask: Ask) -> dict[str, Any]:
    """What is known of the static site and of its targets."""
    from onrecord.due import noted, why_due

    archive = ask.archive
    if not work.wanted(archive):
        return {}
    began, _ = noted(archive)
    rows_known = known(archive)
    return {
        "written": began,
        "due": why_due(archive, ask.now),
        "targets": [
            (address, rows_known.get(address)) for address in archive.settings.items("publish.targets")
        ],
        "former": former(archive),
    }


_HOME = "/desk/events/{stem}/publish"
ROUTES = (
    desk_route(_HOME, show, who="organiser"),
    desk_route(_HOME, publish, who="organiser", methods=("POST",)),
    desk_route(f"{_HOME}/call-off", call_off, who="organiser", methods=("POST",)),
    desk_route(f"{_HOME}/link", renew, who="organiser", methods=("POST",)),
)
