"""What is wrong with a policy is said before anybody is judged by it."""

from dataclasses import replace

import pytest

from services.classifier.adapters.linting import lines_at
from services.classifier.adapters.policyfile import SHIPPED, parse
from services.classifier.domain.lint import lint
from services.classifier.domain.measures import Criterion
from services.classifier.domain.policy import Policy
from tests.classifier.examples import (
    CREATOR,
    DEFAULT,
    ENGAGED,
    SHARER,
    a_criterion,
    a_policy,
)

TEXT = SHIPPED.read_text(encoding="utf-8")
KINDS = '["like", "share", "quote", "post", "comment"]'


def changed(old: str, new: str) -> Policy:
    """Return the shipped policy with something in it written otherwise."""
    assert old in TEXT
    return parse(TEXT.replace(old, new, 1), 1)


def said(policy: Policy, place: str) -> list[tuple[str, str]]:
    """Return (severity, words) of what the shipped policy does not get said as well, at a place."""
    known = lint(DEFAULT)
    return [
        (each.severity, each.words)
        for each in lint(policy)
        if each.place == place and each not in known
    ]


def named(criterion: Criterion, name: str) -> Criterion:
    return replace(criterion, name=name)


def test_the_shipped_policy_gets_notes_only() -> None:
    """One of its criteria follows from its neighbour, and three ask for what is not reported."""
    assert [(each.severity, each.place) for each in lint(DEFAULT)] == [
        ("note", "content_creator.enter.1"),
        ("note", "socially_engaged.enter.4"),
        ("note", "socially_engaged.enter.5"),
        ("note", "socially_engaged.enter.6"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "place", "why"),
    [
        (
            f'"active_days", of = {KINDS}, days = 30, at_least = 3',
            f'"active_days", of = {KINDS}, days = 30, at_least = 31',
            "content_sharer.enter.2",
            "30 days have 30 days: nobody can enter content_sharer",
        ),
        (
            '"active_weeks", of = ["publish"], days = 90, at_least = 3',
            '"active_weeks", of = ["publish"], days = 90, at_least = 15',
            "content_creator.enter.2",
            "90 days have 14 weeks: nobody can enter content_creator",
        ),
        (
            "days = 56, at_least = 60",
            "days = 56, at_least = 10081",
            "socially_engaged.enter.3",
            "a week has 10080 minutes: nobody can enter socially_engaged",
        ),
        (
            f'"acts", of = {KINDS}, days = 60, at_least = 2',
            f'"active_days", of = {KINDS}, days = 60, at_least = 61',
            "content_sharer.keep.1",
            "60 days have 60 days: nobody can enter content_creator or socially_engaged",
        ),
        (
            "days = 56, at_least = 42",
            "days = 56, at_least = 10081",
            "socially_engaged.keep.3",
            "a week has 10080 minutes: nobody can stay",
        ),
    ],
)
def test_what_nobody_can_meet_is_an_error(old: str, new: str, place: str, why: str) -> None:
    [(severity, words)] = said(changed(old, new), place)
    assert severity == "error"
    assert words.endswith(why)


def test_what_can_just_be_met_is_none() -> None:
    policy = changed(
        f'"active_days", of = {KINDS}, days = 30, at_least = 3',
        f'"active_days", of = {KINDS}, days = 30, at_least = 30',
    )
    assert "error" not in {each.severity for each in lint(policy)}


def test_weeks_that_only_some_weekdays_reach_are_warned_of() -> None:
    old = '"active_weeks", of = ["publish"], days = 90, at_least = 3'
    [(severity, words)] = said(
        changed(old, old.replace("at_least = 3", "at_least = 14")), "content_creator.enter.2"
    )
    assert severity == "warning"
    assert "13 or more weeks, up to 14" in words
    fine = changed(old, old.replace("at_least = 3", "at_least = 13"))
    assert not [each for each in lint(fine) if "weekdays" in each.words]


@pytest.mark.parametrize(
    ("days", "at_least", "words"),
    [
        (60, 4, None),
        (60, 5, "asks for something else than content_sharer.enter.1"),
        (30, 4, None),
        (30, 5, "asks for more than content_sharer.enter.1"),
        (20, 4, "asks for more than content_sharer.enter.1"),
        (7, 2, "asks for something else than content_sharer.enter.1"),
    ],
)
def test_keep_asks_for_no_more_than_enter(days: int, at_least: int, words: str | None) -> None:
    """Who enters a zone is not to fail at once to keep it; a longer window is easier."""
    old = f'"acts", of = {KINDS}, days = 60, at_least = 2'
    policy = changed(old, f'"acts", of = {KINDS}, days = {days}, at_least = {at_least}')
    found = said(policy, "content_sharer.keep.1")
    if words is None:
        assert found == []
    else:
        [(severity, what)] = found
        assert severity == "warning"
        assert words in what


