"""The commands that know only the archive as a folder: init, backup, restore."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from onrecord.archive import Archive, create_archive
from onrecord.console import amount, note, print_json, progress, say
from onrecord.errors import StorageError
from onrecord.options import command, json_option, quiet_option, with_archive


@command("init", example='onrecord init my-archive --title "Voices from the occupied areas"')
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", help="The archive's name; it can be changed in onrecord.toml.")
def init(folder: Path, title: str | None) -> None:
    """Make a new archive in a new folder."""
    archive = create_archive(folder, title or folder.resolve().name.replace("-", " ").capitalize())
    say(f"Made an archive in {folder}.")
    note(f"Next: look at {folder}/onrecord.toml, then register a discussion:")
    note(
        f'  cd {shlex.quote(str(folder))} && onrecord event add --title "..." --starts "2026-01-31 18:00" --recording https://...'
    )
    assert archive.root.is_dir()


@command("backup", example="onrecord backup /media/disk/my-archive-2026-01-31")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--derived", is_flag=True, help="Also copy what can be made again: renditions, index and site.")
@json_option
@quiet_option
@with_archive
def backup(archive: Archive, target: Path, derived: bool, as_json: bool, quiet: bool) -> None:
    """Write a verified copy of the whole archive."""
    from onrecord.backup import make_backup

    with progress(quiet=quiet) as listen:
        made = make_backup(archive, target, derived=derived, listen=listen)
    if as_json:
        print_json(
            {"folder": str(target), "files": made.files, "bytes": made.bytes, "unlike": list(made.unlike)}
        )
    else:
        say(
            f"Copied {made.files} files, {amount(made.bytes, 'bytes')}, to {target}, and read every one of them again."
        )
    if made.unlike:
        raise StorageError(
            f"the copy is whole, but {', '.join(made.unlike)} was not as its manifest says before it was copied.",
            advice="Look with 'onrecord check', and keep your older backups.",
        )


@command("restore", example="onrecord restore /media/disk/my-archive-2026-01-31 my-archive")
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@json_option
@quiet_option
def restore(source: Path, folder: Path, as_json: bool, quiet: bool) -> None:
    """Bring an archive back from a backup."""
    from onrecord.backup import restore_backup

    with progress(quiet=quiet) as listen:
        made = restore_backup(source, folder, listen=listen)
    if as_json:
        print_json({"folder": str(folder), "files": made.files, "bytes": made.bytes})
    else:
        say(
            f"Restored {made.files} files, {amount(made.bytes, 'bytes')}, to {folder}; every one is as it was backed up."
        )
        note("Next: 'onrecord ingest' in it makes renditions and the search index again.")
