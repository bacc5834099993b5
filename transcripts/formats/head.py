"""What an exported transcript says of itself above its text."""

from __future__ import annotations

from dataclasses import dataclass

from onrecord.languages import language_name
from onrecord.transcripts.model import Provenance


@dataclass(frozen=True)
class Head:
    """The title, the date as a person writes it, the speakers, the page's address, and where the text comes
    from.

    `anchor` begins the addresses of sentences (`part-1.en`); without `address` they are not linked. `names` are
    those of the four facts, in the language of the head.
    """

    title: str = ""
    date: str = ""
    speakers: tuple[str, ...] = ()
    address: str = ""
    provenance: str = ""
    anchor: str = ""
    names: tuple[str, str, str, str] = ("Date", "Speakers", "Address", "Transcript")

    def rows(self) -> list[tuple[str, str]]:
        """The facts below the title, those that are known."""
        facts = (self.date, ", ".join(self.speakers), self.address, self.provenance)
        rows = zip(self.names, facts, strict=True)
        return [(name, " ".join(text.split())) for name, text in rows if text]


def provenance_sentence(provenance: Provenance) -> str:
    """Where a transcript comes from and how far it can be trusted, in a sentence."""
    made = "translated" if provenance.kind == "translation" else "made"
    by = " ".join(filter(None, (provenance.engine, provenance.model)))
    parts = [language_name(provenance.language)]
    parts.append(
        f"{made} by machine ({by})"
        if by
        else f"taken in from {provenance.source}"
        if provenance.source
        else made
    )
    if provenance.made:
        parts[-1] += f" on {provenance.made[:10]}"
    if provenance.status == "reviewed":
        by = f" by {provenance.reviewed_by}" if provenance.reviewed_by else ""
        parts.append(f"reviewed{by}" + (f" on {provenance.reviewed[:10]}" if provenance.reviewed else ""))
    else:
        parts.append("unfinished" if provenance.status == "partial" else "not reviewed by a person")
    return ", ".join(parts) + "."
