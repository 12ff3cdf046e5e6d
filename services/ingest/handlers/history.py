"""What the log says of events that are sent again, or taken back: of whom they were said last."""

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from services.ingest.domain.identity import (
    ACCOUNT,
    AccountMerged,
    ActivityGiven,
    ActivityKept,
    Event,
)
from services.ingest.domain.settlement import Past
from shared.eventlog.codec import Codec
from shared.eventlog.entries import Recorded
from shared.eventlog.log import Transaction

Merges = dict[str, list[tuple[int, str]]]
"""By account: at which position of the log it was merged into whom, in order."""


async def histories(
    transaction: Transaction, codec: Codec[Event], keys: Sequence[str]
) -> dict[str, Past]:
    """Return what there is to say of those of these keys that are in the log."""
    rows = await transaction.fetchall(
        "SELECT position, stream, version, type, schema, key, body, recorded_at FROM log"
        " WHERE key IN (SELECT value FROM json_each(:keys))",
        {"keys": json.dumps(list(keys))},
    )
    past: dict[str, Past] = {}
    kept: dict[str, tuple[int, str]] = {}
    for row in map(Recorded._make, rows):
        match codec.decode(row):
            case ActivityGiven(member=member):
                past[str(row.key)] = Past(member)
            case ActivityKept(account=account):
                kept[str(row.key)] = (row.position, account)
            case _:
                past[str(row.key)] = Past()
    merges = await _merges(transaction, codec, {account for _, account in kept.values()})
    return past | {key: _handed_over(merges, *where) for key, where in kept.items()}


async def _merges(transaction: Transaction, codec: Codec[Event], accounts: set[str]) -> Merges:
    """Read the merges of these accounts, and of those that they were merged into."""
    merges: Merges = defaultdict(list)
    while accounts:
        rows: list[tuple[Any, ...]] = await transaction.fetchall(
            "SELECT position, stream, version, type, schema, key, body, recorded_at FROM log"
            " WHERE type = 'account-merged'"
            " AND stream IN (SELECT value FROM json_each(:accounts)) ORDER BY position",
            {"accounts": json.dumps(list(accounts))},
        )
        found = set()
        for row in map(Recorded._make, rows):
            event = codec.decode(row)
            if isinstance(event, AccountMerged):
                merges[event.account].append((row.position, event.member))
                found.add(event.member)
        accounts = {name for name in found if ACCOUNT.fullmatch(name)} - set(merges)
    return merges


def _handed_over(merges: Merges, position: int, account: str) -> Past:
    """Follow it from one to the next."""
    renamed = False
    while ACCOUNT.fullmatch(account):
        later = merges.get(account, [])
        place = bisect_right(later, (position, "~"))
        if place == len(later):
            break
        (position, account), renamed = later[place], True
    return Past(account, renamed)
