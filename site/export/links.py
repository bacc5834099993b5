"""Every link of a static site followed: to files that are there, and to anchors that are in them.

Reads the folder as it stands, not the archive; what leads to other sites is not asked for, since nothing here makes
requests that nobody asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from onrecord.errors import NotFoundError
from onrecord.progress import Progress, Report, silent

_ADDRESSES = {"href", "src", "poster", "action", "formaction"}
_HERE = "https://site.invalid"


@dataclass(frozen=True)
class Broken:
    """A link that leads nowhere: the file that it stands in, the link as it is written, and what is missing."""

    file: str
    link: str
    missing: str


@dataclass(frozen=True)
class Followed:
    """What following every link found."""

    files: int
    links: int
    anchors: int
    broken: tuple[Broken, ...]


class _Page(HTMLParser):
    """The addresses that a page leads to, and the anchors in it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.anchors: set[str] = {"", "top"}

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if name := found.get("id"):
            self.anchors.add(name)
        if tag == "a" and (name := found.get("name")):
            self.anchors.add(name)
        for attribute, value in attributes:
            if value is None:
                continue
            if attribute in _ADDRESSES:
                self.links.append(value)
            elif attribute == "srcset":
                self.links += [part.split()[0] for part in value.split(",") if part.split()]
        content = found.get("content") or ""
        if tag == "meta" and found.get("http-equiv") == "refresh" and "url=" in content:
            self.links.append(content.split("url=", 1)[1])


def follow(root: Path, base_path: str = "/", base: str = "", *, listen: Progress = silent) -> Followed:
    """Follows every link of every page below `root`.

    `base_path` is where links from the root of the host begin, as those of the page for what is not found do; `base`
    is the address of the site, by which feeds and heads of pages name its own pages. Raises `NotFoundError` where
    there is no site.
    """
    if not (root / "index.html").is_file():
        raise NotFoundError(
            "there is no static site yet.", path=root, advice="Write it with 'onrecord publish'."
        )
    pages = sorted(root.rglob("*.html"))
    anchors: dict[Path, set[str]] = {}
    links: list[tuple[Path, str]] = []
    for number, page in enumerate(pages, 1):
        parser = _Page()
        parser.feed(page.read_text(encoding="utf-8", errors="replace"))
        parser.close()
        anchors[page] = parser.anchors
        links += [(page, link) for link in parser.links]
        if number % 50 == 0 or number == len(pages):
            listen(Report("check", root.name, number, len(pages), "items"))
    broken: list[Broken] = []
    counted = sought = 0
    there: dict[Path, bool] = {}
    for page, link in links:
        where = _inside(page.relative_to(root).as_posix(), link, base_path, base)
        if where is None:
            continue
        counted += 1
        path, fragment = where
        target = root / (f"{path}index.html" if not path or path.endswith("/") else path)
        if target not in there:
            there[target] = target.is_file() and target.resolve().is_relative_to(root.resolve())
        name = page.relative_to(root).as_posix()
        if not there[target]:
            broken.append(Broken(name, link, target.relative_to(root).as_posix()))
        elif fragment and target in anchors and not _is_script(fragment):
            sought += 1
            if fragment not in anchors[target]:
                broken.append(Broken(name, link, f"#{fragment}"))
    return Followed(len(pages), counted, sought, tuple(dict.fromkeys(broken)))


def _inside(page: str, link: str, base_path: str, base: str) -> tuple[str, str] | None:
    """The path inside the site and the anchor that a link leads to; None where it leads to elsewhere."""
    link = link.strip()
    if base and (link == base or link.startswith((f"{base}/", f"{base}#", f"{base}?"))):
        link = base_path + link[len(base) :].lstrip("/")
    if link.startswith("//") or urlsplit(link).scheme:
        return None
    at = f"{_HERE}{base_path}{page.removesuffix('index.html')}"
    whole = urlsplit(urljoin(at, link))
    path = unquote(whole.path)
    if not path.startswith(base_path):
        return ("../" + path.lstrip("/"), "")  # it leads out of the site: there is no such file in it
    return path[len(base_path) :], unquote(whole.fragment)


def _is_script(fragment: str) -> bool:
    """Whether an anchor is read by a script or a player instead: a media fragment, such as `t=12.5`."""
    return "=" in fragment


def lines(found: Followed) -> Iterator[str]:
    """A line for each broken link."""
    for one in found.broken:
        yield f"{one.file}: {one.link}: there is no {one.missing}"
