"""Whether a tree of the site holds what the ledger says and nothing else, looked at by a process of its own: while the
records are read in another, since a large tree takes a second.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from onrecord.site.export.ledger import Ledger, open_ledger
from onrecord.site.export.tree import Tree

_FEW = 5_000  # files that are looked at sooner than a process starts


class Looking:
    """The files of a tree that are not as the ledger says; looking begins when this is made. Use it as a context."""

    def __init__(self, tree: Tree, ledger: Ledger, place: Path) -> None:
        self._tree = tree
        self._ledger = ledger
        self._process: subprocess.Popen[bytes] | None = None
        if ledger.total()[0] > _FEW:
            command = [sys.executable, "-m", "onrecord.site.export.looking", str(tree.root), str(place)]
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def __enter__(self) -> Looking:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def strange(self) -> set[str]:
        """The names of files that are missing, added or changed."""
        process, self._process = self._process, None
        if process is not None:
            answer, _ = process.communicate()
            if process.returncode == 0:
                return set(json.loads(answer))
        return set(self._tree.unlike(self._ledger.files()))


if __name__ == "__main__":
    with open_ledger(Path(sys.argv[2])) as known:
        sys.stdout.write(json.dumps(list(Tree(Path(sys.argv[1])).unlike(known.files()))))
