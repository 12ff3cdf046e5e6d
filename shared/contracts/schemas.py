"""Write down for others what the services say: `python -m shared.contracts.schemas [--check]`.

One JSON Schema for every event type, and one AsyncAPI 3 document for every service that says
some. Both come from the models alone, and a check fails when they no longer do.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, get_args

from pydantic.json_schema import GenerateJsonSchema

from shared.contracts import activity, notices, recognitions, zones
from shared.contracts.envelope import CONTENT_TYPE, CloudEvent, Relayed
from shared.contracts.words import ORGANISATION

DOCS: Final = Path(__file__).parents[2] / "docs"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
REQUIRED: Final = ("specversion", "id", "source", "type", "subject", "time", "data")

Contract = type[CloudEvent]


def _in_union(union: object) -> tuple[Contract, ...]:
    members: tuple[Contract, ...] = get_args(get_args(union)[0])
    return members


SAYS: Final[dict[str, tuple[Contract, ...]]] = {
    "ingest": _in_union(activity.AnyActivity),
    "classifier": _in_union(zones.AnyZoneEvent),
    "rewards": _in_union(recognitions.AnyRecognitionEvent),
    "notifier": _in_union(notices.AnyNotice),
}
STORY: Final = {
    "ingest": activity.__doc__,
    "classifier": zones.__doc__,
    "rewards": recognitions.__doc__,
    "notifier": notices.__doc__,
}


class _WithoutTitles(GenerateJsonSchema):
    """A field's name is title enough."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 -- pydantic asks.
        return False


def type_of(contract: Contract) -> str:
    return str(contract.model_fields["type"].default)


def address_of(contract: Contract) -> str:
    """Return the NATS subjects of a contract, as in `zone.changed.v1.{to}.{member}`."""
    if not issubclass(contract, Relayed):
        kind = type_of(contract).removeprefix("zones.activity.").removesuffix(".v1")
        whom = contract.model_fields["subject"].default
        return f"{contract.FAMILY}.{kind}.{ORGANISATION if whom == ORGANISATION else '{member}'}"
    if not contract.VALUE:
        return contract.FAMILY
    return f"{contract.FAMILY}.{{{contract.VALUE}}}.{{member}}"


def schema_of(contract: Contract) -> dict[str, Any]:
    """Return the JSON Schema of a whole message: the envelope, and the data in it."""
    schema = contract.model_json_schema(schema_generator=_WithoutTitles)
    return {"$schema": DIALECT, **schema, "required": list(REQUIRED)}


def asyncapi_of(service: str) -> dict[str, Any]:
    """Return the AsyncAPI document of what a service says."""
    said = SAYS[service]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": service.capitalize(),
            "version": "1.0.0",
            "description": STORY[service],
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {type_of(contract): _channel(contract) for contract in said},
        "operations": {f"say {type_of(contract)}": _operation(contract) for contract in said},
        "components": {"messages": {type_of(contract): _message(contract) for contract in said}},
    }


def _channel(contract: Contract) -> dict[str, Any]:
    address = address_of(contract)
    channel = {
        "address": address,
        "messages": {"event": {"$ref": f"#/components/messages/{type_of(contract)}"}},
    }
    parameters = {
        name: _parameter(contract, name)
        for name in (getattr(contract, "VALUE", ""), "member")
        if f"{{{name}}}" in address
    }
    return channel | ({"parameters": parameters} if parameters else {})


def _parameter(contract: Contract, name: str) -> dict[str, Any]:
    if name == "member":
        return {"description": "The `subject` of the event."}
    schema = schema_of(contract)
    told = schema["$defs"][schema["properties"]["data"]["$ref"].rpartition("/")[2]]
    choices = [told["properties"][name], *told["properties"][name].get("anyOf", [])]
    values = [value for choice in choices for value in choice.get("enum", [])]
    absent = ["none"] if {"type": "null"} in choices else []
    return {"description": f"The `data.{name}` of the event."} | (
        {"enum": values + absent} if values else {}
    )


def _operation(contract: Contract) -> dict[str, Any]:
    channel = f"#/channels/{type_of(contract)}"
    return {
        "action": "send",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/event"}],
    }


def _message(contract: Contract) -> dict[str, Any]:
    return {
        "name": type_of(contract),
        "title": contract.__name__,
        "contentType": CONTENT_TYPE,
        "headers": {
            "type": "object",
            "properties": {
                "Content-Type": {"const": CONTENT_TYPE},
                "Nats-Msg-Id": {"type": "string"},
            },
        },
        "payload": {"$ref": f"../schemas/{type_of(contract)}.json"},
    }


def written() -> dict[Path, str]:
    """Return every document by its place under docs/."""
    schemas = {
        Path("schemas", f"{type_of(contract)}.json"): schema_of(contract)
        for said in SAYS.values()
        for contract in said
    }
    documents = {Path("asyncapi", f"{service}.json"): asyncapi_of(service) for service in SAYS}
    return {
        place: json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        for place, document in (schemas | documents).items()
    }


def stale(docs: Path = DOCS) -> list[Path]:
    """Return the documents that are missing, that differ, or that nothing is behind any more."""
    wanted = written()
    there = {
        path.relative_to(docs): path.read_text(encoding="utf-8")
        for folder in ("schemas", "asyncapi")
        for path in (docs / folder).glob("*.json")
    }
    return sorted(place for place in wanted | there if wanted.get(place) != there.get(place))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m shared.contracts.schemas", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if any is stale")
    parser.add_argument("--docs", type=Path, default=DOCS, help="the folder they are in")
    options = parser.parse_args(arguments)
    wanted, outdated = written(), stale(options.docs)
    for place in outdated:
        sys.stdout.write(f"{'stale' if options.check else 'written'}: {place}\n")
        if not options.check:
            _put(options.docs / place, wanted.get(place))
    return 1 if options.check and outdated else 0


def _put(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
