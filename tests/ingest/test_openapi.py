"""Whatever is asked of a running ingest, it answers as its OpenAPI document says, and lives on."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from services.ingest.sources.registry import built_in
from tests.ingest.running import Ingest, running

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CONNECTIONS = """
[sources.signed]
adapter = "github"
secrets = ["env:ZONES_TEST_SECRET"]
[sources.linkedin]
secrets = ["env:ZONES_TEST_SECRET"]
[sources.fediverse]
adapter = "activitystreams"
"""
NAMES = ["signed", "fediverse", *sorted(built_in())]
HEADERS = {
    f"X-{name}-Event": ["push", "star", "issues", "post_created"]
    for name in ("GitHub", "Forgejo", "Discourse")
}


@pytest.mark.parametrize(
    "examples", [4, pytest.param(1_000, marks=(pytest.mark.long, pytest.mark.timeout(3600)))]
)
async def test_it_answers_as_its_document_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, examples: int
) -> None:
    monkeypatch.setenv("ZONES_TEST_SECRET", "a secret of the tests")
    monkeypatch.setenv("NO_PROXY", "*")
    connections = tmp_path / "connections.toml"
    connections.write_text(CONNECTIONS)
    async with running(tmp_path, connections=connections) as ingest:
        document = (await ingest.http.get("/openapi.json")).json()
        await asyncio.to_thread(ask, ingest, document, examples)

        assert (await ingest.http.get("/readyz")).status_code == 200


def ask(ingest: Ingest, document: dict[str, Any], examples: int) -> None:
    """Ask everything that can be asked, rightly and wrongly."""
    schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig())
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        for mode in GenerationMode:
            with suppress(Unsatisfiable):  # there may be no way to ask it wrongly
                _ask(found.ok(), mode, ingest.url, examples)


def _ask(operation: Any, mode: GenerationMode, url: str, examples: int) -> None:  # noqa: ANN401
    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=[*HealthCheck],
    )
    def answers(case: Any, data: st.DataObject) -> None:  # noqa: ANN401
        if "source" in case.path_parameters and data.draw(st.integers(0, 9)):
            case.path_parameters["source"] = data.draw(st.sampled_from(NAMES))
            for name, values in HEADERS.items():
                case.headers[name] = data.draw(st.sampled_from(values))
        if "number" in case.path_parameters and data.draw(st.integers(0, 9)):
            case.path_parameters["number"] = data.draw(st.integers(1, 30))
        case.call_and_validate(base_url=url, checks=CHECKS)

    answers()
