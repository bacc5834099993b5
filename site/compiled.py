"""Templates as Jinja has compiled them, kept where Python keeps its own compiled files and trusted as those are.

They lie in `__pycache__` beside the templates (or where `PYTHONPYCACHEPREFIX` says), never in an archive: an archive may
come from somebody else, and what is compiled is run. Where nothing can be written there, templates are compiled anew.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
import threading
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

from jinja2.bccache import Bucket, BytecodeCache

from onrecord.program import program

_DIGEST = hashlib.sha256().digest_size


class Compiled(BytecodeCache):
    """The compiled templates of this onrecord; those of another one, or of another Jinja, do not count."""

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Where a template is kept; empty where it is no file."""
        return str(Path(cache_from_source(filename)).with_suffix(".template")) if filename else ""

    def get_source_checksum(self, source: str) -> str:
        """What the compiled template must have been made of: also the filters and settings of the environment."""
        return hashlib.sha256(f"{program()} {source}".encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fills in what is kept; what is damaged, or of another source, is compiled anew."""
        try:
            data = Path(bucket.key).read_bytes() if bucket.key else b""
        except OSError:
            return
        body = data[_DIGEST:]
        if body and data[:_DIGEST] == _head(bucket, body):
            bucket.code = marshal.loads(body)  # noqa: S302 - as Python loads its own from the same folders

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps what was compiled, where that is possible and wanted."""
        if not bucket.key or bucket.code is None or sys.dont_write_bytecode:
            return
        path = Path(bucket.key)
        temporary = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
        body = marshal.dumps(bucket.code)
        try:
            path.parent.mkdir(exist_ok=True, parents=True)
            temporary.write_bytes(_head(bucket, body) + body)
            temporary.replace(path)
        except OSError:
            with suppress(OSError):
                temporary.unlink()


def _head(bucket: Bucket, body: bytes) -> bytes:
    return hashlib.sha256(bucket.checksum.encode() + body).digest()
