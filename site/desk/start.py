"""The first page of the desk, until the discussions have theirs."""

from __future__ import annotations

from starlette.responses import Response

from onrecord.site.desk.asking import Ask, desk_route


def start(ask: Ask) -> Response:
    """The desk."""
    return ask.render("start.html")


ROUTES = (desk_route("/desk/", start, who="editor"),)
