"""What a fetch brings, before it is checked and becomes an original."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Arrival:
    """A file in the work folder, where it came from, what its source says of it, and what came with it.

    `size` is in bytes and `duration_ms` in milliseconds, each None where the source does not say. `beside` maps the ending
    of a side file's name, such as `captions.en.vtt`, to the file.
    """

    path: Path
    source: str
    tool: str
    size: int | None = None
    duration_ms: int | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    beside: Mapping[str, Path] = field(default_factory=dict)
