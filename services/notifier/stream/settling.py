"""On the way into the log every notice is sent, held or dropped, by what is known of its recipient;
and what was held comes to its moment.

Whatever an entry changes of this is known to the one after it.
"""

import heapq
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from services.notifier.domain import hours, notices, respect
from services.notifier.domain.audience import MemberDescribed, MemberMoved
from services.notifier.domain.notices import Notice, NoticeSent, Rules
from services.notifier.domain.respect import Learnt, NoticeHeld, Outcome, Regard
from services.notifier.handlers import TimePassed
from services.notifier.projections import regards
from shared import clock
from shared.clock import ClockAdvanced
from shared.eventlog.log import Entry, Transaction


async def settle(
    transaction: Transaction, entries: Sequence[Entry], rules: Rules, now: datetime | None
) -> list[Entry]:
    """Return what the log gets. `now` is given where it is later than what is said."""
    passed = [it.event.now for it in entries if isinstance(it.event, TimePassed)]
    said = [it.event for it in entries if isinstance(it.event, Notice)]
    moments = [*passed, *(notice.at for notice in said)]
    if not moments:
        return list(entries)
    known = await regards.regards(
        transaction,
        {notice.recipient for notice in said},
        due=max(passed, default=None),
        week=hours.week(min(moments), hours.zone(rules.rhythm.timezone)),
    )
    keys = [it.key for it in entries if isinstance(it.event, Notice) and it.key]
    recorded = await transaction.known(keys)
    desk = _Settling(known, rules, now)
    desk.settle(it for it in entries if it.key not in recorded)
    return desk.entries


class _Settling:
    """What is known of each recipient as it becomes, and what is to be appended."""

    def __init__(self, known: dict[str, Regard], rules: Rules, now: datetime | None) -> None:
        self._known = known
        self._rules = rules
        self._now = now
        self._waiting = [
            (held.until, who) for who, regard in known.items() for held in regard.held.values()
        ]
        heapq.heapify(self._waiting)
        self.entries: list[Entry] = []

    def settle(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            match entry.event:
                case Notice() as notice if entry.key:
                    self._tell(entry.key, notice)
                case TimePassed() as passed:
                    self._release(passed)
                case MemberDescribed() | MemberMoved() as changed:
                    self.entries.append(entry)
                    self._learn(entry.stream, changed)
                case _:
                    self.entries.append(entry)

    def _tell(self, id: str, notice: Notice) -> None:
        now = max(notice.at, self._now) if self._now else notice.at
        outcome = respect.tell(id, notice, self._known[notice.recipient], self._rules, now)
        self._append(outcome, id)

    def _release(self, passed: TimePassed) -> None:
        """Whoever has waited longest is first."""
        told = passed.told
        for who in self._due(passed.now):
            for outcome in [*respect.release(self._known[who], self._rules, passed.now)]:
                if not told:
                    self.entries.append(Entry(clock.STREAM, ClockAdvanced(at=passed.now)))
                    told = True
                key = f"{outcome.id}/sent" if isinstance(outcome, NoticeSent) else None
                self._append(outcome, key)

    def _due(self, now: datetime) -> Collection[str]:
        due: dict[str, None] = {}
        while self._waiting and self._waiting[0][0] <= now:
            _, who = heapq.heappop(self._waiting)
            due[who] = None
        return due

    def _append(self, outcome: Outcome, key: str | None) -> None:
        who = outcome.notice.recipient
        self.entries.append(Entry(notices.stream(who), outcome, key))
        self._learn(who, outcome)
        if isinstance(outcome, NoticeHeld):
            heapq.heappush(self._waiting, (outcome.until, who))

    def _learn(self, who: str, event: Learnt) -> None:
        if who in self._known:
            self._known[who] = respect.evolve(self._known[who], event)
