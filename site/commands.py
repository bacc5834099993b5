"""The commands that make things public: event publish, publish, serve, demo."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from onrecord.archive import Archive
from onrecord.console import amount, note, print_json, progress, say
from onrecord.errors import OnrecordError, PublishError, UsageError
from onrecord.options import command, json_option, quiet_option, with_archive

if TYPE_CHECKING:
    from onrecord.events.model import Event

# The rooms' modules are imported inside the commands: pydantic and Starlette take longer than the help may.


@command(
    "publish",
    example="""onrecord event publish 2022-07-12-occupied-areas
        onrecord event publish some-talk --at "2026-01-31 18:00\"""",
)
@click.argument("name")
@click.option("--transcript", type=click.Choice(["reviewed", "draft", "no"]),
              help="Which transcripts become public: reviewed, drafts too, or none.")  # fmt: skip
@click.option(
    "--recording", "chosen", multiple=True, metavar="ID", help="Only this recording; can be repeated."
)
@click.option(
    "--transcript-only",
    "silent",
    is_flag=True,
    help="What was said becomes public; the recording stays private.",
)
@click.option("--no-recordings", is_flag=True, help="Announce the discussion only.")
@click.option("--unlisted", is_flag=True, help="Only for those who know the address; it stands in no list.")
@click.option("--at", metavar="TIME", help='Not now but then, in the event\'s own time: "2026-01-31 18:00".')
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@json_option
@with_archive
def publish_event(
    archive: Archive, name: str, *, transcript: str | None, chosen: tuple[str, ...], silent: bool,
    no_recordings: bool, unlisted: bool, at: str | None, yes: bool, as_json: bool,
) -> None:  # fmt: skip
    """Make a discussion public, after saying what will be."""
    from onrecord.events.registry import Registry
    from onrecord.site.intent import intent

    if unlisted and at:
        raise UsageError("an unlisted event cannot wait for a time.", advice="Choose --unlisted or --at.")
    if silent and (no_recordings or transcript == "no"):
        raise UsageError(
            "nothing would be said.", advice="Choose --transcript-only, or publish no transcript."
        )
    registry = Registry(archive)
    event = registry.get(name)
    for recording_id in chosen:
        if event.recording(recording_id) is None:
            known = ", ".join(recording.id for recording in event.recordings) or "none"
            raise UsageError(
                f"'{event.stem}' has no recording '{recording_id}'.", advice=f"There are: {known}."
            )
    ready = () if no_recordings else tuple(_ready(archive, event, chosen, silent=silent))
    values = {"visibility": "unlisted" if unlisted else "draft" if at else "public", "publish_at": at}

    def change(document: Any) -> None:
        for key, value in values.items():
            if value is None:
                document.pop(key, None)
            else:
                document[key] = value
        for row in document.get("recordings", ()):
            if row.get("id") in ready:
                row["publish"] = "transcript" if silent else "yes"
                if transcript:
                    row["transcript"] = transcript

    plan = intent(archive, _as_it_would_be(archive, event, change))
    if plan.blocked:
        raise PublishError(f"'{event.stem}' cannot be published: {plan.blocked}", slug=event.stem)
    when = f"from {at} ({event.timezone}) on" if at else "at once"
    who = "who knows the address" if unlisted else "everyone"
    if not as_json:
        say(f"This will be public to {who}, {when}, on the live site and after the next 'onrecord publish':")
        say()
        for heading, sentence in plan.rows():
            say(f"  {heading:<11} {sentence}")
        say()
    if not yes and not _agreed():
        note("Nothing was changed.")
        raise click.exceptions.Exit(1)
    event = registry.edit(event.stem, change)
    address = f"unlisted/{event.unlisted_token}/" if unlisted else f"events/{event.slug}/"
    base = archive.settings.text("base-url")
    if as_json:
        print_json({
            "stem": event.stem, "visibility": event.visibility, "publish_at": at, "path": address,
            "url": f"{base}/{address}" if base else None, "recordings": list(ready),
        })  # fmt: skip
        return
    done = f"It will be public from {at} ({event.timezone}) on" if at else "Published"
    say(f"{done}: {base}/{address}" if base else f"{done}. Its address on the site is /{address}")
    if at:
        note(
            "Next: run 'onrecord publish' after that time, for the static site; 'onrecord serve' shows it by itself."
        )
    else:
        note("Next: 'onrecord publish' writes the static site; 'onrecord serve' shows it already.")


