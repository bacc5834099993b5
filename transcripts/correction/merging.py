"""Two people's changes of one paragraph, put together word by word (the three-way merge of diff3).

What only one of them changed is taken from that one; where both changed the same words, both versions are shown and
a person decides. The merged text proposes theirs there, since it is what stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Origin = Literal["both", "mine", "theirs", "clash"]


@dataclass(frozen=True)
class Piece:
    """Some words of the merged text. In a clash `mine` and `theirs` differ; elsewhere both are what is proposed."""

    origin: Origin
    mine: str
    theirs: str


@dataclass(frozen=True)
class Merge:
    """What two texts, changed from the same one, are together."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The proposed text."""
        return " ".join(piece.theirs for piece in self.pieces if piece.theirs)

    @property
    def clashes(self) -> int:
        """How many places both changed differently."""
        return sum(piece.origin == "clash" for piece in self.pieces)


def merge(base: str, mine: str, theirs: str) -> Merge:
    """Merges two texts by words."""
    old, one, other = base.split(), mine.split(), theirs.split()
    ours = _kept(old, one)
    others = _kept(old, other)
    pieces: list[Piece] = []
    at = left = right = 0
    while True:
        both = next((index for index in range(at, len(old)) if index in ours and index in others), len(old))
        to_left = ours[both] if both < len(old) else len(one)
        to_right = others[both] if both < len(old) else len(other)
        _add_changed(pieces, old[at:both], one[left:to_left], other[right:to_right])
        if both == len(old):
            return Merge(tuple(pieces))
        _add(pieces, "both", [old[both]], [old[both]])
        at, left, right = both + 1, to_left + 1, to_right + 1


def _kept(old: list[str], new: list[str]) -> dict[int, int]:
    """Where the words of the old text stand in the new one, for those that are still there."""
    kept = {}
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        kept.update({block.a + step: block.b + step for step in range(block.size)})
    return kept


def _add_changed(pieces: list[Piece], old: list[str], mine: list[str], theirs: list[str]) -> None:
    if mine == theirs:
        _add(pieces, "both", mine, theirs)
    elif theirs == old:
        _add(pieces, "mine", mine, mine)
    elif mine == old:
        _add(pieces, "theirs", theirs, theirs)
    else:
        _add(pieces, "clash", mine, theirs)


def _add(pieces: list[Piece], origin: Origin, mine: list[str], theirs: list[str]) -> None:
    if not mine and not theirs and origin == "both":
        return
    if pieces and pieces[-1].origin == origin == "both":
        mine, theirs = [pieces[-1].mine, *mine], [pieces[-1].theirs, *theirs]
        pieces.pop()
    pieces.append(Piece(origin, " ".join(mine), " ".join(theirs)))
