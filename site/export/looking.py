"""Whether a tree of the site holds what the ledger says and nothing else, looked at by a process of its own, while the
records are read in another.

A large tree is looked at in parts, one in each run: to look at 140,000 files takes longer than everything else that is
done when one event has changed. What stands there is ours; that somebody else puts a file into it, or changes one, is an
accident, and is mended when its part has its turn.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from onrecord.site.export.ledger import Ledger, open_ledger
from onrecord.site.export.tree import PARTS, Tree

_FEW = 5_000  # files that are looked at sooner than a process starts
_WHOLE = 20_000  # files that are all looked at in every run


class Looking:
    """The files of a tree that are not as the ledger says; looking begins when this is made. Use it as a context."""

    def __init__(self, tree: Tree, ledger: Ledger, place: Path) -> None:
        self._tree = tree
        self._ledger = ledger
        self._process: subprocess.Popen[bytes] | None = None
        files = ledger.total()[0]
        self.part = (int(ledger.fact("looked") or -1) + 1) % PARTS if files > _WHOLE else None
        if (files if self.part is None else files // PARTS) > _FEW:
            command = [sys.executable, "-m", "onrecord.site.export.looking", str(tree.root), str(place)]
            command += [] if self.part is None else [str(self.part)]
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
        return set(self._tree.unlike(self._ledger.files(self.part), self.part))


def main(root: str, place: str, part: str = "") -> None:
    """Writes the names as JSON."""
    chosen = int(part) if part else None
    with open_ledger(Path(place)) as known:
        sys.stdout.write(json.dumps(list(Tree(Path(root)).unlike(known.files(chosen), chosen))))


if __name__ == "__main__":
    main(*sys.argv[1:])
