"""The shapes of the API's answers (JSON Schema 2020-12). Every key is required, and no other may come: the
tests hold real answers against them.
"""

from __future__ import annotations

from typing import Any

_Schema = dict[str, Any]

TEXT: _Schema = {"type": "string"}
COUNT: _Schema = {"type": "integer", "minimum": 0}
MILLISECONDS: _Schema = {"type": "integer", "minimum": 0, "description": "whole milliseconds"}
INSTANT: _Schema = {"type": "string", "format": "date-time"}
ADDRESS: _Schema = {"type": "string", "format": "uri-reference"}
LANGUAGE: _Schema = {"type": "string", "description": "BCP 47"}
YES: _Schema = {"type": "boolean"}


def maybe(schema: _Schema) -> _Schema:
    """The same, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def several(schema: _Schema) -> _Schema:
    """A list of them."""
    return {"type": "array", "items": schema}


def ref(name: str) -> _Schema:
    """A schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def one_of(*values: str) -> _Schema:
    """One of these words."""
    return {"type": "string", "enum": list(values)}


def record(about: str, **properties: _Schema) -> _Schema:
    """An object with exactly these keys."""
    return {
        "type": "object",
        "description": about,
        "required": list(properties),
        "properties": properties,
        "additionalProperties": False,
    }


_LINK = record("A link to elsewhere.", label=TEXT, url=ADDRESS, kind=TEXT, language=maybe(LANGUAGE),
               archived=maybe(ADDRESS))  # fmt: skip
_NAMED = record(
    "A series or a tag, where an event names it.", name=TEXT, slug=maybe(TEXT), record=maybe(ADDRESS)
)
_VOICE: dict[str, _Schema] = {
    "name": TEXT, "slug": maybe(TEXT), "role": TEXT, "affiliation": TEXT, "record": maybe(ADDRESS),
}  # fmt: skip
_VOICE_WHOLE = {**_VOICE, "bio": {**TEXT, "description": "Markdown"}, "links": several(ref("Link"))}
_EVENT: dict[str, _Schema] = {
    "id": {**TEXT, "description": "made once, never changed"},
    "slug": TEXT,
    "title": TEXT,
    "summary": TEXT,
    "starts": INSTANT,
    "ends": INSTANT,
    "timezone": {**TEXT, "description": "an IANA zone"},
    "duration_ms": maybe(MILLISECONDS),
    "when": one_of("coming", "now", "past"),
    "cancelled": maybe({**TEXT, "description": "a sentence that says so"}),
    "languages": several(LANGUAGE),
    "series": maybe(ref("Named")),
    "tags": several(ref("Named")),
    "speakers": several(ref("Voice")),
    "recorded_ms": MILLISECONDS,
    "transcripts": several(
        record("What there is to read.", language=LANGUAGE, kind=one_of("original", "translation"),
               status=one_of("machine", "reviewed"))
    ),
    "page": ADDRESS,
    "record": ADDRESS,
}  # fmt: skip
_EVENT_WHOLE: dict[str, _Schema] = {
    **_EVENT,
    "description": {**TEXT, "description": "Markdown"},
    "licence": TEXT,
    "join": maybe({**ADDRESS, "description": "until it is over, where everybody may join"}),
    "agenda": several(record("A chapter of the first recording.", start_ms=MILLISECONDS, title=TEXT)),
    "speakers": several(record("A speaker of one event.", **_VOICE_WHOLE)),
    "links": several(ref("Link")),
    "recordings": several(ref("Recording")),
    "former_slugs": several(TEXT),
    "calendar": ADDRESS,
    "changed": INSTANT,
}
_ABOUT: dict[str, _Schema] = {
    "name": TEXT,
    "recording": TEXT,
    "language": LANGUAGE,
    "direction": one_of("ltr", "rtl"),
    "kind": one_of("original", "translation"),
    "status": one_of("machine", "reviewed"),
    "engine": TEXT,
    "model": TEXT,
    "made": maybe(INSTANT),
    "reviewed": maybe(INSTANT),
    "captions": ADDRESS,
    "downloads": {"type": "object", "additionalProperties": ADDRESS},
    "record": ADDRESS,
}
_MEDIA = record(
    "What is played.",
    kind=one_of("video", "audio"), url=ADDRESS, type=TEXT, bytes=COUNT, duration_ms=MILLISECONDS,
    width=maybe(COUNT), height=maybe(COUNT), picture=maybe(ADDRESS), original=maybe(ADDRESS),
)  # fmt: skip
_PERSON: dict[str, _Schema] = {
    "slug": TEXT, "name": TEXT, "role": TEXT, "affiliation": TEXT, "events": COUNT, "page": ADDRESS,
    "record": ADDRESS,
}  # fmt: skip
_GROUP = record("A series or a tag.", slug=TEXT, name=TEXT, events=COUNT, page=ADDRESS, record=ADDRESS)
_CHOICE = record("A way to narrow the search.", value=TEXT, count=COUNT, chosen=YES)
_MOMENT = record(
    "A moment at which it was said.",
    url=ADDRESS, recording=TEXT, cue=TEXT, start_ms=MILLISECONDS, end_ms=MILLISECONDS,
    play_from_ms=MILLISECONDS, speaker=TEXT, language=LANGUAGE, kind=TEXT, status=TEXT, before=TEXT, text=TEXT,
    hits=several(TEXT), after=TEXT,
)  # fmt: skip

