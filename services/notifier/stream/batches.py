"""A batch is one transaction: what has to be known is read in a few questions, the handlers decide,
and what they say is appended and projected.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Final, TypeAlias

from services.notifier import handlers
from services.notifier.domain import acts, alerts, occasions, requests
from services.notifier.domain.around import Around
from services.notifier.domain.audience import AuthorFollowed, Move
from services.notifier.domain.known import Known
from services.notifier.domain.notices import NoticeSent, Rules
from services.notifier.domain.occasions import Occasion
from services.notifier.domain.standing import Foretold
from services.notifier.domain.steps import Source
from services.notifier.domain.voice import VoiceAsked
from services.notifier.handlers import (
    Drafted,
    Happening,
    Published,
    Recognised,
    Requested,
    Turned,
)
from services.notifier.projections import around, interest, knowledge, tables
from services.notifier.projections.looking.following import following
from services.notifier.projections.looking.nudging import nudgeable
from services.notifier.projections.looking.sharing import sharing
from services.notifier.projections.looking.weeks import week
from services.notifier.stream import settling
from services.notifier.stream.reading import Heard
from shared import clock
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
        self.sources = sources
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
        asks_at = await around.asks_at(transaction)
        part, at = handlers.before_occasion(heard, then, self.rules, asks_at)
        if at is not None and not part:
            if asks_at and asks_at <= at:
                await self.advance(transaction, at)
            else:
                await self._observe(transaction, at)
            return 0
        for run in handlers.runs(part):
            known = await self._known(transaction, run)
            before = known.clock
            await self._say(transaction, handlers.hear(known, run, self.rules), now)
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
        known = Known(
            clock=await knowledge.clock(transaction),
            quiet=await around.quiet(transaction, {each.member for each in turned}),
            recorded={*await transaction.known([each.key for each in turned])},
        )
        await self._say(transaction, handlers.turn(known, turned, self.rules))

    async def _move(
        self, transaction: Transaction, moves: Sequence[Move | Foretold], now: Moment
    ) -> None:
        names = {move.member for move in moves}
        open_drafts = await knowledge.open_drafts(transaction, names)
        keys = [key for it in moves if isinstance(it, Foretold) for key in handlers.keys(it)]
        known = Known(
            clock=await knowledge.clock(transaction),
            members=await knowledge.members(transaction, names),
            drafts=await knowledge.drafts(transaction, open_drafts),
            recorded={*await transaction.known(keys)},
            warned=await knowledge.warned(transaction, names),
        )
        await self._say(transaction, handlers.move(known, moves, self.rules), now)

    async def _recognise(
        self, transaction: Transaction, recognised: Sequence[Recognised], now: Moment
    ) -> None:
        known = Known(
            clock=await knowledge.clock(transaction),
            members=await knowledge.members(transaction, {each.member for each in recognised}),
        )
        await self._say(transaction, handlers.recognise(known, recognised, self.rules), now)

    async def advance(self, transaction: Transaction, now: datetime) -> None:
        """Let it be `now`, and say what is due."""
        await self._observe(transaction, now)
        known = await self._at(transaction, now)
        waiting = await around.due_requests(transaction, now)
        await self._know_requests(transaction, known, waiting, known.clock.now or now)
        await self._say(transaction, handlers.advance(known, now, self.rules))

    async def _observe(self, transaction: Transaction, now: datetime) -> None:
        """Observe the occasions that are due by `now`."""
        then = (await knowledge.clock(transaction)).now
        for occasion in occasions.due(then, now, self.rules.rhythm):
            known = await self._at(transaction, occasion.at)
            known.around = await self._around(transaction, occasion)
            if occasion.every == "day":
                late = await knowledge.late_drafts(transaction, occasion.at)
                known.drafts |= await knowledge.drafts(transaction, late)
            await self._say(transaction, handlers.observe(known, occasion, self.rules), now)
            known = await self._among_engaged(transaction, occasion)
            cared = handlers.look_after_engaged(known, occasion, self.rules)
            await self._say(transaction, cared, now)

    async def _around(self, transaction: Transaction, occasion: Occasion) -> Around:
        now, rules = occasion.at, self.rules
        if occasion.every == "month":
            return Around()
        if occasion.every == "week":
            return Around(week=await week(transaction, now, rules))
        return Around(
            sharing=await sharing(transaction, now, rules),
            following=await following(transaction, self.sources, now, rules),
            nudgeable=await nudgeable(transaction, now, rules),
            sources=self.sources,
        )

    async def acknowledge(
        self, transaction: Transaction, stream: str, by: str | None, now: datetime
    ) -> bool:
        """Return whether that changed anything."""
        known = Known(
            clock=await knowledge.clock(transaction),
            drafts=await knowledge.drafts(transaction, [stream]),
        )
        entries = handlers.acknowledge(known, stream, by, now)
        await self._say(transaction, entries)
        return bool(entries)

    async def answer_for_voice(
        self, transaction: Transaction, asked: VoiceAsked, *, accepted: bool, now: datetime
    ) -> bool:
        """Return whether that changed anything."""
        stream = alerts.stream(asked.member, asked.draft_id)
        names = {asked.member, asked.editor or asked.member}
        known = Known(
            clock=await knowledge.clock(transaction),
            members=await knowledge.members(transaction, names),
            drafts=await knowledge.drafts(transaction, [stream]),
        )
        entries = handlers.answer_for_voice(
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
        await self._know_requests(transaction, known, [stream], clock.now or now)
        entries = handlers.answer(known, stream, member, reply, now, self.rules)
        await self._say(transaction, entries)
        return bool(entries)

    async def _say(
        self, transaction: Transaction, entries: Sequence[Entry], now: Moment = None
    ) -> None:
        """Write down what comes out: of each notice whether it is sent, and over those channels
        that lead to its recipient. `now` is given where it is later than what is said.
        """
        entries = await settling.settle(transaction, entries, self.rules, now)
        told = [entry.event for entry in entries if isinstance(entry.event, NoticeSent)]
        if told:
            entries = handlers.reaching(entries, await knowledge.reach(transaction, told))
        await tables.write(transaction, entries)

    async def _at(self, transaction: Transaction, now: datetime) -> Known:
        due = await knowledge.due_drafts(transaction, now)
        return Known(
            clock=await knowledge.clock(transaction),
            members=await knowledge.members(transaction, ()),
            drafts=await knowledge.drafts(transaction, due),
        )

    async def _among_engaged(self, transaction: Transaction, occasion: Occasion) -> Known:
        """Return what has to be known to bring people together, or to look after them."""
        rules, at = self.rules.engaged, occasion.at
        known = Known(
            clock=await knowledge.clock(transaction),
            members=await knowledge.members(transaction, ()),
        )
        if occasion.every == "month":
            known.engaged = await around.engaged(transaction, rules, self.rules.interest, at)
            known.groups = await around.groups(transaction, self.rules.interest, at)
            known.circles = await around.circles(
                transaction, rules.circles.apart_months, occasion.on
            )
        elif occasion.every == "day":
            known.concerns = await around.concerns(transaction, rules.care, at)
            concerned = {who for it in known.concerns for who in (it.member, it.sponsor)}
            known.members = await knowledge.members(transaction, concerned)
        return known

    async def _know_requests(
        self,
        transaction: Transaction,
        known: Known,
        streams: Sequence[str],
        now: datetime,
        by: Collection[str] = (),
    ) -> None:
        """Read these requests, who may be asked, and who hears what came of it: whoever made them,
        and `by`.
        """
        if not streams:
            return
        known.requests = await around.asked_for(transaction, streams)
        known.engaged = await around.engaged(
            transaction, self.rules.engaged, self.rules.interest, now
        )
        made_by = {it.opened.request.by for it in known.requests.values() if it.opened}
        known.members |= await knowledge.members(transaction, {*made_by, *by})

    async def _known(self, transaction: Transaction, run: Sequence[Happening]) -> Known:
        now = await knowledge.clock(transaction)
        latest = max(each.at for each in run) if now.mode == "events" else now.now
        telling = [each for each in run if each.tells is not None]
        tells = [each.tells for each in telling]
        named = [it.stream for it in tells if isinstance(it, Drafted)]
        due = await knowledge.due_drafts(transaction, latest)
        published = {it.piece.piece for it in tells if isinstance(it, Published)}
        named_acts = {it.act for it in tells if isinstance(it, Published | AuthorFollowed)}
        named_acts |= {it.act.act for it in tells if isinstance(it, acts.Recorded)}
        names = {each.member for each in telling}
        known = Known(
            clock=now,
            members=await knowledge.members(transaction, names),
            drafts=await knowledge.drafts(transaction, {*named, *due}),
            pieces=await knowledge.pieces(transaction, published),
            void=await knowledge.void(transaction, named_acts),
            recorded={*await transaction.known([each.key for each in telling])},
            seen=await knowledge.seen(transaction, names),
        )
        first = run[0]
        if (stream := handlers.request_of(first)) is not None:
            by = {it.asked.request.by for it in tells if isinstance(it, Requested)}
            await self._know_requests(transaction, known, [stream], now.now or first.at, by)
        if isinstance(first.tells, Published) and handlers.announces(first):
            on = clock.not_before(now, first.at).date()
            known.listeners = await interest.listeners(
                transaction, first.tells.piece, on, self.rules
            )
        return known
