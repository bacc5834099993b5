"""The commands that make things public, and take them back: event publish, event withdraw, publish."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from onrecord.archive import Archive
from onrecord.console import amount, note, print_json, progress, say
from onrecord.errors import OnrecordError, UsageError
from onrecord.options import command, json_option, quiet_option, with_archive

if TYPE_CHECKING:
    from onrecord.site.export.run import Published
    from onrecord.site.targets.delivery import Sent

# The rooms' modules are imported inside the commands: pydantic and the pages take longer than the help may.


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
@click.option("--voice", "voices", multiple=True, metavar="NAME",
              help="This speaker's voice may be heard though there is no consent; can be repeated.")  # fmt: skip
@click.option("--unlisted", is_flag=True, help="Only for those who know the address; it stands in no list.")
@click.option("--at", metavar="TIME", help='Not now but then, in the event\'s own time: "2026-01-31 18:00".')
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@json_option
@with_archive
def publish_event(
    archive: Archive, name: str, *, transcript: Any, chosen: tuple[str, ...], silent: bool,
    no_recordings: bool, voices: tuple[str, ...], unlisted: bool, at: str | None, yes: bool, as_json: bool,
) -> None:  # fmt: skip
    """Make a discussion public, after saying what will be."""
    from onrecord.site.desk.publishing.saying import rows
    from onrecord.site.release import Wish, carry_out, release
    from onrecord.site.wording import wording

    if silent and no_recordings:
        raise UsageError(
            "nothing would be said.", advice="Choose --transcript-only, or publish no transcript."
        )
    wish = Wish(
        visibility="unlisted" if unlisted else "public",
        at=at,
        chosen=chosen,
        sound="nothing" if no_recordings else "transcript" if silent else "recording",
        transcript=transcript,
        voices=voices,
    )
    planned = release(archive, name, wish)
    event = planned.event
    when = f"from {at} ({event.timezone}) on" if at else "at once"
    who = "who knows the address" if unlisted else "everyone"
    if not as_json:
        say(f"This will be public to {who}, {when}, on the live site and after the next 'onrecord publish':")
        say()
        for row in rows(planned.intent, wording("en")):
            say(f"{'!' if row.warns else ' '} {row.heading:<11} {row.text}")
        say()
    planned.check()
    if not yes and not _agreed():
        note("Nothing was changed.")
        raise click.exceptions.Exit(1)
    event = carry_out(archive, planned)
    address = f"unlisted/{event.unlisted_token}/" if unlisted else f"events/{event.slug}/"
    base = archive.settings.text("base-url")
    if as_json:
        print_json({
            "stem": event.stem, "visibility": event.visibility, "publish_at": at, "path": address,
            "url": f"{base}/{address}" if base else None, "recordings": list(planned.recordings),
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


def _agreed() -> bool:
    try:
        return click.confirm("Publish it?", default=False, err=True)
    except click.Abort:
        return False  # nobody there to answer is no consent


@command(
    "withdraw",
    example="""onrecord event withdraw occupied-areas --reason "Withdrawn at the wish of a speaker."
        onrecord event withdraw occupied-areas --undo""",
)
@click.argument("name")
@click.option(
    "--reason",
    default="This discussion was withdrawn.",
    show_default=True,
    help="The sentence that readers see.",
)
@click.option("--undo", is_flag=True, help="Bring it back, as a draft, with everything that was sealed.")
@click.option("--no-site", is_flag=True, help="Leave the static site and its targets as they are.")
@json_option
@quiet_option
@with_archive
def withdraw_event(
    archive: Archive, name: str, *, reason: str, undo: bool, no_site: bool, as_json: bool, quiet: bool
) -> None:
    """Take a discussion back from the public."""
    from onrecord.site.desk.publishing.copies import told
    from onrecord.site.withdrawal import bring_back, call_off, withdraw
    from onrecord.site.wording import wording

    if undo:
        event = bring_back(archive, name)
        say(f"'{event.title}' is a draft again, with everything that was sealed in its place.")
        note(f"Next: onrecord event publish {event.slug}")
        return
    done = withdraw(archive, name, reason, now=datetime.now(UTC))
    event = done.event
    troubles = list(done.troubles)
    if archive.state_file.is_file():
        from onrecord import jobs
        from onrecord.database import Database

        try:
            with closing(Database(archive, jobs.PART)) as database:
                call_off(database, event.stem)
        except OnrecordError as error:
            troubles.append(error)
    if not as_json:
        say(f"'{event.title}' is withdrawn; its record, recordings and transcripts stay in the archive.")
        if done.sealed.revisions or done.sealed.renditions:
            say(
                f"Sealed under .onrecord/sealed/: {len(done.sealed.revisions)} earlier revisions of transcripts, "
                f"{len(done.sealed.renditions)} files of what was played."
            )
    for trouble in troubles:
        note(f"onrecord: {trouble}")
    sent: tuple[Sent, ...] = ()
    site = archive.site.is_dir() and not no_site
    if site:
        from onrecord.site.export.run import publish as write_site
        from onrecord.site.targets.delivery import publish_and_deliver

        now = datetime.now(UTC).replace(microsecond=0)
        with progress(quiet=quiet or as_json) as listen:
            made, sent = publish_and_deliver(
                archive,
                lambda: write_site(archive, now=now, without_broken=True, listen=listen),
                listen=listen,
            )
        for problem in made.problems:
            note(f"Left out of the static site: {problem}")
    copies = [told(copy, wording("en")) for copy in done.copies]
    if as_json:
        print_json({
            "stem": event.stem, "withdrawn": event.withdrawn, "site": site,
            "sealed": [path.name for path in (*done.sealed.revisions, *done.sealed.renditions)],
            "targets": _as_rows(sent),
            "copies": [{"where": where, "what_to_do": advice} for where, advice in copies],
        })  # fmt: skip
    else:
        if site:
            say("It is out of the static site.")
        _say_sent(sent)
        if copies:
            say()
            say("These copies cannot be reached from here:")
            for where, advice in copies:
                say(f"  - {where}")
                say(f"    {advice}")
        note(f"To undo it: onrecord event withdraw {event.slug} --undo")
    if troubles or any(row.error for row in sent):
        raise click.exceptions.Exit(1)


def _say_sent(rows: tuple[Sent, ...]) -> None:
    """Says what became of each target."""
    for row in rows:
        if row.error:
            note(f"NOT sent to {row.address}: {row.error} {row.advice}")
        else:
            say(f"Sent to {row.address}: {row.said}.")


def _as_rows(rows: tuple[Sent, ...]) -> list[dict[str, Any]]:
    return [
        {
            "address": row.address,
            "sent": not row.error,
            "said": row.said,
            "error": row.error,
            "advice": row.advice,
        }
        for row in rows
    ]


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
@click.option("--no-targets", is_flag=True, help="Write the site, and send it to no target.")
@click.option("--anew", is_flag=True, help="Make everything again, also what has not changed.")
@json_option
@quiet_option
@with_archive
def publish(
    archive: Archive, *, now: str | None, without_broken: bool, no_search: bool, checking: bool,
    timer_kind: Any, no_targets: bool, anew: bool, as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Write the static site, and send it to its targets."""
    if timer_kind:
        from onrecord.site.export.timers import timer

        say(timer(timer_kind, archive.root).rstrip("\n"))
        return
    if checking:
        _check_links(archive, as_json=as_json, quiet=quiet)
        return
    from onrecord.site.export.run import publish as write_site

    at = _instant(now) if now else datetime.now(UTC).replace(microsecond=0)
    sent: tuple[Sent, ...] = ()
    with progress(quiet=quiet) as listen:

        def write() -> Published:
            return write_site(
                archive, now=at, without_broken=without_broken, search=not no_search, anew=anew, listen=listen
            )

        if no_targets:
            made = write()
        else:
            from onrecord.site.targets.delivery import publish_and_deliver

            made, sent = publish_and_deliver(archive, write, listen=listen)
    for problem in made.problems:
        note(f"Left out: {problem}")
    if as_json:
        print_json({
            "folder": str(made.folder), "events": made.events, "unlisted": made.unlisted, "files": made.files,
            "bytes": made.bytes, "made": made.made, "left_out": [str(problem) for problem in made.problems],
            "next_change": made.next_change.isoformat() if made.next_change else None,
            "targets": _as_rows(sent),
        })  # fmt: skip
        _end(sent)
        return
    count = f"{made.events} {'discussion' if made.events == 1 else 'discussions'}"
    say(
        f"Wrote {count} as {made.files} files, {amount(made.bytes, 'bytes')}, "
        f"to {archive.shown(made.folder)}/; {made.made} of them were made now."
    )
    _say_sent(sent)
    if not archive.settings.text("base-url"):
        note("There is no feed and no sitemap, since base-url is not set in onrecord.toml.")
    if made.next_change:
        note(
            f"Run it again after {made.next_change:%Y-%m-%d %H:%M} UTC: "
            "then something becomes public, begins or ends. A timer does that: onrecord publish --timer systemd|cron"
        )
    _end(sent)


def _end(sent: tuple[Sent, ...]) -> None:
    """Ends with 1 where a target was not reached."""
    if any(row.error for row in sent):
        raise click.exceptions.Exit(1)


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
