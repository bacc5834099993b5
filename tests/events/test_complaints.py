"""Whatever pydantic finds wrong is said in a plain sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from onrecord.errors import EventFormatError
from onrecord.events.model import Event
from onrecord.events.people import _People, check_people
from onrecord.events.record import check_event

# What each kind of node of pydantic's core schemas can find wrong with a value that came from TOML.
RAISES: dict[str, set[str]] = {
    "model": {"model_type"},
    "model-fields": {"missing", "extra_forbidden"},
    "model-field": set(),
    "default": set(),
    "nullable": set(),
    "definitions": set(),
    "definition-ref": set(),
    "any": set(),
    "str": {"string_type", "string_pattern_mismatch", "string_too_long"},
    "bool": {"bool_type"},
    "literal": {"literal_error"},
    "tuple": {"tuple_type", "too_long", "missing"},
    "dict": {"dict_type"},
    "function-after": {"value_error", "wrong_at"},
    "function-before": {"value_error"},
    # A validator of ours stands before each of these and lets nothing else through.
    "int": set(),
    "datetime": set(),
    "timedelta": set(),
    # Kinds of functions, fields and serializers, which are no nodes.
    "no-info": set(),
    "function-plain": set(),
}
UNREACHABLE = {"bool_type"}  # `publish`, the only bool, has a validator of its own before it


def nodes(schema: Any) -> Iterator[str]:
    """The type of every node of a core schema."""
    if isinstance(schema, dict):
        if isinstance(schema.get("type"), str):
            yield schema["type"]
        for key, value in schema.items():
            if key not in ("metadata", "serialization", "default"):
                yield from nodes(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from nodes(value)


def test_every_kind_of_error_of_the_models_stands_in_the_corpus() -> None:
    """What our models can find wrong, as far as their schemas say, is just what the malformed files have."""
    possible: set[str] = set()
    for model in (Event, _People):
        for kind in set(nodes(model.__pydantic_core_schema__)):
            possible |= RAISES[kind]
    found: set[str] = set()
    for path in (Path(__file__).parent / "malformed").glob("*.toml"):
        from onrecord.events.record import read_event

        try:
            read_event(path)
        except EventFormatError as error:
            if isinstance(error.__cause__, ValidationError):
                found |= {item["type"] for item in error.__cause__.errors()}
    assert found == possible - UNREACHABLE


WORDS = st.sampled_from(
    [*Event.model_fields, "id", "name", "url", "label", "at", "trim", "names", "x-one", "nonsense"]
)
LEAVES = st.one_of(
    st.text(max_size=8), st.integers(-5, 5), st.booleans(), st.floats(allow_nan=False), st.datetimes(),
        st.dates(),
    st.sampled_from(["yes", "draft", "en", "part-1", "00:10:00", "https://example.org", "Europe/Kyiv",
        "2022-07-12 18:00"]),
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
ROWS = st.lists(st.dictionaries(WORDS, VALUES, max_size=4), max_size=2)


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(list(Event.model_fields)), VALUES, max_size=6),
    st.dictionaries(st.sampled_from(["speakers", "links", "recordings", "agenda"]), ROWS, max_size=3),
)
def test_any_value_is_an_event_or_explained(values: dict[str, Any], rows: dict[str, Any]) -> None:
    """Whatever stands at whatever key, there is an event or an error in words, never another exception."""
    path = Path("2022-07-12-voices.toml")
    try:
        event = check_event(values | rows, path, "")
    except EventFormatError as error:
        for one in (error, *error.others):
            assert ": expected " in one.message or one.message.startswith("there is no key '")
            assert "Input should" not in one.message
            assert one.key
            assert one.expected
    else:
        assert event.stem == "2022-07-12-voices"


@settings(deadline=None)
@given(st.lists(st.dictionaries(WORDS, VALUES, max_size=5), max_size=3))
def test_any_value_is_a_speaker_or_explained(rows: list[dict[str, Any]]) -> None:
    """The same for speakers.toml."""
    try:
        check_people({"speakers": rows}, Path("speakers.toml"), "")
    except EventFormatError as error:
        assert ": expected " in error.message or error.message.startswith("there is no key '")


@pytest.mark.parametrize("key", ["title", "series", "starts", "agenda"])
def test_missing_key_is_not_told_beside_its_misspelling(key: str) -> None:
    """One mistake is one error."""
    values: dict[str, Any] = {"title": "Voices", "starts": "2022-07-12 18:00", "agenda": [], "series": ""}
    values[f"{key}s"] = values.pop(key)
    with pytest.raises(EventFormatError) as caught:
        check_event(values, Path("voices.toml"), "")
    assert (caught.value.nearest, caught.value.others) == (key, ())
    assert json.dumps(key).strip('"') in caught.value.advice
