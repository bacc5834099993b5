"""The commands that serve the site: serve, demo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from onrecord.archive import Archive
from onrecord.console import note, say
from onrecord.errors import OnrecordError, UsageError
from onrecord.options import command, with_archive

if TYPE_CHECKING:
    pass

# The rooms' modules are imported inside the commands: pydantic and Starlette take longer than the help may.


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
    from onrecord.site.connection import PatientProtocol
    from onrecord.site.desk.crew import worker_beside
    from onrecord.site.desk.entry import say_first_owner
    from onrecord.site.server import Server, settle

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
    settle()
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
        app, loop="uvloop", http=PatientProtocol, ws="none", access_log=False, log_level="warning",
        server_header=False, timeout_graceful_shutdown=5,
    )  # fmt: skip
    server = Server(config)
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
