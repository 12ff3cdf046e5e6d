"""An event's way through ingest: read, recognised, given to its member, said, then answered.

The directory commits before anything is said. Whatever fails in between, the same events sent
again find everything as it should be, and change nothing that is already so.
"""

import asyncio
from collections import Counter as Tally
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Literal, NamedTuple

from prometheus_client import CollectorRegistry, Counter

from services.ingest.domain.activity import Refused
from services.ingest.domain.recent import RecentKeys, Seen, alike
from services.ingest.domain.settlement import Given, Repeated, Waiting
from services.ingest.handlers.directory import STILL_WAITING, Directory
from services.ingest.handlers.reading import Heard, Said, given, read, says_the_same
from shared.contracts.words import MAX_ID
from shared.messaging.wire import Ack, Message

SLICE: Final = 1000
"""Events that are worked on at a time: as many as the bus takes in one batch."""
CONFLICT: Final = Refused(
    reason="id_conflict",
    detail="an event of this source and id was sent before, and said something else",
)

Say = Callable[[Sequence[Message]], Awaitable[Sequence[Ack]]]
Stored = Callable[[int], Awaitable[bytes | None]]


class Verdict(NamedTuple):
    """`id` is the event's own, None where it has none that can be read."""

    status: Literal["accepted", "duplicate", "refused", "skipped"]
    id: str | None
    reason: str | None = None


class Intake:
    """`say` returns once everything is on the broker's disk, `stored` reads what was said before.

    Both raise BrokerUnavailable and StreamFull, which leave nothing that sending again would not
    mend.
    """

    def __init__(
        self,
        directory: Directory,
        recent: RecentKeys,
        *,
        say: Say,
        stored: Stored,
        registry: CollectorRegistry,
    ) -> None:
        self._directory, self._recent = directory, recent
        self._say, self._stored = say, stored
        self._in_flight = 0
        self._counted = Counter(
            "zones_ingest_events",
            "Events heard, by what became of them.",
            ["status", "reason"],
            registry=registry,
        )

    async def accept(self, heard: Sequence[Heard]) -> list[Verdict]:
        """Answer each event, in their order, once what is accepted is on the broker's disk."""
        verdicts: list[Verdict] = []
        self._in_flight += len(heard)
        try:
            for start in range(0, len(heard), SLICE):
                verdicts += await self._judge(heard[start : start + SLICE])
        finally:
            self._in_flight -= len(heard)
        self._count(verdicts)
        return verdicts

    async def waiting(self) -> int:
        """Return how many events are heard and not yet answered."""
        return self._in_flight

    async def _judge(self, heard: Sequence[Heard]) -> list[Verdict]:
        verdicts: dict[int, Verdict] = {}
        pending: dict[int, Said] = {}
        for place, one in enumerate(heard):
            said = read(one)
            if isinstance(said, Refused):
                verdicts[place] = _refused(_id(one.event), said)
            else:
                pending[place] = said
        echoes = self._recognise(pending, verdicts)
        await self._publish(await self._settle(pending, verdicts), pending, verdicts)
        for place, first in echoes.items():
            verdict = verdicts[first]
            verdicts[place] = _repeated(verdict.id) if verdict.status == "accepted" else verdict
        return [verdicts[place] for place in range(len(heard))]

    def _recognise(self, pending: dict[int, Said], verdicts: dict[int, Verdict]) -> dict[int, int]:
        """Answer what was said lately. Return which others repeat which one of this request."""
        echoes: dict[int, int] = {}
        firsts: dict[str, int] = {}
        for place, said in list(pending.items()):
            first = firsts.setdefault(said.act.key, place)
            seen = self._seen(said)
            if seen is Seen.SAME:
                verdicts[place] = _repeated(said.event.id)
            elif seen is Seen.OTHER or not alike(said.digest, pending[first].digest):
                verdicts[place] = _refused(said.event.id, CONFLICT)
            elif first != place:
                echoes[place] = first
        for place in (*verdicts, *echoes):
            pending.pop(place, None)
        return echoes

    async def _settle(
        self, pending: dict[int, Said], verdicts: dict[int, Verdict]
    ) -> dict[int, Message]:
        """Return what is to be said of whom."""
        outcomes, members = await self._directory.settle([*pending.values()])
        messages = {}
        for (place, said), outcome in zip(pending.items(), outcomes, strict=True):
            match outcome:
                case Given():
                    messages[place] = given(said, outcome, members)
                case Waiting():
                    self._recent.acknowledge(said.act.key, said.digest)
                    verdicts[place] = Verdict("accepted", said.event.id, f"parked: {STILL_WAITING}")
                case Repeated():
                    verdicts[place] = _repeated(said.event.id)
                case Refused():
                    verdicts[place] = _refused(said.event.id, outcome)
        return messages

    async def _publish(
        self,
        messages: dict[int, Message],
        pending: dict[int, Said],
        verdicts: dict[int, Verdict],
    ) -> None:
        """Say them in order. What the bus has already must say the same."""
        if not messages:
            return
        doubtful = []
        before = {place: self._seen(pending[place]) for place in messages}
        for place in messages:
            self._recent.send(pending[place].act.key, pending[place].digest)
        for place, ack in zip(messages, await self._say([*messages.values()]), strict=True):
            said = pending[place]
            if ack.duplicate and before[place] is not Seen.SENT:
                doubtful.append((place, ack.sequence))
            else:
                verdicts[place] = Verdict(
                    "duplicate" if ack.duplicate else "accepted", said.event.id
                )
                self._recent.acknowledge(said.act.key, said.digest)
        stored = await asyncio.gather(*(self._stored(sequence) for _, sequence in doubtful))
        for (place, _), body in zip(doubtful, stored, strict=True):
            said = pending[place]
            if body is None or says_the_same(said, body):
                verdicts[place] = _repeated(said.event.id)
                self._recent.acknowledge(said.act.key, said.digest)
            else:
                verdicts[place] = _refused(said.event.id, CONFLICT)
                self._recent.forget(said.act.key)

    def _seen(self, said: Said) -> Seen:
        return self._recent.seen(said.act.key, said.digest)

    def _count(self, verdicts: Sequence[Verdict]) -> None:
        for (status, reason), number in Tally(
            (verdict.status, (verdict.reason or "").partition(":")[0]) for verdict in verdicts
        ).items():
            self._counted.labels(status, reason).inc(number)


def _refused(id: str | None, why: Refused) -> Verdict:
    return Verdict("refused", id, str(why))


def _repeated(id: str | None) -> Verdict:
    return Verdict("duplicate", id)


def _id(event: object) -> str | None:
    """Return the id that a refused event claims, if its sender would know it by that."""
    claimed = event.get("id") if isinstance(event, dict) else None
    return claimed if isinstance(claimed, str) and len(claimed) <= MAX_ID else None