def test_keep_on_another_measure_is_a_note() -> None:
    policy = changed(
        f'"acts", of = {KINDS}, days = 60, at_least = 2',
        '"minutes_per_week", days = 60, at_least = 9',
    )
    [(severity, words)] = said(policy, "content_sharer.keep.1")
    assert severity == "note"
    assert "is not needed to enter content_sharer" in words


def test_a_zone_that_everybody_passes_by_is_warned_of() -> None:
    """Whoever enters it has met what the zone above asks for."""
    above = replace(CREATOR, enter=SHARER.enter, requires=())
    [finding] = [
        each for each in lint(a_policy(creator=above)) if each.place == "content_sharer.enter"
    ]
    assert finding.severity == "warning"
    assert "content_creator" in finding.words
    more = replace(above, enter=(replace(SHARER.enter[0], at_least=3),))
    places = [each.place for each in lint(a_policy(creator=more))]
    assert "content_sharer.enter" not in places


def test_of_two_criteria_that_say_the_same_one_decides_nothing() -> None:
    twice = tuple(named(SHARER.enter[0], f"content_sharer.enter.{number}") for number in (1, 2))
    found = lint(a_policy(sharer=replace(SHARER, enter=twice)))
    [finding] = [each for each in found if "decides nothing" in each.words]
    assert (finding.severity, finding.place) == ("note", "content_sharer.enter.2")
    assert "content_sharer.enter.1" in finding.words


def test_acts_that_take_more_time_than_there_is_cannot_hold_together() -> None:
    """Two kinds that fit into a day alone, and not on the same one."""
    hours = {"post": 13 * 3600, "publish": 12 * 3600, "like": 60, "comment": 300}
    both = (
        a_criterion("acts", 1, ("post",), 1),
        a_criterion("acts", 1, ("publish",), 1),
    )
    policy = replace(a_policy(engaged=replace(ENGAGED, enter=both, requires=())), minutes=hours)
    [finding] = [each for each in lint(policy) if each.place == "socially_engaged.enter"]
    assert finding.severity == "warning"
    assert "take 25 hours, and there are 24" in finding.words
    single = replace(a_policy(engaged=replace(ENGAGED, enter=both[:1], requires=())), minutes=hours)
    assert not [each for each in lint(single) if each.place == "socially_engaged.enter"]


def test_a_kind_without_minutes_is_warned_of() -> None:
    [(severity, words)] = said(changed("publish = 120", "publish = 0"), "minutes.publish")
    assert (severity, words[:22]) == ("warning", "publish has no minutes")


def test_a_warning_before_anything_is_missing_is_a_note() -> None:
    policy = changed("grace_days = 14", "grace_days = 10")
    [(severity, words)] = said(policy, "content_sharer.grace_days")
    assert severity == "note"
    assert words.startswith("members are warned up to 4 days before anything is missing")
    assert said(changed("warn_days = 14", "warn_days = 13"), "content_sharer.grace_days") == []


def test_a_zone_that_nothing_has_to_keep_is_a_note() -> None:
    policy = a_policy(sharer=replace(SHARER, keep=()))
    assert ("note", "content_sharer.keep") in [(each.severity, each.place) for each in lint(policy)]


def test_what_is_reported_is_asked_for_or_noted() -> None:
    reported = changed("network = false", "network = true")
    assert "socially_engaged.enter.4" not in [each.place for each in lint(reported)]
    nobody = replace(a_policy(), reports=frozenset({"outcomes"}))
    assert [each.words for each in lint(nobody) if each.place == "reports.outcomes"] == [
        "outcomes are reported, and no criterion asks for them"
    ]


def test_every_finding_leads_to_its_line() -> None:
    """The places that findings name are places in the file."""
    places = {
        "content_sharer.enter.2": '"active_days", of = ["like"',
        "content_sharer.keep": "keep = [",
        "content_sharer.grace_days": "grace_days = 14",
        "minutes.publish": "publish = 120",
        "minutes.follow": "[minutes]",
        "reports.network": "network = false",
        "socially_engaged.enter.4": '"network_size"',
    }
    for line, text in zip(lines_at(TEXT, places), places.values(), strict=True):
        assert text in TEXT.splitlines()[line - 1]
