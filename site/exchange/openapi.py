"""The description of the API (OpenAPI 3.1): what programs make their clients from. docs/api.md says the same to
people.
"""

from __future__ import annotations

from typing import Any

from onrecord import __version__
from onrecord.site.exchange.schemas import SCHEMAS

_Json = dict[str, Any]
_NARROWING = (
    ("speaker", "Only what these people said."),
    ("lang", "Only what was said in these languages."),
    ("series", "Only in these series."),
    ("tag", "Only under these tags."),
    ("year", "Only in these years."),
)


def document(title: str, base: str, per_page: int, *, searchable: bool) -> _Json:
    """The description for one archive. Without its place, addresses are relative to the root of the site."""
    made: _Json = {
        "openapi": "3.1.0",
        "info": {
            "title": f"{title}: the public archive",
            "version": "1",
            "summary": "Discussions, recordings and transcripts, to read.",
            "description": (
                "Everything that the archive has published, and nothing else. All answers may be read from any "
                f"site (CORS), carry an entity tag, and lists come in pages of {per_page}. Positions and "
                "lengths are whole milliseconds on the clock of the recording that is played; languages are "
                "BCP 47 tags. Keys are always there; what is not known is null, empty text or an empty list. "
                "New keys may come; none goes away within version 1."
            ),
            "x-generator": f"onrecord {__version__}",
        },
        "servers": [{"url": f"{base}/api/v1" if base else "."}],
        "paths": {
            "/archive.json": _get(
                "archive", "The archive itself, and where its lists are", _answer("Archive")
            ),
            **_list("events", "Event", "Every listed event, the newest first"),
            **_one("events/{slug}", "event", "An event with its recordings", "Event"),
            "/events/{slug}/transcripts/{name}.json": _get(
                "transcript",
                "What was said, by paragraph and sentence",
                _answer("Transcript"),
                _parameter("slug", "The address of the event", "a-talk"),
                _parameter("name", "The recording and the language", "part-1.en"),
            ),
            **_list("speakers", "Speaker", "Everyone with a page, by name"),
            **_events_of("speakers", "speaker", "Speaker", "A speaker, and their events"),
            **_list("series", "Group", "Every series"),
            **_events_of("series", "series_one", "Group", "A series, and its events"),
            **_list("tags", "Group", "Every tag"),
            **_events_of("tags", "tag", "Group", "A tag, and its events"),
        },
        "components": {"schemas": SCHEMAS},
    }
    if searchable:
        made["paths"]["/search"] = _search()
    return made


def _get(name: str, summary: str, answer: _Json, *parameters: _Json, gone: bool = False) -> _Json:
    responses: _Json = {"200": answer}
    if parameters:
        responses["404"] = {"description": "There is none.", **_json(_ref("Error"))}
    operation: _Json = {"operationId": name, "summary": summary, "responses": responses}
    if parameters:
        operation["parameters"] = list(parameters)
    return {"get": operation}


def _one(path: str, name: str, summary: str, schema: str) -> _Json:
    slug = _parameter("slug", "Its address", "a-talk")
    return {f"/{path}.json": _get(name, summary, _answer(f"Whole{schema}"), slug)}


def _list(path: str, schema: str, summary: str) -> _Json:
    answer = _answer_of(_page_of(schema))
    return {
        f"/{path}.json": _get(path, summary, answer),
        f"/{path}/page/{{number}}.json": _get(f"{path}_page", f"{summary}: further on", answer, _number()),
    }


def _events_of(path: str, name: str, schema: str, summary: str) -> _Json:
    slug = _parameter("slug", "Its address", "anna-example")
    about = {"type": "object", "required": ["about"], "properties": {"about": _ref(f"Whole{schema}")}}
    answer = _answer_of({"allOf": [about, _page_of("Event")]})
    return {
        f"/{path}/{{slug}}.json": _get(name, summary, answer, slug),
        f"/{path}/{{slug}}/page/{{number}}.json": _get(
            f"{name}_page", f"{summary}: further on", answer, slug, _number()
        ),
    }


def _page_of(schema: str) -> _Json:
    items = {"type": "array", "items": _ref(schema)}
    return {"allOf": [_ref("Page"), {"type": "object", "properties": {"items": items}}]}


def _search() -> _Json:
    made = _get(
        "search",
        "Moments at which something was said",
        _answer("Found"),
        _asked(
            "q",
            'Words said close together; "in this order"; -without; speaker:, lang:, tag:, series:.',
            maxLength=200,
        ),
        *(_asked(name, about, several=True) for name, about in _NARROWING),
        _asked("from", "Only discussions of this day or later.", format="date"),
        _asked("until", "Only discussions of this day or earlier.", format="date"),
        _asked("in", "Only in titles.", enum=["title"]),
        _asked("order", "The best first, unless this says otherwise.", enum=["best", "newest", "oldest"]),
        _asked("event", "All moments of the event with this slug."),
        _asked("page", "Which page; `next` of an answer says it, with `start`.", pattern="^[1-9][0-9]*$"),
        _asked("start", "Where the page before ended."),
    )
    responses = made["get"]["responses"]
    responses["400"] = {"description": "This cannot be asked; `problem` says why.", **_json(_ref("Found"))}
    responses["503"] = {"description": "Too many questions at a time.", **_json(_ref("Error"))}
    del responses["404"]
    return made


def _asked(name: str, description: str, *, several: bool = False, **more: Any) -> _Json:
    """A parameter of the search; one that may come several times widens the choice."""
    schema: _Json = {"type": "string", **more}
    made: _Json = {"name": name, "in": "query", "description": description}
    if several:
        return {**made, "style": "form", "explode": True, "schema": {"type": "array", "items": schema}}
    return {**made, "schema": schema}


def _number() -> _Json:
    schema = {"type": "integer", "minimum": 2}
    about = "The page; the first one has the address without it"
    return {"name": "number", "in": "path", "required": True, "description": about, "schema": schema}


def _parameter(name: str, description: str, example: str) -> _Json:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "example": example,
        "schema": {"type": "string"},
    }


def _answer(schema: str) -> _Json:
    return _answer_of(_ref(schema))


def _answer_of(schema: _Json) -> _Json:
    headers = {
        "ETag": {"description": "Changes with the answer.", "schema": {"type": "string"}},
        "Access-Control-Allow-Origin": {"schema": {"const": "*"}},
    }
    return {"description": "Here it is.", "headers": headers, **_json(schema)}


def _json(schema: _Json) -> _Json:
    return {"content": {"application/json": {"schema": schema}}}


def _ref(name: str) -> _Json:
    return {"$ref": f"#/components/schemas/{name}"}
