"""Between what has been decided to say and its being said: people are left in peace.

A notice is sent, held until a certain moment, or dropped, and the log has which and why. What is
held is decided anew when its moment has come; what is sent to somebody at one moment is told
together, as a digest. Nothing here looks at a clock: the moment comes with the question.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Literal, TypeAlias, assert_never
from zoneinfo import ZoneInfo

from services.notifier.domain import hours
from services.notifier.domain.audience import (
    FIRST_ZONE,
    ORGANISATION,
    MemberDescribed,
    MemberMoved,
)
from services.notifier.domain.hours import Quiet
from services.notifier.domain.kinds import CONFIDENTIAL
from services.notifier.domain.manners import Preferences
from services.notifier.domain.notices import Notice, NoticeSent
from services.notifier.domain.rules import Rules

Reason: TypeAlias = Literal["quiet_hours", "digest", "budget"]
Hindrance: TypeAlias = Literal["departed", "paused", "switched_off", "not_wanted", "budget", "over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeHeld:
    """Until then nobody is told; then it is decided anew."""

    id: str
    notice: Notice
    until: datetime
    why: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDropped:
    """Nobody will be told."""

    id: str
    notice: Notice
    why: Hindrance
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesSet:
    """All that a member wants otherwise than the rules have it, from now on."""

    preferences: Preferences
    at: datetime


Outcome: TypeAlias = NoticeSent | NoticeHeld | NoticeDropped
Event: TypeAlias = NoticeHeld | NoticeDropped | PreferencesSet
Learnt: TypeAlias = Outcome | PreferencesSet | MemberDescribed | MemberMoved
Over: TypeAlias = AbstractSet[str]
"""The ids of notices that are over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regard:
    """What is to be regarded of a recipient. `spent` is how often they were told what is counted,
    by ISO week; `held` are notices in the order in which they were decided.
    """

    who: str
    status: str | None = None
    timezone: str | None = None
    zone: str | None = FIRST_ZONE
    preferences: Preferences = field(default_factory=Preferences)
    spent: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    held: Mapping[str, NoticeHeld] = field(default_factory=lambda: MappingProxyType({}))

    def clock(self, rules: Rules) -> ZoneInfo:
        return hours.zone(self.timezone, rules.rhythm.timezone)

    def quiet(self, rules: Rules) -> Quiet | None:
        """The organisation itself sleeps only where it says so, and has attention for all."""
        own = self.preferences.quiet
        return own if own or self.who == ORGANISATION else rules.manners.quiet

    def due(self, now: datetime) -> list[NoticeHeld]:
        return [it for it in self.held.values() if it.until <= now]

    def room(self, rules: Rules, week: str) -> bool:
        """Say whether they may be told something more in a week."""
        most = rules.manners.budget.get(self.zone or FIRST_ZONE)
        return most is None or self.who == ORGANISATION or self.spent.get(week, 0) < most

    def in_peace(self, notice: Notice, rules: Rules, at: datetime) -> datetime:
        """Return the first moment from `at` on at which a notice does not disturb them."""
        return at if rules.manners.of(notice.kind).urgent else _awake(at, self, rules)


def evolve(
    regard: Regard, event: Outcome | PreferencesSet | MemberDescribed | MemberMoved
) -> Regard:
    match event:
        case NoticeHeld():
            return replace(regard, held={**regard.held, event.id: event})
        case NoticeDropped():
            return replace(regard, held=_without(regard.held, event.id))
        case NoticeSent():
            spent = regard.spent
            if event.counts:
                spent = {**spent, event.week or "": spent.get(event.week or "", 0) + 1}
            return replace(regard, spent=spent, held=_without(regard.held, event.id))
        case PreferencesSet():
            return replace(regard, preferences=event.preferences)
        case MemberDescribed(field="status" | "timezone" as name, value=value):
            said = value[0] if value else None
            return (
                replace(regard, status=said) if name == "status" else replace(regard, timezone=said)
            )
        case MemberDescribed():
            return regard
        case MemberMoved():
            return replace(regard, zone=event.zone)
        case _:
            assert_never(event)


