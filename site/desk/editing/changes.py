"""What the editor's forms do. A script gets JSON with the paragraphs that are new; a plain form gets a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.responses import JSONResponse, Response

from onrecord.errors import LockedError, OnrecordError, StaleTextError, UsageError
from onrecord.languages import N_, language_tag
from onrecord.site.desk import troubles
from onrecord.site.desk.asking import Ask
from onrecord.site.desk.editing import pages
from onrecord.site.desk.editing.place import Place
from onrecord.site.desk.editing.showing import as_text, seen_now, seen_of
from onrecord.transcripts.correction.aside import put_back
from onrecord.transcripts.correction.bench import Change
from onrecord.transcripts.correction.finding import replace_hits
from onrecord.transcripts.correction.history import restored, revision_of
from onrecord.transcripts.correction.passages import Passage, Seen, passages, standing
from onrecord.transcripts.correction.reviewing import reviewed, unreviewed
from onrecord.transcripts.correction.rewording import parted, reworded
from onrecord.transcripts.correction.sittings import stamp
from onrecord.transcripts.correction.typed import LONGEST_TEXT, line_of, words_of
from onrecord.transcripts.correction.voices import assigned, everywhere, in_language, joined, sure
from onrecord.transcripts.model import Dropped, Transcript

_SEEN = 2 * LONGEST_TEXT  # characters of what a form says it saw


def text(ask: Ask) -> Response:
    """A paragraph in other words; where `at` says so, or a new line begins, split for another speaker."""
    typed = ask.form.text("text", most=LONGEST_TEXT)
    seen = _seen(ask)
    at = _number(ask, "at") if "at" in ask.form else _line_break(typed)
    if at is None:
        return _answer(ask, lambda now: reworded(now, seen, typed), seen, typed)
    name = ask.form.text("name")
    return _answer(ask, lambda now: parted(now, seen, typed, at, name), seen, typed)


def speaker(ask: Ask) -> Response:
    """Who speaks: in this turn, or wherever this voice is heard."""
    seen, name = _seen(ask), ask.form.text("name")
    if ask.form.text("scope") == "all":
        return _answer(ask, lambda now: everywhere(now, seen.speaker, name), seen, alone=True)
    return _answer(ask, lambda now: assigned(now, seen, name), seen)


def join(ask: Ask) -> Response:
    """A turn that belongs to the one before it."""
    seen = _seen(ask)
    return _answer(ask, lambda now: joined(now, seen), seen)


def certain(ask: Ask) -> Response:
    """Words that a person has heard to be right."""
    seen = _seen(ask)
    numbers = [_whole(text) for text in ask.form.texts("word")]

    def act(now: Transcript) -> Transcript:
        for number in numbers:
            now = sure(now, seen, number, number)
        return now

    return _answer(ask, act, seen)


def tongue(ask: Ask) -> Response:
    """Words in another language: by their numbers, or as a person wrote them down."""
    seen = _seen(ask)
    chosen = ask.form.text("language")
    tag = language_tag(chosen) if chosen else None
    if "first" in ask.form:
        first, last = _number(ask, "first"), _number(ask, "last")
    else:
        first, last = _place_of(words_of(ask.form.text("words")), seen.text.split(" "))
    return _answer(ask, lambda now: in_language(now, seen, first, last, tag), seen)


def _place_of(wanted: list[str], words: list[str]) -> tuple[int, int]:
    for first in range(len(words) - len(wanted) + 1 if wanted else 0):
        if words[first : first + len(wanted)] == wanted:
            return first, first + len(wanted) - 1
    raise UsageError(
        "these words are not in this paragraph.",
        advice="Copy them from the text above, just as they stand there.",
    )


def voices(ask: Ask) -> Response:
    """The speakers' names, as the table of voices has them."""
    place = Place.of(ask)
    names = dict(zip(ask.form.texts("old"), ask.form.texts("name"), strict=True))
    wanted = {old: name for old, name in names.items() if old != name and (name or not old)}

    def act(now: Transcript) -> Transcript:
        from onrecord.transcripts.correction.typed import name_of
        from onrecord.transcripts.speakers import renamed

        return renamed(now, {old: name_of(name) for old, name in wanted.items()}) if wanted else now

    change = place.bench(ask).correct(act, alone=True, now=ask.now)
    _note(ask, place, change, "transcript.named")
    return ask.go(f"{place.home}speakers", _said(ask, change))


def aside(ask: Ask) -> Response:
    """What was set aside, put back."""
    place = Place.of(ask)
    number = _number(ask, "ghost")
    said = ask.form.text("said", most=LONGEST_TEXT)

    def act(now: Transcript) -> Transcript:
        if number >= len(now.dropped) or _form_of(now.dropped[number]) != said:
            raise UsageError("this is not set aside any more.", advice="Look at what is left there.")
        return put_back(now, now.dropped[number])

    change = place.bench(ask).correct(act, now=ask.now)
    _note(ask, place, change, "transcript.corrected")
    return ask.go(f"{place.home}aside", _said(ask, change))


def _form_of(ghost: Dropped) -> str:
    return line_of(f"{ghost.start} {ghost.end} {ghost.text}")


