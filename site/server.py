"""The server: uvicorn's, which lets those who follow something live go as soon as it is told to stop."""

from __future__ import annotations

import gc
import sys
from types import FrameType

import uvicorn

from onrecord.site.desk.jobs.following import end_streams
from onrecord.site.rendering import environment


class Server(uvicorn.Server):
    """Ends streams at the first signal; uvicorn would wait for them, then cut them off with a traceback each."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        end_streams()
        super().handle_exit(sig, frame)


def settle() -> None:
    """Prepares Python for many readers at once, when all is loaded.

    Every template is loaded, those of the desk too: the first organiser at work would else hold up all readers while they
    are compiled, for half a second where no compiled ones could be kept.

    What is there stays out of the garbage collector's rounds, which come every few seconds: to look through it takes a
    tenth of a second, and nobody is answered meanwhile. And a thread that makes a page lets others go on every
    millisecond, not every five: with 500 readers, pieces of recordings come two to three times sooner at the 99th
    percentile.
    """
    sys.setswitchinterval(0.001)
    templates = environment()
    for name in templates.list_templates(extensions=["html"]):
        templates.get_template(name)
    gc.collect()
    gc.freeze()
