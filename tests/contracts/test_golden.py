"""Contracts are immutable: what is golden is read, and written again, as long as there is a v1."""

import json
from datetime import datetime, timedelta

import pytest
from jsonschema import Draft202012Validator

from shared.contracts.envelope import MAX_EVENT_BYTES, event_key
from shared.contracts.schemas import Contract, schema_of, type_of
from tests.contracts.examples import CONTRACTS, GOLDEN, golden, said
from tests.contracts.largest import largest

every_contract = pytest.mark.parametrize("contract", CONTRACTS, ids=type_of)


def test_every_contract_has_one_golden_message_and_every_golden_message_a_contract() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == {type_of(each) for each in CONTRACTS}


@every_contract
def test_a_golden_message_round_trips_byte_for_byte(contract: Contract) -> None:
    assert said(contract).to_json() == golden(contract)


@every_contract
def test_a_reader_is_deaf_to_what_it_does_not_know(contract: Contract) -> None:
    """A later version may add fields anywhere; an earlier reader reads on."""
    message = json.loads(golden(contract))
    message["traceparent"] = "00-4bf92f35-01"
    message["data"]["mood"] = {"sunny": True}

    assert contract.model_validate_json(json.dumps(message)).to_json() == golden(contract)


@every_contract
def test_who_has_only_a_json_library_reads_a_cloud_event(contract: Contract) -> None:
    message = json.loads(golden(contract))

    assert message["specversion"] == "1.0"
    assert message["datacontenttype"] == "application/json"
    assert all(message[attribute] for attribute in ("id", "source", "type", "subject"))
    assert datetime.fromisoformat(message["time"]).utcoffset() == timedelta(0)
    assert message["time"].endswith("Z")
    assert all(name.isalnum() and name.islower() for name in message), "CloudEvents' own rule"
    assert None not in [value for name, value in message.items() if name != "data"]
    assert event_key(message["source"], message["id"]) == said(contract).key


@every_contract
def test_a_golden_message_keeps_its_published_schema(contract: Contract) -> None:
    schema = schema_of(contract)
    Draft202012Validator.check_schema(schema)

    Draft202012Validator(schema).validate(json.loads(golden(contract)))


@every_contract
def test_an_event_cannot_be_changed(contract: Contract) -> None:
    with pytest.raises(ValueError, match="frozen"):
        said(contract).id = "another"  # type: ignore[misc]  # mypy knows it too.


@every_contract
def test_the_largest_message_of_a_contract_fits_in_64_kib(contract: Contract) -> None:
    """No field is without a limit, and together the limits stay below the bus's."""
    schema = schema_of(contract)
    message = contract.model_validate_json(json.dumps(largest(schema), ensure_ascii=False))

    assert len(message.to_json()) <= MAX_EVENT_BYTES == 65536
    Draft202012Validator(schema).validate(json.loads(message.to_json()))
