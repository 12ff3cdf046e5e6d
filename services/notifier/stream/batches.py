"""A batch is one transaction: what has to be known is read, the handlers decide, and what they say
is appended and projected.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Final, TypeAlias

from services.notifier.domain import drafts, occasions, requests
from services.notifier.domain.audience import Move
from services.notifier.domain.known import Known
from services.notifier.domain.rules import Rules
from services.notifier.domain.standing import Foretold
from services.notifier.domain.steps import Source
from services.notifier.domain.voice import VoiceAsked
from services.notifier.handlers import (
    cutting,
    drafting,
    hearing,
    members,
    observing,
    requesting,
    timing,
)
from services.notifier.handlers.heard import Happening, Recognised, Turned
from services.notifier.projections import knowledge, pending
from services.notifier.stream import settling
from services.notifier.stream.knowing import Knowing
from services.notifier.stream.reading import Heard
from shared.eventlog.log import Entry, Transaction

STEPS: Final = 8
"""At most so many in one transaction: others want to write, too."""

Moment: TypeAlias = datetime | None
"""When something is taken, where the log goes by the wall: after an outage that may be long after
it happened. None is when it happened.
"""


def _wall() -> datetime:
    return datetime.now(UTC)


class Notifying:
    """Decides by `rules` what is said of what was heard, with `sources` of the operator's."""

    def __init__(
        self,
        rules: Rules,
        sources: Collection[Source] = (),
        wall: Callable[[], datetime] = _wall,
    ) -> None:
        self.rules = rules
        self._knowing = Knowing(rules, sources)
        self._wall = wall

    async def take(self, transaction: Transaction, heard: Sequence[Heard | None]) -> int:
        """Take a whole batch of one stream. What is None concerns nobody yet."""
        by_the_wall = (await knowledge.clock(transaction)).mode == "wall"
        now = self._wall() if by_the_wall else None
        match next((each for each in heard if each is not None), None):
            case Happening():
                happened = [it for it in heard if isinstance(it, Happening)]
                return await self._hear(transaction, happened, now)
            case Move() | Foretold() | Turned():
                await self._follow(transaction, (it for it in heard if it is not None), now)
            case Recognised():
                recognised = [it for it in heard if isinstance(it, Recognised)]
                await self._recognise(transaction, recognised, now)
            case None:
                pass
        return len(heard)

    async def _hear(self, transaction: Transaction, heard: Sequence[Happening], now: Moment) -> int:
        """Go on from occasion to occasion, which has to be observed before what comes after it."""
        taken = 0
        for _ in range(STEPS):
            taken += await self._go_on(transaction, heard[taken:], now)
            if taken == len(heard):
                break
        return taken

    async def _go_on(
        self, transaction: Transaction, heard: Sequence[Happening], now: Moment
    ) -> int:
        """Run by run, since who hears of a piece depends on all before; and no further than to the
        next occasion. Return how many were heard: none where one was observed.
        """
        then = await knowledge.clock(transaction)
        asks_at = await pending.asks_at(transaction)
        part, at = cutting.before_occasion(heard, then, self.rules, asks_at)
        if at is not None and not part:
            if asks_at and asks_at <= at:
                await self.advance(transaction, at)
            else:
                await self._observe(transaction, at)
            return 0
        for run in cutting.runs(part):
            known = await self._knowing.of_activity(transaction, run)
            before = known.clock
            await self._say(transaction, hearing.hear(known, run, self.rules), now)
            if known.clock != before and known.clock.now:
                await knowledge.save_clock(transaction, known.clock.now)
        return len(part)

    async def _follow(self, transaction: Transaction, heard: Iterable[Heard], now: Moment) -> None:
        """Take what the classifier says in its order."""
        for kind, run in groupby(heard, key=type):
            if kind is Turned:
                await self._turn(transaction, [it for it in run if isinstance(it, Turned)])
            else:
                moves = [it for it in run if isinstance(it, Move | Foretold)]
                await self._move(transaction, moves, now)

    async def _turn(self, transaction: Transaction, turned: Sequence[Turned]) -> None:
        known = await self._knowing.of_turns(transaction, turned)
        await self._say(transaction, members.turn(known, turned, self.rules))

    async def _move(
        self, transaction: Transaction, moves: Sequence[Move | Foretold], now: Moment
    ) -> None:
        known = await self._knowing.of_moves(transaction, moves)
        await self._say(transaction, members.move(known, moves, self.rules), now)

    async def _recognise(
        self, transaction: Transaction, recognised: Sequence[Recognised], now: Moment
    ) -> None:
        known = await self._knowing.of_recognitions(transaction, recognised)
        await self._say(transaction, members.recognise(known, recognised, self.rules), now)

    async def advance(self, transaction: Transaction, now: datetime) -> None:
        """Let it be `now`, and say what is due."""
        await self._observe(transaction, now)
        known = await self._knowing.of_what_is_due(transaction, now)
        waiting = await pending.due_requests(transaction, now)
        await self._knowing.add_requests(transaction, known, waiting, known.clock.now or now)
        await self._say(transaction, timing.advance(known, now, self.rules))

    async def _observe(self, transaction: Transaction, now: datetime) -> None:
        """Observe the occasions that are due by `now`."""
        then = (await knowledge.clock(transaction)).now
        for occasion in occasions.due(then, now, self.rules.rhythm):
            known = await self._knowing.on(transaction, occasion)
            await self._say(transaction, observing.observe(known, occasion, self.rules), now)
            known = await self._knowing.among_engaged(transaction, occasion)
            cared = observing.look_after_engaged(known, occasion, self.rules)
            await self._say(transaction, cared, now)

    async def acknowledge(
        self, transaction: Transaction, stream: str, by: str | None, now: datetime
    ) -> bool:
        """Return whether that changed anything."""
        known = await self._knowing.of_draft(transaction, stream)
        entries = drafting.acknowledge(known, stream, by, now)
        await self._say(transaction, entries)
        return bool(entries)

    async def answer_for_voice(
        self, transaction: Transaction, asked: VoiceAsked, *, accepted: bool, now: datetime
    ) -> bool:
        """Return whether that changed anything."""
        stream = drafts.stream(asked.member, asked.draft_id)
        names = {asked.member, asked.editor or asked.member}
        known = await self._knowing.of_draft(transaction, stream, names)
        entries = drafting.answer_for_voice(
            known, stream, asked.id, accepted=accepted, now=now, rules=self.rules
        )
        await self._say(transaction, entries)
        return bool(entries)

    async def answer(
        self,
        transaction: Transaction,
        request_id: str,
        member: str,
        reply: requests.Reply,
        now: datetime,
    ) -> bool:
        """Return whether that changed anything."""
        stream = requests.stream(request_id)
        clock = await knowledge.clock(transaction)
        known = Known(clock=clock)
        await self._knowing.add_requests(transaction, known, [stream], clock.now or now)
        entries = requesting.answer(known, stream, member, reply, now, self.rules)
        await self._say(transaction, entries)
        return bool(entries)

    async def _say(
        self, transaction: Transaction, entries: Sequence[Entry], now: Moment = None
    ) -> None:
        await settling.settle(transaction, entries, self.rules, now)
