"""Given how things stand, a notice is over or it is not."""

from dataclasses import replace

import pytest

from services.notifier.domain.kinds import Kind
from services.notifier.domain.notices import Facts, Notice
from services.notifier.domain.over import Grounds, is_over
from tests.notifier.examples import NINE

NOTHING = Grounds()


def a_notice(
    kind: Kind, facts: Facts | None = None, *, about: str | None = None, cause: str = "c"
) -> Notice:
    return Notice(kind=kind, recipient="sue", cause=cause, at=NINE, facts=facts or {}, about=about)


@pytest.mark.parametrize(
    "kind",
    [
        "voice_answer",
        "recognition",
        "topic_result",
        "circle",
        "impact_summary",
        "organisation_digest",
    ],
)
def test_what_somebody_did_stays_true(kind: Kind) -> None:
    assert not is_over(a_notice(kind), NOTHING)


def test_of_whom_or_what_is_outside_nobody_tells_us() -> None:
    assert not is_over(a_notice("follow_suggestion"), NOTHING)


@pytest.mark.parametrize("known", [Grounds(pieces={"c"}), Grounds(offers={"c"})])
def test_what_is_there_and_not_yet_shared_may_be_shared(known: Grounds) -> None:
    suggestion = a_notice("share_suggestion")

    assert not is_over(suggestion, known)
    assert is_over(suggestion, replace(known, shared={("sue", "c")}))
    assert not is_over(suggestion, replace(known, shared={("tom", "c"), ("sue", "d")}))
    assert is_over(suggestion, NOTHING)


def test_what_is_worth_sharing_is_announced_to_others_only() -> None:
    announcement = a_notice("announcement")
    known = Grounds(pieces={"c"}, suggested={("tom", "c"), ("sue", "d")})

    assert not is_over(announcement, known)
    assert is_over(announcement, replace(known, suggested={("sue", "c")}))


@pytest.mark.parametrize(
    ("facts", "known", "over"),
    [
        ({"quiet": True, "late": False}, Grounds(consents={"ann"}, quiet={"ann"}), False),
        ({"quiet": True, "late": False}, Grounds(consents={"ann"}), True),
        ({"quiet": True, "late": True}, Grounds(consents={"ann"}), False),
        ({"quiet": True, "late": True}, Grounds(quiet={"ann"}), True),
    ],
)
def test_care_is_over_with_the_consent_or_with_all_signals(
    facts: Facts, known: Grounds, *, over: bool
) -> None:
    """A promise that was broken stays broken."""
    assert is_over(a_notice("retention_care", facts, about="ann"), known) is over


def test_a_group_has_heard_a_talk_if_that_was_later() -> None:
    talk = a_notice("talk", {"group": "press"})

    assert not is_over(talk, Grounds(talks={"press": NINE}))
    assert is_over(talk, Grounds(talks={"press": NINE.replace(hour=10)}))
