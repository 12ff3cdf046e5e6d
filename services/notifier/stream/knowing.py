"""What is to be known before anything is decided, read in a few questions."""

from collections.abc import Collection, Sequence
from datetime import datetime

from services.notifier.domain import acts
from services.notifier.domain.around import Around
from services.notifier.domain.audience import AuthorFollowed, Move
from services.notifier.domain.known import Known
from services.notifier.domain.occasions import Occasion
from services.notifier.domain.rules import Rules
from services.notifier.domain.standing import Foretold
from services.notifier.domain.steps import Source
from services.notifier.handlers import cutting
from services.notifier.handlers.heard import (
    Drafted,
    Happening,
    Published,
    Recognised,
    Requested,
    Turned,
)
from services.notifier.projections import around, interest, knowledge, pending
from services.notifier.projections.looking.following import following
from services.notifier.projections.looking.nudging import nudgeable
from services.notifier.projections.looking.sharing import sharing
from services.notifier.projections.looking.weeks import week
from shared import clock
from shared.eventlog.log import Transaction


class Knowing:
    """Reads as much as the rules want to know, with `sources` of the operator's."""

    def __init__(self, rules: Rules, sources: Collection[Source] = ()) -> None:
        self._rules = rules
        self._sources = sources

    async def of_activity(self, transaction: Transaction, run: Sequence[Happening]) -> Known:
        """Only the first of a run may have to be announced, or be about a request."""
        now = await knowledge.clock(transaction)
        latest = max(each.at for each in run) if now.mode == "events" else now.now
        telling = [each for each in run if each.tells is not None]
        tells = [each.tells for each in telling]
        named = [it.stream for it in tells if isinstance(it, Drafted)]
        due = await pending.due_drafts(transaction, latest)
        published = {it.piece.piece for it in tells if isinstance(it, Published)}
        named_acts = {it.act for it in tells if isinstance(it, Published | AuthorFollowed)}
        named_acts |= {it.act.act for it in tells if isinstance(it, acts.Recorded)}
        names = {each.member for each in telling}
        known = Known(
            clock=now,
            members=await knowledge.members(transaction, names),
            drafts=await pending.drafts(transaction, {*named, *due}),
            pieces=await knowledge.pieces(transaction, published),
            void=await knowledge.void(transaction, named_acts),
            recorded={*await transaction.known([each.key for each in telling])},
            seen=await knowledge.seen(transaction, names),
        )
        first = run[0]
        if (stream := cutting.request_of(first)) is not None:
            by = {it.asked.request.by for it in tells if isinstance(it, Requested)}
            await self.add_requests(transaction, known, [stream], now.now or first.at, by)
        if (
            isinstance(first.tells, Published)
            and cutting.announces(first)
            and not await knowledge.taken_back(transaction, first.member, first.tells.done.act)
        ):
            on = clock.not_before(now, first.at).date()
            known.listeners = await interest.listeners(
                transaction, first.tells.piece, on, self._rules
            )
        return known

    async def of_moves(self, transaction: Transaction, moves: Sequence[Move | Foretold]) -> Known:
        names = {move.member for move in moves}
        open_drafts = await pending.open_drafts(transaction, names)
        keys = [it.key for it in moves if isinstance(it, Foretold)]
        return Known(
            clock=await knowledge.clock(transaction),
            members=await knowledge.members(transaction, names),
            drafts=await pending.drafts(transaction, open_drafts),
            recorded={*await transaction.known(keys)},
            warned=await knowledge.warned(transaction, names),
        )

    async def of_turns(self, transaction: Transaction, turned: Sequence[Turned]) -> Known:
        return Known(
            clock=await knowledge.clock(transaction),
            quiet=await around.quiet(transaction, {each.member for each in turned}),
            recorded={*await transaction.known([each.key for each in turned])},
        )

    async def of_recognitions(
        self, transaction: Transaction, recognised: Sequence[Recognised]
    ) -> Known:
        return Known(
            clock=await knowledge.clock(transaction),
            members=await knowledge.members(transaction, {each.member for each in recognised}),
        )

    async def of_draft(
        self, transaction: Transaction, stream: str, names: Collection[str] = ()
    ) -> Known:
        return Known(
            clock=await knowledge.clock(transaction),
            members=await knowledge.members(transaction, names) if names else {},
            drafts=await pending.drafts(transaction, [stream]),
        )

    async def of_what_is_due(self, transaction: Transaction, now: datetime) -> Known:
        due = await pending.due_drafts(transaction, now)
        return Known(
            clock=await knowledge.clock(transaction),
            members=await knowledge.members(transaction, ()),
            drafts=await pending.drafts(transaction, due),
        )

    async def on(self, transaction: Transaction, occasion: Occasion) -> Known:
        """Return what is seen when the notifier looks around, and what is due by then."""
        known = await self.of_what_is_due(transaction, occasion.at)
        known.around = await self._around(transaction, occasion)
        if occasion.every == "day":
            late = await pending.late_drafts(transaction, occasion.at)
            known.drafts |= await pending.drafts(transaction, late)
        return known

    async def _around(self, transaction: Transaction, occasion: Occasion) -> Around:
        now, rules = occasion.at, self._rules
        if occasion.every == "month":
            return Around()
        if occasion.every == "week":
            return Around(week=await week(transaction, now, rules))
        return Around(
            sharing=await sharing(transaction, now, rules),
            following=await following(transaction, self._sources, now, rules),
            nudgeable=await nudgeable(transaction, now, rules),
            sources=self._sources,
        )

    async def among_engaged(self, transaction: Transaction, occasion: Occasion) -> Known:
        """Return what has to be known to bring people together, or to look after them."""
        rules, at = self._rules.engaged, occasion.at
        known = Known(
            clock=await knowledge.clock(transaction),
            members=await knowledge.members(transaction, ()),
        )
        if occasion.every == "month":
            known.engaged = await around.engaged(transaction, self._rules, at)
            known.groups = await around.groups(transaction, self._rules.interest, at)
            known.circles = await around.circles(
                transaction, rules.circles.apart_months, occasion.on
            )
        elif occasion.every == "day":
            known.concerns = await around.concerns(transaction, rules.care, at)
            concerned = {who for it in known.concerns for who in (it.member, it.sponsor)}
            known.members = await knowledge.members(transaction, concerned)
        return known

    async def add_requests(
        self,
        transaction: Transaction,
        known: Known,
        streams: Sequence[str],
        now: datetime,
        by: Collection[str] = (),
    ) -> None:
        """Add these requests, who may be asked, and who hears what came of it: whoever made them,
        and `by`.
        """
        if not streams:
            return
        known.requests = await pending.requests(transaction, streams)
        known.engaged = await around.engaged(transaction, self._rules, now)
        made_by = {it.opened.request.by for it in known.requests.values() if it.opened}
        known.members |= await knowledge.members(transaction, {*made_by, *by})
