"""On the way into the log every notice is sent, held or dropped, by what is known of its recipient;
and what was held comes to its moment, unless it is over.

Whatever an entry changes of this is known to the one after it. Whether something is over the tables
tell, once all that comes before is written down.
"""

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from services.notifier.domain import hours, notices, over, respect
from services.notifier.domain.audience import MemberDescribed, MemberMoved
from services.notifier.domain.notices import Notice, NoticeSent
from services.notifier.domain.reach import Reach
from services.notifier.domain.respect import Learnt, NoticeHeld, Outcome, Over, Regard
from services.notifier.domain.rules import Rules
from services.notifier.handlers.timing import TimePassed
from services.notifier.projections import knowledge, regards, tables
from services.notifier.projections.grounds import grounds
from shared import clock
from shared.clock import ClockAdvanced
from shared.eventlog.log import Entry, Transaction


async def settle(
    transaction: Transaction, entries: Sequence[Entry], rules: Rules, now: datetime | None
) -> None:
    """Write down what comes of entries: of each notice whether it is sent, and over those channels
    that lead to its recipient. `now` is given where it is later than what is said.
    """
    passed = [it.event.now for it in entries if isinstance(it.event, TimePassed)]
    said = [it.event for it in entries if isinstance(it.event, Notice)]
    moments = [*passed, *(notice.at for notice in said)]
    if not moments:
        await tables.write(transaction, entries)
        return
    known = await regards.regards(
        transaction,
        {notice.recipient for notice in said},
        due=max(passed, default=None),
        week=hours.week(min(moments), hours.zone(rules.rhythm.timezone)),
    )
    keys = [it.key for it in entries if isinstance(it.event, Notice) and it.key]
    recorded = await transaction.known(keys)
    desk = _Settling(transaction, known, rules, now)
    await desk.settle(it for it in entries if it.key not in recorded)


class _Settling:
    """What is known of each recipient as it becomes, and what is to be appended."""

    def __init__(
        self, transaction: Transaction, known: dict[str, Regard], rules: Rules, now: datetime | None
    ) -> None:
        self._transaction = transaction
        self._known = known
        self._rules = rules
        self._now = now
        self._waiting = [
            (held.until, who) for who, regard in known.items() for held in regard.held.values()
        ]
        heapq.heapify(self._waiting)
        self._entries: list[Entry] = []

    async def settle(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            match entry.event:
                case Notice() as notice if entry.key:
                    await self._tell(entry.key, notice)
                case TimePassed() as passed:
                    await self._release(passed)
                case MemberDescribed() | MemberMoved() as changed:
                    self._entries.append(entry)
                    self._learn(entry.stream, changed)
                case _:
                    self._entries.append(entry)
        await self._write()

    async def _tell(self, id: str, notice: Notice) -> None:
        now = max(notice.at, self._now) if self._now else notice.at
        ends = {id: notice} if notice.kind in over.ENDINGS else {}
        gone = await self._over(ends, now)
        outcome = respect.tell(id, notice, self._known[notice.recipient], self._rules, now, gone)
        self._append(outcome, id)

    async def _release(self, passed: TimePassed) -> None:
        """Whoever has waited longest is first."""
        told, now = passed.told, passed.now
        regarded = [self._known[who] for who in self._due(now)]
        gone = await self._over({it.id: it.notice for who in regarded for it in who.due(now)}, now)
        for regard in regarded:
            for outcome in [*respect.release(regard, self._rules, now, gone)]:
                if not told:
                    self._entries.append(Entry(clock.STREAM, ClockAdvanced(at=now)))
                    told = True
                key = f"{outcome.id}/sent" if isinstance(outcome, NoticeSent) else None
                self._append(outcome, key)

    async def _over(self, asked: Mapping[str, Notice], now: datetime) -> Over:
        """Return which of these notices are over."""
        if not asked:
            return frozenset()
        await self._write()
        known = await grounds(self._transaction, asked.values(), self._rules, now)
        return {number for number, notice in asked.items() if over.is_over(notice, known)}

    def _due(self, now: datetime) -> Collection[str]:
        due: dict[str, None] = {}
        while self._waiting and self._waiting[0][0] <= now:
            _, who = heapq.heappop(self._waiting)
            due[who] = None
        return due

    def _append(self, outcome: Outcome, key: str | None) -> None:
        who = outcome.notice.recipient
        self._entries.append(Entry(notices.stream(who), outcome, key))
        self._learn(who, outcome)
        if isinstance(outcome, NoticeHeld):
            heapq.heappush(self._waiting, (outcome.until, who))

    def _learn(self, who: str, event: Learnt) -> None:
        if who in self._known:
            self._known[who] = respect.evolve(self._known[who], event)

    async def _write(self) -> None:
        """Write down what has come of the entries so far."""
        entries, self._entries = self._entries, []
        told = [it.event for it in entries if isinstance(it.event, NoticeSent)]
        if told:
            entries = _reaching(entries, await knowledge.reach(self._transaction, told))
        await tables.write(self._transaction, entries)


def _reaching(entries: Iterable[Entry], reach: Reach) -> list[Entry]:
    """Return entries with every notice on those of its channels that lead to its recipient."""
    return [
        entry._replace(event=reach.of(entry.event))
        if isinstance(entry.event, NoticeSent)
        else entry
        for entry in entries
    ]
