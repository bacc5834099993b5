"""The gate: the only way from the archive to anything public."""

from __future__ import annotations

from onrecord.site.public import PublicEvent as PublicEvent
