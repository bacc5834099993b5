"""What a page is, and how a template becomes one: the environment of the templates, the frame that all pages
share, the policy that each brings along.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from onrecord.site.exchange.head import Head
from onrecord.site.files import PublicFile
from onrecord.site.filters import FILTERS
from onrecord.site.wording import FILTERS as WORDED
from onrecord.site.wording import GLOBALS

if TYPE_CHECKING:
    from jinja2 import Environment

NO_HEAD = Head()
HTML = "text/html"
_CHARSET = '<meta charset="utf-8">'
# A static host may send no headers, so each page brings its policy along. Pagefind's search is WebAssembly.
_POLICY = (
    '\n<meta http-equiv="Content-Security-Policy" content="{}">\n<meta name="referrer" content="no-referrer">'
)


@dataclass(frozen=True)
class Site:
    """What every page knows of the archive."""

    title: str
    summary: str
    language: str
    languages: tuple[str, ...]
    accent: str
    contact: str
    licence: str
    base_url: str
    searchable: bool
    export: bool
    has_speakers: bool


@dataclass(frozen=True)
class Edition:
    """A page in one language of the interface. `name` is the language's own name; `absolute` may be empty."""

    language: str
    name: str
    url: str
    absolute: str
    current: bool


@dataclass(frozen=True)
class Page:
    """What the frame of a page knows of the page."""

    kind: str
    title: str = ""
    description: str = ""
    canonical: str = ""
    noindex: bool = False
    language: str = "en"
    section: str = ""
    editions: tuple[Edition, ...] = ()
    head: Head = NO_HEAD


@dataclass(frozen=True)
class Document:
    """A page or a file that is made from text. `frames` are the hosts that a reader may let into the page;
    `framed`: other sites may show it in a frame.
    """

    body: bytes
    media_type: str = HTML
    status: int = 200
    noindex: bool = False
    frames: tuple[str, ...] = ()
    framed: bool = False


@dataclass(frozen=True)
class Moved:
    """What was asked for stands at another address for good."""

    path: str


Found = Document | PublicFile | Moved


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates; every value is escaped, whatever a template's name ends in."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    from onrecord.site.compiled import Compiled

    made = Environment(
        loader=PackageLoader("onrecord.site"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=Compiled(),
    )
    made.newstyle_gettext = True  # type: ignore[attr-defined]
    made.globals.update(GLOBALS)
    made.filters.update({**FILTERS, **WORDED})
    return made


def render(
    template: str,
    page: Page,
    values: Mapping[str, Any],
    status: int = 200,
    *,
    frames: tuple[str, ...] = (),
    policed: bool = False,
) -> Document:
    """A page from its template. `policed`: it brings its policy along, for a host that sends no headers."""
    text = environment().get_template(template).render(**values)
    if policed:
        text = text.replace(_CHARSET, _CHARSET + _POLICY.format(_policy(page, frames)), 1)
    return Document(text.encode("utf-8"), HTML, status, page.noindex, frames)


def frame_rule(hosts: Iterable[str]) -> str:
    """What a page's policy says of frames beyond the usual: empty, or our own (the recording played without
    JavaScript) and those of `hosts`.
    """
    named = "".join(f" https://{host}" for host in hosts)
    return f"; frame-src 'self'{named}" if named else ""


def _policy(page: Page, frames: Iterable[str]) -> str:
    scripts = "; script-src 'self' 'wasm-unsafe-eval'" if page.kind == "search" else ""
    return (
        "default-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'"
        f"{scripts}{frame_rule(frames)}"
    )
