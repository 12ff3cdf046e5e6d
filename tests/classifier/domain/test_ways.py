"""4.4, the map: examples of ways, under the default policy and under hard ones."""

from datetime import date

import pytest

from services.classifier.domain.activities import OWN_ACTS
from services.classifier.domain.eras import dated
from services.classifier.domain.facts import NOTHING, fold
from services.classifier.domain.measures import Criterion
from services.classifier.domain.policy import Mode, PolicyAdopted, Zone
from services.classifier.domain.regimes import always
from services.classifier.domain.ways import cheapest, stirs
from tests.classifier.examples import (
    DEFAULT,
    a_criterion,
    a_policy,
    an_activity,
    day,
)

SHARER, CREATOR, ENGAGED = 1, 2, 3
DEFAULT_ALWAYS = always(DEFAULT)


def adopted(version: int, mode: Mode, since: int, until: int | None = None) -> PolicyAdopted:
    return PolicyAdopted(
        version=version,
        text="",
        mode=mode,
        effective_on=date.fromordinal(since),
        until=None if until is None else date.fromordinal(until),
        author="bob",
        decided_at=0,
    )


class TestTheDefaultPolicy:
    def test_four_acts_on_three_days_make_a_sharer(self) -> None:
        way = cheapest(NOTHING, DEFAULT_ALWAYS, SHARER, day(0))
        assert way is not None
        assert (way.minutes, way.on) == (6, day(2))
        assert {step.kind: step.acts for step in way.steps} == {"like": 2, "share": 2}
        assert len({doing.day for doing in way.plan}) == 3

    def test_three_pieces_in_three_weeks_make_a_creator(self) -> None:
        """The sharer's `keep` is asked for as well: a piece is no sharing."""
        way = cheapest(NOTHING, DEFAULT_ALWAYS, CREATOR, day(0))
        assert way is not None
        assert (way.minutes, way.on) == (362, day(14))
        assert [(step.kind, step.acts, step.weeks) for step in way.steps] == [
            ("publish", 3, 3),
            ("like", 2, None),
        ]

    def test_minutes_are_made_of_few_acts(self) -> None:
        """480 minutes in 56 days are not 480 likes; the first of ten weeks is before them."""
        way = cheapest(NOTHING, DEFAULT_ALWAYS, ENGAGED, day(0))
        assert way is not None
        assert way.cheapest
        assert (way.minutes, way.on) == (480, day(63))
        assert sum(step.acts for step in way.steps) == 17
        assert sum(step.people or 0 for step in way.steps) == 10
        assert [step.weeks for step in way.steps if step.kind == "follow"] == [1]

    def test_what_was_done_today_counts(self) -> None:
        known = fold([an_activity(kind, on) for on, kind in enumerate(("share", "post"))])
        way = cheapest(known, DEFAULT_ALWAYS, SHARER, day(1))
        assert way is not None
        assert (way.minutes, way.on) == (2, day(2))

    def test_far_is_no_way_at_all_to_who_asks_for_a_near_one(self) -> None:
        assert cheapest(NOTHING, DEFAULT_ALWAYS, SHARER, day(0), within=6 * 60) is not None
        assert cheapest(NOTHING, DEFAULT_ALWAYS, SHARER, day(0), within=6 * 60 - 1) is None

    def test_by_a_day_may_be_too_soon(self) -> None:
        assert cheapest(NOTHING, DEFAULT_ALWAYS, SHARER, day(0), day(1)) is None
        assert cheapest(NOTHING, DEFAULT_ALWAYS, SHARER, day(0), day(2)) is not None


def test_an_act_in_another_week_may_be_too_early_to_count_elsewhere() -> None:
    """Two weeks of each kind are seven days apart, so neither early act is among today's three."""
    policy = a_policy(
        sharer=Zone(
            name="content_sharer",
            enter=(
                a_criterion("acts", 3, ("like", "comment"), 1),
                a_criterion("active_weeks", 2, ("like",), 14),
                a_criterion("active_weeks", 2, ("comment",), 14),
            ),
        )
    )
    way = cheapest(NOTHING, always(policy), SHARER, day(0))
    assert way is not None
    assert way.cheapest
    assert sum(step.acts for step in way.steps) == 5
    assert sum(doing.acts for doing in way.plan if doing.day == way.on) == 3


def test_a_window_that_has_to_lie_just_so_in_its_weeks_is_waited_for() -> None:
    """Nine days touch three weeks only from a Sunday to the Monday after next."""
    needs = (a_criterion("active_weeks", 3, ("like",), 9),)
    policy = a_policy(sharer=Zone(name="content_sharer", enter=needs), active_days=1, quiet_days=1)
    way = cheapest(NOTHING, always(policy), SHARER, day(0))
    assert way is not None
    assert [doing.day for doing in way.plan] == [day(6), day(7), day(14)]


def test_a_way_stirs_when_a_week_is_over_in_which_an_act_was_to_be() -> None:
    """On Sunday two weeks can be had until tomorrow; on Monday the second one is too far off."""
    needs = (a_criterion("active_weeks", 3, ("like",), 14),)
    governing = always(a_policy(sharer=Zone(name="content_sharer", enter=needs)))
    known = fold([an_activity("like", -2)])
    sunday, monday = (cheapest(known, governing, SHARER, day(number)) for number in (6, 7))
    assert sunday is not None
    assert monday is not None
    assert [sum(step.acts for step in way.steps) for way in (sunday, monday)] == [2, 3]
    assert stirs(known, governing, day(6), sunday) == day(7)


