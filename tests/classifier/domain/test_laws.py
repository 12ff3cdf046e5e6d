"""Whatever arrives, in whatever order and however the clock moves: decided as if recounted."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import reduce
from random import Random
from typing import Final, assert_never

import pytest
from hypothesis import strategies as st

from services.classifier.domain import journey
from services.classifier.domain.activities import Activity
from services.classifier.domain.announcements import (
    Announcement,
    DemotionAverted,
    DemotionForeseen,
    VitalityChanged,
    ZoneChanged,
    ZoneNeared,
)
from services.classifier.domain.clock import DAY, NEVER, day_of
from services.classifier.domain.eras import dated
from services.classifier.domain.facts import fold
from services.classifier.domain.journey import (
    Journey,
    advance,
    evolve,
    reaches,
    redecide,
    undo,
    undone,
)
from services.classifier.domain.policy import Policy
from services.classifier.domain.regimes import always
from services.classifier.domain.retractions import Retractable
from services.classifier.domain.snapshots import to_state
from services.classifier.domain.ways import cheapest
from services.classifier.domain.zones import ZONES
from tests.classifier.domain.law import law
from tests.classifier.domain.strategies import (
    SPAN,
    Log,
    adopted,
    happened,
    histories,
    lives,
    logs,
    policies,
    turns,
)
from tests.classifier.examples import DEFAULT, at, the_first
from tests.classifier.recount.announcements import Change, Near, Said, announcements
from tests.classifier.recount.days import recount
from tests.classifier.recount.record import Record
from tests.classifier.recount.warnings import Warned, demotion
from tests.classifier.teller import Teller

FAR: Final = 40 * DAY
"""How far ahead is looked where nothing is to happen."""


@pytest.fixture(autouse=True)
def _impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget early, so that the edge of what is kept is met often."""
    monkeypatch.setattr(journey, "LATENESS", 2)


def after(log: Log, policy: Policy) -> Teller:
    """Return a teller who has heard it all."""
    teller = Teller(policy)
    for now, entry in log:
        teller.apply(now, entry)
    return teller


def closed(teller: Teller, now: int) -> Journey:
    """Return the journey with every day decided that has closed, though nothing was due."""
    return redecide(teller.journey, teller.policies, now)


def record_of(teller: Teller) -> Record:
    return Record.of(teller.activities.values(), teller.adoptions)


def told(said: Iterable[Announcement]) -> tuple[Said, ...]:
    """Return announcements in the words of the recount."""
    return tuple(map(in_other_words, said))


def in_other_words(said: Announcement) -> Said:
    match said:
        case ZoneChanged():
            return Change(
                said.direction,
                said.to,
                said.effective_on,
                said.version,
                said.policy_version,
                said.supersedes,
                said.historical,
                said.cause_ids,
                said.by_policy,
            )
        case VitalityChanged():
            versions = (said.version, said.policy_version)
            on, historical = said.effective_on, said.historical
            return Change(None, said.vitality, on, *versions, None, historical)
        case DemotionForeseen():
            return Warned(said.zone, said.to, said.due_on)
        case DemotionAverted():
            return Warned(said.zone, said.to, said.due_on, cancelled=True)
        case ZoneNeared():
            return Near(said.next, said.minutes, said.steps)
        case _:
            assert_never(said)


def cheapest_way(record: Record, zone: str, day: date, minutes: int) -> Near | None:
    """Let the search find it: whether it is the cheapest, its own laws say."""
    facts, governing = fold(record.events), dated(record.adoptions)
    way = cheapest(facts, governing, ZONES.index(zone), day.toordinal(), within=minutes * 60)
    return None if way is None or way.beyond else Near(zone, way.minutes, way.steps)


def assert_recounted(teller: Teller, now: int) -> None:
    """Assert that every day of the member is as the recount has it."""
    trajectory = teller.journey.trajectory
    days = recount(record_of(teller), now)
    for on, expected in days.items():
        day = on.toordinal()
        standing = trajectory.standing_on(day)
        assert standing is not None
        assert (teller.journey.zone_on(day), trajectory.vitality_on(day)) == (
            expected.zone,
            expected.vitality,
        ), on
        if trajectory.settled_through >= day:
            failing = standing.failing_since
            assert expected.failing_days == (0 if failing is None else day - failing + 1), on
    enrolled_on = min(days, default=date.max).toordinal()
    assert trajectory.standing_on(enrolled_on - 1) is None


@law(histories(), st.randoms())
def test_what_happened_adds_up_in_any_order(drawn: list[Activity], chance: Random) -> None:
    """The facts depend on the set of activities, to the byte, and so do those learnt one by one."""
    shuffled = [*drawn]
    chance.shuffle(shuffled)
    one, other = (to_state(Journey("ada", fold(order))) for order in (drawn, shuffled))
    assert json.dumps(one) == json.dumps(other)
    kept = [each for each in shuffled if each.kind != "retract"]
    one, other = (to_state(reduce(evolve, order, Journey("ada"))) for order in (kept, kept[::-1]))
    assert json.dumps(one) == json.dumps(other)


@law(histories(), st.randoms())
def test_what_is_retracted_one_by_one_was_never_there(
    drawn: list[Activity], chance: Random
) -> None:
    """Taken out again, an act leaves the same bytes as if all were folded at once. Only where it
    cannot be told from what it replaced, it has to be.
    """
    shuffled = [*{each.key: each for each in drawn}.values()]
    chance.shuffle(shuffled)
    told, heard, minding = Journey("ada"), list[Activity](), Retractable()
    for each in shuffled:
        undoing = undone(told, minding, each)
        heard.append(each)
        minding.add(each)
        if reaches(told, always(DEFAULT), each, undoing):
            told = undo(evolve(told, each), undoing)
        else:
            assert any(act.kind == "network" for act in undoing)
            told = Journey("ada", fold(heard))
    one, other = (to_state(each) for each in (told, Journey("ada", fold(drawn))))
    assert json.dumps(one) == json.dumps(other)