SCHEMAS: _Schema = {
    "Archive": record(
        "The archive itself.",
        title=TEXT, summary=TEXT, languages=several(LANGUAGE), licence=TEXT, contact=TEXT, page=ADDRESS,
        events=COUNT, speakers=COUNT, openapi=ADDRESS,
        lists=record("Where its lists are.", events=ADDRESS, speakers=ADDRESS, series=ADDRESS, tags=ADDRESS),
    ),
    "Page": {
        "type": "object",
        "description": "A page of a list.",
        "required": ["total", "page", "pages", "previous", "next", "items"],
        "properties": {
            "total": COUNT, "page": {"type": "integer", "minimum": 1},
            "pages": {"type": "integer", "minimum": 1},
            "previous": maybe(ADDRESS), "next": maybe(ADDRESS), "items": {"type": "array"},
        },
    },
    "Event": record("An event, as it stands in lists.", **_EVENT),
    "WholeEvent": record("An event with everything but the words that were said.", **_EVENT_WHOLE),
    "Recording": record(
        "A recording; `media` is null until it can be played here.",
        id=TEXT, title=TEXT, languages=several(LANGUAGE), media=maybe(_MEDIA),
        elsewhere=maybe(record("The platform that has it too.", platform=TEXT, page=ADDRESS)),
        transcripts=several(record("A transcript, without its words.", **_ABOUT)),
    ),
    "Transcript": record(
        "A transcript with its words.",
        event=TEXT, title=TEXT, **_ABOUT,
        turns=several(
            record(
                "A paragraph; one that is left out has neither speaker nor sentences.",
                speaker=TEXT, speaker_slug=maybe(TEXT), start_ms=MILLISECONDS, end_ms=MILLISECONDS, left_out=YES,
                sentences=several(
                    record("A sentence, with an address that stays.", id=TEXT, start_ms=MILLISECONDS,
                           end_ms=MILLISECONDS, text=TEXT, url=ADDRESS)
                ),
            )
        ),
    ),
    "Speaker": record("A speaker with a page.", **_PERSON),
    "WholeSpeaker": record(
        "A speaker with a page.", **_PERSON, bio={**TEXT, "description": "Markdown"}, links=several(ref("Link"))
    ),
    "Group": _GROUP,
    "WholeGroup": _GROUP,
    "Voice": record("A speaker, where an event names them.", **_VOICE),
    "Named": _NAMED,
    "Link": _LINK,
    "Error": record("Why there is no answer.", error=record("What went wrong.", status=COUNT, message=TEXT)),
    "Found": record(
        "The answer to a question; `problem` says why it cannot be asked.",
        query=TEXT, problem=maybe(TEXT), did_you_mean=maybe(TEXT), total=COUNT, order=TEXT,
        page={"type": "integer", "minimum": 1},
        events=several(
            record(
                "An event in which it was said, or one whose title or text was found, without moments.",
                slug=TEXT, title=TEXT, starts=INSTANT, url=ADDRESS, found_in=several(TEXT), moment_count=COUNT,
                moment_count_is_exact=YES, all_moments=maybe(ADDRESS), moments=several(_MOMENT),
            )
        ),
        facets={"type": "object", "additionalProperties": several(_CHOICE)},
        next=maybe(ADDRESS), previous=maybe(ADDRESS), feed=maybe(ADDRESS), took_ms={"type": "number"},
    ),
}  # fmt: skip
