"""Pagefind's index in one order. It writes filters and their values as they come out of a hash table, so that two runs
over the same pages differ; here they are sorted, and the files named by what they hold.

Its files are gzip over a mark and CBOR (RFC 8949), of which it uses unsigned numbers, text and arrays.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from onrecord.errors import PublishError

_MARK = b"pagefind_dcd"
_NUMBER, _TEXT, _ARRAY = 0, 3, 4  # CBOR's major types
_FILTERS = 3  # the place of the filters in the list that the index begins with
_ENTRY = "pagefind-entry.json"


def in_order(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same index with its filters sorted; names are those inside its folder. Raises `PublishError` for what
    Pagefind does not write today.
    """
    try:
        return _in_order(dict(files))
    except (KeyError, IndexError, ValueError, TypeError, OSError) as error:
        raise PublishError(
            f"Pagefind wrote an index of another form ({error}).",
            advice="Publish without a search with --no-search, and report it.",
        ) from error


def _in_order(files: dict[str, bytes]) -> dict[str, bytes]:
    entry = json.loads(files[_ENTRY])
    for language in entry["languages"].values():
        old = f"pagefind.{language['hash']}.pf_meta"
        index = _read(files.pop(old))
        prefix = language["hash"].rpartition("_")[0]
        for row in index[_FILTERS]:
            name, values = _read(files.pop(f"filter/{row[1]}.pf_filter"))
            data = _write([name, sorted(values)])
            row[1] = f"{prefix}_{_digest(data)[:7]}"
            files[f"filter/{row[1]}.pf_filter"] = data
        index[_FILTERS].sort()
        data = _write(index)
        language["hash"] = f"{prefix}_{_digest(data)[:15]}"
        files[f"pagefind.{language['hash']}.pf_meta"] = data
    files[_ENTRY] = json.dumps(entry, separators=(",", ":")).encode()
    return files


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read(data: bytes) -> Any:
    raw = gzip.decompress(data)
    if not raw.startswith(_MARK):
        raise ValueError("a file without its mark")
    value, end = _decoded(raw, len(_MARK))
    if end != len(raw):
        raise ValueError("a file that goes on after its end")
    return value


def _write(value: Any) -> bytes:
    return gzip.compress(_MARK + _encoded(value), 9, mtime=0)


def _decoded(raw: bytes, at: int) -> tuple[Any, int]:
    major, small = raw[at] >> 5, raw[at] & 31
    at += 1
    if small < 24:
        count = small
    elif small < 28:
        size = 1 << (small - 24)
        count = int.from_bytes(raw[at : at + size], "big")
        at += size
    else:
        raise ValueError(f"a length of another kind ({small})")
    if major == _NUMBER:
        return count, at
    if major == _TEXT:
        return raw[at : at + count].decode("utf-8"), at + count
    if major == _ARRAY:
        items = []
        for _ in range(count):
            item, at = _decoded(raw, at)
            items.append(item)
        return items, at
    raise ValueError(f"a value of another type ({major})")


def _encoded(value: Any) -> bytes:
    if isinstance(value, int):
        return _head(_NUMBER, value)
    if isinstance(value, str):
        data = value.encode("utf-8")
        return _head(_TEXT, len(data)) + data
    return _head(_ARRAY, len(value)) + b"".join(map(_encoded, value))


def _head(major: int, count: int) -> bytes:
    if count < 24:
        return bytes([major << 5 | count])
    size = 0 if count < 1 << 8 else 1 if count < 1 << 16 else 2 if count < 1 << 32 else 3
    return bytes([major << 5 | (24 + size)]) + count.to_bytes(1 << size, "big")