def tell(
    id: str, notice: Notice, regard: Regard, rules: Rules, now: datetime, over: Over = frozenset()
) -> Outcome:
    """Decide what becomes of a notice that has just been decided."""
    manner = rules.manners.of(notice.kind)
    if why := hindrance(notice, regard, rules, over=id in over):
        return NoticeDropped(id=id, notice=notice, why=why, at=now)
    if manner.urgent:
        return _sent(id, notice, rules, now)
    if regard.preferences.how(notice.kind, manner, at_once=notice.at_once) == "digest":
        until = _digest(notice.at, regard, rules)
        return NoticeHeld(id=id, notice=notice, until=until, why="digest")
    if (awake := _awake(now, regard, rules)) > now:
        return NoticeHeld(id=id, notice=notice, until=awake, why="quiet_hours")
    week = hours.week(now, hours.zone(rules.rhythm.timezone))
    if not manner.counted:
        return _sent(id, notice, rules, now)
    if regard.room(rules, week):
        return _sent(id, notice, rules, now, week=week)
    return _put_off(id, notice, regard, rules, now)


def release(
    regard: Regard, rules: Rules, now: datetime, over: Over = frozenset()
) -> Iterator[Outcome]:
    """Decide what becomes of what was held until now, which is told together."""
    wanted = []
    for it in regard.due(now):
        if why := hindrance(it.notice, regard, rules, over=it.id in over):
            yield NoticeDropped(id=it.id, notice=it.notice, why=why, at=now)
        else:
            wanted.append(it)
    if (awake := _awake(now, regard, rules)) > now:
        for it in wanted:
            yield NoticeHeld(id=it.id, notice=it.notice, until=awake, why="quiet_hours")
        return
    this_week = hours.week(now, hours.zone(rules.rhythm.timezone))
    counted = {it.id for it in wanted if rules.manners.of(it.notice.kind).counted}
    week = this_week if counted else None
    if counted and not regard.room(rules, this_week):
        for it in wanted:
            if it.id in counted:
                yield _put_off(it.id, it.notice, regard, rules, now)
        wanted, week = [it for it in wanted if it.id not in counted], None
    together = [it for it in wanted if it.notice.kind not in CONFIDENTIAL]
    digest = together[0].id if len(together) > 1 else None
    for it in wanted:
        alone = it.notice.kind in CONFIDENTIAL
        yield _sent(it.id, it.notice, rules, now, week=week, digest=None if alone else digest)


def hindrance(notice: Notice, regard: Regard, rules: Rules, *, over: bool) -> Hindrance | None:
    """Say why somebody is not to be told, by how things stand."""
    if regard.status == "departed":
        return "departed"
    if regard.status == "paused":
        return "paused"
    manner = rules.manners.of(notice.kind)
    if manner.how == "off":
        return "switched_off"
    how = regard.preferences.how(notice.kind, manner, at_once=notice.at_once)
    if how == "off":
        return "not_wanted"
    return "over" if over else None


def _sent(
    id: str,
    notice: Notice,
    rules: Rules,
    now: datetime,
    *,
    week: str | None = None,
    digest: str | None = None,
) -> NoticeSent:
    return NoticeSent(
        id=id,
        notice=notice,
        channels=rules.channels[notice.kind],
        at=now,
        week=week,
        digest=digest,
    )


def _put_off(
    id: str, notice: Notice, regard: Regard, rules: Rules, now: datetime
) -> NoticeHeld | NoticeDropped:
    """There is no room in this week: the next has some, unless that is too late."""
    later = hours.next_week(now, hours.zone(rules.rhythm.timezone))
    until = _digest(later, regard, rules)
    if until > notice.at + rules.manners.wait:
        return NoticeDropped(id=id, notice=notice, why="budget", at=now)
    return NoticeHeld(id=id, notice=notice, until=until, why="budget")


def _digest(at: datetime, regard: Regard, rules: Rules) -> datetime:
    """Return when a member is told together what there is: in their morning, or once they are up.
    What was decided at that very moment is told with it.
    """
    clock = regard.clock(rules)
    begins = hours.morning(at, rules.rhythm.morning, clock, regard.preferences.often)
    return _awake(begins, regard, rules)


def _awake(at: datetime, regard: Regard, rules: Rules) -> datetime:
    quiet = regard.quiet(rules)
    return at if quiet is None else quiet.over(at, regard.clock(rules))


def _without(held: Mapping[str, NoticeHeld], id: str) -> Mapping[str, NoticeHeld]:
    return {name: it for name, it in held.items() if name != id} if id in held else held
