"""Pagefind's index in one order."""

from __future__ import annotations

import gzip
import json

import pytest

from onrecord.errors import PublishError
from onrecord.site.search.pagefindorder import in_order
from onrecord.site.search.pagefindprogram import Pagefind

PAGE = (
    '<!doctype html><html><body><main data-pagefind-body><h1 data-pagefind-meta="title">{title}</h1>{filters}'
    "<p>Everyone has the right to life, liberty and security of person.</p></main></body></html>"
)
FILTERS = [("speaker", name) for name in ("Anna Example", "Borys Pryklad", "Claire Exemple")] + [
    ("tag", "rights"), ("tag", "reading"), ("lang", "uk"), ("lang", "en"), ("year", "2026"), ("series", "x" * 300),
]  # fmt: skip


def built() -> dict[str, bytes]:
    """Two pages with nine values of five filters, as Pagefind writes them."""
    filters = "".join(
        f'<p data-pagefind-ignore data-pagefind-filter="{name}">{value}</p>' for name, value in FILTERS
    )
    with Pagefind("unknown") as index:
        for title in ("One", "Two"):
            index.add(f"{title}/", PAGE.format(title=title, filters=filters))
        return index.files()


def test_index_is_the_same_to_the_byte_in_every_run() -> None:
    """As it comes, four runs hardly ever agree; in order they all do, and every file that is named is there."""
    raw = [built() for _ in range(4)]
    ordered = [in_order(files) for files in raw]
    assert all(files == ordered[0] for files in ordered)
    assert ordered[0].keys() & raw[0].keys() > {"pagefind-entry.json", "pagefind.js"}
    (language,) = json.loads(ordered[0]["pagefind-entry.json"])["languages"].values()
    index = gzip.decompress(ordered[0][f"pagefind.{language['hash']}.pf_meta"])
    filters = [name for name in ordered[0] if name.startswith("filter/")]
    assert len(filters) == 5
    for name in filters:
        assert name.removeprefix("filter/").removesuffix(".pf_filter").encode() in index
    speakers = next(data for name in filters if b"Borys" in (data := gzip.decompress(ordered[0][name])))
    assert speakers.index(b"Anna") < speakers.index(b"Borys") < speakers.index(b"Claire")


def test_index_of_another_form_is_refused_with_a_way_on() -> None:
    """What a later Pagefind may write is not guessed at."""
    entry = b'{"languages":{"unknown":{"hash":"unknown_1"}}}'
    for data in (
        b"no gzip",
        gzip.compress(b"no mark"),
        gzip.compress(b"pagefind_dcd\xf6"),
        gzip.compress(b"pagefind_dcd"),
    ):
        with pytest.raises(PublishError, match="another form") as caught:
            in_order({"pagefind-entry.json": entry, "pagefind.unknown_1.pf_meta": data})
        assert "--no-search" in str(caught.value)