def _ready(archive: Archive, event: Event, chosen: tuple[str, ...], *, silent: bool) -> list[str]:
    """The recordings that a person can have seen: those with a rendition, or `silent`, with a transcript. Others
    stay private until asked again; one that a person made private stays so until it is named.
    """
    from onrecord.media.renditions import find_rendition
    from onrecord.transcripts.library import Library

    library = Library(archive)
    wanted = ("transcript",) if silent else ("yes",)
    kept = ("no",) if silent else ("no", "transcript")
    return [
        recording.id
        for recording in event.recordings
        if (recording.id in chosen if chosen else recording.publish not in kept)
        and (
            recording.publish in wanted
            or (
                library.entries(event.stem, recording.id)
                if silent
                else find_rendition(archive, event, recording) is not None
            )
        )
    ]


def _as_it_would_be(archive: Archive, event: Event, change: Any) -> Event:
    """The event after a change that is not written; raises what would be wrong with it."""
    from onrecord.events.people import read_people
    from onrecord.events.record import check_event, parse_record, read_record_text
    from onrecord.events.writing import changed

    path = archive.events / f"{event.stem}.toml"
    text = changed(read_record_text(path), change)
    zone = archive.settings.text("timezone")
    return check_event(
        parse_record(text, path), path, text, timezone=zone, people=read_people(archive.speakers_file)
    )


def _agreed() -> bool:
    try:
        return click.confirm("Publish it?", default=False, err=True)
    except click.Abort:
        return False  # nobody there to answer is no consent


@command(
    "publish",
    example="onrecord publish\nonrecord publish --now 2026-01-31T18:00:00Z\n"
    "onrecord publish --timer systemd\nonrecord publish --check",
)
@click.option(
    "--now",
    metavar="TIME",
    help="Publish what is public at this instant (default: now), such as 2026-01-31T18:00:00Z.",
)
@click.option(
    "--without-broken", is_flag=True, help="Leave out what cannot be read instead of writing nothing."
)
@click.option("--no-search", is_flag=True, help="Write no search page and no index for it.")
@click.option("--check", "checking", is_flag=True,
              help="Write nothing; follow every link and anchor of the site that was written.")  # fmt: skip
@click.option("--timer", "timer_kind", type=click.Choice(["systemd", "cron"]),
              help="Write nothing; print a timer that runs this command regularly.")  # fmt: skip
