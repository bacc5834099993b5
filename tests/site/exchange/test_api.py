"""The API, held against its own description by validators that are not ours."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from onrecord.site.exchange import api
from onrecord.site.exchange.ways import Made, Ways
from onrecord.site.urls import Urls

BASE = "https://archive.example.org/talks"
Read = Callable[[str], bytes]


@pytest.fixture(scope="module")
def description(read: Read) -> dict[str, Any]:
    """The description as the API itself gives it."""
    made: dict[str, Any] = json.loads(read("api/v1/openapi.json"))
    return made


def schema_of(description: dict[str, Any], path: str) -> dict[str, Any]:
    """What the description says of the answer at a path; fails when it names no such path."""
    for template, item in description["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", r"[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and (
            "{slug}" not in template or f"/{path.rsplit('/', maxsplit=1)[-1]}" not in item
        ):
            if template == "/events/{slug}.json" and path == "/events.json":
                continue
            schema = item["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            return {**schema, "components": description["components"]}
    raise AssertionError(f"{path} is not described")


def api_paths(ways: Ways) -> Iterator[str]:
    yield from (path for path in ways.list_paths() if path.startswith("api/"))
    for event in ways.view.events:
        yield from (path for path in ways.event_paths(event) if path.startswith("api/"))


@pytest.fixture(scope="module")
def live_description(full: Any) -> dict[str, Any]:
    """The description of the live site, which answers questions too."""
    made = Ways(full.view(), Urls("/", BASE), searchable=True).find("api/v1/openapi.json")
    assert isinstance(made, Made)
    described: dict[str, Any] = json.loads(made.body)
    return described


def test_api_description_is_valid_openapi(live_description: dict[str, Any]) -> None:
    """OpenAPI 3.1, by openapi-spec-validator."""
    assert live_description["openapi"] == "3.1.0"
    assert [str(error) for error in OpenAPIV31SpecValidator(live_description).iter_errors()] == []


def test_api_answers_are_what_the_description_says(ways: Ways, description: dict[str, Any]) -> None:
    """Every answer, by jsonschema: all keys there, no other, every date and address in its form."""
    paths = [path for path in api_paths(ways) if not path.endswith("openapi.json")]
    assert len(paths) > 15
    for path in paths:
        made = ways.find(path)
        assert made is not None and made.media_type == "application/json"
        schema = schema_of(description, path.removeprefix("api/v1"))
        checker = Draft202012Validator(schema, format_checker=FormatChecker())
        assert [
            f"{error.json_path}: {error.message}" for error in checker.iter_errors(json.loads(made.body))
        ] == [], path


def test_api_schemas_refuse_what_is_wrong(ways: Ways, description: dict[str, Any]) -> None:
    """The check above can fail: a key too few, one too many, a wrong type."""
    event = json.loads(ways.find("api/v1/events/the-film.json").body)  # type: ignore[union-attr]
    checker = Draft202012Validator(schema_of(description, "/events/the-film.json"))
    assert checker.is_valid(event)
    assert not checker.is_valid({key: value for key, value in event.items() if key != "join"})
    assert not checker.is_valid({**event, "private": "x"})
    assert not checker.is_valid({**event, "recorded_ms": "6000"})


def test_api_gives_an_event_with_its_recordings(read: Read) -> None:
    """What was registered and what was recorded, with addresses that are whole."""
    event = json.loads(read("api/v1/events/the-film.json"))
    assert event["starts"] == "2026-10-01T18:00:00+03:00" and event["duration_ms"] == 5_400_000
    assert event["former_slugs"] == ["old-film"] and event["join"] is None
    assert [speaker["name"] for speaker in event["speakers"]] == ["Anna Example", "Witness B"]
    (recording,) = event["recordings"]
    assert recording["media"]["url"] == f"{BASE}/media/the-film/part-1.mp4"
    assert (recording["media"]["kind"], recording["media"]["width"]) == ("video", 160)
    (transcript,) = recording["transcripts"]
    assert transcript["captions"] == f"{BASE}/captions/the-film/part-1.en.vtt"
    assert transcript["record"] == f"{BASE}/api/v1/events/the-film/transcripts/part-1.en.json"


def test_api_gives_a_transcript_by_sentence(read: Read) -> None:
    """Each with its anchor, its time and its address; pseudonyms where they were chosen."""
    made = json.loads(read("api/v1/events/the-film/transcripts/part-1.en.json"))
    assert [(turn["speaker"], turn["start_ms"]) for turn in made["turns"]] == [
        ("Anna Example", 0),
        ("Witness B", 2000),
    ]
    (sentence,) = made["turns"][0]["sentences"]
    assert sentence == {
        "id": "part-1.en.c1", "start_ms": 0, "end_ms": 2000, "text": "Everyone has duties.",
        "url": f"{BASE}/events/the-film/#part-1.en.c1",
    }  # fmt: skip


def test_api_lists_come_in_pages_that_name_each_other(
    ways: Ways, description: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever follows `next` comes to every event once, newest first; and back by `previous`."""
    monkeypatch.setattr(api, "PER_PAGE", 3)
    slugs, path, seen = [], "api/v1/events.json", []
    while path:
        made = ways.find(path)
        assert made is not None and path in set(ways.list_paths())
        page = json.loads(made.body)
        schema = schema_of(description, path.removeprefix("api/v1"))
        assert Draft202012Validator(schema).is_valid(page)
        seen.append((page["page"], page["pages"], page["total"], page["previous"]))
        slugs += [item["slug"] for item in page["items"]]
        path = (page["next"] or "").removeprefix(f"{BASE}/")
    assert slugs == ["called-off", "the-meeting", "the-sound", "the-film"]
    assert seen == [(1, 2, 4, None), (2, 2, 4, f"{BASE}/api/v1/events.json")]
    for number in ("0", "1", "3", "01", "x", "-1", "2.0", "٢"):
        assert ways.find(f"api/v1/events/page/{number}.json") is None, number


