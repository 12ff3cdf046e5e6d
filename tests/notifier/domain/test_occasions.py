"""When the notifier looks around: by the organisation's clock, and never for what is over."""

from datetime import UTC, datetime, time

import pytest

from services.notifier.domain.occasions import Rhythm, due

BERLIN = Rhythm(timezone="Europe/Berlin", morning=time(8))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_morning_comes_when_the_clock_passes_it() -> None:
    """At eight in Berlin, which is seven in winter and six in summer."""
    assert due(at("2026-01-13T06:59"), at("2026-01-13T06:59:59"), BERLIN) == []
    [winter] = due(at("2026-01-13T06:59"), at("2026-01-13T07:00"), BERLIN)
    assert (winter.every, winter.at) == ("day", at("2026-01-13T07:00"))
    [summer] = due(at("2026-07-14T05:00"), at("2026-07-14T09:00"), BERLIN)
    assert summer.at == at("2026-07-14T06:00")


def test_a_morning_that_has_been_is_over() -> None:
    assert due(at("2026-01-13T07:00"), at("2026-01-14T06:00"), BERLIN) == []


def test_of_several_mornings_only_the_last_is_an_occasion() -> None:
    """And so it is with weeks and months, each in the order of its time."""
    passed = due(at("2026-01-05T12:00"), at("2026-03-11T12:00"), BERLIN)

    assert [(it.every, f"{it.on}") for it in passed] == [
        ("month", "2026-03-01"),
        ("week", "2026-03-09"),
        ("day", "2026-03-11"),
    ]


@pytest.mark.parametrize("now", ["2026-01-13T07:00", "2036-01-13T07:00"])
def test_a_log_begins_without_an_occasion(now: str) -> None:
    """What was before it is nobody's news."""
    assert due(None, at(now), BERLIN) == []
