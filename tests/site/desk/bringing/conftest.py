"""The servers and the small film of the tests of media, for the desk's tests of the same."""

from __future__ import annotations

from tests.media.conftest import canary, film, loopback, make_media

__all__ = ["canary", "film", "loopback", "make_media"]
