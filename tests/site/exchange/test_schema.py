"""The API is what its description says: schemathesis makes requests from the OpenAPI document, and wrong ones too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from onrecord.archive import create_archive

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
# What cannot be asked for is answered by 400, as the description says, however well it is formed: that is not checked.
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
]


@pytest.fixture(scope="module")
def api(
    tmp_path_factory: pytest.TempPathFactory,
    new_bench: type[Any],
    serve: Callable[[Any], AbstractContextManager[str]],
    tone: Path,
) -> Iterator[tuple[Any, str]]:
    """The description of the API of a small archive, as the live site gives it, and where the API stands."""
    bench = new_bench(create_archive(tmp_path_factory.mktemp("api") / "archive", "An archive"))
    more = 'slug = "a-talk"\nseries = "Talks"\ntags = ["rights"]\n[[speakers]]\nid = "vira"\nname = "Vira Example"\n'
    bench.event("2026-10-01-a", more + '[[recordings]]\nid = "part-1"\npublish = "yes"\n')
    bench.transcript(
        "2026-10-01-a", "part-1.en", "c1 0.0 2.0 Vira Example: Everyone has duties to the community."
    )
    bench.recording("2026-10-01-a", "part-1", tone)
    bench.event("2026-12-01-b", 'slug = "b-talk"\nstarts = "2026-12-01 18:00"')
    with serve(bench) as address:
        yield schemathesis.openapi.from_url(f"{address}api/v1/openapi.json"), f"{address}api/v1"


def test_api_answers_every_request_as_it_says(api: tuple[Any, str]) -> None:
    """No error of ours (5xx) whatever is asked; what is answered has the type and the form of the description."""
    (described, base), asked = api, 0
    checks = schemathesis.checks.CHECKS.get_by_names(CHECKS)
    for made in described.get_all_operations():
        operation = made.ok()
        for mode in schemathesis.GenerationMode:

            @given(case=operation.as_strategy(generation_mode=mode))
            @settings(
                max_examples=15,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate],
            )
            def check(case: Any) -> None:
                nonlocal asked
                asked += 1
                case.call_and_validate(base_url=base, checks=checks)

            with suppress(Unsatisfiable):  # an operation without parameters cannot be asked in a wrong way
                check()
    assert asked > 100
