"""A sponsor hears of a member who may need somebody: with consent, seldom, and in words."""

from dataclasses import replace
from datetime import timedelta

from services.notifier.domain.audience import Member, MemberDescribed, evolve
from services.notifier.domain.care import CareSuggested, Concern, of_care, suggested
from tests.notifier.examples import NINE, RULES

DAY = timedelta(days=1)
ENGAGED = Member(zone="socially_engaged")
MEMBERS = {"ann": ENGAGED, "sue": Member()}
CONCERN = Concern(member="ann", sponsor="sue", quiet=False, breached=(), last=None)
QUIET = replace(CONCERN, quiet=True)


def seen(
    concern: Concern, members: dict[str, Member] | None = None
) -> list[tuple[str, CareSuggested]]:
    return list(suggested([concern], members or MEMBERS, RULES.engaged.care, NINE))


def away(status: str, member: Member) -> Member:
    return evolve(member, MemberDescribed(field="status", value=(status,), at=NINE, key="k"))


def test_a_quiet_member_is_told_of_in_words() -> None:
    [(member, care)] = seen(QUIET)
    notice = of_care(member, care)

    assert (notice.recipient, notice.about, notice.cause) == ("sue", "ann", "care/2026-03-02/ann")
    assert dict(notice.facts) == {"quiet": True, "late": False}


def test_one_broken_promise_is_no_signal_and_two_are_while_they_are_recent() -> None:
    one, two = NINE - 59 * DAY, NINE - DAY
    assert seen(replace(CONCERN, breached=(two,))) == []
    assert seen(replace(CONCERN, breached=(NINE - 60 * DAY, two))) == []
    [(_, care)] = seen(replace(CONCERN, breached=(one, two)))
    assert (care.quiet, care.late) == (False, True)


def test_nothing_is_said_where_all_is_well() -> None:
    assert seen(CONCERN) == []


def test_a_sponsor_hears_of_a_member_once_a_quarter() -> None:
    assert seen(replace(QUIET, last=NINE - 89 * DAY)) == []
    assert len(seen(replace(QUIET, last=NINE - 90 * DAY))) == 1


def test_who_has_left_or_is_on_a_break_is_left_in_peace_and_so_is_who_is_elsewhere() -> None:
    for status in ("departed", "paused"):
        assert seen(QUIET, {**MEMBERS, "ann": away(status, ENGAGED)}) == []
        assert seen(QUIET, {**MEMBERS, "sue": away(status, Member())}) == []
    assert seen(QUIET, {**MEMBERS, "ann": Member(zone="content_creator")}) == []