def replace(ask: Ask) -> Response:
    """The chosen places of find and replace."""
    place = Place.of(ask)
    wanted = pages.wanted_of(
        ask.form.text("find"), ask.form.text("instead"), ask.form.flag("part"), ask.form.flag("case")
    )
    chosen = ask.form.texts("hit")
    counts = [0, 0]

    def act(now: Transcript) -> Transcript:
        done = replace_hits(now, wanted, chosen)
        counts[:] = [done.done, done.stale]
        return done.transcript

    change = place.bench(ask).correct(act, alone=True, now=ask.now)
    _note(ask, place, change, "transcript.replaced")
    said = ask.words.ngettext("%(num)s place was changed.", "%(num)s places were changed.", counts[0])
    if counts[1]:
        said += " " + ask.words.ngettext(
            "%(num)s place had been changed by somebody else meanwhile and was left as it is.",
            "%(num)s places had been changed by somebody else meanwhile and were left as they are.",
            counts[1],
        )
    return ask.go(place.home, said)


def review(ask: Ask) -> Response:
    """Read through, or a draft again."""
    place = Place.of(ask)
    done = ask.form.text("state") == "reviewed"

    def act(now: Transcript) -> Transcript:
        if done:
            return reviewed(now, ask.me.name, stamp(ask.now), place.entry.name)
        return unreviewed(now, place.entry.name)

    change = place.bench(ask).mark(act, now=ask.now)
    _note(ask, place, change, "transcript.reviewed" if done else "transcript.unreviewed")
    said = N_("It is marked as reviewed by you.") if done else N_("It is a draft again.")
    return ask.go(place.home, ask.words.gettext(said))


def restore(ask: Ask) -> Response:
    """An earlier revision as a new one."""
    place = Place.of(ask)
    number = _whole(ask.params["number"])
    earlier = revision_of(place.library, place.entry, number)
    change = place.bench(ask).correct(lambda now: restored(now, earlier, number), alone=True, now=ask.now)
    _note(ask, place, change, "transcript.restored")
    said = ask.words.gettext("Revision %(number)s stands again, as a new revision.", number=number)
    return ask.go(f"{place.home}history", said)


# What the answers have in common


def _seen(ask: Ask) -> Seen:
    return seen_of(ask.form.text("seen", most=_SEEN))


def _number(ask: Ask, name: str) -> int:
    return _whole(ask.form.text(name, most=20))


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise UsageError("a number is missing in this form.", advice="Load the page anew.")
    return int(text)


def _line_break(typed: str) -> int | None:
    """How many words stand before the first line break that has words on both sides."""
    for index, letter in enumerate(typed):
        if letter == "\n" and (before := words_of(typed[:index])) and words_of(typed[index:]):
            return len(before)
    return None


def _answer(
    ask: Ask, act: Callable[[Transcript], Transcript], seen: Seen, typed: str = "", *, alone: bool = False
) -> Response:
    place = Place.of(ask)
    script = pages.for_script(ask)
    try:
        change = place.bench(ask).correct(act, alone=alone, now=ask.now)
    except StaleTextError as error:
        return _stale(ask, place, error, seen)
    except OnrecordError as error:
        if not script:
            raise
        message, advice = troubles.said(ask, error)
        locked = isinstance(error, LockedError)  # the script tries again
        told = {"error": message, "advice": advice, "locked": locked}
        if not hasattr(error, "sentence"):
            told["lang"] = "en"
        return JSONResponse(told, troubles.status_of(error))
    _note(ask, place, change, "transcript.named" if alone else "transcript.corrected")
    if script:
        told = pages.state(place, change.after, _known(change.before), ask)
        return JSONResponse({"saved": change.saved, **_standing(change.after, seen), **told})
    return ask.go(pages.next_address(place, change.after, seen, ask.form.text("then")), _said(ask, change))


def _known(transcript: Transcript) -> dict[str, Passage]:
    return {passage.key: passage for passage in passages(transcript)}


def _standing(transcript: Transcript, seen: Seen) -> dict[str, Any]:
    """The paragraphs that stand now where the changed one did, and what a script that goes on in it has seen."""
    here = standing(transcript, seen)
    holds = [
        one.key for one in passages(transcript)
        if one.first < here.last and one.first + len(one.cues) > here.first
    ]  # fmt: skip
    return {"holds": holds, "seen": as_text(seen_now(transcript, here, seen))}


def _stale(ask: Ask, place: Place, error: StaleTextError, seen: Seen) -> Response:
    """Both versions, and what they are together, to be saved instead."""
    now = place.transcript
    fresh = as_text(seen_now(now, standing(now, seen), seen))
    values: dict[str, Any] = {
        "place": place, "merge": error.merge, "mine": error.mine, "theirs": error.theirs, "fresh": fresh,
    }  # fmt: skip
    if pages.for_script(ask):
        panel = pages.fragment("merge", ask, **values)
        return JSONResponse(
            {"stale": True, "panel": panel, **pages.state(place, now, {}, ask, pages_of=())}, 409
        )
    return ask.render("transcript/stale.html", status=409, **values)


def _said(ask: Ask, change: Change) -> str:
    return ask.words.gettext("Saved.") if change.saved else ask.words.gettext("Nothing was changed.")


def _note(ask: Ask, place: Place, change: Change, what: str) -> None:
    """Into the audit log: once for each sitting where only words were corrected."""
    if change.saved and (change.first or what != "transcript.corrected"):
        ask.audit(what, place.entry.stem, place.entry.name)