@law(logs(), policies())
def test_every_day_is_decided_as_if_recounted(log: Log, policy: Policy) -> None:
    """However late things arrive and however the clock jumps, the trajectory is the recount's."""
    assert_recounted(after(log, policy), log[-1][0])


@law(lives(), some=40)
def test_lives_under_the_default_policy_are_decided_as_if_recounted(log: Log) -> None:
    assert_recounted(after(log, DEFAULT), log[-1][0])


@law(logs(), policies(), st.randoms())
def test_what_becomes_of_a_member_does_not_depend_on_when_it_was_heard(
    log: Log, policy: Policy, chance: Random
) -> None:
    """Told in another order, all of it twice, at other times: in the end it is all the same.
    Only the policies are adopted in the order in which they were.
    """
    entries = [entry for _, entry in log if entry is not None]
    places = sorted(range(len(entries)), key=lambda _: chance.random())
    entries = [*(entries[place] for place in places), *happened(log)]
    policies_left = iter(adopted(log))
    clock = sorted(chance.randint(log[0][0], log[-1][0]) for _ in entries)
    other: Log = [
        (now, entry if isinstance(entry, Activity) else next(policies_left))
        for now, entry in zip(clock, entries, strict=True)
    ]
    one, another = (closed(after(each, policy), log[-1][0]) for each in (log, other))
    assert one.facts.enrolled_on == another.facts.enrolled_on
    assert one.trajectory == another.trajectory


@law(logs(), policies())
def test_announcements_are_a_function_of_the_log(log: Log, policy: Policy) -> None:
    """Entry by entry the same is said as by comparing one recount with the next."""
    teller = Teller(policy)
    said = [told(teller.apply(now, entry)) for now, entry in log]
    assert said == announcements(log, [the_first(policy)], cheapest_way)


@law(turns(), policies())
def test_so_they_are_where_one_policy_follows_another(log: Log, policy: Policy) -> None:
    """And which changes are a policy's, what the member did being as it was. How near a zone is is
    left out: where a policy begins to say it, it is said when somebody looks.
    """
    teller = Teller(policy)
    said = [told(teller.apply(now, entry)) for now, entry in log]
    recounted = announcements(log, [the_first(policy)], cheapest_way)
    assert [*map(but_near, said)] == [*map(but_near, recounted)]


def but_near(said: Iterable[Said]) -> tuple[Said, ...]:
    return tuple(it for it in said if not isinstance(it, Near))


@law(logs() | turns(), policies(), st.data())
def test_a_journey_can_be_forgotten_and_read_again_anywhere(
    log: Log, policy: Policy, data: st.DataObject
) -> None:
    """A snapshot and the tail of the stream are as good as the journey: batches do not matter."""
    steady, forgetful = Teller(policy), Teller(policy)
    clock = log[0][0]
    for now, entry in log:
        if data.draw(st.booleans()):
            forgetful.keep()
        if data.draw(st.booleans()):
            forgetful.forget(clock)
        clock = now
        assert forgetful.apply(now, entry) == steady.apply(now, entry)
    forgetful.keep()
    kept = forgetful.journey
    forgetful.forget(log[-1][0])
    assert replace(forgetful.journey, prospect=kept.prospect) == kept


@law(logs(), policies(), some=100)
def test_time_may_pass_day_by_day_or_all_at_once(log: Log, policy: Policy) -> None:
    """The trajectory does not depend on how often the clock was looked at."""
    at_once, daily = Teller(policy), Teller(policy)
    clock = log[0][0]
    for now, entry in log:
        while clock + DAY < now:
            clock += DAY
            daily.apply(clock, None)
        clock = now
        daily.apply(now, entry)
        at_once.apply(now, entry)
    assert closed(at_once, clock).trajectory == closed(daily, clock).trajectory


@law(logs(), policies(), st.data(), some=100)
def test_nothing_changes_before_a_journey_is_due(
    log: Log, policy: Policy, data: st.DataObject
) -> None:
    """A member nobody looks at until they are due misses nothing."""
    teller = after(log, policy)
    now, due = log[-1][0], teller.journey.due
    if not teller.activities:
        return
    last = min(due - 1, now + FAR)
    assert last >= now
    for instant in (last, data.draw(st.integers(now, last))):
        days = recount(record_of(teller), instant)
        for on, expected in days.items():
            trajectory, day = teller.journey.trajectory, on.toordinal()
            assert teller.journey.zone_on(day) == expected.zone
            assert trajectory.vitality_on(day) == expected.vitality


@law(logs(), policies(), some=100)
def test_a_journey_is_due_when_something_changes(log: Log, policy: Policy) -> None:
    """Decided anew, a member without a growing network is not looked at in vain."""
    log = [(now, entry) for now, entry in log if entry is None or isinstance(entry, Activity)]
    teller = after(log, replace(policy, reports=frozenset()))
    now = max([at(SPAN + 1), *(now for now, _ in log)])
    before = closed(teller, now)
    due = before.trajectory.due
    if due < NEVER:
        later = advance(before, teller.policies, due)
        seen = [
            (later.zone_on(day), later.trajectory.vitality_on(day))
            != (before.zone_on(day), before.trajectory.vitality_on(day))
            for day in range(before.facts.enrolled_on, day_of(due) + 1)
        ]
        record = record_of(teller)
        ahead = [demotion(record, each, recount(record, each)) for each in (now, due)]
        assert any(seen) or ahead[0] != ahead[1]
