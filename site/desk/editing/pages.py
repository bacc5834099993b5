"""The editor's pages, and the parts of them that a script asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

from onrecord.errors import NotFoundError, UsageError
from onrecord.languages import INTERFACE
from onrecord.site.desk.asking import Ask
from onrecord.site.desk.editing.place import Place
from onrecord.site.desk.editing.showing import seen_text, shown
from onrecord.site.desk.english import of_error
from onrecord.site.rendering import Page, environment
from onrecord.transcripts.correction.finding import MOST, Wanted, hits
from onrecord.transcripts.correction.history import differences, pasts, revision_of
from onrecord.transcripts.correction.passages import Passage, Seen, passage_at, passages
from onrecord.transcripts.correction.typed import line_of
from onrecord.transcripts.model import Transcript
from onrecord.transcripts.speakers import shares

_ASKED = 100  # paragraphs that are sent at once


def editor(ask: Ask) -> Response:
    """The transcript beside its player."""
    place = Place.of(ask)
    reading = place.library.reading(place.entry)
    transcript = reading.transcript
    rows = [shown(passage) for passage in passages(transcript)]
    return ask.render(
        "transcript/editor.html", place=place, transcript=transcript, told=transcript.provenance, rows=rows,
        doubts=sum(row.doubts for row in rows), mended=reading.mended, names=place.names(),
        others=[entry for entry in place.library.entries(place.entry.stem, place.entry.recording_id)
                if entry.language != place.entry.language],
        languages=_languages(place), reviewed_by=transcript.provenance.reviewed_by,
    )  # fmt: skip


def parts(ask: Ask) -> Response:
    """How the transcript stands now, or the paragraphs that a script has not seen yet: JSON."""
    place = Place.of(ask)
    if ask.query.get("stamp") == place.stamp:
        return Response(status_code=204)
    keys = ask.query.getlist("key")[:_ASKED]
    return JSONResponse(state(place, place.transcript, {}, ask, pages_of=keys))


def state(
    place: Place, transcript: Transcript, known: Mapping[str, Passage], ask: Ask,
    pages_of: Collection[str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The order and versions of all paragraphs, and the text of those that are asked for: without `pages_of` all that
    are not as they were `known`.
    """
    order: list[tuple[str, str]] = []
    html: dict[str, str] = {}
    wanted = None if pages_of is None else set(pages_of)
    for passage in passages(transcript):
        version = passage.version
        order.append((passage.key, version))
        if (passage.key in wanted) if wanted is not None else not _same(passage, known.get(passage.key)):
            html[passage.key] = fragment(
                "paragraph", ask, place=place, row=shown(passage), transcript=transcript
            )
    told = transcript.provenance
    return {
        "stamp": place.stamp, "order": order, "html": html, "status": told.status, "names": list(transcript.speakers),
        "doubts": sum(word.unsure for word in transcript.words()), "next": transcript.next_id,
    }  # fmt: skip


def _same(passage: Passage, known: Passage | None) -> bool:
    """Whether nothing of it changed. Cues that nobody touched are the same objects, so this takes no time."""
    return known is not None and (passage.speaker, passage.cues) == (known.speaker, known.cues)


def paragraph(ask: Ask) -> Response:
    """One paragraph with everything that can be done with it, for who works without scripts."""
    place = Place.of(ask)
    transcript = place.transcript
    all_of_them = passages(transcript)
    passage = passage_at(transcript, place.key_of(ask.params["key"]))
    index = next(number for number, one in enumerate(all_of_them) if one.key == passage.key)
    return ask.render(
        "transcript/paragraph-page.html", place=place, transcript=transcript, row=shown(passage),
        seen=seen_text(passage, transcript), number=index + 1, count=len(all_of_them),
        before=all_of_them[index - 1] if index else None,
        after=all_of_them[index + 1] if index + 1 < len(all_of_them) else None,
        unsure=[(number, word.text) for number, word in enumerate(passage.words) if word.unsure],
        turns=sum(one.speaker == passage.speaker for one in all_of_them), names=place.names(),
        languages=_languages(place),
    )  # fmt: skip


