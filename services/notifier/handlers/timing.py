"""Time passes: what is due is said, and what was held until now is decided anew."""

from datetime import datetime
from typing import NamedTuple

from services.notifier.domain import alerts, audience, requests
from services.notifier.domain.known import Known
from services.notifier.domain.rules import Rules
from services.notifier.handlers import drafting, requesting
from services.notifier.handlers.desk import Desk
from shared import clock
from shared.clock import Clock, ClockAdvanced
from shared.eventlog.entries import Entry


class TimePassed(NamedTuple):
    """Not for the log: here what was held until now is decided anew. `told`: the log tells of this
    time already.
    """

    now: datetime
    told: bool


def advance(known: Known, now: datetime, rules: Rules) -> list[Entry]:
    """Return what is said because it is `now`."""
    desk = Desk(known, rules)
    now = desk.not_before(now)
    tell_time(desk, now)
    look_at_timers(desk)
    _release(desk, now, told=True)
    return desk.entries


def let_pass(desk: Desk, at: datetime) -> None:
    """Move the clock as far as something that happened `at` implies."""
    then = desk.known.clock
    if at == then.now:  # as far as an occasion has brought it
        _release(desk, at, told=True)
    if not clock.moves(then, at):
        return
    told = clock.is_told(then.now, at) or bool(desk.due(at))
    if told:
        tell_time(desk, at)
        look_at_timers(desk)
    desk.known.clock = Clock(mode=then.mode, now=at)
    _release(desk, at, told=told)


def tell_time(desk: Desk, now: datetime) -> None:
    desk.append(clock.STREAM, [ClockAdvanced(at=now)])
    desk.known.clock = Clock(mode=desk.known.clock.mode, now=now)


def look_at_timers(desk: Desk) -> None:
    """Say of every draft and request whose timer has run out what is due."""
    now = desk.known.clock.now
    if now is None:
        return
    for stream in desk.due(now):
        if stream in desk.known.requests:
            requesting.take(desk, stream, requests.LetTimePass(), now)
            continue
        alert = desk.known.draft(stream).alert
        assert alert  # noqa: S101 - it has a timer
        others = audience.besides(alert.member, desk.known.members)
        passed = alerts.LetTimePass(
            to=desk.on_duty(alert.member, now), escalate_to=audience.escalation(others), now=now
        )
        drafting.decide(desk, stream, passed)


def _release(desk: Desk, now: datetime, *, told: bool) -> None:
    """Have what was held until now decided anew. Promises go first."""
    desk.append(clock.STREAM, [TimePassed(now=now, told=told)])