def test_a_way_stirs_when_a_milder_policy_comes_in_sight() -> None:
    """As far ahead as its windows reach, so that nothing done by then would be lost."""
    mild = a_policy(
        sharer=Zone(name="content_sharer", enter=(a_criterion("acts", 1, ("like",), 5),))
    )
    governing = dated(
        [
            (adopted(1, "recompute", day(0)), a_policy()),
            (adopted(2, "forward", day(60)), mild),
        ]
    )
    strict = cheapest(NOTHING, governing, SHARER, day(0))
    sighted = stirs(NOTHING, governing, day(0), strict)
    assert day(1) < sighted < day(60)
    for first, on, acts in ((sighted - 1, sighted - 1, 2), (sighted, day(60), 1)):
        way = cheapest(NOTHING, governing, SHARER, first)
        assert way is not None
        assert (way.on, sum(step.acts for step in way.steps)) == (on, acts)


class TestWhatActsCannotMeet:
    REPORTING = a_policy(
        sharer=Zone(
            name="content_sharer",
            enter=(a_criterion("acts", 2, ("like",), 5), a_criterion("network_size", 10)),
        ),
        reports=frozenset({"network"}),
    )

    def test_it_is_named_beside_the_way_for_the_rest(self) -> None:
        way = cheapest(NOTHING, always(self.REPORTING), SHARER, day(0))
        assert way is not None
        assert [each.criterion.measure for each in way.beyond] == ["network_size"]
        assert [(step.kind, step.acts) for step in way.steps] == [("like", 2)]

    def test_it_is_not_named_where_it_is_met(self) -> None:
        known = fold([an_activity("network", 0, platform="x", followers=10)])
        way = cheapest(known, always(self.REPORTING), SHARER, day(0))
        assert way is not None
        assert not way.beyond

    def test_nothing_is_asked_of_acts_where_only_it_is_missing(self) -> None:
        known = fold([an_activity("like", 0, id=name) for name in "ab"])
        way = cheapest(known, always(self.REPORTING), SHARER, day(0))
        assert way is not None
        assert (way.steps, way.seconds, len(way.beyond)) == ((), 0, 1)

    def test_it_may_come_and_go_by_itself(self) -> None:
        """A network has grown for as many days as the criterion looks back."""
        needs = (a_criterion("acts", 1, ("like",), 5), a_criterion("network_growth", 1, days=3))
        governing = always(
            a_policy(
                sharer=Zone(name="content_sharer", enter=needs), reports=frozenset({"network"})
            )
        )
        known = fold(
            [an_activity("network", on, platform="x", followers=5 + on) for on in range(2)]
        )
        growing, grown = (cheapest(known, governing, SHARER, day(on)) for on in (1, 4))
        assert growing is not None
        assert grown is not None
        assert (len(growing.beyond), len(grown.beyond)) == (0, 1)
        assert stirs(known, governing, day(1), growing) <= day(4)

    def test_a_day_on_which_it_is_met_is_waited_for(self) -> None:
        """A way that leads there is better than a sooner one that does not."""
        needs = (a_criterion("acts", 1, ("like",), 5), a_criterion("network_growth", 1, days=2))
        governing = always(
            a_policy(
                sharer=Zone(name="content_sharer", enter=needs), reports=frozenset({"network"})
            )
        )
        sizes = ((0, 9), (1, 4), (2, 6))
        known = fold([an_activity("network", on, platform="x", followers=n) for on, n in sizes])
        way = cheapest(known, governing, SHARER, day(2))
        assert way is not None
        assert (way.on, way.beyond) == (day(3), ())


HUGE = [
    *(
        a_criterion(measure, 1000 + 7 * place, (kind, "like"), 3660 - 100 * place)
        for place, kind in enumerate(OWN_ACTS[2:])
        for measure in ("acts", "people", "active_days")
    ),
    a_criterion("active_weeks", 400, ("any",), 3660),
    a_criterion("minutes_per_week", 3000, days=3000),
]


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "enter",
    [
        HUGE,
        HUGE[:3],
        [a_criterion("acts", 10**12, ("like", "post"), 30), *HUGE[1:4]],
        [a_criterion("minutes_per_week", 10**12, days=3660)],
        [a_criterion("active_weeks", 300, (kind, "any"), 3660) for kind in OWN_ACTS],
        [a_criterion("active_days", 40 + n, (k,), 60 + 3 * n) for n, k in enumerate(OWN_ACTS)],
    ],
)
def test_a_policy_beyond_reason_is_answered_in_time(enter: list[Criterion]) -> None:
    """What is found then may not be the cheapest way; that is said, and it does lead there."""
    policy = a_policy(sharer=Zone(name="content_sharer", enter=tuple(enter)))
    way = cheapest(NOTHING, always(policy), SHARER, day(0))
    assert way is not None
    assert sum(step.acts for step in way.steps) == sum(doing.acts for doing in way.plan)
