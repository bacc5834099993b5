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
    for name, error in failures:
        note(f"onrecord: {name}: {error}")
    if failures:
        raise click.exceptions.Exit(1)
