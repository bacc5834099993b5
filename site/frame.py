"""The frame that all pages of one language share, and how a template becomes one of them.

Every template gets

    site    Site: title, summary, language, languages (spoken in the archive), accent, contact, licence, base_url,
            searchable (bool), export (bool: this is the static export, whose search runs in the browser),
            has_speakers (bool)
    page    Page: kind, title (without the site's name; empty on the home page), description (plain, may be
            empty), canonical (absolute address, or empty), noindex (bool), language (BCP 47, of the
            interface), section (the current entry of the navigation: home, events, speakers, search, about,
            or empty), editions (the same page in every language that the archive offers, this one too; empty
            where there is but one: each with language, name, url, absolute, current), head (what programs read:
            links, properties, data; `onrecord.site.exchange.head`)
    wording Wording: the interface's language (`onrecord.site.wording`)
    url     Urls, the one builder of addresses (`onrecord.site.urls`). Of events take the record itself:
            url.home() url.events() url.event(event) url.event(event, anchor="part-1.en.c7")
            url.speakers() url.speaker(slug) url.series(slug) url.tag(slug) url.search(q="...") url.about()
            url.feed() (only where site.base_url is set) url.static("css/site.css") url.accent()
            url.media(event, recording) url.media(event, recording, at=12500)   (#t=12.5)
            url.poster(event, recording) url.waveform(event, recording)
            url.captions(event, transcript)
            url.download(event, transcript, "vtt"|"srt"|"txt"|"md"|"json")
            url.original(event, recording)    (where recording.media.original is set)
            url.absolute(address)  (with the archive's base address; empty where none is set)

and what its row in `onrecord.site.pages` says. Every sentence goes through `_('...')`, `ngettext('%(num)s moment',
'%(num)s moments', n)` or `{% trans %}`. Filters, in the page's language: `length` (ms as "1 h 35 min"), `filesize`,
`number` (1,234), `day` (12 July 2022), `long_day` (with its weekday), `weekday`, `month` (July 2022), `hour` (18:00),
`zone` (the zone's letters then, such as BST or UTC+3), `language` (tag to name, as within a sentence), `initial`
(with a capital, to begin a line), `lang(languages)` (the attributes lang and dir of a text that is in one of these
languages, or nothing). In every language alike: `clock` (ms as 1:02:03), `seconds` (ms as 12.5), `iso` (a datetime
for `<time datetime>`), `direction` (tag to ltr/rtl), `count` (how many things a list holds). The accent colour comes
from the stylesheet `url.accent()`, as `--accent` on `:root`, because no inline style is allowed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from onrecord.site.exchange import head as heads
from onrecord.site.exchange import opengraph
from onrecord.site.exchange.head import Head
from onrecord.site.rendering import NO_HEAD, Document, Edition, Page, Site, render
from onrecord.site.statics import Statics
from onrecord.site.urls import Urls, up
from onrecord.site.view import View
from onrecord.site.wording import Wording, initial, wording


class Frame:
    """What every page of one language is put into. `language` is empty for the archive's first interface language,
    which stands at the root; each other one stands below its tag (`uk/events/`). Paths are within the language.
    """

    def __init__(
        self,
        view: View,
        *,
        export: bool = False,
        statics: Statics | None = None,
        language: str = "",
        top: str = "/",
    ) -> None:
        settings = view.archive.settings
        offered = settings.items("interface")
        self.view = view
        self.export = export
        self.top = top  # what leads to the root of the site, where links are not relative
        self.statics = statics or Statics(settings.text("accent"), offered)
        self.words: Wording = wording(language or offered[0])
        self.prefix = f"{language}/" if language else ""
        self.offered = offered
        self.base = settings.text("base-url")
        self.base_path = f"{urlsplit(self.base).path.rstrip('/')}/"
        self.site = Site(
            title=settings.text("title"),
            summary=settings.text("summary"),
            language=self.words.language,
            languages=settings.items("languages"),
            accent=settings.text("accent"),
            contact=settings.text("contact"),
            licence=settings.text("licence"),
            base_url=self.base,
            searchable=True,
            export=export,
            has_speakers=any(speaker.slug for event in view.events for speaker in event.speakers),
        )

    def _page(
        self,
        kind: str,
        path: str,
        title: str = "",
        description: str = "",
        section: str = "",
        *,
        noindex: bool = False,
        root: str | None = None,
        head: Head = NO_HEAD,
    ) -> Page:
        canonical = f"{self.base}/{self.prefix}{path}" if self.base and not noindex else ""
        editions = tuple(self._editions_of(path, root)) if self.offered[1:] else ()
        language = self.words.language
        if not description and not noindex:
            description = self.site.summary or self.words.gettext(
                "%(archive)s keeps recordings and transcripts of discussions.", archive=self.site.title
            )
        shown = opengraph.page_properties(
            self.site.title, title or self.site.title, description, canonical, language, head.kind
        )
        more = () if noindex or kind == "home" else heads.everywhere(self.site.title, self.urls(path))
        head = replace(
            head, links=(*head.links, *more), properties=(*shown, *head.properties) if shown else ()
        )
        return Page(kind, title, description, canonical, noindex, language, section, editions, head)

    def _editions_of(self, path: str, root: str | None) -> Iterator[Edition]:
        urls = self.urls(path, root)
        for language in self.offered:
            there = path if language == self.offered[0] else f"{language}/{path}"
            name = initial(wording(language).language_name(language))
            current = language == self.words.language
            yield Edition(language, name, urls.to(there), urls.absolute(there), current)

    def urls(self, path: str, root: str | None = None) -> Urls:
        """Addresses as the page at `path` writes them."""
        here = up(self.prefix + path) if self.export else self.top
        return Urls(root or here, self.base, self.statics.version, self.prefix, self.statics.imports)

    def _html(
        self,
        template: str,
        path: str,
        page: Page,
        status: int = 200,
        *,
        root: str | None = None,
        frames: tuple[str, ...] = (),
        **values: Any,
    ) -> Document:
        if template == "error.html":
            values["status"] = status
        values |= {"site": self.site, "page": page, "wording": self.words, "url": self.urls(path, root)}
        return render(template, page, values, status, frames=frames, policed=self.export)
