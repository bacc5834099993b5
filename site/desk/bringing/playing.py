"""What the desk plays: recordings that nobody else may hear yet, by range, for people who have signed in.

A file that came from outside is sent under a type of ours from a short list, never under one that a browser could run, and
with a policy of its own that lets nothing in it do anything.
"""

from __future__ import annotations

from starlette.responses import Response

from onrecord.errors import NotFoundError
from onrecord.events.model import Event, Recording
from onrecord.languages import N_
from onrecord.media.listening import playable, waveform
from onrecord.site.answering import file_answer
from onrecord.site.desk.asking import Ask, desk_route
from onrecord.site.desk.bringing import places
from onrecord.site.files import PublicFile

POLICY = "sandbox; default-src 'none'"


def media(ask: Ask) -> Response:
    """The recording itself, on the original's clock."""
    event, recording = _asked(ask)
    found = playable(ask.archive, event, recording)
    if found is None:
        raise NotFoundError(N_("There is nothing to play of this recording yet."))
    file = PublicFile(found.path, f"{recording.id}{found.path.suffix}", found.mime, noindex=True)
    return _closed(file_answer(ask.request, file))


def wave(ask: Ask) -> Response:
    """Its waveform, drawn by us."""
    event, recording = _asked(ask)
    found = waveform(ask.archive, event, recording)
    if found is None:
        raise NotFoundError(N_("There is no waveform of this recording yet."))
    file = PublicFile(found, f"{recording.id}.svg", "image/svg+xml", noindex=True)
    answer = _closed(file_answer(ask.request, file))
    # A browser that is sent to it by hand shows a drawing, and runs nothing.
    answer.headers["Content-Disposition"] = "inline"
    return answer


def _asked(ask: Ask) -> tuple[Event, Recording]:
    return places.recording_of(ask)


def _closed(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


ROUTES = (
    desk_route("/desk/media/{stem}/{rid}", media, who="editor"),
    desk_route("/desk/media/{stem}/{rid}/waveform", wave, who="editor"),
)
