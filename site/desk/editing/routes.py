"""The addresses of the editor."""

from __future__ import annotations

from onrecord.site.desk.asking import desk_route
from onrecord.site.desk.editing import changes, pages

_HOME = "/desk/events/{stem}/transcripts/{name}/"

ROUTES = (
    desk_route(_HOME, pages.editor, who="editor"),
    desk_route(_HOME + "parts", pages.parts, who="editor"),
    desk_route(_HOME + "text", changes.text, who="editor", methods=("POST",)),
    desk_route(_HOME + "speaker", changes.speaker, who="editor", methods=("POST",)),
    desk_route(_HOME + "join", changes.join, who="editor", methods=("POST",)),
    desk_route(_HOME + "sure", changes.certain, who="editor", methods=("POST",)),
    desk_route(_HOME + "language", changes.tongue, who="editor", methods=("POST",)),
    desk_route(_HOME + "paragraphs/{key}/", pages.paragraph, who="editor"),
    desk_route(_HOME + "speakers", pages.speakers, who="editor"),
    desk_route(_HOME + "speakers", changes.voices, who="editor", methods=("POST",)),
    desk_route(_HOME + "aside", pages.aside, who="editor"),
    desk_route(_HOME + "aside", changes.aside, who="editor", methods=("POST",)),
    desk_route(_HOME + "replace", pages.replace, who="editor"),
    desk_route(_HOME + "replace", changes.replace, who="editor", methods=("POST",)),
    desk_route(_HOME + "review", changes.review, who="editor", methods=("POST",)),
    desk_route(_HOME + "history", pages.history, who="editor"),
    desk_route(_HOME + "history/{number}/", pages.revision, who="editor"),
    desk_route(_HOME + "history/{number}/restore", changes.restore, who="editor", methods=("POST",)),
)
