"""A batch is one transaction: what has to be known is read in a few questions, the handlers decide,
and what they say is appended and projected.
"""

from collections.abc import Sequence
from datetime import datetime

from services.notifier import handlers
from services.notifier.domain import audience
from services.notifier.domain.known import Known
from services.notifier.domain.notices import Rules
from services.notifier.projections import knowledge, tables
from services.notifier.stream.reading import Heard
from shared.contracts.activity import Follow, Happened, Publish
from shared.contracts.recognitions import RecognitionGranted
from shared.contracts.zones import ZoneChanged
from shared.eventlog.log import Transaction


class Notifying:
    """Decides by `rules` what is said of what was heard."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    async def take(self, transaction: Transaction, heard: Sequence[Heard | None]) -> int:
        """Take a whole batch of one stream. What is None concerns nobody yet."""
        match next((each for each in heard if each is not None), None):
            case Happened():
                await self._hear(transaction, [it for it in heard if isinstance(it, Happened)])
            case ZoneChanged():
                await self._move(transaction, [it for it in heard if isinstance(it, ZoneChanged)])
            case RecognitionGranted():
                granted = [it for it in heard if isinstance(it, RecognitionGranted)]
                await self._recognise(transaction, granted)
            case None:
                pass
        return len(heard)

    async def _hear(self, transaction: Transaction, heard: Sequence[Happened]) -> None:
        """Run by run, since who hears of a piece depends on all before."""
        for run in handlers.runs(heard):
            known = await self._known(transaction, run)
            before = known.clock
            await tables.write(transaction, handlers.hear(known, run, self._rules))
            if known.clock != before and known.clock.now:
                await knowledge.save_clock(transaction, known.clock.now)

    async def _move(self, transaction: Transaction, changes: Sequence[ZoneChanged]) -> None:
        names = {change.subject for change in changes}
        now = await knowledge.clock(transaction)
        open_drafts = await knowledge.open_drafts(transaction, names)
        known = Known(
            clock=now,
            members=await knowledge.members(transaction, names),
            drafts=await knowledge.drafts(transaction, open_drafts),
        )
        await tables.write(transaction, handlers.move(known, changes, self._rules))

    async def _recognise(
        self, transaction: Transaction, granted: Sequence[RecognitionGranted]
    ) -> None:
        known = Known(
            clock=await knowledge.clock(transaction),
            members=await knowledge.members(transaction, {each.subject for each in granted}),
        )
        await tables.write(transaction, handlers.recognise(known, granted, self._rules))

    async def advance(self, transaction: Transaction, now: datetime) -> None:
        """Let it be `now`, and say what is due."""
        known = await self._at(transaction, now)
        await tables.write(transaction, handlers.advance(known, now, self._rules))

    async def acknowledge(
        self, transaction: Transaction, stream: str, by: str | None, now: datetime
    ) -> bool:
        """Return whether that changed anything."""
        known = Known(
            clock=await knowledge.clock(transaction),
            drafts=await knowledge.drafts(transaction, [stream]),
        )
        entries = handlers.acknowledge(known, stream, by, now)
        await tables.write(transaction, entries)
        return bool(entries)

    async def _at(self, transaction: Transaction, now: datetime) -> Known:
        due = await knowledge.due_drafts(transaction, now)
        return Known(
            clock=await knowledge.clock(transaction),
            members=await knowledge.members(transaction, ()),
            drafts=await knowledge.drafts(transaction, due),
        )

    async def _known(self, transaction: Transaction, run: Sequence[Happened]) -> Known:
        now = await knowledge.clock(transaction)
        latest = max(event.time for event in run) if now.mode == "events" else now.now
        named = [handlers.draft_of(it) for it in run if isinstance(it, handlers.DraftEvent)]
        due = await knowledge.due_drafts(transaction, latest)
        published = {handlers.piece_of(it) for it in run if isinstance(it, Publish)}
        acts = {handlers.act_of(it) for it in run if isinstance(it, Publish | Follow)}
        known = Known(
            clock=now,
            members=await knowledge.members(transaction, {event.subject for event in run}),
            drafts=await knowledge.drafts(transaction, {*named, *due}),
            pieces=await knowledge.pieces(transaction, published),
            void=await knowledge.void(transaction, acts),
            recorded={*await transaction.known([event.key for event in run])},
        )
        if isinstance(first := run[0], Publish) and not first.historical:
            topics = [audience.topic_of(topic) for topic in first.data.topics]
            known.listeners = await knowledge.listeners(
                transaction, first.subject, topics, first.time, self._rules
            )
        return known
