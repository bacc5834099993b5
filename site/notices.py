"""Pages that stand in the place of another: there is no such page, it was taken back, it has moved."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from onrecord.site.frame import Frame
from onrecord.site.nearest import Nearest, words_in
from onrecord.site.public import Withdrawn
from onrecord.site.rendering import Document


class Notices(Frame):
    """The pages of one language that say why there is no other."""

    def error(
        self,
        status: int,
        heading: str,
        sentence: str,
        *,
        root: str | None = None,
        asked: str = "",
        lost: bool = False,
    ) -> Document:
        """A page that says why there is no other, in sentences that are marked for the catalogues.

        `root` leads to the site's root where its depth is not known. `asked` is the path at which nothing stands:
        what is most like it is offered. `lost`: the static site's page for every such path, which has to find
        that out in the browser.
        """
        heading, sentence = self.words.gettext(heading), self.words.gettext(sentence)
        page = self._page("error", "", heading, noindex=True, root=root)
        return self._html("error.html", "", page, status, root=root, heading=heading, sentence=sentence,
                          lost=lost, **self._meant(asked))  # fmt: skip

    def _meant(self, asked: str) -> dict[str, Any]:
        return {"words": words_in(asked), "nearest": self.nearest.of(asked) if asked else ()}

    @cached_property
    def nearest(self) -> Nearest:
        """What finds the events that somebody may have meant."""
        return Nearest(self.view.events)

    def gone(self, withdrawn: Withdrawn, path: str) -> Document:
        """The page of an event that was taken back: its sentence, and nothing else of it."""
        heading = self.words.gettext("This discussion was taken back")
        page = self._page("error", path, heading, noindex=True)
        return self._html("error.html", path, page, 410, heading=heading, sentence=withdrawn.sentence,
                          lost=False, words="", nearest=())  # fmt: skip

    def moved(self, path: str, target: str) -> Document:
        """A page that leads on, where no server is there to redirect."""
        page = self._page("error", path, self.words.gettext("This page has moved"), noindex=True)
        return self._html("moved.html", path, page, target=self.prefix + target)
