"""Who says what where, and who listens: the streams, the bucket and the durable readers.

Data only. `zones provision` makes the broker look like this; services rely on it.

Filters speak of subjects as they are stored. On ACTIVITY that is `activity.v1.<p>.<kind>.<member>`
with the partition that the server has put in; publishers write `activity.v1.<kind>.<member>`.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

KIB = 1024
MAX_MESSAGE_BYTES = 64 * KIB + 4 * KIB
"""An event of 64 KiB and its headers."""

DUPLICATE_WINDOW = timedelta(minutes=2)
PARTITIONS = 16
ACK_WAIT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Transform:
    """How the server rewrites the subject of what it stores. Fixed when the stream is created."""

    source: str
    destination: str


@dataclass(frozen=True, slots=True)
class Source:
    """What a stream copies from another one, under which subjects."""

    stream: str
    transforms: tuple[Transform, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """`max_bytes` and `max_age` of None mean no limit. What is full refuses; nothing is dropped."""

    name: str
    subjects: tuple[str, ...] = ()
    work_queue: bool = False
    transform: Transform | None = None
    source: Source | None = None
    bucket: bool = False
    max_age: timedelta | None = None
    max_bytes: int | None = None
    max_message_bytes: int = MAX_MESSAGE_BYTES
    replicas: int = 1

    def configuration(self) -> dict[str, Any]:
        """Return what we rely on, as JetStream's API writes it. Operators may set the rest."""
        configuration: dict[str, Any] = {
            "name": self.name,
            "subjects": list(self.subjects),
            "retention": "workqueue" if self.work_queue else "limits",
            "storage": "file",
            "num_replicas": self.replicas,
            "discard": "new",
            "max_age": _nanoseconds(self.max_age),
            "max_bytes": -1 if self.max_bytes is None else self.max_bytes,
            "max_msg_size": self.max_message_bytes,
            "duplicate_window": _nanoseconds(DUPLICATE_WINDOW),
            "allow_direct": True,
            "allow_atomic": not self.bucket,
        }
        if self.transform:
            configuration["subject_transform"] = _transform(self.transform)
        if self.source:
            configuration["sources"] = [
                {
                    "name": self.source.stream,
                    "subject_transforms": [_transform(each) for each in self.source.transforms],
                }
            ]
        if self.bucket:
            configuration |= {
                "max_msgs_per_subject": 1,
                "allow_rollup_hdrs": True,
                "deny_delete": True,
            }
            if self.replicas == 1:  # the server refuses it on replicated streams
                configuration["persist_mode"] = "async"
        return configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A durable consumer with one owner. No filters means all of the stream.

    `checkpointed` readers keep their place in their own database: the ack of a message acks all
    before it, and only tells the broker how far we are. A work queue's acks remove messages.
    """

    durable: str
    stream: str
    filters: tuple[str, ...] = ()
    checkpointed: bool = True

    def configuration(self) -> dict[str, Any]:
        configuration: dict[str, Any] = {
            "durable_name": self.durable,
            "deliver_policy": "all",
            "ack_policy": "all" if self.checkpointed else "explicit",
            "ack_wait": _nanoseconds(ACK_WAIT),
            "max_deliver": -1,
            "max_ack_pending": 5000,
            "replay_policy": "instant",
        }
        match self.filters:
            case ():
                pass
            case (only,):
                configuration["filter_subject"] = only
            case several:
                configuration["filter_subjects"] = list(several)
        return configuration


ACTIVITY = Stream(
    name="ACTIVITY",
    subjects=("activity.v1.*.*",),
    transform=Transform(
        source="activity.v1.*.*",
        destination=f"activity.v1.{{{{partition({PARTITIONS},2)}}}}"
        ".{{wildcard(1)}}.{{wildcard(2)}}",
    ),
    max_age=timedelta(days=30),
)
INBOUND = Stream(
    name="INBOUND",
    subjects=("inbound.v1.>",),
    work_queue=True,
    max_message_bytes=1024 * KIB,  # a platform's own payload may be larger than our event
)
ZONES = Stream(name="ZONES", subjects=("zone.>",))
RECOGNITIONS = Stream(name="RECOGNITIONS", subjects=("recognition.>",))
NOTICES = Stream(name="NOTICES", subjects=("notice.>", "alert.>"))
BUCKET = "zones"
ZONES_BUCKET = Stream(
    name=f"KV_{BUCKET}",
    bucket=True,
    source=Source(
        "ZONES",
        (
            Transform("zone.changed.v1.*.*", f"$KV.{BUCKET}.{{{{wildcard(2)}}}}"),
            Transform("zone.vitality.v1.*.*", f"$KV.{BUCKET}.{{{{wildcard(2)}}}}"),
        ),
    ),
)

INGEST_INBOUND = Reader(durable="ingest-inbound", stream="INBOUND", checkpointed=False)
CLASSIFIER_ACTIVITY = Reader(durable="classifier-activity", stream="ACTIVITY")
REWARDS_ACTIVITY = Reader(durable="rewards-activity", stream="ACTIVITY")
"""Not filtered: half-years end by the time that any activity tells."""
REWARDS_ZONES = Reader(durable="rewards-zones", stream="ZONES", filters=("zone.changed.v1.>",))
NOTIFIER_ACTIVITY = Reader(durable="notifier-activity", stream="ACTIVITY")
"""Not filtered: promises go by the time that any activity tells."""
NOTIFIER_ZONES = Reader(
    durable="notifier-zones",
    stream="ZONES",
    filters=(
        "zone.changed.v1.>",
        "zone.vitality.v1.>",
        "zone.warning.v1.>",
        "zone.near.v1.>",
    ),
)
NOTIFIER_RECOGNITIONS = Reader(durable="notifier-recognitions", stream="RECOGNITIONS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    streams: tuple[Stream, ...] = field(
        default=(ACTIVITY, INBOUND, ZONES, RECOGNITIONS, NOTICES, ZONES_BUCKET)
    )
    readers: tuple[Reader, ...] = field(
        default=(
            INGEST_INBOUND,
            CLASSIFIER_ACTIVITY,
            REWARDS_ACTIVITY,
            REWARDS_ZONES,
            NOTIFIER_ACTIVITY,
            NOTIFIER_ZONES,
            NOTIFIER_RECOGNITIONS,
        )
    )


def deployment(
    *,
    replicas: int = 1,
    activity_age: timedelta = timedelta(days=30),
    activity_bytes: int | None = None,
    inbound_bytes: int | None = None,
) -> Topology:
    """Return the topology for one deployment: three replicas on a cluster of three, say."""
    settings: dict[str, dict[str, Any]] = {
        ACTIVITY.name: {"max_age": activity_age, "max_bytes": activity_bytes},
        INBOUND.name: {"max_bytes": inbound_bytes},
    }
    return Topology(
        streams=tuple(
            replace(stream, replicas=replicas, **settings.get(stream.name, {}))
            for stream in Topology().streams
        )
    )


def _nanoseconds(age: timedelta | None) -> int:
    return 0 if age is None else int(age / timedelta(microseconds=1)) * 1000


def _transform(transform: Transform) -> dict[str, str]:
    return {"src": transform.source, "dest": transform.destination}
