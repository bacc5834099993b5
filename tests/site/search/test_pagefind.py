"""Pagefind's files, which it calls written before they are."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path

import pytest

from onrecord.errors import PublishError
from onrecord.site.search.pagefind import written

WHOLE = {
    "pagefind-entry.json": b'{"languages":{}}',
    "pagefind.js": b"const a=1;",
    "fragment/one.pf_fragment": gzip.compress(b"pagefind_dcd and words"),
}


def put(folder: Path, name: str, data: bytes) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("late", "share"),
    [*((name, 0.0) for name in WHOLE), *((name, 0.5) for name in WHOLE if name[-3:] != ".js")],
)
def test_files_are_taken_when_they_are_whole(tmp_path: Path, late: str, share: float) -> None:
    """One is empty, or half there, when the program says that all is written."""

    async def grow() -> dict[str, bytes]:
        for name, data in WHOLE.items():
            put(tmp_path, name, data[: int(len(data) * share)] if name == late else data)
        taking = asyncio.create_task(written(tmp_path))
        await asyncio.sleep(0.3)
        assert not taking.done()
        put(tmp_path, late, WHOLE[late])
        return await taking

    assert asyncio.run(grow()) == WHOLE


def test_files_that_stay_unfinished_are_not_published(tmp_path: Path) -> None:
    """As on a full disk: it is said, and nothing is taken."""
    put(tmp_path, "fragment/one.pf_fragment", b"")
    with pytest.raises(PublishError, match="did not write its files") as caught:
        asyncio.run(written(tmp_path, 0.2))
    assert "--no-search" in str(caught.value)
