"""The desk at which a batch is decided: what is known as it becomes, and what is to be appended."""

from collections.abc import Iterable
from datetime import datetime

from services.notifier.domain import drafts, duty, notices, requests
from services.notifier.domain.audience import besides
from services.notifier.domain.drafts import Draft
from services.notifier.domain.known import Known
from services.notifier.domain.notices import Notice
from services.notifier.domain.requests import Asking
from services.notifier.domain.rules import Rules
from shared import clock
from shared.contracts.notices import notice_id
from shared.eventlog.entries import Entry


class Desk:
    """Timers are of the drafts and requests that are known, by stream."""

    def __init__(self, known: Known, rules: Rules) -> None:
        self.known = known
        self.rules = rules
        self.entries: list[Entry] = []
        self._timers: dict[str, datetime] = {}
        for stream, draft in known.drafts.items():
            self._set_timer(stream, drafts.next_at(draft))
        for stream, asking in known.requests.items():
            self._set_timer(stream, requests.next_at(asking))

    def not_before(self, at: datetime) -> datetime:
        """Return when something is decided that happened `at`."""
        return clock.not_before(self.known.clock, at)

    def append(self, stream: str, events: Iterable[object], key: str | None = None) -> None:
        """The first of what comes of an event has its key: the log takes it only once."""
        for event in events:
            self.entries.append(Entry(stream, event, key))
            if key:
                self.known.recorded.add(key)
            key = None

    def say(self, said: Iterable[Notice]) -> None:
        """Nothing is said twice."""
        for notice in said:
            number = notice_id(notice.cause, notice.kind, notice.recipient)
            if number in self.known.recorded:
                continue
            self.known.recorded.add(number)
            self.entries.append(Entry(notices.stream(notice.recipient), notice, number))

    def keep_draft(self, stream: str, draft: Draft) -> None:
        self.known.drafts[stream] = draft
        self._set_timer(stream, drafts.next_at(draft))

    def keep_request(self, stream: str, asking: Asking) -> None:
        self.known.requests[stream] = asking
        self._set_timer(stream, requests.next_at(asking))

    def due(self, now: datetime) -> list[str]:
        """Return the streams whose timers have run out, in the order of the timers."""
        due = sorted((at, stream) for stream, at in self._timers.items() if at <= now)
        return [stream for _, stream in due]

    def on_duty(self, author: str, now: datetime) -> tuple[str, ...]:
        """Return the editors on duty who may take up what an author wrote."""
        return duty.on_duty(besides(author, self.known.members), self.rules.hours, now)

    def _set_timer(self, stream: str, at: datetime | None) -> None:
        self._timers.pop(stream, None)
        if at is not None:
            self._timers[stream] = at
