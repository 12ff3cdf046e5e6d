"""Named examples, and where the golden messages are."""

from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from shared.contracts.activity import ACTIVITY, FAMILIES, AnyActivity
from shared.contracts.envelope import CloudEvent
from shared.contracts.refusals import reason
from shared.contracts.schemas import SAYS, Contract, type_of

GOLDEN: Final = Path(__file__).parent / "golden"
CONTRACTS: Final[tuple[Contract, ...]] = tuple(
    contract for said in SAYS.values() for contract in said
)
KINDS: Final = tuple(kind for kinds in FAMILIES.values() for kind in kinds)

HOSTILE: Final = (
    "",
    "_org",
    "_clock",
    "a b",
    "a.b",
    "*",
    ">",
    "a*",
    "ann\n",
    "\nann",
    "ann\r",
    "ann\x00",
    "ann\u2028",
    "änn",
    "ann\u200b",
    "\u0661\u0662",
    "$KV",
    "a/b",
    "m" * 65,
)
"""What would be another subject, another member or another line if it passed for a member."""


def golden(contract: Contract) -> bytes:
    return (GOLDEN / f"{type_of(contract)}.json").read_bytes().removesuffix(b"\n")


def said(contract: Contract) -> CloudEvent:
    return contract.model_validate_json(golden(contract))


def an_activity(kind: str = "share", **instead: Any) -> dict[str, Any]:  # noqa: ANN401 -- JSON
    """What a publisher sends: of any kind, with anything `instead`."""
    return {
        "specversion": "1.0",
        "id": "3lk2",
        "source": "urn:zones:platform:bluesky",
        "type": f"zones.activity.{kind}.v1",
        "subject": "ann",
        "time": "2026-03-01T09:30:00Z",
        "datacontenttype": "application/json",
        "data": {},
        **instead,
    }


class Refused(Exception):
    """The sentence that the publisher hears."""


def accept(event: object) -> AnyActivity:
    """Read an event, from JSON or from an object, as ingest does."""
    try:
        if isinstance(event, bytes):
            return ACTIVITY.validate_json(event)
        return ACTIVITY.validate_python(event)
    except ValidationError as error:
        raise Refused(reason(error)) from error