@pytest.mark.parametrize("kind", ["series/read-aloud", "tags/human-rights", "speakers/anna"])
def test_api_gives_the_events_of_a_series_a_tag_and_a_speaker(read: Read, kind: str) -> None:
    """With what there is to say of it."""
    made = json.loads(read(f"api/v1/{kind}.json"))
    assert made["about"]["slug"] == kind.split("/")[1] and made["about"]["events"] == made["total"] == 2


def test_api_knows_nothing_but_what_is_listed(ways: Ways) -> None:
    """No draft, nothing unlisted, nothing withdrawn, no other file of the archive."""
    for path in (
        "events/secret.json", "events/gone.json", "events/draft.json", "events/the-film/transcripts/part-1.uk.json",
        "events/the-film/transcripts/part-2.en.json", "speakers/witness-b.json", "speakers/borys-hiddenname.json",
        "series/none.json", "../onrecord.toml", "events.xml", "openapi.yaml", "events/the-film", "",
    ):  # fmt: skip
        assert ways.find(f"api/v1/{path}") is None, path


def test_api_of_the_export_has_no_search(full: Any) -> None:
    """It is described where it is answered, and nowhere else."""
    described = [
        json.loads(Ways(full.view(), Urls("/", BASE), searchable=there).find("api/v1/openapi.json").body)[
            "paths"
        ]  # type: ignore[union-attr]
        for there in (True, False)
    ]
    assert ["/search" in paths for paths in described] == [True, False]


def test_api_search_answers_as_described(full: Any, live_description: dict[str, Any]) -> None:
    """Found, not found, and what cannot be asked; what is refused is told as an error."""
    checker = Draft202012Validator(schema_of(live_description, "/search"), format_checker=FormatChecker())
    error = {"$ref": "#/components/schemas/Error", "components": live_description["components"]}
    with full.client() as client:
        assert client.app.state.live.state.indexed.wait(60)
        totals = []
        for asked in ("duties", "zzyzx", '"', "lang:en community", "tag:nothing"):
            answer = client.get("/api/v1/search", params={"q": asked})
            assert answer.headers.get_list("access-control-allow-origin") == ["*"]
            assert [
                f"{fault.json_path}: {fault.message}" for fault in checker.iter_errors(answer.json())
            ] == [], asked
            totals.append(answer.json()["total"])
        assert totals[:2] == [2, 0]
        for path, status in (("events/nothing.json", 404), ("events/gone.json", 410), ("nothing", 404)):
            refused = client.get(f"/api/v1/{path}", headers={"accept": "*/*"})
            assert refused.status_code == status
            assert Draft202012Validator(error).is_valid(refused.json()), path


def test_api_is_documented_for_people(description: dict[str, Any]) -> None:
    """Every address of the description, and of the search, stands in docs/api.md."""
    text = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
    for path in [*description["paths"], "/search"]:
        assert f"`{path}`" in text, path
