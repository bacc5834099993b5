"""The commands that get recordings and make what the public plays."""

from __future__ import annotations

import click

from onrecord.archive import Archive
from onrecord.console import amount, note, print_json, progress, say
from onrecord.options import command, json_option, quiet_option, with_archive


@command("fetch", example="onrecord fetch 2022-07-12-occupied-areas part-1")
@click.argument("event", required=False)
@click.argument("recording", required=False)
@click.option(
    "--again",
    is_flag=True,
    help="Also what is here already, or failed for good; the earlier original stays too.",
)
@click.option(
    "--keep-as-it-is", is_flag=True, help="Take a recording though it is shorter than it says of itself."
)
@json_option
@quiet_option
@with_archive
def fetch(
    archive: Archive, event: str | None, recording: str | None, again: bool, keep_as_it_is: bool, as_json: bool, quiet: bool
) -> None:  # fmt: skip
    """Fetch recordings."""
    from onrecord.errors import LockedError, MediaError, OnrecordError, StorageError
    from onrecord.media.fetch import chosen
    from onrecord.media.fetch import fetch as get
    from onrecord.media.originals import find_original
    from onrecord.timecode import spoken_length

    rows: list[dict[str, object]] = []
    failures: list[tuple[str, OnrecordError]] = []
    for found, one in chosen(archive, event, recording):
        name = f"{found.slug} {one.id}"
        row: dict[str, object] = {"event": found.slug, "recording": one.id}
        rows.append(row)
        here = find_original(archive, found.stem, one.id) is not None
        try:
            with progress(quiet=quiet) as listen:
                original = get(archive, found, one, listen=listen, again=again, keep_as_it_is=keep_as_it_is)
        except (MediaError, StorageError, LockedError) as error:
            failures.append((name, error))
            row["error"] = str(error)
            if isinstance(error, StorageError):
                break  # the next one would find the disk as full as this one did
            continue
        row |= {"file": archive.shown(original.path), "bytes": original.size, "duration_ms": original.duration,
                "sha256": original.sha256, "warnings": list(original.warnings)}  # fmt: skip
        if not as_json and not (here and not again):
            length = spoken_length(original.duration)
            say(f"{name}: {archive.shown(original.path)}, {length}, {amount(original.size, 'bytes')}.")
            for warning in (*original.warnings, original.kept):
                if warning:
                    note(f"  {warning}")
    if as_json:
        print_json(rows)
    elif not rows:
        note("There is nothing to fetch: no event has a recording with a source.")
    elif not failures and all("error" not in row for row in rows):
        say(f"{len(rows)} {'recording is' if len(rows) == 1 else 'recordings are'} here.")
    for name, failure in failures:
        note(f"onrecord: {name}: {failure}")
    if failures:
        raise click.exceptions.Exit(1)


@command("render", example="onrecord render 2022-07-12-occupied-areas part-1")
@click.argument("event", required=False)
@click.argument("recording", required=False)
@click.option("--again", is_flag=True, help="Also what is up to date.")
@json_option
@quiet_option
@with_archive
def render(
    archive: Archive, event: str | None, recording: str | None, again: bool, as_json: bool, quiet: bool
) -> None:  # fmt: skip
    """Make what the public plays."""
    from onrecord.errors import FormatError, LockedError, MediaError, OnrecordError, StorageError
    from onrecord.media.fetch import chosen
    from onrecord.media.originals import find_original
    from onrecord.media.renditions import find_rendition
    from onrecord.media.renditions import render as make
    from onrecord.timecode import spoken_length

    rows: list[dict[str, object]] = []
    failures: list[tuple[str, OnrecordError]] = []
    waiting = 0
    for found, one in chosen(archive, event, recording):
        name = f"{found.slug} {one.id}"
        row: dict[str, object] = {"event": found.slug, "recording": one.id}
        try:
            if recording is None and find_original(archive, found.stem, one.id) is None:
                waiting += 1
                continue
            rows.append(row)
            here = not again and find_rendition(archive, found, one) is not None
            with progress(quiet=quiet) as listen:
                made = make(archive, found, one, again=again, listen=listen)
        except (MediaError, StorageError, LockedError, FormatError) as error:
            failures.append((name, error))
            row["error"] = str(error)
            if isinstance(error, StorageError):
                break  # the next one would find the disk as full as this one did
            continue
        row |= {"file": archive.shown(made.path), "kind": made.kind, "mime": made.mime, "bytes": made.size,
                "duration_ms": made.duration, "trim_ms": list(made.trim) if made.trim else None, "width": made.width,
                "height": made.height, "poster": archive.shown(made.poster) if made.poster else None,
                "waveform": archive.shown(made.waveform) if made.waveform else None}  # fmt: skip
        if not as_json and not here:
            length = spoken_length(made.duration)
            say(f"{name}: {archive.shown(made.path)}, {length}, {amount(made.size, 'bytes')}.")
    if as_json:
        print_json(rows)
    elif not failures:
        say(f"{len(rows)} {'rendition is' if len(rows) == 1 else 'renditions are'} up to date.")
    if waiting and not as_json:
        note(
            f"{waiting} {'recording has' if waiting == 1 else 'recordings have'} not been fetched yet: onrecord fetch"
        )
    for name, failure in failures:
        note(f"onrecord: {name}: {failure}")
    if failures:
        raise click.exceptions.Exit(1)
