"""What a batch makes of the journeys it touches, and all that is said about it, in order.

Pure: the stream brings what it has loaded, and writes down what comes out. Members depend on the
clock and not on each other, so each is followed through the batch alone; then everything is put
in the order of the log: an entry, what is said of it, the next entry.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple, Self

from services.classifier.domain import clock
from services.classifier.domain.activities import Activity, ActivityRecorded
from services.classifier.domain.announcing import Announcement, announce, changes_zone, has_news
from services.classifier.domain.clock import ClockAdvanced, Mode
from services.classifier.domain.journey import (
    Journey,
    advance,
    evolve,
    reaches,
    record,
    refold,
)
from services.classifier.domain.policy import Policy
from shared.eventlog.entries import Entry


@dataclass(frozen=True, slots=True)
class Heard:
    """An activity as the log records it, and as the journey reads it."""

    recorded: ActivityRecorded
    activity: Activity


@dataclass(frozen=True, slots=True)
class Moment:
    """A place in the order of the log, and the clock there. Without `heard` it is the clock's."""

    now: int
    heard: Heard | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """Moments in order. `ticks` are the places of the clock whose effects are felt on the way, and
    `members` the places of each member's own activities.
    """

    moments: Sequence[Moment]
    ticks: Sequence[int]
    members: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, moments: Sequence[Moment]) -> Self:
        ticks = []
        members = defaultdict(list)
        for place, moment in enumerate(moments):
            if moment.heard is None:
                ticks.append(place)
            elif not moment.heard.activity.member.startswith("_"):
                members[moment.heard.activity.member].append(place)
        return cls(moments, ticks, members)

    def ending_with(self, tick: int) -> Self:
        """Return the start of this course up to a tick, whose effects are left to a review."""
        start = self.of(self.moments[: tick + 1])
        return replace(start, ticks=start.ticks[:-1])

    @property
    def last_tick(self) -> int | None:
        """The instant up to which whoever is due is reviewed on the way."""
        return self.moments[self.ticks[-1]].now if self.ticks else None


class Saying(NamedTuple):
    """Something to be said after the entry at `place`, by order of when they were due."""

    place: int
    due: int
    member: str
    said: Announcement


class Followed(NamedTuple):
    journey: Journey
    sayings: Sequence[Saying]


def timeline(heard: Iterable[Heard], mode: Mode, now: int | None, policy: Policy) -> list[Moment]:
    """Put the clock's own entries between the activities that move it.

    Only where the clock is `events` do they; it says so before the first entry of a new date and
    before one that closes a day, since nothing else can be due in between.
    """
    moments = []
    for each in heard:
        at = each.activity.at
        if now is None or (mode == "events" and at > now):
            if now is None or opens_or_closes_a_day(now, at, policy):
                moments.append(Moment(at))
            now = at
        moments.append(Moment(now, each))
    return moments


def opens_or_closes_a_day(now: int, then: int, policy: Policy) -> bool:
    settle = policy.settle_minutes
    return clock.day_of(then) != clock.day_of(now) or clock.closed_through(
        then, settle
    ) != clock.closed_through(now, settle)


def follow(
    journey: Journey, course: Course, policy: Policy, past: Iterable[Activity] | None
) -> Followed | None:
    """Lead one member through the course. None where the `past`, all that was recorded of them
    before, is needed to go on.
    """
    moments, ticks = course.moments, course.ticks
    end = len(moments)
    known = None if past is None else list(past)
    sayings: list[Saying] = []
    next_tick = 0
    for place in (*course.members.get(journey.member, ()), end):
        while (tick := _due_at(journey, moments, ticks, next_tick)) < place:
            now, due, next_tick = moments[tick].now, journey.due, bisect_left(ticks, tick) + 1
            journey = advance(journey, policy, now)
            if changes_zone(journey) and known is None:
                return None
            for said in announce(journey, policy, known or (), now):
                sayings.append(Saying(tick, due, journey.member, said))
                journey = evolve(journey, said)
        if place == end:
            break
        now, heard = moments[place].now, moments[place].heard
        assert heard is not None  # noqa: S101 - it is one of the member's places
        happened = heard.activity
        if known is not None:
            known.append(happened)
        if reaches(journey, policy, happened):
            journey = record(journey, policy, happened, now)
        elif known is None:
            return None
        else:
            journey = refold(journey, policy, known, now)
        if has_news(journey):
            if known is None and changes_zone(journey):
                return None
            for said in announce(journey, policy, known or (), now, happened):
                sayings.append(Saying(place, now, journey.member, said))
                journey = evolve(journey, said)
    return Followed(journey, sayings)


def _due_at(journey: Journey, moments: Sequence[Moment], ticks: Sequence[int], after: int) -> int:
    """Return the place of the next tick that the journey is due at, or the end."""
    found = bisect_left(ticks, journey.due, lo=after, key=lambda place: moments[place].now)
    return ticks[found] if found < len(ticks) else len(moments)


def entries(course: Course, sayings: Iterable[Saying]) -> list[Entry]:
    """Return what goes into the log: each moment and then what is said of it."""
    after: dict[int, list[Saying]] = defaultdict(list)
    for saying in sayings:
        after[saying.place].append(saying)
    return list(
        chain.from_iterable(
            (_entry(moment), *said_in_order(after.get(place, ())))
            for place, moment in enumerate(course.moments)
        )
    )


def said_in_order(sayings: Iterable[Saying]) -> list[Entry]:
    """Return what is said at one moment: who was due first speaks first."""
    ordered = sorted(sayings, key=lambda saying: (saying.due, saying.member))
    return [Entry(saying.member, saying.said) for saying in ordered]


def _entry(moment: Moment) -> Entry:
    if moment.heard is None:
        return Entry(clock.STREAM, ClockAdvanced(at=moment.now))
    activity = moment.heard.activity
    return Entry(activity.member, moment.heard.recorded, activity.key)
