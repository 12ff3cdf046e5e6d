"""Telling what is new from what was heard before: everything arrives at least once."""

from collections.abc import Sequence
from typing import NamedTuple

from services.classifier.handlers import Heard
from services.classifier.projections.entries import at, recorded
from services.classifier.stream.reading import says_the_same
from shared.eventlog.log import Transaction


class Sorted(NamedTuple):
    """Places in a batch: of what is new, and of what contradicts the log."""

    fresh: Sequence[int]
    conflicts: Sequence[int]


async def sort_out(transaction: Transaction, batch: Sequence[Heard]) -> Sorted:
    """Compare a batch with the log, and with what comes before in the batch itself."""
    positions = await transaction.known([heard.activity.key for heard in batch])
    stored = {
        row.key: (row.stream, recorded(row))
        for row in (await at(transaction, positions.values()) if positions else ())
    }
    fresh, conflicts = [], []
    for place, heard in enumerate(batch):
        key = heard.activity.key
        earlier = stored.get(key)
        if earlier is None:
            stored[key] = (heard.activity.member, heard.recorded)
            fresh.append(place)
        elif not says_the_same(heard, *earlier):
            conflicts.append(place)
    return Sorted(fresh, conflicts)
