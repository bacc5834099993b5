"""What is done before a server answers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from onrecord.site import server

PROGRAM = """
from onrecord.site.rendering import environment
from onrecord.site.server import settle
settle()
print(*(name for _, name in environment().cache))
"""


def test_settled_server_has_loaded_every_template() -> None:
    """Those of the desk too, so that nobody waits while they are compiled."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    folder = Path(server.__file__).parent / "templates"
    assert set(done.stdout.split()) == {
        path.relative_to(folder).as_posix() for path in folder.rglob("*.html")
    }