def speakers(ask: Ask) -> Response:
    """The voices of the transcript, to be named once and everywhere."""
    place = Place.of(ask)
    return ask.render(
        "transcript/speakers.html", place=place, rows=shares(place.transcript), names=place.names(),
        listed=[speaker.name for speaker in place.event.speakers],
    )  # fmt: skip


def aside(ask: Ask) -> Response:
    """What was set aside as a suspected ghost."""
    place = Place.of(ask)
    ghosts = [
        (number, ghost, line_of(f"{ghost.start} {ghost.end} {ghost.text}"))
        for number, ghost in enumerate(place.transcript.dropped)
    ]
    return ask.render("transcript/aside.html", place=place, ghosts=ghosts)


def replace(ask: Ask) -> Response:
    """Find and replace: what would change."""
    place = Place.of(ask)
    find, instead = ask.query.get("find", ""), ask.query.get("instead", "")
    part, case = bool(ask.query.get("part")), bool(ask.query.get("case"))
    problem = ""
    found: tuple[Any, ...] = ()
    if "find" in ask.query:
        try:
            found = hits(place.transcript, wanted_of(find, instead, part, case))
        except UsageError as error:
            problem = of_error(error, ask.words)
    return ask.render(
        "transcript/replace.html", place=place, find=find[:200], instead=instead[:200], part=part, case=case, hits=found,
        problem=problem, asked="find" in ask.query and not problem, most=MOST,
    )  # fmt: skip


def wanted_of(find: str, instead: str, part: bool, case: bool) -> Wanted:
    """What the form of find and replace asks for."""
    return Wanted.typed(find, instead, whole=not part, case=case)


def history(ask: Ask) -> Response:
    """Every revision."""
    place = Place.of(ask)
    return ask.render("transcript/history.html", place=place, rows=pasts(place.library, place.entry))


def revision(ask: Ask) -> Response:
    """One revision: what it changed, or the whole of it."""
    place = Place.of(ask)
    text = ask.params["number"]
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise NotFoundError("there is no such revision.")
    number = int(text)
    rows = pasts(place.library, place.entry)
    row = next((past for past in rows if past.number == number), None)
    if row is None:
        raise NotFoundError(
            f"{place.entry.name} has no revision {number}.", advice="Choose one from the history."
        )
    this = revision_of(place.library, place.entry, number)
    earlier = [past.number for past in rows if past.number < number]
    whole = bool(ask.query.get("whole")) or not earlier
    changed = () if whole else differences(revision_of(place.library, place.entry, earlier[0]), this)
    return ask.render(
        "transcript/revision.html", place=place, row=row, whole=whole, earlier=earlier[0] if earlier else None,
        differences=changed, turns=passages(this) if whole else (), told=this.provenance,
    )  # fmt: skip


def for_script(ask: Ask) -> bool:
    """Whether a script asks, which wants JSON."""
    return "application/json" in ask.request.headers.get("accept", "")


def fragment(name: str, ask: Ask, **values: Any) -> str:
    """A part of a page, for a script to put in its place."""
    page = Page("desk", noindex=True, language=ask.words.language)
    shared = {"page": page, "words": ask.words, "wording": ask.words, "urls": ask.urls, "url": ask.urls}
    return environment().get_template(f"desk/transcript/{name}.html").render(**shared, **values)


def next_address(place: Place, transcript: Transcript, seen: Seen, then: str) -> str:
    """Where a plain form leads: to the same paragraph, or on to the next."""
    rows = passages(transcript)
    here = next((number for number, one in enumerate(rows) if _holds(one, seen.ids)), None)
    if here is None:
        return place.home
    if then == "next":
        here += 1
    return place.paragraph(rows[here].key) if here < len(rows) else place.home


def _holds(passage: Passage, ids: Collection[str]) -> bool:
    return any(cue.id in ids for cue in passage.cues)


def _languages(place: Place) -> tuple[str, ...]:
    """Languages that words may be in: those of the recording, the event and the archive first."""
    recording = place.recording
    near = (*(recording.languages if recording else ()), *place.event.languages)
    known = (*near, *place.archive.settings.items("languages"), *INTERFACE)
    return tuple(tag for tag in dict.fromkeys(known) if tag != place.entry.language)
