"""One state of the site that is being served: a view of the archive with the pages that were made of it, kept as bytes."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

from onrecord.site.carrying import Signature, digests_of, untouched
from onrecord.site.files import PublicFile
from onrecord.site.pages import Pages
from onrecord.site.rendering import Document, Moved
from onrecord.site.view import View

_KEPT_BYTES = 64 << 20
_SMALL = 500  # bytes below which compression gains nothing
_PACKED = ("text/", "application/json", "application/xml", "application/atom+xml", "application/rss+xml",
           "application/feed+json", "image/svg+xml")  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """A document ready to be sent: packed with gzip, or `plain` where that is hardly larger; `size` is that of the plain
    one in bytes, `tag` its entity tag (RFC 9110).
    """

    plain: bytes | None
    packed: bytes | None
    size: int
    tag: str
    media_type: str
    status: int
    noindex: bool
    frames: tuple[str, ...] = ()
    framed: bool = False

    @classmethod
    def of(cls, document: Document) -> Kept:
        """Packs a document; the same document always gives the same bytes."""
        body = document.body
        packed = None
        if len(body) >= _SMALL and document.media_type.startswith(_PACKED):
            packed = gzip.compress(body, 6, mtime=0)
        return cls(
            plain=None if packed else body,
            packed=packed,
            size=len(body),
            tag=hashlib.sha256(body).hexdigest()[:20],
            media_type=document.media_type,
            status=document.status,
            noindex=document.noindex,
            frames=document.frames,
            framed=document.framed,
        )

    @property
    def body(self) -> bytes:
        """The plain document, unpacked for the few who do not take it packed: kept twice it would need ten times the room."""
        return gzip.decompress(self.packed) if self.packed is not None else self.plain or b""

    @property
    def weight(self) -> int:
        """Bytes of memory, about."""
        return len(self.packed or self.plain or b"") + 500


class State:
    """One view of the archive with the pages that were made of it. Nothing of one state is ever served from
    another.
    """

    def __init__(self, view: View, *, export: bool = False, seen: Signature | None = None) -> None:
        self.view = view
        self.pages = Pages(view, export=export)
        self.seen = seen  # how the files were when they were looked at, before the view was made
        self.indexed = threading.Event()
        self._kept: OrderedDict[str, Kept | PublicFile | Moved] = OrderedDict()
        self._weight = 0
        self._guard = threading.Lock()
        self._making: dict[str, threading.Lock] = {}

    def known(self, path: str) -> Kept | PublicFile | Moved | None:
        """What stands at a path, if it has been made already."""
        with self._guard:
            found = self._kept.get(path)
            if isinstance(found, PublicFile) and not found.path.exists():
                del self._kept[path]  # it was made again meanwhile, and has another place
                self._weight -= 500
                return None
            if found is not None:
                self._kept.move_to_end(path)
            return found

    def find(self, path: str) -> Kept | PublicFile | Moved | None:
        """What stands at a path, made now if need be, once however many ask; None: nothing."""
        if (known := self.known(path)) is not None:
            return known
        with self._guard:
            alone = self._making.setdefault(path, threading.Lock())
        try:
            with alone:
                return self._found(path)
        finally:
            with self._guard:
                self._making.pop(path, None)

    @cached_property
    def digests(self) -> dict[str, str]:
        """What the events are made of, reckoned once for the change before this state and the one after it."""
        return digests_of(self.view)

    def carry(self, before: State) -> None:
        """Takes over what an earlier state has made and what is the same in this one."""
        if before.seen is None or self.seen is None:
            return
        for path in untouched(before.pages, self.pages, before.seen, self.seen, before.digests, self.digests):
            with before._guard:
                found = before._kept.get(path)
            if isinstance(found, Kept):
                self._keep(path, found)

    def _found(self, path: str) -> Kept | PublicFile | Moved | None:
        if (known := self.known(path)) is not None:
            return known  # whoever asked at the same time has made it
        made = self.pages.find(path)
        if made is None:
            return None
        if isinstance(made, Moved) or (isinstance(made, Document) and made.status != 200):
            # These stand at more addresses than there are pages: whoever asks for all would fill the memory.
            return made if isinstance(made, Moved) else Kept.of(made)
        return self.keep(path, made)

    def keep(self, path: str, made: Document | PublicFile | Moved) -> Kept | PublicFile | Moved:
        """Keeps what was made for a path until the state ends, or room is needed."""
        return self._keep(path, Kept.of(made) if isinstance(made, Document) else made)

    def _keep(self, path: str, found: Kept | PublicFile | Moved) -> Kept | PublicFile | Moved:
        with self._guard:
            if path in self._kept:
                return self._kept[path]
            self._kept[path] = found
            self._weight += found.weight if isinstance(found, Kept) else 500
            while self._weight > _KEPT_BYTES:
                _, dropped = self._kept.popitem(last=False)
                self._weight -= dropped.weight if isinstance(dropped, Kept) else 500
        return found
