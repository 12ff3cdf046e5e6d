"""Why a decision fell as it did: each criterion, and the events that were decisive.

Lists of event ids run from old to new, like the log. What is too long for a message is cut, from
the oldest on, and not refused: a service must be able to say whatever it has decided, in the
64 KiB that a message has. Ids of a usual length are never cut before their twentieth.
"""

import json
from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from shared.contracts.words import PRINTABLE, Count, Id, Kind, Number, Told, Url

NEWEST: Final = 20
CRITERIA: Final = 25

CAUSES_BYTES: Final = 6 * 1024
EVIDENCE_BYTES: Final = 20 * 1024
PIECES_BYTES: Final = 16 * 1024


def _size(texts: Sequence[str]) -> int:
    return sum(len(json.dumps(text, ensure_ascii=False).encode()) + len(",") for text in texts)


def _newest(texts: tuple[str, ...], keep: int = NEWEST) -> tuple[str, ...]:
    return texts[max(0, len(texts) - keep) :]


def _causes_that_fit(ids: tuple[str, ...]) -> tuple[str, ...]:
    ids = _newest(ids)
    while _size(ids) > CAUSES_BYTES:
        ids = ids[1:]
    return ids


def _pieces_that_fit(pieces: tuple[str, ...]) -> tuple[str, ...]:
    pieces = _newest(pieces)
    while _size(pieces) > PIECES_BYTES:
        pieces = pieces[1:]
    return pieces


_AT_MOST_NEWEST: Final = Field(json_schema_extra={"maxItems": NEWEST})

Causes = Annotated[tuple[Id, ...], _AT_MOST_NEWEST, AfterValidator(_causes_that_fit)]
"""The newest 20."""
Pieces = Annotated[tuple[Url, ...], _AT_MOST_NEWEST, AfterValidator(_pieces_that_fit)]
"""The newest 20, by url, or else by platform and id."""


class Evidence(Told):
    """One criterion of a decision: a measure of some kinds of acts over some days."""

    criterion: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PRINTABLE)]
    measure: Kind
    of: Annotated[tuple[Kind, ...], Field(max_length=16)] = ()
    days: Count | None = None
    need: Number
    have: Number
    margin: Number
    met: bool
    left_out: Annotated[bool, Field(exclude_if=lambda left_out: not left_out)] = False
    """The organisation does not feed this measurement, so the criterion did not count."""
    events: Count = 0
    """How many there are; `event_ids` are the newest of them."""
    event_ids: Annotated[tuple[Id, ...], _AT_MOST_NEWEST, AfterValidator(_newest)] = ()


def _criteria_that_fit(criteria: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Cut alike for all, so that no criterion has its events at another's cost."""
    criteria, keep = criteria[:CRITERIA], NEWEST
    while sum(_size(_newest(each.event_ids, keep)) for each in criteria) > EVIDENCE_BYTES:
        keep -= 1
    if keep == NEWEST:
        return criteria
    return tuple(
        each.model_copy(update={"event_ids": _newest(each.event_ids, keep)}) for each in criteria
    )


Criteria = Annotated[
    tuple[Evidence, ...],
    Field(json_schema_extra={"maxItems": CRITERIA}),
    AfterValidator(_criteria_that_fit),
]
"""The first 20 criteria, each with its newest 20 events."""
