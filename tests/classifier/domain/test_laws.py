"""Whatever arrives, in whatever order and however the clock moves: decided as if recounted."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import reduce
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.classifier.domain import journey
from services.classifier.domain.activities import OUTCOMES, OWN_ACTS, Activity
from services.classifier.domain.announcing import Announcement
from services.classifier.domain.clock import DAY, MINUTE, NEVER, day_of
from services.classifier.domain.journey import Journey, ZoneChanged, advance, evolve, redecide
from services.classifier.domain.measures import MEASURES, Criterion
from services.classifier.domain.policy import ZONES, Policy, Zone
from services.classifier.domain.snapshots import to_state
from tests.classifier.examples import DEFAULT, an_activity, at
from tests.classifier.recount import Change, announcements, recount
from tests.classifier.teller import Teller

SPAN: Final = 24
"""Days over which the generated things happen."""

Log = list[tuple[int, Activity | None]]


@st.composite
def criteria(draw: st.DrawFn) -> Criterion:
    name = draw(st.sampled_from(sorted(MEASURES)))
    measure = MEASURES[name]
    of: tuple[str, ...] = ()
    if measure.of:
        kinds = st.lists(st.sampled_from(measure.of), min_size=1, max_size=3, unique=True)
        of = tuple(draw(st.just(["any"]) | kinds))
    most = {"minutes_per_week": 30, "network_size": 20, "network_growth": 5}.get(name, 3)
    return Criterion(
        name=name,
        measure=name,
        at_least=draw(st.integers(1, most)),
        of=of,
        days=draw(st.integers(1, 9)) if measure.days else 0,
    )


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    zones = [Zone(name=ZONES[0])]
    for name in ZONES[1:]:
        lower = [zone.name for zone in zones[1:]]
        zones.append(
            Zone(
                name=name,
                enter=tuple(draw(st.lists(criteria(), min_size=1, max_size=2))),
                keep=tuple(draw(st.lists(criteria(), min_size=0, max_size=2))),
                requires=tuple(
                    draw(st.lists(st.sampled_from(lower), unique=True)) if lower else ()
                ),
                grace_days=draw(st.integers(0, 3)),
            )
        )
    active_days = draw(st.integers(0, 4))
    return Policy(
        version=1,
        zones=tuple(zones),
        minutes=draw(st.dictionaries(st.sampled_from(OWN_ACTS), st.integers(0, 1800))),
        reports=frozenset(draw(st.sets(st.sampled_from(["network", "outcomes"])))),
        historical_after_days=draw(st.integers(0, 4)),
        settle_minutes=draw(st.sampled_from([0, 60, 1440])),
        active_days=active_days,
        quiet_days=active_days + draw(st.integers(0, 4)),
    )


@st.composite
def activities(draw: st.DrawFn, id: str) -> Activity:
    on = draw(st.integers(0, SPAN))
    clock = draw(st.sampled_from(["00:00", "00:30", "12:00", "23:59"]))
    historical = draw(st.booleans())
    kind = draw(
        st.sampled_from(
            (
                *(*OWN_ACTS, "like", "publish", "comment", "quote"),
                *("outcome", "network", "link_account", "unlink_account"),
                *("member_updated", "draft_submitted"),
            )
        )
    )
    data: dict[str, Any] = {}
    if kind in OWN_ACTS:
        targets = st.sampled_from([None, "ada", "bob", "cleo", "dan"])
        data = {
            "target": draw(targets),
            "minutes": draw(st.sampled_from([None, None, 0, 5, 0.25, 30])),
        }
    elif kind == "outcome":
        data = {"outcome": draw(st.sampled_from(OUTCOMES))}
    elif kind == "network":
        platform = draw(st.sampled_from(["x", "bluesky"]))
        data = {"platform": platform, "followers": draw(st.integers(0, 12)), "connections": 3}
    elif kind in {"link_account", "unlink_account"}:
        data = {"platform": "x", "account": draw(st.sampled_from(["a", "b"]))}
    elif kind == "member_updated":
        data = {"group": draw(st.sampled_from(["sales", None]))}
    return an_activity(kind, on, clock, id=id, historical=historical, **data)


@pytest.fixture(autouse=True)
def _impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget early, so that the edge of what is kept is met often."""
    monkeypatch.setattr(journey, "LATENESS", 2)


