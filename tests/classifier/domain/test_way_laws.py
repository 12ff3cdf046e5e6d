"""4.4, the map: the cheapest acts really lead there, and nothing cheaper does."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations_with_replacement
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from services.classifier.domain.activities import Activity
from services.classifier.domain.eras import dated
from services.classifier.domain.facts import fold
from services.classifier.domain.measures import Criterion
from services.classifier.domain.policy import Mode, Policy, Zone
from services.classifier.domain.profile import PROFILED
from services.classifier.domain.regimes import Policies, always
from services.classifier.domain.standings import lifted
from services.classifier.domain.ways import Way, cheapest, stirs
from services.classifier.domain.zones import ZONES
from tests.classifier.domain.law import law
from tests.classifier.domain.strategies import SPAN, Log, happened, histories, lives, policies
from tests.classifier.domain.test_ways import CREATOR, DEFAULT_ALWAYS, ENGAGED, SHARER, adopted
from tests.classifier.examples import (
    DEFAULT,
    an_activity,
    at,
    day,
    the_journey,
)


def done(way: Way) -> Iterator[Activity]:
    """Yield the acts of a plan. As many as its steps say are for new people: the latest."""
    strangers = {step.kind: step.people or 0 for step in way.steps}
    for number, (on, kind, acts) in enumerate(reversed(way.plan)):
        for act in range(acts):
            target = None
            if strangers[kind]:
                strangers[kind] -= 1
                target = f"stranger-{number}-{act}"
            yield an_activity(kind, on - day(0), id=f"done-{number}-{act}", target=target)


def said(way: Way | None) -> Any:  # noqa: ANN401 -- to be compared with another
    """Return what of a way does not depend on the days."""
    return None if way is None else (way.seconds, way.steps, way.beyond)


@st.composite
def regimes(draw: st.DrawFn) -> Policies:
    """Return one policy, or another one from some day on, sparing for some time."""
    since = day(draw(st.integers(0, 2 * SPAN)))
    until = since + draw(st.integers(0, 9))
    modes: list[Mode] = ["recompute"]
    if draw(st.booleans()):
        modes.append(draw(st.sampled_from(["forward", "grandfather"])))
    return dated(
        [
            (adopted(version, mode, since, until), draw(policies()))
            for version, mode in enumerate(modes, start=1)
        ]
    )


@law(histories(6), regimes(), st.integers(0, SPAN), some=100)
def test_who_does_the_acts_enters_the_zone(
    known: list[Activity], governing: Policies, first: int
) -> None:
    known = [each for each in known if each.day <= day(first)]
    for zone in (SHARER, CREATOR, ENGAGED):
        way = cheapest(fold(known), governing, zone, day(first))
        if way is None or way.beyond:
            continue
        assert all(day(first) <= doing.day <= way.on for doing in way.plan)
        after = fold([*known, *done(way)])
        assert (lifted(governing.on(way.on), zone - 1, after, way.on) or 0) >= zone


@law(histories(6), policies(), st.integers(0, SPAN), some=100)
def test_who_does_the_acts_is_in_the_zone(
    known: list[Activity], policy: Policy, first: int
) -> None:
    """Or in a higher one, and on that day, unless the organisation says otherwise."""
    known = [each for each in known if each.day <= day(first) and each.kind not in PROFILED]
    assume(known)
    before = the_journey(*known, now=at(first, "12:00"), policy=policy)
    standing = before.trajectory.standing_on(day(first))
    assert standing is not None
    assert standing.zone is not None
    for zone in range(standing.zone + 1, len(ZONES)):
        way = cheapest(before.facts, always(policy), zone, day(first))
        if way is None or way.beyond:
            continue
        now = at(way.on - day(0), "12:00")
        reached = the_journey(*known, *done(way), now=now, policy=policy).zone_on(way.on)
        assert reached is not None
        assert ZONES.index(reached) >= zone


@law(lives(), st.integers(0, 300), some=40)
def test_who_does_the_acts_is_in_the_zone_under_the_default_policy(log: Log, first: int) -> None:
    """Or in a higher one, and on that day: folded through the domain itself."""
    known = [each for each in happened(log) if each.day <= day(first)]
    assume(known)
    before = the_journey(*known, now=at(first, "12:00"))
    standing = before.trajectory.standing_on(day(first))
    assert standing is not None
    assert standing.zone is not None
    for zone in range(standing.zone + 1, len(ZONES)):
        way = cheapest(before.facts, DEFAULT_ALWAYS, zone, day(first))
        assert way is not None
        assert way.cheapest
        after = the_journey(*known, *done(way), now=at(way.on - day(0), "12:00"))
        reached = after.zone_on(way.on)
        assert reached is not None
        assert ZONES.index(reached) >= zone


KINDS = ("like", "comment", "publish")


@st.composite
def tiny_needs(draw: st.DrawFn) -> tuple[Criterion, ...]:
    measures = ("acts", "people", "active_days", "active_weeks", "minutes_per_week")
    needs = []
    for _ in range(draw(st.integers(1, 4))):
        measure = draw(st.sampled_from(measures))
        kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True))
        most = 6 if measure == "minutes_per_week" else 3
        needs.append(
            Criterion(
                name=measure,
                measure=measure,
                at_least=draw(st.integers(1, most)),
                of=() if measure == "minutes_per_week" else tuple(sorted(kinds)),
                days=draw(st.sampled_from([1, 2, 3, 4, 7, 8, 9, 14])),
            )
        )
    return tuple(needs)


Tiny = tuple[int, str, str | None]
"""A day, a kind and whom it was for."""


def holds(each: Criterion, minutes: dict[str, int], acts: list[Tiny], on: int) -> bool:
    """4.1, a line each, over plain acts."""
    window = [act for act in acts if on - each.days < act[0] <= on]
    of = [act for act in window if act[1] in each.of]
    have: float
    match each.measure:
        case "acts":
            have = len(of)
        case "people":
            have = len({who for _, _, who in of if who is not None})
        case "active_days":
            have = len({when for when, _, _ in of})
        case "active_weeks":
            have = len({date.fromordinal(when).isocalendar()[:2] for when, _, _ in of})
        case _:
            have = sum(minutes[kind] for _, kind, _ in window) * 7 / 60 / each.days
    return have >= each.at_least


@st.composite
def tiny_acts(draw: st.DrawFn) -> list[Tiny]:
    return draw(
        st.lists(
            st.tuples(
                st.integers(day(0), day(9)),
                st.sampled_from(KINDS),
                st.sampled_from([None, "bob", "cleo"]),
            ),
            max_size=5,
        )
    )


@law(
    tiny_needs(),
    tiny_acts(),
    st.tuples(*[st.sampled_from([0, 60, 60, 120, 150, 240])] * 3),
    st.integers(0, 9),
    st.integers(0, 9),
)
def test_no_cheaper_plan_exists(
    needs: tuple[Criterion, ...],
    known: list[Tiny],
    seconds: tuple[int, ...],
    first: int,
    later: int,
) -> None:
    """All smaller plans over all days fail, tried one by one; and one of the same cost before."""
    minutes = dict(zip(KINDS, seconds, strict=True))
    policy = Policy(
        version=1,
        zones=(Zone(name=ZONES[0]), Zone(name=ZONES[1], enter=needs), *DEFAULT.zones[2:]),
        minutes=minutes,
    )
    known = [act for act in known if act[0] <= day(first)]
    facts = fold(
        [
            an_activity(kind, on - day(0), id=str(place), target=who)
            for place, (on, kind, who) in enumerate(known)
        ]
    )
    start, by = day(first), day(first + later)
    way = cheapest(facts, always(policy), SHARER, start, by)
    if way is not None:
        assert way.cheapest
        if way.beyond:
            return
        cost = (way.seconds, sum(step.acts for step in way.steps), way.on)
    else:
        cost = (10**9, 10**9, by)
    slots = [(on, kind) for on in range(start, by + 1) for kind in KINDS]
    for acts in range(min(cost[1] + 1, 5 if len(slots) <= 12 else 3)):
        for plan in combinations_with_replacement(slots, acts):
            spent = sum(minutes[kind] for _, kind in plan)
            if (spent, acts) > cost[:2]:
                continue
            new: list[Tiny] = [(on, kind, str(place)) for place, (on, kind) in enumerate(plan)]
            last = max((on for on, _ in plan), default=start)
            until = by + 1 if (spent, acts) < cost[:2] else cost[2]
            for on in range(last, until):
                assert not all(holds(each, minutes, known + new, on) for each in needs), (plan, on)


@law(
    histories(6),
    regimes(),
    st.integers(0, SPAN),
    some=40,
)
def test_a_way_stays_the_same_until_it_stirs(
    known: list[Activity], governing: Policies, first: int
) -> None:
    """However the days go by, nobody has to be asked about before."""
    facts = fold([each for each in known if each.day <= day(first)])
    for zone in (SHARER, CREATOR, ENGAGED):
        way = cheapest(facts, governing, zone, day(first))
        until = stirs(facts, governing, day(first), way)
        assert until > day(first)
        for later in range(day(first) + 1, min(until, day(first) + 30)):
            assert said(cheapest(facts, governing, zone, later)) == said(way), later