@click.option("--anew", is_flag=True, help="Make everything again, also what has not changed.")
@json_option
@quiet_option
@with_archive
def publish(
    archive: Archive, *, now: str | None, without_broken: bool, no_search: bool, checking: bool,
    timer_kind: Any, anew: bool, as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Write the static site."""
    if timer_kind:
        from onrecord.site.export.timers import timer

        say(timer(timer_kind, archive.root).rstrip("\n"))
        return
    if checking:
        _check_links(archive, as_json=as_json, quiet=quiet)
        return
    from onrecord.site.export.run import publish as write_site

    at = _instant(now) if now else datetime.now(UTC).replace(microsecond=0)
    with progress(quiet=quiet) as listen:
        made = write_site(
            archive, now=at, without_broken=without_broken, search=not no_search, anew=anew, listen=listen
        )
    for problem in made.problems:
        note(f"Left out: {problem}")
    if as_json:
        print_json({
            "folder": str(made.folder), "events": made.events, "unlisted": made.unlisted, "files": made.files,
            "bytes": made.bytes, "made": made.made, "left_out": [str(problem) for problem in made.problems],
            "next_change": made.next_change.isoformat() if made.next_change else None,
        })  # fmt: skip
        return
    count = f"{made.events} {'discussion' if made.events == 1 else 'discussions'}"
    say(
        f"Wrote {count} as {made.files} files, {amount(made.bytes, 'bytes')}, "
        f"to {archive.shown(made.folder)}/; {made.made} of them were made now."
    )
    if not archive.settings.text("base-url"):
        note("There is no feed and no sitemap, since base-url is not set in onrecord.toml.")
    if made.next_change:
        note(
            f"Run it again after {made.next_change:%Y-%m-%d %H:%M} UTC: "
            "then something becomes public, begins or ends. A timer does that: onrecord publish --timer systemd|cron"
        )


def _check_links(archive: Archive, *, as_json: bool, quiet: bool) -> None:
    from urllib.parse import urlsplit

    from onrecord.site.export.links import follow, lines

    base = archive.settings.text("base-url").rstrip("/")
    base_path = f"{urlsplit(base).path.rstrip('/')}/"
    with progress(quiet=quiet or as_json) as listen:
        found = follow(archive.site, base_path, base, listen=listen)
    if as_json:
        rows = [{"file": one.file, "link": one.link, "missing": one.missing} for one in found.broken]
        print_json({"files": found.files, "links": found.links, "anchors": found.anchors, "broken": rows})
    else:
        for line in lines(found):
            say(line)
        pages = "1 page" if found.files == 1 else f"{found.files} pages"
        broken = f"{len(found.broken)} lead nowhere" if found.broken else "all of them lead somewhere"
        say(f"Followed {found.links} links, {found.anchors} of them to anchors, on {pages}: {broken}.")
    if found.broken:
        raise click.exceptions.Exit(1)


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"'{text}' is no instant.", advice="Write it as 2026-01-31T18:00:00Z.") from error
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


_port = click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="The port; 0 finds a free one.",
)


@command("serve", example="onrecord serve --port 8080")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to listen at; 0.0.0.0 is all of them."
)
@_port
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME",
              help="A name that the site answers to, besides that of base-url; can be repeated.")  # fmt: skip
@click.option(
    "--log", is_flag=True, help="Print each request: method, path, status, time; nothing about who asked."
)
@click.option("--no-worker", is_flag=True, help="Do no jobs beside; 'onrecord work' does them.")
@with_archive
def serve(
    archive: Archive, *, host: str, port: int, hosts: tuple[str, ...], log: bool, no_worker: bool
) -> None:
    """Serve the live site."""
    _serve(archive, host, port, hosts, log=log, working=not no_worker)


def _serve(
    archive: Archive,
    host: str,
    port: int,
    hosts: tuple[str, ...] = (),
    *,
    log: bool = False,
    working: bool = True,
) -> None:
    import contextlib
    import logging
    import socket

    import uvicorn

    from onrecord.site.app import create_app
    from onrecord.site.desk.entry import say_first_owner

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)  # whoever reads the address that is printed may come at once
    except (OSError, OverflowError) as error:
        listener.close()
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"the site cannot be served at {host}, port {port}: {why.lower()}.",
            advice="Choose another port with --port, or stop what listens there.",
        ) from error
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    if log:
        logging.getLogger("onrecord.access").setLevel(logging.INFO)
    app = create_app(archive, hosts=(*hosts, host))
    for problem in app.state.live.state.view.problems:
        note(f"Not shown: {problem}")
    shown = f"[{host}]" if ":" in host else host
    say(
        f"Serving '{archive.settings.text('title')}' at http://{shown}:{listener.getsockname()[1]} "
        "(stop with Ctrl+C)"
    )
    try:
        say_first_owner(archive, app.state.desk.database, listener.getsockname()[1])
    except OnrecordError as error:  # readers need no desk
        note(f"The desk cannot be opened: {error}")
    # uvicorn's own access log would hold client addresses and what people search for.
    config = uvicorn.Config(
        app, loop="uvloop", http="httptools", ws="none", access_log=False, log_level="warning",
        server_header=False, timeout_graceful_shutdown=5,
    )  # fmt: skip
    server = uvicorn.Server(config)
    from onrecord.site.desk.crew import worker_beside

    beside = worker_beside(archive) if working else contextlib.nullcontext()
    # Ctrl+C is how it ends; there is nothing to go on with
    with beside, contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    note("Stopped.")


@command("demo", example="onrecord demo my-demo\nonrecord demo my-demo --no-serve")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--no-serve", is_flag=True, help="Make the archive and stop.")
@_port
def demo(folder: Path, *, no_serve: bool, port: int) -> None:
    """Make an example archive from real speech, and serve it."""
    from onrecord.archive import open_archive
    from onrecord.site.demo import make_demo

    make_demo(folder)
    if no_serve:
        note(f"Next: onrecord serve -C {folder}")
        return
    _serve(open_archive(folder, search_upwards=False), "127.0.0.1", port)
