"""What is published about our messages is what the models say."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from shared.contracts.schemas import (
    DOCS,
    SAYS,
    Contract,
    address_of,
    main,
    schema_of,
    stale,
    type_of,
    written,
)
from tests.contracts.examples import CONTRACTS, HOSTILE, Refused, accept, an_activity


def test_the_published_documents_are_those_that_the_models_make() -> None:
    """`python -m shared.contracts.schemas` writes them anew."""
    assert stale() == []


def test_the_check_fails_where_a_document_is_missing_differs_or_is_left_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    writing = ["--docs", str(tmp_path)]
    checking = [*writing, "--check"]
    assert main(checking) == 1
    assert main(writing) == 0
    assert main(checking) == 0
    capsys.readouterr()

    (tmp_path / "schemas" / "zones.zone.changed.v1.json").write_text("{}")
    (tmp_path / "schemas" / "zones.zone.forgotten.v1.json").write_text("{}")
    (tmp_path / "asyncapi" / "ingest.json").unlink()

    assert main(checking) == 1
    assert capsys.readouterr().out.splitlines() == [
        "stale: asyncapi/ingest.json",
        "stale: schemas/zones.zone.changed.v1.json",
        "stale: schemas/zones.zone.forgotten.v1.json",
    ]
    assert main(writing) == 0
    assert main(checking) == 0


@pytest.mark.parametrize("contract", CONTRACTS, ids=type_of)
def test_a_schema_requires_what_cloudevents_requires(contract: Contract) -> None:
    schema = schema_of(contract)

    assert {"specversion", "id", "source", "type"} <= set(schema["required"])
    assert schema["properties"].keys() >= set(schema["required"])


@pytest.mark.parametrize("member", [each for each in HOSTILE if each != "ann\n"])
def test_a_schema_knows_a_member_as_the_model_does(member: str) -> None:
    """The line break at the end is left out: Python's `$`, unlike JavaScript's, lets it pass."""
    event = an_activity(subject=member)
    validator = Draft202012Validator(schema_of(SAYS["ingest"][5]))

    assert not validator.is_valid(event)
    with pytest.raises(Refused):
        accept(event)


@pytest.mark.parametrize("service", SAYS)
def test_an_asyncapi_document_tells_every_message_and_where_it_is_said(service: str) -> None:
    document = json.loads((DOCS / "asyncapi" / f"{service}.json").read_text(encoding="utf-8"))

    assert document["asyncapi"] == "3.0.0"
    assert {name: channel["address"] for name, channel in document["channels"].items()} == {
        type_of(contract): address_of(contract) for contract in SAYS[service]
    }
    for message in document["components"]["messages"].values():
        assert (DOCS / "asyncapi" / message["payload"]["$ref"]).resolve().is_file()
    for operation in document["operations"].values():
        assert operation["action"] == "send"


def test_every_contract_is_published_once() -> None:
    assert len(written()) == len(CONTRACTS) + len(SAYS)
