"""Making the broker look like the topology. Nothing else creates or changes streams.

What is missing is created, what differs is changed where that is safe, and what an operator has
set beyond the topology stays. Every change is told in words, before or after it is made.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from nats.aio.client import Client

from shared.messaging import api
from shared.messaging.errors import CannotChange, Refused
from shared.messaging.topology import ACTIVITY, Reader, Stream, Topology

DURATIONS = {"max_age", "duplicate_window", "ack_wait"}
STREAM_OPTIONS = {"subject_transform", "sources", "mirror", "republish", "persist_mode"}
READER_OPTIONS = {"filter_subject", "filter_subjects", "backoff", "headers_only", "rate_limit_bps"}
FIXED = {
    "subject_transform": "members would live in two partitions at once: make a new stream and"
    " drain the old one",
    "retention": "make a new stream",
    "storage": "make a new stream",
    "ack_policy": "delete the consumer and provision again; readers keep their own place",
    "deliver_policy": "delete the consumer and provision again; readers keep their own place",
}


@dataclass(frozen=True, slots=True)
class Change:
    """`target` is as in `stream ACTIVITY`, `words` as in `max_age from 7 days to 30 days`."""

    target: str
    words: str


@dataclass(frozen=True, slots=True)
class _Step:
    verb: str
    request: object
    changes: tuple[Change, ...]


async def provision(
    client: Client, topology: Topology | None = None, *, dry_run: bool = False
) -> list[Change]:
    """Return what was changed, or with `dry_run` what would be. A second run returns nothing.

    Raises CannotChange before anything is touched, and BrokerUnavailable.
    """
    topology = topology or Topology()
    steps = [
        step
        for step in (
            *[await _stream(client, stream) for stream in topology.streams],
            *[await _reader(client, reader) for reader in topology.readers],
        )
        if step
    ]
    await _partitions_cannot_be_forged(client)
    if not dry_run:
        for step in steps:
            try:
                await api.ask(client, step.verb, step.request)
            except Refused as refused:
                told = "; ".join(f"{change.target}: {change.words}" for change in step.changes)
                raise CannotChange(f"{told}: the broker says {refused}") from refused
    return [change for step in steps for change in step.changes]


async def _stream(client: Client, stream: Stream) -> _Step | None:
    target, wanted = f"stream {stream.name}", stream.configuration()
    info = await api.stream_info(client, stream.name)
    if info is None:
        return _Step(f"STREAM.CREATE.{stream.name}", wanted, (Change(target, "created"),))
    drift = _drift(target, wanted, info.configuration, STREAM_OPTIONS)
    merged = _merged(wanted, info.configuration, STREAM_OPTIONS)
    return _Step(f"STREAM.UPDATE.{stream.name}", merged, drift) if drift else None


async def _reader(client: Client, reader: Reader) -> _Step | None:
    target, wanted = f"consumer {reader.durable}", reader.configuration()
    info = await api.consumer_info(client, reader.stream, reader.durable)
    verb = f"CONSUMER.DURABLE.CREATE.{reader.stream}.{reader.durable}"
    if info is None:
        request = {"stream_name": reader.stream, "config": wanted}
        return _Step(verb, request, (Change(target, f"created on {reader.stream}"),))
    drift = _drift(target, wanted, info.configuration, READER_OPTIONS)
    merged = _merged(wanted, info.configuration, READER_OPTIONS)
    request = {"stream_name": reader.stream, "config": merged, "action": "update"}
    return _Step(verb, request, drift) if drift else None


async def _partitions_cannot_be_forged(client: Client) -> None:
    """A stream that takes the stored form of our subjects would let publishers name partitions."""
    stored = "activity.v1.*.*.*"
    answer = await api.ask(client, "STREAM.NAMES", {"subject": stored})
    others = [name for name in answer.get("streams") or () if name != ACTIVITY.name]
    if others:
        raise CannotChange(
            f"stream {others[0]} also takes {stored}: only {ACTIVITY.name} may, or publishers"
            " could choose their own partition"
        )


def _drift(
    target: str, wanted: Mapping[str, Any], actual: Mapping[str, Any], options: Collection[str]
) -> tuple[Change, ...]:
    drift = []
    for key in sorted({*wanted, *options}):
        should, found = wanted.get(key), actual.get(key)
        if (should or None) == (found or None):
            continue
        words = f"{key} from {_told(key, found)} to {_told(key, should)}"
        if key in FIXED:
            raise CannotChange(f"{target}: {words}: that is fixed at creation: {FIXED[key]}")
        drift.append(Change(target, words))
    return tuple(drift)


def _merged(
    wanted: Mapping[str, Any], actual: Mapping[str, Any], options: Collection[str]
) -> dict[str, Any]:
    kept = {key: value for key, value in actual.items() if key not in options}
    return {**kept, **wanted}


def _told(key: str, value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    match value:
        case None | "":
            return "none"
        case int() if key in DURATIONS:
            age = timedelta(microseconds=value // 1000)
            return str(age).removesuffix(", 0:00:00") if value else "unlimited"
        case list():
            return ", ".join(_told(key, each) for each in value) or "none"
        case dict():
            return " => ".join(_told(key, each) for each in value.values())
        case _:
            return str(value)
