"""What we said last about each subject, and what to make of it when the broker disagrees.

A tail is the newest message of ours under a guard (`zone.*.v1.*.m-1`: everything about m-1), kept
in the transaction that moves the relay's checkpoint. The broker accepts the next message only on
top of it. So it can be said twice by nobody, and not by two of us.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.eventlog.log import Store, Transaction
from shared.messaging.api import Stored
from shared.messaging.errors import Fenced, TailLost

RELAY_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS tails (
  guard    TEXT PRIMARY KEY,
  sequence INTEGER NOT NULL, -- in the stream; 0 when it has expired there
  id       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Tail:
    sequence: int
    id: str


NOTHING: Final = Tail(0, "")


async def load(store: Store, guards: Sequence[str]) -> dict[str, Tail]:
    rows = await store.fetchall(
        "SELECT guard, sequence, id FROM tails WHERE guard IN (SELECT value FROM json_each(?))",
        [json.dumps(guards)],
    )
    return {guard: Tail(sequence, message) for guard, sequence, message in rows}


async def save(transaction: Transaction, tails: Mapping[str, Tail]) -> None:
    await transaction.executemany(
        "INSERT INTO tails (guard, sequence, id) VALUES (?, ?, ?)"
        " ON CONFLICT (guard) DO UPDATE SET sequence = excluded.sequence, id = excluded.id",
        [(guard, tail.sequence, tail.id) for guard, tail in tails.items()],
    )


def said(
    *, stream: str, guard: str, ours: Tail, found: Stored | None, first: int, ids: Sequence[str]
) -> int | None:
    """Return how many of `ids`, in our order, the stream already has on top of our tail; None
    where the tail has expired, so that the next message stands on nothing.

    `found` is the newest message under the guard, `first` the oldest sequence in the stream. A
    crash between publishing and marking leaves messages of ours behind the tail: those are
    recognised. Raises Fenced for somebody else's, TailLost where ours is gone.
    """
    match found:
        case None if ours.sequence == 0:
            return 0
        case None if ours.sequence < first:
            return None
        case None:
            raise TailLost(stream, guard, ours.id, ours.sequence, 0)
        case Stored() if (found.sequence, found.id) == (ours.sequence, ours.id):
            return 0
        case Stored() if found.sequence <= ours.sequence:
            raise TailLost(stream, guard, ours.id, ours.sequence, found.sequence)
        case Stored() if found.id in ids:
            return ids.index(found.id) + 1
        case Stored():
            raise Fenced(stream, guard, found.id or "a message without id", found.sequence)
