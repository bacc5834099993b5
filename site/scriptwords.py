"""The words of the scripts in one language, as a script of their own: made from the catalogue, sent once and
kept by the browser.

A page in English does without, for the sentences in the scripts are the words. Which sentences those are is read
off the scripts, so no list can fall out of step.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

from onrecord.site.wording import Wording, wording

SCRIPTS = Path(__file__).parent / "static" / "js"
_KEYWORDS = {"_": None, "ngettext": (1, 2)}
_PLURAL_RULE = re.compile(r"^[n0-9 ()%=!<>&|?:]+$")  # C's operators, which JavaScript reads alike


def words_name(language: str) -> str:
    """The name of the file among the static ones."""
    return f"words/{language}.js"


def words_script(language: str, part: str = "") -> bytes:
    """The file: sentences with their translations, and the rule by which a number takes its form. `part` is `desk`
    for those of its scripts as well.
    """
    words = wording(language, part)
    table = {key: form for message in sentences(part) for key, form in _rows(words, message)}
    rule = words.plural_rule
    if not _PLURAL_RULE.match(rule):
        raise ValueError(f"no rule for plurals: {rule}")
    text = json.dumps(table, ensure_ascii=False, sort_keys=True, indent=0)
    return f"globalThis.onrecordWords = {{ table: {text}, plural: (n) => Number({rule}) }};\n".encode()


def _rows(words: Wording, message: str | tuple[str, str]) -> list[tuple[str, str | list[str]]]:
    if isinstance(message, str):
        translated = words.translated(message)
        return [(message, translated)] if translated != message else []
    forms = words.forms(*message)
    return [(message[0], forms)] if forms else []


@lru_cache(maxsize=2)
def sentences(part: str = "") -> tuple[str | tuple[str, str], ...]:
    """Every sentence that a script says; one with a number as singular and plural."""
    from babel.messages.extract import extract_from_file  # a reader of JavaScript that only this needs

    found: list[str | tuple[str, str]] = []
    for path in sorted([*SCRIPTS.glob("*.js"), *((SCRIPTS / part).glob("*.js") if part else ())]):
        for _, message, _, _ in extract_from_file("javascript", path, keywords=_KEYWORDS):
            found.append(message if isinstance(message, str) else (message[0], message[1]))
    return tuple(dict.fromkeys(found))
