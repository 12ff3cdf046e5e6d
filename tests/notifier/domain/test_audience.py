"""Given what was recorded of a member, when something is heard, then just this follows."""

from services.notifier.domain.audience import (
    Describe,
    Event,
    Member,
    MemberDescribed,
    MemberMoved,
    Move,
    editors,
    escalation,
    member,
)
from shared.decider import fold
from tests.notifier.examples import HOURS, NINE

EDITOR = MemberDescribed(field="roles", value=("editor",), at=NINE, key="b")
MOVED = MemberMoved(
    member="ann",
    before="content_consumer",
    zone="content_sharer",
    version=2,
    cause="zone.changed/ann/2",
    at=NINE,
    historical=False,
)


def being(*history: Event) -> Member:
    return fold(member.evolve, member.initial, history)


def move(zone: str | None, version: int) -> Move:
    return Move(
        member="ann",
        zone=zone,
        version=version,
        cause=f"zone.changed/ann/{version}",
        at=NINE,
        historical=False,
    )


def test_the_later_word_wins_per_field() -> None:
    later = Describe(fields={"roles": (), "topics": ("tea",)}, at=NINE + HOURS, key="a")

    assert member.decide(later, being(EDITOR)) == (
        MemberDescribed(field="roles", value=(), at=NINE + HOURS, key="a"),
        MemberDescribed(field="topics", value=("tea",), at=NINE + HOURS, key="a"),
    )


def test_of_two_words_at_one_time_the_greater_key_wins() -> None:
    fields = {"roles": ("coordinator",)}

    assert member.decide(Describe(fields=fields, at=NINE, key="a"), being(EDITOR)) == ()  # type: ignore[arg-type]
    assert member.decide(Describe(fields=fields, at=NINE, key="c"), being(EDITOR)) != ()  # type: ignore[arg-type]


def test_an_earlier_word_that_comes_late_changes_nothing() -> None:
    early = Describe(fields={"roles": ("coordinator",)}, at=NINE - HOURS, key="z")

    assert member.decide(early, being(EDITOR)) == ()


def test_everybody_is_in_the_first_zone_until_we_hear_otherwise() -> None:
    assert member.decide(move("content_consumer", 1), being()) == ()
    assert member.decide(move("content_sharer", 2), being()) == (MOVED,)


def test_an_old_change_that_comes_again_changes_nothing() -> None:
    assert member.decide(move("content_creator", 2), being(MOVED)) == ()
    assert member.decide(move("content_consumer", 1), being(MOVED)) == ()


def test_where_there_is_nobody_the_organisation_is_told() -> None:
    assert editors({}) == ("_org",)
    assert escalation({}) == ("_org",)
    assert escalation({"eddi": being(EDITOR)}) == ("eddi",)