def named_activities(names: Sequence[int]) -> st.SearchStrategy[list[Activity]]:
    return st.tuples(*(activities(f"{name:02}") for name in sorted(set(names)))).map(list)


@st.composite
def lives(draw: st.DrawFn) -> Log:
    """Return habits taken up and dropped, told late now and then, and a clock that follows."""
    told_on: list[tuple[int, int, Activity]] = []
    for habit in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from(["like", "share", "comment", "comment", "publish", "publish"]))
        start, every = draw(st.integers(0, 200)), draw(st.sampled_from([1, 2, 5, 8, 20, 40]))
        late = draw(st.sampled_from([0, 0, 0, 1, 20, 100]))
        for number in range(draw(st.integers(1, 20))):
            on = start + number * every
            target = f"{draw(st.sampled_from('abc'))}{number}"
            name = f"{habit}-{number:02}"
            told_on.append((on + late, habit, an_activity(kind, on, id=name, target=target)))
    told_on.sort(key=lambda each: each[:2])
    log: Log = [(at(on, "12:00"), activity) for on, _, activity in told_on]
    return [*log, (log[-1][0] + draw(st.integers(0, 200)) * DAY, None)]


@st.composite
def logs(draw: st.DrawFn, most: int = 14) -> Log:
    """Return activities late, early and twice, and a clock that goes by hours and by days."""
    now = at(
        draw(st.integers(0, SPAN)), draw(st.sampled_from(["00:00", "00:30", "01:00", "12:00"]))
    )
    log: Log = []
    arrived: list[Activity] = []
    for number in range(draw(st.integers(1, most))):
        now += draw(
            st.sampled_from([0, 0, 1, 30 * MINUTE, 60 * MINUTE, DAY, DAY, 2 * DAY, 9 * DAY])
        )
        activity = None
        if draw(st.integers(0, 4)):
            again = arrived and not draw(st.integers(0, 9))
            activity = draw(st.sampled_from(arrived)) if again else draw(activities(f"{number:02}"))
            arrived.append(activity)
        log.append((now, activity))
    return log


def told(said: Iterable[Announcement]) -> tuple[Change, ...]:
    """Return announcements in the words of the recount."""
    return tuple(
        Change(
            each.direction,
            each.to or "",
            each.effective_on,
            each.version,
            each.supersedes,
            each.historical,
            each.cause_ids,
        )
        if isinstance(each, ZoneChanged)
        else Change(None, each.vitality, each.effective_on, each.version, None, each.historical)
        for each in said
    )


def assert_recounted(teller: Teller, now: int) -> None:
    """Assert that every day of the member is as the recount has it."""
    trajectory = teller.journey.trajectory
    days = recount([*teller.activities.values()], teller.policy, now)
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


def law(
    *strategies: st.SearchStrategy[Any], costly: bool = False
) -> Callable[[Callable[..., None]], Callable[[int], None]]:
    """Make a test of a law: in 300 examples, and in 10,000 where there is time.

    A third of that where an example takes long.
    """
    some, many = (100, 3_000) if costly else (300, 10_000)

    def decorate(check: Callable[..., None]) -> Callable[[int], None]:
        @pytest.mark.parametrize(
            "examples",
            [some, pytest.param(many, marks=(pytest.mark.long, pytest.mark.timeout(7200)))],
        )
        def test(examples: int) -> None:
            settings(max_examples=examples, deadline=None)(given(*strategies)(check))()

        test.__name__ = check.__name__
        test.__doc__ = check.__doc__
        return test

    return decorate


@law(st.lists(st.integers(0, 30)).flatmap(named_activities), st.randoms())
def test_what_happened_adds_up_in_any_order(happened: list[Activity], chance: Random) -> None:
    """Folding commutes: the state depends on the set of activities, to the byte."""
    shuffled = [*happened]
    chance.shuffle(shuffled)
    one, other = (to_state(reduce(evolve, order, Journey("ada"))) for order in (happened, shuffled))
    assert json.dumps(one) == json.dumps(other)


