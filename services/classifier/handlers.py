"""What a batch makes of the journeys it touches, and all that is said about it, in order.

Pure: the stream brings what it has loaded, and writes down what comes out. Members depend on the
clock and not on each other, so each is followed through the batch alone; then everything is put
in the order of the log: an entry, what is said of it, the next entry.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

from services.classifier.domain import clock
from services.classifier.domain.activities import Activity, ActivityRecorded
from services.classifier.domain.announcements import Announcement
from services.classifier.domain.announcing import announce, has_news, needs_past
from services.classifier.domain.clock import ClockAdvanced, Mode
from services.classifier.domain.journey import (
    Journey,
    advance,
    evolve,
    forgetting,
    reaches,
    record,
    refold,
    undone,
)
from services.classifier.domain.regimes import Policies
from services.classifier.domain.retractions import RETRACT, Retractable
from shared.eventlog.entries import Entry


class Heard(NamedTuple):
    """An activity as the log records it, and as the journey reads it."""

    recorded: ActivityRecorded
    activity: Activity


class Moment(NamedTuple):
    """A place in the order of the log, and the clock there. Without `heard` it is the clock's."""

    now: int
    heard: Heard | None = None


class Tick(NamedTuple):
    """A moment of the clock's own, or the one at which a policy was `adopted`."""

    now: int
    place: int
    adopted: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """Moments in order. `ticks` are those of the clock whose effects are felt on the way, and
    `members` the places of each member's own activities.
    """

    moments: Sequence[Moment]
    ticks: Sequence[Tick]
    members: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, moments: Sequence[Moment]) -> Self:
        ticks = []
        members = defaultdict(list)
        for place, (now, heard) in enumerate(moments):
            if heard is None:
                ticks.append(Tick(now, place))
            elif not heard.activity.member.startswith("_"):
                members[heard.activity.member].append(place)
        return cls(moments, ticks, members)

    def retractions_of(self, member: str) -> list[Activity]:
        heard = (self.moments[place].heard for place in self.members.get(member, ()))
        return [each.activity for each in heard if each and each.activity.kind == RETRACT]

    def ending_with(self, tick: Tick) -> Self:
        """Return the start of this course up to a tick, whose effects are left to a review."""
        start = self.of(self.moments[: tick.place + 1])
        return replace(start, ticks=start.ticks[:-1])


class Saying(NamedTuple):
    """Something to be said after the entry at `place`."""

    place: int
    member: str
    said: Announcement


class Followed(NamedTuple):
    """Who was folded again from the log needs another snapshot than the last."""

    journey: Journey
    sayings: Sequence[Saying]
    folded: bool = False


def timeline(
    heard: Iterable[Heard], mode: Mode, now: int | None, policies: Policies
) -> list[Moment]:
    """Put the clock's own entries between the activities that move it.

    Only where the clock is `events` do they; it says so before the first entry of a new date and
    before one that closes a day, since nobody can be due in between.
    """
    moments = []
    moves = mode == "events" or now is None
    instant = -1 if now is None else now
    until = -1 if now is None else next_date_or_closing(now, policies)
    for each in heard:
        at = each.activity.at
        if moves and at > instant:
            if at >= until:
                moments.append(Moment(at))
                until = next_date_or_closing(at, policies)
            instant = at
        moments.append(Moment(instant, each))
    return moments


def next_date_or_closing(now: int, policies: Policies) -> int:
    """Return the first instant after `now` that is of another date, or closes a day."""
    open_day = policies.span_at(now).closed + 1
    tomorrow = clock.begins(clock.day_of(now) + 1)
    return min(tomorrow, policies.closes(open_day))


def follow(
    journey: Journey,
    course: Course,
    policies: Policies,
    past: Iterable[Activity] | None,
    retractable: Iterable[Activity] = (),
) -> Followed | None:
    """Lead one member through the course. None where the `past`, all that was recorded of them
    before, is needed to go on. Of that, `retractable` has at least what the course's retractions
    speak of.
    """
    moments, ticks = course.moments, course.ticks
    known = None if past is None else list(past)
    minding = Retractable(retractable)
    usual, sayings = policies, list[Saying]()
    for place in (*course.members.get(journey.member, ()), len(moments)):
        while (tick := _next_due(journey, ticks)) is not None and tick.place < place:
            journey = advance(journey, policies, tick.now)
            if known is None and needs_past(journey, policies, tick.now):
                return None
            for said in announce(journey, policies, known or (), tick.now, adopted=tick.adopted):
                sayings.append(Saying(tick.place, journey.member, said))
                journey = evolve(journey, said)
        if place == len(moments):
            break
        now, heard = moments[place]
        assert heard is not None  # noqa: S101 - it is one of the member's places
        happened = heard.activity
        undoing = undone(journey, minding, happened)
        minding.add(happened)
        if known is not None:
            known.append(happened)
        if reaches(journey, policies, happened, undoing):
            journey = record(journey, policies, happened, now, undoing)
        elif known is None:
            return None
        else:
            # Whoever is folded again once stays whole, so that what else comes late finds it all.
            policies = usual.unforgetting()
            journey = refold(journey, policies, known, now)
        if has_news(journey, policies, now):
            if known is None and needs_past(journey, policies, now):
                return None
            for said in announce(journey, policies, known or (), now, happened):
                sayings.append(Saying(place, journey.member, said))
                journey = evolve(journey, said)
    if policies is usual:
        return Followed(journey, sayings)
    return Followed(forgetting(journey, usual, moments[-1].now), sayings, folded=True)


def _next_due(journey: Journey, ticks: Sequence[Tick]) -> Tick | None:
    """Return the first tick at which the journey is due. Those that are over it is not due at."""
    found = bisect_left(ticks, (journey.due,))
    return ticks[found] if found < len(ticks) else None


def entries(course: Course, sayings: Iterable[Saying]) -> list[Entry]:
    """Return what goes into the log: each moment and then what is said of it."""
    after: dict[int, list[Saying]] = defaultdict(list)
    for saying in sayings:
        after[saying.place].append(saying)
    written = []
    for place, (now, heard) in enumerate(course.moments):
        if heard is None:
            written.append(Entry(clock.STREAM, ClockAdvanced(at=now)))
        else:
            activity = heard.activity
            written.append(Entry(activity.member, heard.recorded, activity.key))
        if place in after:
            written += said_in_order(after[place])
    return written


def said_in_order(sayings: Iterable[Saying]) -> list[Entry]:
    """Return what is said at one moment, by member: when they were due depends on when they were
    looked at last, and the log is to depend on nothing but itself.
    """
    ordered = sorted(sayings, key=lambda saying: saying.member)
    return [Entry(saying.member, saying.said) for saying in ordered]
