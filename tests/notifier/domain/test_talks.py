"""Groups with few engaged members are offered a speaker, and speakers are not worn out."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from services.notifier.domain.audience import Member, MemberDescribed, evolve
from services.notifier.domain.engaged import Engaged
from services.notifier.domain.talks import Group, TalkSuggested, of_talk, suggested
from tests.notifier.examples import NINE, RULES

DAY = timedelta(days=1)
MARCH = date(2026, 3, 1)
HERE = Member(zone="content_sharer")
COORDINATOR = evolve(
    Member(), MemberDescribed(field="roles", value=("coordinator",), at=NINE, key="k")
)


def caring(topic: str, member: Member = HERE) -> Member:
    return replace(member, cares=frozenset({topic}))


def group(
    name: str = "press", size: int = 10, *, engaged: int = 0, last: datetime | None = None
) -> Group:
    """Return a group whose first member cares about tea, and the others about ink."""
    members = {f"{name}-{number}": caring("ink") for number in range(size)}
    members[f"{name}-0"] = caring("tea")
    for number in range(engaged):
        who = f"{name}-{number}"
        members[who] = replace(members[who], zone="socially_engaged")
    return Group(name=name, members=members, last=last)


def told(
    *groups: Group, engaged: Engaged, to: dict[str, Member] | None = None
) -> list[TalkSuggested]:
    return list(suggested(groups, engaged, to or {}, RULES.engaged, MARCH, NINE))


def speakers(**topics: str | None) -> Engaged:
    return Engaged(members={who: caring(topic) if topic else HERE for who, topic in topics.items()})


@pytest.mark.parametrize(
    ("given", "is_due"),
    [
        (group(), True),
        (group(size=4), False),
        (group(size=5), True),
        (group(size=10, engaged=1), False),
        (group(size=11, engaged=1), True),
        (group(last=datetime(2025, 10, 1, tzinfo=NINE.tzinfo)), False),
        (group(last=datetime(2025, 9, 30, tzinfo=NINE.tzinfo)), True),
    ],
)
def test_a_group_is_due_when_few_are_engaged_and_there_was_no_talk_lately(
    given: Group, is_due: bool
) -> None:
    assert given.is_due(RULES.engaged.talks, MARCH) == is_due


def test_whoever_shares_most_with_the_group_speaks_of_it() -> None:
    """Whoever shares a topic comes before whoever was asked less."""
    engaged = speakers(ann=None, bob="tea", cyd="ink")
    [talk] = told(group(), engaged=engaged)
    assert (talk.speaker, talk.topic) == ("bob", "tea")

    both = {**engaged.members, "bob": caring("ink", engaged.members["bob"])}
    [talk] = told(group(), engaged=replace(engaged, members=both))
    assert (talk.speaker, talk.topic) == ("bob", "ink")
    [talk] = told(group(), engaged=speakers(ann=None))
    assert (talk.speaker, talk.topic) == ("ann", None)


def test_whoever_was_asked_lately_rests_and_whoever_was_asked_least_comes_first() -> None:
    engaged = replace(
        speakers(ann="ink", bob="ink", cyd="ink", dee="ink"),
        asked={"ann": (NINE - 29 * DAY,), "bob": (NINE - 31 * DAY,), "cyd": (NINE - 91 * DAY,)},
        unwilling={("dee", "talk")},
    )
    [talk] = told(group(), engaged=engaged)

    assert talk.speaker == "cyd"


def test_nobody_is_sent_to_their_own_group() -> None:
    members = {"press-0": caring("ink"), "ann": HERE}
    [talk] = told(group(), engaged=Engaged(members=members))

    assert talk.speaker == "ann"
    assert told(group(), engaged=speakers()) == []


def test_in_a_month_every_speaker_has_one_group_and_the_emptiest_come_first() -> None:
    groups = [group("d", 30, engaged=1), group("c"), group("b"), group("a", 20, engaged=1)]
    talks = told(*groups, engaged=speakers(ann=None, bob=None, cyd=None, dee=None))
    assert [(it.group, it.speaker) for it in talks] == [("b", "ann"), ("c", "bob"), ("d", "cyd")]

    assert [it.group for it in told(*groups, engaged=speakers(ann=None))] == ["b"]


def test_the_groups_own_coordinator_sees_to_it_else_all_else_the_organisation() -> None:
    engaged = speakers(ann=None)
    own = replace(group(), members={**group().members, "cora": COORDINATOR})

    both = {"cora": COORDINATOR, "carl": COORDINATOR}
    assert told(own, engaged=engaged, to=both)[0].to == ("cora",)
    assert told(group(), engaged=engaged, to=both)[0].to == ("carl", "cora")
    [talk] = told(group(), engaged=engaged)
    assert talk.to == ("_org",)
    assert [(it.recipient, it.about) for it in of_talk(talk)] == [("ann", None), ("_org", "ann")]
    assert {it.cause for it in of_talk(talk)} == {"talk/2026-03/press"}
