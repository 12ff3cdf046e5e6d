"""The private events of the classifier, under the names that they have in its log."""

import json
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Final, TypeAlias

from services.classifier.domain import policy
from services.classifier.domain.activities import Activity, ActivityRecorded, activity
from services.classifier.domain.announcements import (
    Announcement,
    DemotionAverted,
    DemotionForeseen,
    VitalityChanged,
    ZoneChanged,
    ZoneNeared,
)
from services.classifier.domain.clock import ClockAdvanced, ClockStarted
from services.classifier.domain.policy import PolicyAdopted
from shared.eventlog.codec import Codec, Kind
from shared.eventlog.entries import Recorded
from shared.eventlog.log import Transaction, View

Read: TypeAlias = View | Transaction
Event: TypeAlias = ActivityRecorded | ClockStarted | ClockAdvanced | PolicyAdopted | Announcement

PAGE: Final = 2000
"""Entries of the log that are read at a time."""
BEYOND: Final = "\U0010ffff"
"""Greater than any stream's name."""
NO_VERSION: Final = 1 << 62
"""Greater than any version: what comes after it is the next stream."""

ACTIVITY: Final = "activity-recorded"
ADVANCED: Final = "clock-advanced"
ZONE: Final = "zone-changed"
VITALITY: Final = "vitality-changed"
POLICY: Final = "policy-adopted"
FORESEEN: Final = "demotion-foreseen"
AVERTED: Final = "demotion-averted"
NEARED: Final = "zone-neared"
PUBLIC: Final = frozenset({ZONE, VITALITY, POLICY, FORESEEN, AVERTED, NEARED})
"""What others hear of; the relay need not look into the rest."""

CODEC: Final = Codec[Event](
    [
        Kind(event=ActivityRecorded, name=ACTIVITY),
        Kind(event=ClockStarted, name="clock-started"),
        Kind(event=ClockAdvanced, name=ADVANCED),
        Kind(event=PolicyAdopted, name=POLICY),
        Kind(event=ZoneChanged, name=ZONE),
        Kind(event=VitalityChanged, name=VITALITY),
        Kind(event=DemotionForeseen, name=FORESEEN),
        Kind(event=DemotionAverted, name=AVERTED),
        Kind(event=ZoneNeared, name=NEARED),
    ]
)


async def whole_streams(
    view: View, after: str = "", through: str = BEYOND
) -> AsyncIterator[tuple[str, Sequence[Recorded]]]:
    """Yield (stream, rows) for each stream after one name and up to another, in their order."""
    whole: list[Recorded] = []
    stream, version = after, NO_VERSION
    while page := await view.fetchall(
        "SELECT position, stream, version, type, schema, key, body, recorded_at FROM log"
        " WHERE (stream, version) > (:stream, :version) AND stream <= :through"
        " ORDER BY stream, version LIMIT :page",
        {"stream": stream, "version": version, "through": through, "page": PAGE},
    ):
        for row in map(Recorded._make, page):
            if whole and row.stream != whole[0].stream:
                yield whole[0].stream, whole
                whole = []
            whole.append(row)
        stream, version = whole[-1].stream, whole[-1].version
    if whole:
        yield whole[0].stream, whole


async def at(read: Read, positions: Collection[int]) -> list[Recorded]:
    """Return the rows at some positions of the log, in their order."""
    rows = await read.fetchall(
        "SELECT position, stream, version, type, schema, key, body, recorded_at FROM log"
        " WHERE position IN (SELECT value FROM json_each(:positions)) ORDER BY position",
        {"positions": json.dumps(list(positions))},
    )
    return [Recorded(*row) for row in rows]


async def ends_with_adoption(read: Read) -> bool:
    """Say whether nothing has happened, and no time has passed, since a policy was adopted last."""
    rows = await read.fetchall(
        "SELECT type FROM log WHERE type IN (:activity, :advanced, :policy)"
        " ORDER BY position DESC LIMIT 1",
        {"activity": ACTIVITY, "advanced": ADVANCED, "policy": POLICY},
    )
    return rows == [(POLICY,)]


async def adoptions(read: Read) -> list[PolicyAdopted]:
    """Return the policies adopted so far, from the first on."""
    adopted = [CODEC.decode(row) for row in await read.stream(policy.STREAM)]
    return [event for event in adopted if isinstance(event, PolicyAdopted)]


def recorded(row: Recorded) -> ActivityRecorded:
    """Return the event of a row that has been asked for by its type, or found by its key."""
    event = CODEC.decode(row)
    assert isinstance(event, ActivityRecorded)  # noqa: S101 - nothing else has a key
    return event


def happened(row: Recorded) -> Activity:
    """Return the activity as the journey reads it."""
    assert row.key is not None  # noqa: S101 - every activity has one
    return activity(row.stream, row.key, recorded(row))


def told(row: Recorded) -> Announcement:
    """Return what was announced in a row of a member's stream that is no activity."""
    event = CODEC.decode(row)
    assert isinstance(event, Announcement)  # noqa: S101 - all that is left
    return event
