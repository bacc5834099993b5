"""Every link of the static site is followed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from onrecord.cli import root as command
from onrecord.errors import NotFoundError
from onrecord.site.export.links import Broken, follow
from onrecord.site.export.run import publish


def site(folder: Path, **pages: str) -> Path:
    """A folder with these pages: `a__b` is `a/b/index.html`."""
    for name, body in {"index": "", **pages}.items():
        place = folder / ("index.html" if name == "index" else f"{name.replace('__', '/')}/index.html")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"<!doctype html><title>x</title>{body}", encoding="utf-8")
    return folder


def test_follow_finds_what_leads_nowhere(tmp_path: Path) -> None:
    """Files and anchors, in links, pictures, frames and pages that lead on."""
    (tmp_path / "pic.jpg").touch()
    found = follow(site(
        tmp_path,
        index='<a href="a/">x</a><a href="a/#here">x</a><a href="a/#gone">x</a><img src="pic.jpg" srcset="no.jpg 2x">'
        '<a href="#top">x</a><a href="?q=1">x</a><a href="a/?x=1#t=12.5">x</a>',
        a='<h1 id="here">x</h1><a href="../">x</a><a href="b/">x</a><iframe src="../c/"></iframe>'
        '<a href="%D1%8F/#%D1%8F">x</a>',
        a__я='<p id="я">',
        c='<meta http-equiv="refresh" content="0; url=../nowhere/">',
    ))  # fmt: skip
    assert set(found.broken) == {
        Broken("index.html", "a/#gone", "#gone"),
        Broken("index.html", "no.jpg", "no.jpg"),
        Broken("a/index.html", "b/", "a/b/index.html"),
        Broken("c/index.html", "../nowhere/", "nowhere/index.html"),
    }
    assert (found.files, found.anchors) == (4, 4)


def test_follow_knows_the_place_of_the_site(tmp_path: Path) -> None:
    """Links from the root of the host and whole addresses of the site are its own; others are not followed."""
    site(
        tmp_path,
        index='<a href="/talks/a/">x</a><a href="/elsewhere/">x</a><a href="https://a.example.org/talks/b/">x</a>'
        '<a href="https://a.example.org/">x</a><a href="//c.example.org/">x</a><a href="mailto:x@example.org">x</a>',
        a="",
    )
    found = follow(tmp_path, "/talks/", "https://a.example.org/talks")
    assert [one.link for one in found.broken] == ["/elsewhere/", "https://a.example.org/talks/b/"]
    assert found.links == 3


def test_follow_takes_no_file_outside_the_site(tmp_path: Path) -> None:
    """A link inside the folder that leads out of it is broken on every host."""
    folder = site(tmp_path / "site", index='<a href="out.txt">x</a><a href="../secret.txt">x</a>')
    (tmp_path / "secret.txt").touch()
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    assert [one.link for one in follow(folder).broken] == ["out.txt", "../secret.txt"]


def test_follow_finds_nothing_broken_in_a_published_site(bench: Any) -> None:
    """All pages of an archive with something of every kind; and the command says so."""
    bench.settings('base-url = "https://archive.example.org/talks"')
    bench.event(
        "a-talk",
        'aliases = ["old"]\nseries = "S"\ntags = ["t"]\n[[speakers]]\nname = "Anna"\n'
        '[[recordings]]\nid = "p"\npublish = "yes"',
    )
    bench.transcript("a-talk", "p.en", "c1 0 2 Anna: Words.")
    bench.event("gone", 'withdrawn = "Taken back."')
    publish(bench.archive, now=bench.now, search=False)
    found = follow(bench.archive.site, "/talks/", "https://archive.example.org/talks")
    assert found.broken == ()
    assert found.links > 100 and found.anchors > 5
    result = CliRunner().invoke(command(), ["-C", str(bench.root), "publish", "--check", "--json", "-q"])
    assert json.loads(result.stdout) == {
        "files": found.files, "links": found.links, "anchors": found.anchors, "broken": [],
    }  # fmt: skip
    (bench.archive.site / "about/index.html").unlink()
    result = CliRunner().invoke(command(), ["-C", str(bench.root), "publish", "--check", "-q"])
    assert result.exit_code == 1 and "there is no about/index.html" in result.stdout


def test_follow_says_when_there_is_no_site(tmp_path: Path) -> None:
    """And how to make one."""
    with pytest.raises(NotFoundError, match="onrecord publish"):
        follow(tmp_path)
