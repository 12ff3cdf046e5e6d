"""What rewards hears: pieces and what takes them back, members' wishes, and zone changes.

Most of the activity on the bus says nothing to us; it is passed over unread.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias, TypeVar

from nats.aio.client import Client
from pydantic import ValidationError

from services.rewards.domain.awards import Occasion, RecordArrival, RecordPublicity
from services.rewards.domain.works import Claim, RecordPiece, RetractAct, RetractObject
from services.rewards.handlers import Heard, Recognising
from shared.contracts.activity import (
    Happened,
    MemberDeparted,
    MemberPaused,
    MemberRegistered,
    MemberResumed,
    MemberUpdated,
    Publish,
    Retract,
)
from shared.contracts.envelope import CloudEvent, event_key
from shared.contracts.refusals import reason
from shared.contracts.zones import ZoneChanged, zone_changed_id
from shared.eventlog.log import Store
from shared.eventlog.parked import ParkedRow
from shared.messaging.consumer import follow
from shared.messaging.errors import BrokerUnavailable, UnreadableMessage
from shared.messaging.lag import Progress
from shared.messaging.topology import REWARDS_ACTIVITY, REWARDS_ZONES, Reader

Contract = TypeVar("Contract", bound=CloudEvent)
Profiled: TypeAlias = (
    MemberRegistered | MemberUpdated | MemberPaused | MemberResumed | MemberDeparted
)
Read: TypeAlias = Callable[[str, bytes], Heard | None]

DERIVED: Final = "acct-"
"""So begin the members that stand for an account which nobody had linked."""
AWAY: Final = "the broker is away, or `zones provision` has not been run on it"
KIND: Final = 3
"""The place of the kind in `activity.v1.<partition>.<kind>.<member>`."""
PROFILES: Final[Mapping[str, type[Profiled]]] = {
    "member_registered": MemberRegistered,
    "member_updated": MemberUpdated,
    "member_paused": MemberPaused,
    "member_resumed": MemberResumed,
    "member_departed": MemberDeparted,
}


def activity(subject: str, body: bytes) -> Heard | None:
    """Read a message on ACTIVITY. None says nothing to us. Raises UnreadableMessage."""
    match subject.split(".")[KIND]:
        case "publish":
            return _published(_read(Publish, body))
        case "retract":
            return _retracted(_read(Retract, body))
        case kind if kind in PROFILES:
            return _described(_read(PROFILES[kind], body))
        case _:
            return None


def zone(_subject: str, body: bytes) -> Heard:
    """Read a message on ZONES. Raises UnreadableMessage."""
    change = _read(ZoneChanged, body).data
    occasion = Occasion(
        cause=zone_changed_id(change.member, change.version),
        at=change.decided_at,
        on=change.effective_on,
        historical=change.historical,
    )
    held = any(each.measure == "floor" for each in change.evidence)
    arrival = RecordArrival(previous=change.from_, zone=change.to, occasion=occasion, held=held)
    return Heard(change.member, arrival, occasion)


def _published(event: Publish) -> Heard:
    claim = Claim(
        at=event.time,
        act=_act(event, event.id),
        derived=event.subject.startswith(DERIVED),
        member=event.subject,
        source=event.source,
        object=event.data.object.id,
    )
    return Heard(event.subject, RecordPiece(piece=event.piece, claim=claim), _occasion(event))


def _retracted(event: Retract) -> Heard | None:
    told, occasion = event.data, _occasion(event)
    if told.retracts is not None:
        return Heard(event.subject, RetractAct(act=_act(event, told.retracts)), occasion)
    if told.object is None or told.kind != "publish":
        return None
    command = RetractObject(source=event.source, object=told.object.id, until=event.time)
    return Heard(event.subject, command, occasion)


def _described(event: Profiled) -> Heard | None:
    if "public" not in event.data.model_fields_set:
        return None
    command = RecordPublicity(public=event.data.public, at=event.time, key=event.key)
    return Heard(event.subject, command, _occasion(event))


def _act(event: Happened, id: str) -> str:
    """Return what an event's act is known by. Published again under its member, as `<id>~<member>`,
    it is the same act.
    """
    return event_key(event.source, id.removesuffix(f"~{event.subject}"))


def _occasion(event: Happened) -> Occasion:
    return Occasion(
        cause=event.id, at=event.time, on=event.time.date(), historical=event.historical
    )


def _read(contract: type[Contract], body: bytes) -> Contract:
    try:
        return contract.model_validate_json(body)
    except ValidationError as error:
        raise UnreadableMessage("unreadable", reason(error)) from error


READS: Final[Mapping[Reader, Read]] = {REWARDS_ACTIVITY: activity, REWARDS_ZONES: zone}


class Hearing:
    """Both readers, from the moment that there is a broker. `batch` limits a transaction."""

    def __init__(self, store: Store, recognising: Recognising, *, batch: int) -> None:
        self._store = store
        self._recognising = recognising
        self._batch = batch
        self._progress: dict[Reader, Progress] = {}

    async def hear(self, client: Client) -> None:
        """Take in both streams for ever, each on its own."""
        self._progress = {reader: Progress(client, reader) for reader in READS}
        async with asyncio.TaskGroup() as tasks:
            for reader, read in READS.items():
                tasks.create_task(self._follow(client, reader, read))

    async def _follow(self, client: Client, reader: Reader, read: Read) -> None:
        await follow(
            client,
            reader,
            self._store,
            read=lambda delivery: read(delivery.subject, delivery.body),
            handle=self._recognising.handle,
            max_batch=self._batch,
            progress=self._progress[reader],
        )

    async def lag(self, reader: Reader) -> int:
        """Return how many messages are not yet taken in. Raises BrokerUnavailable."""
        if reader not in self._progress:
            raise BrokerUnavailable(AWAY)
        return await self._progress[reader].lag()

    async def trouble(self) -> str | None:
        """Say what hearing waits for."""
        if not self._progress:
            return AWAY
        troubles = [await progress.trouble() for progress in self._progress.values()]
        return "; ".join(trouble for trouble in troubles if trouble) or None

    async def retry(self, row: ParkedRow) -> str | None:
        """Hear a parked message once more. Return why that still cannot be done."""
        [read] = [read for reader, read in READS.items() if reader.durable == row.reader]
        try:
            heard = read(row.subject, row.payload)
        except UnreadableMessage as error:
            async with self._store.transaction() as transaction:
                await transaction.mark_retried(row.id)
            return error.detail
        async with self._store.transaction() as transaction:
            await self._recognising.handle(transaction, [heard])
            await transaction.mark_resolved(row.id)
        return None
