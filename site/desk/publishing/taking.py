"""The page on which a discussion is taken back: what that covers before the button, what is left to do after it, and what
is sealed, for organisers alone.
"""

from __future__ import annotations

from starlette.responses import Response

from onrecord.events.publication import standing
from onrecord.events.registry import Registry
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.publishing import work
from onrecord.site.desk.publishing.copies import told
from onrecord.site.sealing import sealed, sealed_revision
from onrecord.site.targets.delivery import former, known
from onrecord.site.unreachable import copies
from onrecord.site.withdrawal import bring_back, call_off, withdraw


def show(ask: Ask) -> Response:
    """What a withdrawal covers; after one, what is left to do."""
    return _page(ask)


def _page(ask: Ask, *, error: str = "", typed: str = "", status: int = 200) -> Response:
    event = Registry(ask.archive, keep=True).get(ask.params["stem"])
    kept = sealed(ask.archive, event.stem)
    rows = known(ask.archive)
    stood = standing(event, ask.now)
    return ask.render(
        "publishing/withdraw.html",
        status=status,
        event=event,
        stem=event.stem,
        standing=stood,
        usual=ask.words.gettext("This discussion was withdrawn."),
        typed=typed,
        error=error,
        sealed=kept,
        copies=[told(copy, ask.words) for copy in copies(ask.archive, event, ask.now)],
        wanted=work.wanted(ask.archive),
        has_site=ask.archive.site.is_dir(),
        targets=[(address, rows.get(address)) for address in ask.archive.settings.items("publish.targets")],
        former=former(ask.archive),
        jobs=_jobs(ask, event.stem),
    )


def take(ask: Ask) -> Response:
    """Withdraws it, here and now; the static site and its targets follow as a job."""
    sentence = ask.form.text("sentence", most=1000)
    stem = ask.params["stem"]
    if not sentence:
        text = ask.words.gettext("Say in one sentence to readers that it was withdrawn.")
        return _page(ask, error=text, status=400)
    done = withdraw(ask.archive, stem, sentence, now=ask.now)
    ask.live.check()
    ask.audit("event.withdrawn", done.event.stem, sentence)
    call_off(ask.database, done.event.stem, by=ask.me.name)
    asked = work.ask(ask.database, ask.archive, by=ask.me.name, withdrawn=done.event.stem)
    said = ask.words.gettext(
        "It is withdrawn: no page, search, feed or file of the live site gives it any more."
    )
    if asked is not None:
        said += " " + ask.words.gettext("The static site and its targets are being written anew.")
    for trouble in done.troubles:
        said += " " + ask.words.gettext("To be done yet: %(what)s", what=str(trouble))
    return ask.go(f"/desk/events/{done.event.stem}/withdraw", said)


def undo(ask: Ask) -> Response:
    """Brings it back as a draft."""
    event = bring_back(ask.archive, ask.params["stem"])
    ask.live.check()
    ask.audit("event.brought-back", event.stem)
    work.ask(ask.database, ask.archive, by=ask.me.name)  # the notice of withdrawal goes from the static site
    return ask.go(
        f"/desk/events/{event.stem}/publish",
        ask.words.gettext(
            "It is a draft again, and everything that was sealed is in its place. Publish it when you have looked."
        ),
    )


def revision(ask: Ask) -> Response:
    """A sealed revision, as a file of plain text that no browser runs."""
    path = sealed_revision(ask.archive, ask.params["stem"], ask.params["name"])
    ask.audit("event.sealed-read", ask.params["stem"], path.name)
    headers = {"Content-Disposition": f'attachment; filename="{path.name}.txt"'}
    return Response(path.read_bytes(), headers=headers, media_type="text/plain")


def _jobs(ask: Ask, stem: str) -> tuple[object, ...]:
    from onrecord import jobs

    return jobs.recent(ask.database, kind="publish", subject=stem, limit=1)


_HOME = "/desk/events/{stem}/withdraw"
ROUTES = (
    desk_route(_HOME, show, who="organiser"),
    desk_route(_HOME, take, who="organiser", methods=("POST",)),
    desk_route(f"{_HOME}/undo", undo, who="organiser", methods=("POST",)),
    desk_route("/desk/events/{stem}/sealed/{name}", revision, who="organiser"),
)
