"""A delivery becomes an activity, once: what was sent twice is told from what is in conflict."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from services.classifier.domain.activities import ActivityRecorded, activity
from services.classifier.handlers import Heard
from shared.contracts.activity import kind_of
from shared.contracts.envelope import event_key
from shared.contracts.words import Id, Subject
from shared.eventlog.parked import Parked
from shared.messaging.delivery import Delivery
from shared.messaging.errors import UnreadableMessage
from shared.messaging.topology import CLASSIFIER_ACTIVITY

RESOLVED: Final = frozenset({"target", "via", "retracts"})
"""What ingest may write another way the next time, because an account was given to a member."""
DERIVED: Final = "acct-"
"""So begin the members whom ingest has named after an account that nobody had linked."""


@dataclass(slots=True)
class Sent:
    """What the log keeps of `shared.contracts.activity.Activity`, read in half the time."""

    id: Id
    source: Id
    type: str
    subject: Subject
    time: AwareDatetime
    data: dict[str, Any]
    historical: bool = False
    undated: bool = False
    claimedtime: AwareDatetime | None = None


SENT: Final = TypeAdapter(Sent)


class Received(NamedTuple):
    """An activity, and the delivery in case it has to be parked."""

    heard: Heard
    delivery: Delivery


def read(delivery: Delivery) -> Received:
    """Raises UnreadableMessage, which no activity that ingest has let through can cause."""
    return Received(heard(delivery.body), delivery)


def heard(body: bytes) -> Heard:
    try:
        sent = SENT.validate_json(body)
        recorded = ActivityRecorded(
            id=sent.id,
            source=sent.source,
            kind=kind_of(sent.type),
            occurred_at=milliseconds(sent.time),
            claimed_at=None if sent.claimedtime is None else milliseconds(sent.claimedtime),
            historical=sent.historical,
            undated=sent.undated,
            data=sent.data,
        )
        key = event_key(sent.source, sent.id)
        return Heard(recorded, activity(sent.subject, key, recorded))
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


def _claimed(recorded: ActivityRecorded) -> int | None:
    if recorded.undated:
        return None
    return recorded.occurred_at if recorded.claimed_at is None else recorded.claimed_at


def _as_sent(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in RESOLVED}


def milliseconds(time: datetime) -> int:
    """Return the instant as the domain counts it."""
    return round(time.timestamp() * 1000)
