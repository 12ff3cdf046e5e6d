"""A delivery becomes an activity, once: what was sent twice is told from what is in conflict."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from services.classifier.domain.activities import ActivityRecorded, activity
from services.classifier.handlers import Heard
from shared.contracts.activity import Activity
from shared.eventlog.parked import Parked
from shared.messaging.delivery import Delivery
from shared.messaging.errors import UnreadableMessage
from shared.messaging.topology import CLASSIFIER_ACTIVITY

RESOLVED: Final = frozenset({"target", "via", "retracts"})
"""What ingest may write another way the next time, because an account was given to a member."""
DERIVED: Final = "acct-"
"""So begin the members whom ingest has named after an account that nobody had linked."""


class Received(NamedTuple):
    """An activity, and the delivery in case it has to be parked."""

    heard: Heard
    delivery: Delivery


def read(delivery: Delivery) -> Received:
    """Raises UnreadableMessage, which no activity that ingest has let through can cause."""
    return Received(heard(delivery.body), delivery)


def heard(body: bytes) -> Heard:
    try:
        event = Activity.model_validate_json(body)
        claimed = event.claimedtime
        recorded = ActivityRecorded(
            id=event.id,
            source=event.source,
            kind=event.kind,
            occurred_at=milliseconds(event.time),
            claimed_at=None if claimed is None else milliseconds(claimed),
            historical=event.historical,
            data=event.data,
        )
        return Heard(recorded, activity(event.subject, event.key, recorded))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UnreadableMessage("unreadable", f"{where}: {first['msg']}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableMessage("unreadable", f"its data makes no sense: {error!r}") from error


def says_the_same(one: Heard, member: str, other: ActivityRecorded) -> bool:
    """Compare two events of one key by what their publisher said, not by what ingest made of it."""
    return (
        (one.activity.member == member or member.startswith(DERIVED))
        and one.recorded.kind == other.kind
        and _claimed(one.recorded) == _claimed(other)
        and _as_sent(one.recorded.data) == _as_sent(other.data)
    )


def conflict(received: Received) -> Parked:
    delivery, key = received.delivery, received.heard.activity.key
    return Parked(
        reader=CLASSIFIER_ACTIVITY.durable,
        key=key,
        reason="id_conflict",
        detail=f"{received.heard.recorded.id} of {received.heard.recorded.source} is in the log"
        " already, and said something else there",
        subject=delivery.subject,
        payload=delivery.body,
        headers=delivery.headers,
    )


def _claimed(recorded: ActivityRecorded) -> int:
    return recorded.occurred_at if recorded.claimed_at is None else recorded.claimed_at


def _as_sent(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in RESOLVED}


def milliseconds(time: datetime) -> int:
    """Return the instant as the domain counts it."""
    return round(time.timestamp() * 1000)
