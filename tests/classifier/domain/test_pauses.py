"""4.2, pause: from the day after `member_paused` to the day before `member_resumed`.

By the small policy two likes in 5 days make a sharer, who keeps it with one in 5 and has 2 days of
grace. Liking on days 0 and 1 keeps it up to day 5; without a pause it is lost on day 8.
"""

from services.classifier.domain.activities import Activity
from services.classifier.domain.journey import Journey
from tests.classifier.examples import a_policy, an_activity, at, the_journey, vitalities, zones

SMALL = a_policy(active_days=2, quiet_days=4)
LIKES = (an_activity("like", 0), an_activity("like", 1))


def small(*activities: Activity, now: int) -> Journey:
    return the_journey(*activities, now=now, policy=SMALL)


def paused(on: float, clock: str = "12:00") -> Activity:
    return an_activity("member_paused", on, clock)


def resumed(on: float, clock: str = "12:00") -> Activity:
    return an_activity("member_resumed", on, clock)


def test_nobody_falls_while_paused_and_the_first_day_after_has_a_fresh_grace() -> None:
    """Failing on day 6; from day 20 on it fails anew, and day 22 is one too many."""
    journey = small(*LIKES, paused(6), resumed(20), now=at(30))
    assert zones(journey, 7, 19, 21, 22) == ["sharer", "sharer", "sharer", "consumer"]


def test_the_day_of_the_pause_is_decided_as_any_other() -> None:
    assert zones(small(*LIKES, paused(8), now=at(30)), 8) == ["consumer"]
    assert zones(small(*LIKES, paused(8, "00:00"), now=at(30)), 8) == ["consumer"]
    assert zones(small(*LIKES, paused(7, "23:59"), now=at(30)), 8, 29) == ["sharer", "sharer"]


def test_the_day_of_resuming_is_decided_as_any_other() -> None:
    """At whatever time of that day."""
    for clock in ("00:00", "23:59"):
        journey = small(*LIKES, paused(4), resumed(20, clock), now=at(30))
        assert zones(journey, 19, 21, 22) == ["sharer", "sharer", "consumer"]


def test_nobody_rises_while_paused_and_acts_on_paused_days_count_afterwards() -> None:
    away = (an_activity("like", 12), an_activity("like", 13))
    journey = small(paused(10), *away, resumed(16), now=at(17))
    assert zones(journey, 13, 15, 16) == ["consumer", "consumer", "sharer"]


def test_nobody_rises_on_an_open_day_while_paused() -> None:
    journey = small(
        paused(10), an_activity("like", 12), an_activity("like", 13), now=at(13, "13:00")
    )
    assert zones(journey, 13) == ["consumer"]


def test_windows_stay_calendar_windows() -> None:
    """Resumed on day 6, the like of day 1 is out of the window: it fails on 6, 7 and 8."""
    journey = small(*LIKES, paused(3), resumed(6), now=at(12))
    assert zones(journey, 7, 8) == ["sharer", "consumer"]


def test_the_last_word_counts() -> None:
    """Of pauses dated before the day and resumptions dated up to it."""
    over = [*LIKES, paused(3, "09:00"), resumed(3, "10:00")]
    assert zones(small(*over, now=at(30)), 8) == ["consumer"]
    again = [*LIKES, resumed(3, "09:00"), paused(3, "10:00")]
    assert zones(small(*again, now=at(30)), 8) == ["sharer"]
    twice = [*LIKES, paused(3), paused(5), resumed(7)]
    assert zones(small(*twice, now=at(30)), 8, 9) == ["sharer", "consumer"]


def test_paused_again_on_the_day_of_resuming_that_day_is_not_paused() -> None:
    """Pauses speak of the days after their own: day 20 fails, and the count does not go on."""
    on_the_day = (resumed(20, "09:00"), paused(20, "10:00"), an_activity("like", 18))
    journey = small(*LIKES, paused(4), *on_the_day, an_activity("like", 19), now=at(30))
    assert zones(journey, 19, 20, 29) == ["sharer", "sharer", "sharer"]
    lifted = small(paused(4), *on_the_day, an_activity("like", 19), now=at(30))
    assert zones(lifted, 19, 20, 21) == ["consumer", "sharer", "sharer"]


def test_at_the_same_instant_the_greater_key_has_the_last_word() -> None:
    pause = an_activity("member_paused", 3, id="a")
    resumption = an_activity("member_resumed", 3, id="b")
    assert zones(small(*LIKES, pause, resumption, now=at(30)), 8) == ["consumer"]
    resumption = an_activity("member_resumed", 3, id="0")
    assert zones(small(*LIKES, pause, resumption, now=at(30)), 8) == ["sharer"]


def test_who_is_paused_is_said_to_be_once_a_day_has_closed() -> None:
    """From the day after the pause to the day before they resume."""
    journey = small(*LIKES, paused(2), now=at(3, "12:00"))
    assert vitalities(journey, 2, 3) == ["active", "active"]
    journey = small(*LIKES, paused(2), now=at(4, "01:00"))
    assert vitalities(journey, 2, 3, 4) == ["active", "paused", "paused"]
    journey = small(*LIKES, paused(2), resumed(9), now=at(10, "01:00"))
    assert vitalities(journey, 8, 9) == ["paused", "dormant"]


def test_what_is_done_while_paused_wakes_nobody() -> None:
    journey = small(*LIKES, paused(2), an_activity("like", 5), now=at(5, "13:00"))
    assert vitalities(journey, 5) == ["paused"]
    journey = small(*LIKES, paused(2), an_activity("like", 5), resumed(6), now=at(6, "13:00"))
    assert vitalities(journey, 5, 6) == ["paused", "active"]


def test_on_the_open_day_of_resuming_one_can_only_become_active() -> None:
    """Quiet by then, they are paused until the day has closed."""
    journey = small(*LIKES, paused(2), resumed(4), now=at(4, "13:00"))
    assert vitalities(journey, 4) == ["paused"]
    assert vitalities(small(*LIKES, paused(2), resumed(4), now=at(5, "01:00")), 4) == ["quiet"]
