"""Other programs: no shell, ended when that is wished, no secret in what they say."""

from __future__ import annotations

import os
import subprocess
import time

import pytest

from onrecord.errors import TargetError
from onrecord.site.targets.running import clean, run


def test_arguments_are_no_words_of_a_shell() -> None:
    """What is given is what arrives."""
    assert run("printf", ["%s", "$(id); `id` > x"]).said == "$(id); `id` > x"


def test_what_is_said_names_nobody() -> None:
    """Neither users nor passwords of addresses, nor orders to a terminal."""
    said = "fatal: https://me:secret@host.example.org/x and ssh://token@host/\x1b[31m\u202e"
    assert clean(said) == "fatal: https://...@host.example.org/x and ssh://...@host/ [31m "


def test_program_that_is_not_there_is_said() -> None:
    """With how to get it."""
    with pytest.raises(TargetError, match="onrecord-nothing is not installed"):
        run("onrecord-nothing", [])


class StoppedError(Exception):
    """Somebody has had enough."""


def test_program_ends_when_that_is_wished() -> None:
    """At once, not when they are done."""
    began = time.monotonic()
    length = f"987.{os.getpid()}"  # which nobody else sleeps for

    def stop() -> None:
        if time.monotonic() - began > 0.3:
            raise StoppedError

    with pytest.raises(StoppedError):
        run("sh", ["-c", f"exec sleep {length}"], stop=stop)
    assert time.monotonic() - began < 60
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert f"sleep {length}" not in listed


def test_program_that_takes_too_long_is_ended() -> None:
    """And it is said."""
    with pytest.raises(TargetError, match="had not ended"):
        run("sleep", ["30"], longest=0.2)
