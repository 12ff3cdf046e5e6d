"""What goes onto the bus, and how it is put there."""

import asyncio
import base64
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final, assert_never

from nats.aio.client import Client

from services.ingest.domain.identity import (
    AccountLinked,
    AccountMerged,
    AccountNamed,
    AccountUnlinked,
    ActivityGiven,
    ActivityKept,
    ActivityReleased,
    Event,
)
from services.ingest.domain.profiles import ProfileSaid
from shared.contracts.activity import Activity, Happened, MemberDeparted
from shared.contracts.acts import Profile
from shared.contracts.envelope import subject_of
from shared.eventlog.checkpoints import Checkpoint
from shared.eventlog.log import Store
from shared.messaging import api
from shared.messaging.errors import BrokerUnavailable, NotProvisioned, StreamFull
from shared.messaging.lag import Relayed, backlog
from shared.messaging.publisher import BatchPublisher
from shared.messaging.settling import pause_after
from shared.messaging.topology import ACTIVITY, INGEST_INBOUND
from shared.messaging.wire import Ack, Message

OURSELVES: Final = "urn:zones:ingest"
SLICE: Final = 1000
"""Entries of the log that are looked at together."""
SILENT: Final = 10_000
"""Entries without anything to say after which it is noted how far we have looked."""
AWAY: Final = "the broker is away, or `zones provision` has not been run on it"


def publish(event: Event) -> Happened | None:
    """Say what linking an account has changed. The claim itself is said by whoever reported it."""
    match event:
        case ActivityReleased():
            return Activity.model_validate(event.event)
        case AccountMerged():
            return MemberDeparted(
                id=f"{event.account}~{event.member}~{event.at.isoformat()}",
                source=OURSELVES,
                subject=event.account,
                time=event.at,
                historical=True,
                data=Profile(merged_into=event.member),
            )
        case AccountLinked() | AccountUnlinked() | AccountNamed():
            return None
        case ActivityGiven() | ActivityKept() | ProfileSaid():
            return None
        case _:
            assert_never(event)


class ActivityStream:
    """The stream of activities, for as long as there is a broker that has it."""

    def __init__(self) -> None:
        self._client: Client | None = None
        self._publisher: BatchPublisher | None = None

    @asynccontextmanager
    async def open(self, client: Client, *, patience: float) -> AsyncIterator[None]:
        """Let it be spoken on while the block lasts. `patience` is in seconds."""
        async with BatchPublisher(client, ACTIVITY.name, patience=patience) as publisher:
            self._client, self._publisher = client, publisher
            try:
                yield
            finally:
                self._client = self._publisher = None

    async def say(self, messages: Sequence[Message]) -> list[Ack]:
        """Return once all are on the broker's disk. Raises BrokerUnavailable, StreamFull."""
        if (trouble := await self.trouble()) or self._publisher is None:
            raise BrokerUnavailable(trouble)
        return await self._publisher.publish(messages)

    async def stored(self, sequence: int) -> bytes | None:
        """Return what was said before, None where the stream has forgotten it."""
        if self._client is None:
            raise BrokerUnavailable(AWAY)
        answer = await api.found(self._client, f"STREAM.MSG.GET.{ACTIVITY.name}", {"seq": sequence})
        return None if answer is None else base64.b64decode(answer["message"]["data"])

    async def backlog(self) -> int:
        """Return how many inbound messages are not yet dealt with. Raises BrokerUnavailable."""
        if self._client is None:
            raise BrokerUnavailable(AWAY)
        try:
            return await backlog(self._client, INGEST_INBOUND)
        except NotProvisioned as error:
            raise BrokerUnavailable(str(error)) from None

    async def trouble(self) -> str | None:
        """Say why nothing can be said at present."""
        connected = self._client is not None and self._client.is_connected
        return None if connected else AWAY


async def hand_over(store: Store, stream: ActivityStream, progress: Relayed) -> None:
    """Say what linking accounts has changed, in the order of the log, for ever.

    It may be said twice, as everything on this stream may: the event keys tell.
    """
    checkpoint = await store.checkpoint(progress.name)
    marked = progress.position = checkpoint.position if checkpoint else 0
    progress.goes_on()
    failures = 0
    while True:
        await store.wait_beyond(progress.position)
        try:
            rows = await store.read(progress.position, SLICE)
            told = [
                Message(subject_of(event), event.to_json(), event.key)
                for row in rows
                if (event := publish(store.codec.decode(row)))
            ]
            last = rows[-1].position
            if told:
                await stream.say(told)
            if told or last >= marked + SILENT:
                async with store.transaction() as transaction:
                    await transaction.save_checkpoint(Checkpoint(progress.name, last))
                marked = last
        except (BrokerUnavailable, StreamFull, sqlite3.OperationalError) as trouble:
            failures += 1
            progress.waits(str(trouble))
            await asyncio.sleep(pause_after(failures))
        else:
            failures = 0
            progress.goes_on()
            progress.position = last
