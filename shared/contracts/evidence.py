"""Why a decision fell as it did: each criterion, and the events that were decisive.

Lists of event ids run from old to new, like the log, and hold the newest. Ids of a usual length
fit in their full number; of very long ones the oldest give way, so that with the other limits
a message never exceeds its 64 KiB.
"""

import json
from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from shared.contracts.words import PRINTABLE, Count, Id, Kind, Number, Told, Url

NEWEST: Final = 20
"""Ids of events that a list of them holds."""
CAUSES: Final = 8 * 1024
"""Bytes that the causes of a change may take, and"""
EVIDENCE: Final = 16 * 1024
"""those that the ids in its evidence may take: with the other limits, less than a message."""
PIECES: Final = 16 * 1024


def _size(ids: Sequence[str]) -> int:
    return sum(len(json.dumps(each, ensure_ascii=False).encode()) + len(",") for each in ids)


def _newest(ids: tuple[str, ...], keep: int) -> tuple[str, ...]:
    return ids[max(0, len(ids) - keep) :]


def _causes_that_fit(ids: tuple[str, ...]) -> tuple[str, ...]:
    while _size(ids) > CAUSES:
        ids = ids[1:]
    return ids


def _pieces_that_fit(pieces: tuple[str, ...]) -> tuple[str, ...]:
    while _size(pieces) > PIECES:
        pieces = pieces[1:]
    return pieces


Causes = Annotated[tuple[Id, ...], Field(max_length=NEWEST), AfterValidator(_causes_that_fit)]
"""The newest 20; fewer where their ids are very long."""
Pieces = Annotated[tuple[Url, ...], Field(max_length=NEWEST), AfterValidator(_pieces_that_fit)]
"""The newest 20, by url or by platform and id; fewer where these are very long."""


class Evidence(Told):
    """One criterion of a decision: a measure of some kinds of acts over some days."""

    criterion: Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=PRINTABLE)]
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
    event_ids: Annotated[tuple[Id, ...], Field(max_length=NEWEST)] = ()


def _evidence_that_fits(criteria: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    keep = NEWEST
    while sum(_size(_newest(evidence.event_ids, keep)) for evidence in criteria) > EVIDENCE:
        keep -= 1
    if keep == NEWEST:
        return criteria
    return tuple(
        evidence.model_copy(update={"event_ids": _newest(evidence.event_ids, keep)})
        for evidence in criteria
    )


Criteria = Annotated[
    tuple[Evidence, ...], Field(max_length=24), AfterValidator(_evidence_that_fits)
]
"""Each with its newest 20 events; fewer, alike for all, where their ids are very long."""
