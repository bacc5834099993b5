"""The prompt: what the registry knows, ranked, within the tokens that an engine takes."""

from __future__ import annotations

from datetime import datetime

import pytest

from onrecord.events.model import Event, Speaker
from onrecord.transcripts.prompt import prompt

EVENT = Event(
    stem="rights",
    id="1b6",
    slug="rights",
    title="The right to leisure",
    starts=datetime(2024, 5, 1, 18),  # noqa: DTZ001
    timezone="UTC",
    tags=("human rights", "leisure"),
    series="Thirty articles",
    speakers=(
        Speaker(name="Anna Koval", shown_as="A.", affiliation="House of Words"),
        Speaker(name="Petro  Lys", role="host"),
    ),
)
GLOSSARY = {"Kyiv": ("Kiev", "Київ"), "Declaration": (), "anna koval": ()}


def words(text: str) -> int:
    return len(text.split())


def test_prompt_ranks_names_before_title_before_terms() -> None:
    """Speakers by their real names, the title, the glossary, affiliations, series, tags; each once."""
    assert prompt(EVENT, GLOSSARY, "en", limit=100, count=words) == (
        "Anna Koval, Petro Lys, The right to leisure, Kyiv, Declaration, House of Words, Thirty articles, "
        "human rights, leisure."
    )


def test_prompt_gives_the_spelling_of_the_language() -> None:
    """A Cyrillic language gets the Cyrillic spelling of a term that has one."""
    assert "Київ" in prompt(EVENT, GLOSSARY, "uk", limit=100, count=words)
    assert "Kyiv" not in prompt(EVENT, GLOSSARY, "uk", limit=100, count=words)


@pytest.mark.parametrize("limit", range(0, 20))
def test_prompt_stays_within_its_tokens(limit: int) -> None:
    """The text is never longer than the limit, in the engine's own count, and no term is cut in two."""
    text = prompt(EVENT, GLOSSARY, "en", limit=limit, count=words)
    assert words(text) <= limit
    whole = prompt(EVENT, GLOSSARY, "en", limit=100, count=words).removesuffix(".").split(", ")
    assert all(term in whole for term in text.removesuffix(".").split(", ") if term)


def test_what_does_not_fit_makes_room_for_shorter_terms() -> None:
    """A long title that does not fit does not keep a short term out."""
    assert prompt(EVENT, GLOSSARY, "en", limit=6, count=words) == "Anna Koval, Petro Lys, Kyiv, Declaration."


def test_no_room_no_prompt() -> None:
    """An engine that takes no prompt gets none."""
    assert prompt(EVENT, GLOSSARY, "en", limit=0, count=words) == ""
