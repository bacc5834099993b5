"""How somebody comes in from the outside: links that are made on the machine itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from onrecord.archive import Archive
from onrecord.console import note, say
from onrecord.options import command, with_archive

if TYPE_CHECKING:
    from onrecord.database import Database


@command("link", example='onrecord desk link\nonrecord desk link "Anna Example"')
@click.argument("name", required=False)
@with_archive
def link(archive: Archive, name: str | None) -> None:
    """Make a link for a new owner of the desk, or for the password of somebody."""
    from onrecord import audit
    from onrecord.accounts import links, people
    from onrecord.database import Database
    from onrecord.errors import NotFoundError
    from onrecord.site.desk.front import PARTS

    database = Database(archive, *PARTS)
    now = datetime.now(UTC)
    try:
        with database.writing() as connection:
            if name is None:
                token = links.make(connection, "owner", now, by="")
                audit.note(connection, who="", what="person.link-made", detail="owner")
            else:
                found = people.by_name(connection, name)
                if found is None:
                    known = ", ".join(person.name for person in people.everybody(connection)) or "nobody"
                    raise NotFoundError(
                        f"nobody at the desk is called '{name}'.", advice=f"There are: {known}."
                    )
                token = links.make(connection, "password", now, person=found[0].id)
                audit.note(connection, who="", what="person.password-link-made", subject=found[0].name)
    finally:
        database.close()
    base = archive.settings.text("base-url")
    say(
        f"{base}/desk/join/{token}"
        if base.startswith("https://")
        else f"http://127.0.0.1:8000/desk/join/{token}"
    )
    what = "makes a new owner" if name is None else f"sets a new password for {name}"
    note(f"It {what}, works once, and ends in {links.LASTS['owner'].days * 24} hours.")
    if not base.startswith("https://"):
        note(
            "Put the address of your site before /desk/ if it is served elsewhere than at http://127.0.0.1:8000."
        )


def say_first_owner(archive: Archive, database: Database, port: int) -> None:
    """Prints the link that makes the first owner, where there is none yet."""
    from onrecord.accounts import links

    now = datetime.now(UTC)
    with database.writing() as connection:
        token = links.first_owner(connection, now)
    if token is None:
        return
    say(
        "The organisers' desk has no owner yet. Whoever opens this link becomes the first one; it works once:"
    )
    base = archive.settings.text("base-url")
    if base.startswith("https://"):
        say(f"  {base}/desk/join/{token}")
    say(f"  http://127.0.0.1:{port}/desk/join/{token}")
