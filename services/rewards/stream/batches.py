"""A batch is one transaction: what has to be known is read in a few questions, the handlers decide,
and what they say is appended and projected.

Folded streams are kept for the next batch once they are committed, and not before.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import structlog

from services.rewards import handlers
from services.rewards.domain import awards, recognitions, versions
from services.rewards.domain.acts import Act, ActRetracted, ObjectRetracted
from services.rewards.domain.halfyears import PeriodClosed, close
from services.rewards.domain.known import Folded, Known, Register, Stored
from services.rewards.domain.recognitions import Occasion, Recognised
from services.rewards.domain.rules import PUBLISH, Rules
from services.rewards.domain.versions import Caps, RulesAdopted
from services.rewards.handlers import Arrival, Desk, Happening, Heard
from services.rewards.projections import boards, knowledge, tables
from services.rewards.projections.entries import CODEC
from shared.decider import fold
from shared.eventlog.log import Entry, Transaction

HAPPENED: Final = {
    recognitions.EffortGranted: "rewards.recognition_granted",
    recognitions.EffortAdjusted: "rewards.recognition_adjusted",
    recognitions.EffortRestored: "rewards.recognition_restored",
    recognitions.ArrivalGranted: "rewards.recognition_granted",
    recognitions.DeedGranted: "rewards.recognition_granted",
    recognitions.DeedAdjusted: "rewards.recognition_adjusted",
    recognitions.DeedRestored: "rewards.recognition_restored",
    recognitions.ImpactGranted: "rewards.recognition_granted",
}

CHUNK: Final = 200

log = structlog.get_logger()


class Recognising:
    """Decides by `rules`. `kept` folded streams stay in memory, the last that were used."""

    def __init__(self, rules: Rules, *, kept: int = 20_000) -> None:
        self.rules = rules
        self._kept = kept
        self._folded: OrderedDict[str, Folded] = OrderedDict()

    async def take(self, transaction: Transaction, heard: Sequence[Heard]) -> int:
        """Take a batch of one stream, up to where a period has to be closed before it goes on."""
        if any(isinstance(each, Arrival) for each in heard):
            arrivals = [each for each in heard if isinstance(each, Arrival)]
            known = await self._known(transaction, {each.member for each in arrivals})
            await self._settle(transaction, handlers.arrive(known, arrivals, self.rules))
            return len(heard)
        return await self._hear(transaction, [it for it in heard if isinstance(it, Happening)])

    async def advance(self, transaction: Transaction, now: datetime) -> None:
        """Let it be `now`, and close the periods that are over by then."""
        calendar = await knowledge.calendar(transaction, self.rules)
        closed = [await self._closed(transaction, period, now) for period in calendar.due(now)]
        honoured = {standing.member for each in closed for standing in each.honoured}
        known = await self._known(transaction, honoured)
        await self._settle(transaction, handlers.advance(known, now, closed, self.rules))

    async def remember(self, transaction: Transaction, heard: Sequence[Happening]) -> None:
        """Record what activities tell, and grant nothing by it yet."""
        known = await self._known_for(transaction, heard)
        desk = handlers.hear(known, heard, self.rules, follow=False)
        await self._settle(transaction, desk)

    async def follow(
        self, transaction: Transaction, members: Collection[str], occasion: Occasion
    ) -> None:
        """Let what is granted to these members follow what counts."""
        known = await self._known(transaction, members)
        await self._settle(transaction, handlers.follow(known, occasion, self.rules))

    async def honour(self, transaction: Transaction, closed: PeriodClosed) -> None:
        """Honour whom a closed period honours, where that has not been done."""
        known = await self._known(transaction, {standing.member for standing in closed.honoured})
        await self._settle(transaction, handlers.honour(known, closed, self.rules))

    async def adopt(self, transaction: Transaction, adopted: RulesAdopted) -> None:
        """Record new rules, and let what is granted to everybody follow them, as history."""
        await tables.append(transaction, [Entry(versions.STREAM, adopted)], self.rules)
        latest = await knowledge.latest(transaction)
        if latest is not None:
            cause = f"{versions.STREAM}/{adopted.version}"
            on = Occasion(cause=cause, at=latest, on=latest.date(), historical=True)
            await self.follow_all(transaction, on)

    async def follow_all(self, transaction: Transaction, occasion: Occasion) -> None:
        members = await knowledge.members(transaction)
        for start in range(0, len(members), CHUNK):
            await self.follow(transaction, members[start : start + CHUNK], occasion)

    def forget(self) -> None:
        """Keep nothing of what was folded: the log has been added to by somebody else."""
        self._folded.clear()

    async def _hear(self, transaction: Transaction, heard: Sequence[Happening]) -> int:
        clock = await knowledge.clock(transaction)
        calendar = await knowledge.calendar(transaction, self.rules)
        before, closing = handlers.before_closing(heard, clock, calendar)
        if closing is not None and not before:
            await self.advance(transaction, closing)
            return 0
        known = await self._known_for(transaction, before)
        await self._settle(transaction, handlers.hear(known, before, self.rules))
        if known.clock != clock:
            await tables.save_clock(transaction, known.clock)
        return len(before)

    async def _closed(self, transaction: Transaction, period: str, now: datetime) -> PeriodClosed:
        counted = await boards.counted(transaction, period)
        hidden = await boards.hidden(transaction)
        return close(period, counted, hidden, self.rules, now)

    async def _known_for(self, transaction: Transaction, heard: Sequence[Happening]) -> Known:
        """Read what these activities concern: the acts themselves and those that they take back,
        then the days and pieces of both, then whom all of it concerns.
        """
        acts = [each.tells for each in heard if isinstance(each.tells, Act)]
        retracted = [(it.member, it.tells) for it in heard if isinstance(it.tells, ActRetracted)]
        objects = [(it.member, it.tells) for it in heard if isinstance(it.tells, ObjectRetracted)]
        stored = await knowledge.acts_named(
            transaction,
            {
                *((act.member, act.name) for act in acts),
                *((who, it.name) for who, it in retracted),
            },
        )
        if objects:
            stored += await knowledge.acts_on_objects(
                transaction, {(who, it.source, it.object, it.kind) for who, it in objects}
            )
        concerned = [*acts, *(each.act for each in stored)]
        caps = Caps(await knowledge.adopted(transaction))
        if capped := [act for act in concerned if caps.limit(act.word)]:
            stored += await knowledge.acts_of_days(transaction, capped)
        if names := {
            name for act in concerned if act.kind == PUBLISH or act.via for name in act.names
        }:
            connected, _ = await knowledge.called(transaction, names)
            stored += await knowledge.claims(transaction, connected)
        known = await self._known(
            transaction,
            {
                *(each.member for each in heard if each.tells is not None),
                *(each.act.member for each in stored),
                *(act.via or act.member for act in _all(acts, stored)),
            },
        )
        known.caps = caps
        known.register = Register(stored)
        known.void = await knowledge.void(transaction, acts, retracted)
        known.void_objects = await knowledge.void_objects(transaction, acts, objects)
        return known

    async def _known(self, transaction: Transaction, members: Collection[str]) -> Known:
        folded = {member: it for member in members if (it := self._folded.get(member))}
        if unknown := [member for member in members if member not in folded]:
            tails = await transaction.tails(dict.fromkeys(unknown, 0))
            for member, rows in tails.items():
                state = fold(awards.evolve, awards.Awards(), map(CODEC.decode, rows))
                folded[member] = Folded(len(rows), state)
        return Known(clock=await knowledge.clock(transaction), folded=folded)

    async def _settle(self, transaction: Transaction, desk: Desk) -> None:
        await tables.append(
            transaction, desk.entries, self.rules, desk.units, expected=desk.versions
        )
        transaction.after_commit(lambda: self._keep(desk))

    def _keep(self, desk: Desk) -> None:
        for member, folded in desk.known.folded.items():
            self._folded[member] = folded
            self._folded.move_to_end(member)
        while len(self._folded) > self._kept:
            self._folded.popitem(last=False)
        for member, event in desk.decided:
            tell(member, event)


def _all(acts: Iterable[Act], stored: Iterable[Stored]) -> Iterable[Act]:
    yield from acts
    yield from (each.act for each in stored)


def tell(member: str, event: Any) -> None:  # noqa: ANN401 - any of a member's events
    if isinstance(event, Recognised):
        log.info(
            HAPPENED[type(event)],
            member=member,
            recognition=handlers.id_of(member, event),
            cause=event.occasion.cause,
            historical=event.occasion.historical,
        )
