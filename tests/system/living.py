"""The generated year as it would have been lived: the notifier hears of everything at its time.

A year that is played in a minute reaches it before the others have said what follows. Here all that
was said on the bus is told once more, to a notifier of its own, in the order of the clock.
"""

from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from nats.aio.client import Client

from services.notifier.domain.audience import FIRST_ZONE, Move
from services.notifier.domain.notices import NoticeSent
from services.notifier.stream import reading
from services.notifier.stream.reading import Heard, Read
from shared.contracts.activity import Moment
from tests.nats import connected
from tests.notifier.examples import a_notifier

UTC: Final = ZoneInfo("UTC")
STREAMS: Final[tuple[tuple[str, Read], ...]] = (
    ("ACTIVITY", reading.activity),
    ("ZONES", reading.zone),
    ("RECOGNITIONS", reading.recognition),
)
"""What people do comes before what is said of it at the same time."""


class Said(NamedTuple):
    """`at` is when by the clock: nothing is said before what was said before it."""

    at: datetime
    stream: int
    heard: Heard | None


@dataclass(frozen=True, slots=True)
class Lived:
    """What was said to the notifier, and what it told people, both in their order. `moves` are of
    each member when they came to a zone.
    """

    said: list[Said]
    told: list[NoticeSent]
    moves: dict[str, list[tuple[datetime, str]]]

    def zone(self, member: str, now: datetime) -> str:
        """Return where a member was by then."""
        zones = [zone for at, zone in self.moves.get(member, []) if at <= now]
        return zones[-1] if zones else FIRST_ZONE


async def live(broker: str, folder: Path) -> Lived:
    async with connected(broker) as client:
        said = [
            it
            for number, (stream, read) in enumerate(STREAMS)
            async for it in everything(client, stream, number, read)
        ]
    said.sort(key=attrgetter("at", "stream"))
    async with a_notifier(folder) as notifier:
        for _, run in groupby(said, key=attrgetter("stream")):
            heard = [it.heard for it in run]
            while heard:
                async with notifier.store.transaction() as transaction:
                    taken = await notifier.notifying.take(transaction, heard)
                heard = heard[taken:]
        outcomes = await notifier.outcomes()
    moves: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for it in said:
        if isinstance(it.heard, Move) and it.heard.zone:
            moves[it.heard.member].append((it.at, it.heard.zone))
    return Lived(said, [it for it in outcomes if isinstance(it, NoticeSent)], moves)


async def everything(client: Client, stream: str, number: int, read: Read) -> AsyncIterator[Said]:
    broker = client.jetstream()
    last = (await broker.stream_info(stream)).state.last_seq
    listening = await broker.subscribe("", stream=stream, ordered_consumer=True)
    clock = datetime.min.replace(tzinfo=UTC)
    for _ in range(last):
        message = await listening.next_msg(timeout=10)
        clock = max(clock, Moment.model_validate_json(message.data).time)
        yield Said(clock, number, read(message.subject, message.data))
    await listening.unsubscribe()