@law(logs(), policies())
def test_every_day_is_decided_as_if_recounted(log: Log, policy: Policy) -> None:
    """However late things arrive and however the clock jumps, the trajectory is the recount's."""
    teller = Teller(policy)
    for now, activity in log:
        teller.apply(now, activity)
    assert_recounted(teller, log[-1][0])


@law(lives(), costly=True)
def test_lives_under_the_default_policy_are_decided_as_if_recounted(log: Log) -> None:
    teller = Teller(DEFAULT)
    for now, activity in log:
        teller.apply(now, activity)
    assert_recounted(teller, log[-1][0])


@law(logs(), policies())
def test_announcements_are_a_function_of_the_log(log: Log, policy: Policy) -> None:
    """Entry by entry the same is said as by comparing one recount with the next."""
    teller = Teller(policy)
    said = [told(teller.apply(now, activity)) for now, activity in log]
    assert said == announcements(log, policy)


@law(logs(), policies(), st.data())
def test_a_journey_can_be_forgotten_and_read_again_anywhere(
    log: Log, policy: Policy, data: st.DataObject
) -> None:
    """A snapshot and the tail of the stream are as good as the journey: batches do not matter."""
    steady, forgetful = Teller(policy), Teller(policy)
    for now, activity in log:
        if data.draw(st.booleans()):
            forgetful.keep()
        if data.draw(st.booleans()):
            forgetful.forget(now)
        assert forgetful.apply(now, activity) == steady.apply(now, activity)
    forgetful.keep()
    kept = forgetful.journey
    forgetful.forget(log[-1][0])
    assert forgetful.journey == kept


@law(logs(), policies())
def test_time_may_pass_day_by_day_or_all_at_once(log: Log, policy: Policy) -> None:
    """The trajectory does not depend on how often the clock was looked at."""
    at_once, daily = Teller(policy), Teller(policy)
    clock = log[0][0]
    for now, activity in log:
        while clock + DAY < now:
            clock += DAY
            daily.apply(clock, None)
        clock = now
        daily.apply(now, activity)
        at_once.apply(now, activity)
    for teller in (at_once, daily):
        teller.journey = redecide(teller.journey, teller.policies, clock)
    one, other = at_once.journey.trajectory, daily.journey.trajectory
    assert (one.standings, one.spells) == (other.standings, other.spells)


@law(logs(), policies(), st.data())
def test_nothing_changes_before_a_journey_is_due(
    log: Log, policy: Policy, data: st.DataObject
) -> None:
    """A member nobody looks at until they are due misses nothing."""
    teller = Teller(policy)
    for now, activity in log:
        teller.apply(now, activity)
    now, due = log[-1][0], teller.journey.due
    if not teller.activities:
        return
    last = min(due - 1, now + 40 * DAY)
    assert last >= now
    for instant in (last, data.draw(st.integers(now, last))):
        days = recount([*teller.activities.values()], policy, instant)
        for on, expected in days.items():
            trajectory, day = teller.journey.trajectory, on.toordinal()
            assert teller.journey.zone_on(day) == expected.zone
            assert trajectory.vitality_on(day) == expected.vitality


@law(logs(), policies())
def test_a_journey_is_due_when_something_changes(log: Log, policy: Policy) -> None:
    """Decided anew, a member without a growing network is not looked at in vain."""
    policy = replace(policy, reports=frozenset())
    teller = Teller(policy)
    for now, activity in log:
        teller.apply(now, activity)
    now = max(log[-1][0], *(at(SPAN + 1), log[-1][0]))
    before = redecide(teller.journey, teller.policies, now)
    if before.due < NEVER:
        after = advance(before, teller.policies, before.due)
        seen = [
            (after.zone_on(day), after.trajectory.vitality_on(day))
            != (before.zone_on(day), before.trajectory.vitality_on(day))
            for day in range(before.facts.enrolled_on, day_of(before.due) + 1)
        ]
        assert any(seen)
