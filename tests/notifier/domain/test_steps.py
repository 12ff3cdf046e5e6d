"""Given what is seen on an occasion, just this is suggested, nudged and told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain import impact, nudges, standing, suggestions
from services.notifier.domain.audience import Member, MemberDescribed, member
from services.notifier.domain.impact import Count, Echo, Piece, Week
from services.notifier.domain.interest import Interest
from services.notifier.domain.notices import Notice
from services.notifier.domain.nudges import Nudgeable
from services.notifier.domain.standing import DemotionForetold, ZoneNeared
from services.notifier.domain.steps import Source
from services.notifier.domain.suggestions import Following, Item, Round, Sharing
from tests.notifier.examples import NINE, RULES

DAY = timedelta(days=1)
TODAY = NINE.date()
SUGGESTING, NUDGING, FADING = RULES.suggesting, RULES.nudging, RULES.interest
TEA = {"sue": {"tea": Interest(2000, 2)}}
PIECE = Item("piece/1", "ann", NINE - DAY, "On tea", "https://a.example/1", ("tea",))
PERSON = Source(id="https://a.example/p", kind="person", name="P", url="https://a.example/p")
GROUP = replace(PERSON, id="https://a.example/g", kind="group", name="G", topics=("tea",))
CIRCLE = replace(PERSON, id="https://a.example/c", kind="group", zone="content_creator")
NEAR = ZoneNeared(
    zone="content_sharer",
    next="content_creator",
    minutes=120,
    kind="publish",
    acts=1,
    step_minutes=120,
    steps=1,
    cause="zone.near/sue/1",
    at=NINE - DAY,
    historical=False,
)
DEMOTION = DemotionForetold(
    zone="content_sharer",
    to="content_consumer",
    due_on=TODAY + 10 * DAY,
    cancelled=False,
    kind="share",
    acts=1,
    cause="zone.warning/sue/1",
    at=NINE,
    historical=False,
)
OVER = replace(DEMOTION, cancelled=True, cause="zone.warning/sue/2")
MADE = Piece("piece/1", "ann", "On tea", "https://a.example/1", frozenset({"piece/1"}), False, True)
OLD = Piece("piece/0", "ann", None, None, frozenset({"piece/0", "alias"}), True, False)


def shared(known: Sharing) -> list[Notice]:
    return [*suggestions.of_sharing(known, NINE, SUGGESTING, FADING)]


def followed(known: Following, *sources: Source) -> list[Notice]:
    return [*suggestions.of_following(known, sources, NINE, SUGGESTING, FADING)]


def nudged(known: Nudgeable, *sources: Source) -> list[Notice]:
    return [*nudges.of_nudging(known, sources, TODAY, NINE, NUDGING)]


def a_sharer(**rest: object) -> Sharing:
    return replace(Sharing(sharers=["sue"], items=[PIECE], interests=TEA), **rest)  # type: ignore[arg-type]


def a_reader(**rest: object) -> Following:
    return replace(
        Following(readers={"sue": "content_consumer"}, authors=[PIECE], interests=TEA),
        **rest,  # type: ignore[arg-type]
    )


def what_is_said() -> Iterator[Notice]:
    """Whatever is suggested, nudged and told, in every turn that it takes."""
    yield from shared(a_sharer())
    yield from shared(a_sharer(items=[PIECE._replace(author=None, title=None, url=None)]))
    yield from followed(a_reader())
    alone = a_reader(authors=[])
    yield from followed(alone, GROUP)
    yield from followed(alone, PERSON)
    yield from followed(alone, replace(PERSON, kind="tag"))
    yield from nudged(Nudgeable(unlinked=[("sue", "", NINE - 8 * DAY)]))
    yield from nudged(Nudgeable(accounts=[("sue", "mastodon", NINE - 31 * DAY)]))
    yield from nudged(Nudgeable(bare={"sue": 4}))
    for near in (NEAR, replace(NEAR, steps=2, kind="comment", acts=3)):
        yield from nudged(Nudgeable(near={"sue": near}))
        yield from nudged(Nudgeable(near={"sue": near}), CIRCLE)
        yield from nudged(Nudgeable(near={"sue": near}, trainings=[PIECE]), CIRCLE)
    for demotion in (DEMOTION, replace(DEMOTION, kind=None, acts=0), OVER):
        yield from standing.of_demotion("sue", demotion, Member(), "zone.warning/sue/1", NINE)
    week = Week(pieces=[MADE], results=[Echo("lead", "ann", "crm", None)], there=["ann"])
    for each in (week, replace(week, results=[]), replace(week, pieces=[])):
        yield from impact.of_authors(each, TODAY, NINE)
        yield from impact.of_organisation(each, TODAY, NINE)


def test_a_suggestion_says_what_interested_the_sharer() -> None:
    [notice] = shared(a_sharer())

    assert (notice.recipient, notice.cause, notice.about) == ("sue", "piece/1", "ann")
    assert notice.facts["topic"] == "tea"
    assert notice.facts["acts"] == 2


def test_nobody_is_asked_to_share_their_own_or_what_they_know() -> None:
    assert shared(a_sharer(sharers=["ann"], interests={"ann": TEA["sue"]})) == []
    assert shared(a_sharer(known={("sue", "piece/1")})) == []


def test_nobody_is_asked_to_share_what_does_not_interest_them() -> None:
    assert shared(a_sharer(interests={"sue": {"tea": Interest(249)}})) == []
    assert shared(a_sharer(interests={"sue": {"ink": Interest(9000)}})) == []


def test_at_most_three_are_suggested_and_the_most_fitting_first() -> None:
    items = [PIECE._replace(piece=f"piece/{n}", at=NINE - n * DAY) for n in range(1, 6)]
    ink = PIECE._replace(piece="piece/9", topics=("tea", "ink"))
    both = {"sue": {**TEA["sue"], "ink": Interest(1)}}

    told = shared(a_sharer(items=[*items, ink], interests=both))
    assert [it.cause for it in told] == ["piece/9", "piece/1", "piece/2"]


@pytest.mark.parametrize(
    ("last", "pause"),
    [
        (None, 1),
        (Round(NINE - DAY, 1, taken=False), 2),
        (Round(NINE - DAY, 2, taken=False), None),
        (Round(NINE - 2 * DAY, 2, taken=False), 4),
        (Round(NINE - 32 * DAY, 32, taken=False), 32),
        (Round(NINE - DAY, 8, taken=True), 1),
    ],
)
def test_the_pause_is_doubled_while_suggestions_are_left(
    last: Round | None, pause: int | None
) -> None:
    """And it is over as soon as one is taken up."""
    assert suggestions.pause_of(last, NINE, SUGGESTING) == pause


@pytest.mark.parametrize(("pause", "less_often"), [(4, True), (16, False), (32, False)])
def test_what_is_suggested_as_seldom_as_can_be_will_not_be_less_often(
    pause: int, *, less_often: bool
) -> None:
    rounds = {"sue": Round(NINE - pause * DAY, pause, taken=False)}
    [notice] = shared(a_sharer(rounds=rounds))

    assert notice.facts["less_often"] is less_often


@given(st.lists(st.booleans(), min_size=1, max_size=120))
def test_however_mornings_go_pauses_are_kept(takes: list[bool]) -> None:
    """Whoever takes nothing up is asked at most after 1, 2, 4, 8, 16 and 32 days."""
    last: Round | None = None
    rounds: list[tuple[int, int, bool]] = []
    for day, taken in enumerate(takes):
        pause = suggestions.pause_of(last, NINE + day * DAY, SUGGESTING)
        if pause is not None:
            last = Round(NINE + day * DAY, pause, taken=False)
            rounds.append((day, pause, False))
        if last and taken:
            last = last._replace(taken=True)
            rounds[-1] = (*rounds[-1][:2], True)
    for (day, pause, taken), (then, after, _) in pairwise(rounds):
        assert after == (1 if taken else min(2 * pause, 32))
        assert taken or then - day >= pause


def test_whoever_does_not_follow_an_author_may_like_to() -> None:
    [notice] = followed(a_reader(readers={"sue": "content_sharer"}))

    assert (notice.recipient, notice.about, notice.cause) == ("sue", "ann", "follow/ann")


@pytest.mark.parametrize(
    "known",
    [
        a_reader(follows={("sue", "ann")}),
        a_reader(known={("sue", "follow/ann")}),
        a_reader(asked={"sue": NINE - 6 * DAY}),
        a_reader(interests={}),
        a_reader(authors=[PIECE._replace(author="sue")]),
        a_reader(readers={"sue": "content_sharer"}, authors=[PIECE._replace(at=NINE - 15 * DAY)]),
    ],
)
def test_nobody_is_asked_again_too_soon_or_what_is_of_no_use(known: Following) -> None:
    assert followed(known) == []


def test_a_consumer_who_follows_no_author_hears_of_earlier_ones_and_of_outside() -> None:
    before = a_reader(authors=[PIECE._replace(at=NINE - 60 * DAY)])
    nobody = a_reader(authors=[])
    settled = replace(before, follow_creators=frozenset({"sue"}))

    assert [it.about for it in followed(before, GROUP)] == ["ann"]
    assert followed(settled, GROUP) == []
    assert [it.facts["name"] for it in followed(nobody, PERSON, GROUP)] == ["G"]
    assert [it.facts["name"] for it in followed(replace(nobody, interests={}), PERSON)] == ["P"]
    assert followed(replace(nobody, interests={}), GROUP, CIRCLE) == []


def test_of_all_nudges_the_one_of_least_effort_comes() -> None:
    known = Nudgeable(
        unlinked=[("sue", "", NINE - 8 * DAY)], bare={"sue": 4}, near={"sue": NEAR, "tom": NEAR}
    )

    told = nudged(known)
    assert [(it.recipient, it.facts["what"]) for it in told] == [
        ("sue", "account_missing"),
        ("tom", "near"),
    ]
    again = nudged(replace(known, known={("sue", told[0].cause)}))
    assert again[0].facts["what"] == "own_words"


@pytest.mark.parametrize(
    ("minutes", "others", "first"),
    [
        (0.0, 1, "account_missing"),
        (0.4, 1, "account_missing"),
        (0.0, 2, "near"),
        (1.5, 2, "near"),
    ],
)
def test_what_is_said_to_take_no_time_takes_a_minute(
    minutes: float, others: int, first: str
) -> None:
    """So it does not go before what takes just that."""
    known = Nudgeable(
        unlinked=[("sue", "", NINE - 8 * DAY)], near={"sue": replace(NEAR, minutes=minutes)}
    )
    rules = replace(NUDGING, link_minutes=others)

    [told] = nudges.of_nudging(known, (), TODAY, NINE, rules)
    assert told.facts["what"] == first


def test_there_is_one_nudge_a_week() -> None:
    known = Nudgeable(bare={"sue": 4})

    assert nudged(replace(known, nudged={"sue": NINE - 6 * DAY})) == []
    assert len(nudged(replace(known, nudged={"sue": NINE - 7 * DAY}))) == 1


@pytest.mark.parametrize(("days", "news"), [(29, False), (30, True), (43, True), (44, False)])
def test_an_account_is_dormant_after_thirty_days_and_no_news_a_fortnight_later(
    days: int, news: bool
) -> None:
    told = nudged(Nudgeable(accounts=[("sue", "mastodon", NINE - days * DAY)]))

    assert [it.kind for it in told] == ["account_dormant"] * news


def test_whoever_is_near_a_zone_hears_what_helps() -> None:
    known = Nudgeable(near={"sue": NEAR})

    [alone] = nudged(known, PERSON)
    [circle] = nudged(known, CIRCLE)
    [training] = nudged(replace(known, trainings=[PIECE]), CIRCLE)
    helps = [(it.facts["help"], it.facts["name"]) for it in (alone, circle, training)]
    assert helps == [(None, None), ("group", "P"), ("training", "On tea")]


def test_what_was_near_weeks_ago_is_no_news() -> None:
    assert nudged(Nudgeable(near={"sue": replace(NEAR, at=NINE - 14 * DAY)})) == []


def test_a_warning_is_given_and_its_end_is_told_to_whoever_was_warned() -> None:
    [warned] = standing.of_demotion("sue", DEMOTION, Member(), None, NINE)
    assert (warned.kind, warned.facts["due_on"]) == ("warning", "2026-03-12")

    [over] = standing.of_demotion("sue", OVER, Member(), warned.cause, NINE)
    assert (over.kind, over.cause) == ("warning_over", warned.cause)
    assert [*standing.of_demotion("sue", OVER, Member(), None, NINE)] == []


def test_nobody_is_warned_of_history_or_while_away() -> None:
    paused = MemberDescribed(field="status", value=("paused",), at=NINE, key="a")
    away = member.evolve(Member(), paused)

    assert [
        *standing.of_demotion("sue", replace(DEMOTION, historical=True), Member(), "", NINE)
    ] == []
    assert [*standing.of_demotion("sue", DEMOTION, away, None, NINE)] == []


def summed(week: Week) -> dict[str, object]:
    [notice] = impact.of_authors(replace(week, there=["ann"]), TODAY, NINE)
    return {what: n for what, n in notice.facts.items() if n and what in impact.COUNTS}


def test_where_nothing_came_of_pieces_nothing_is_told() -> None:
    assert [*impact.of_authors(Week(pieces=[MADE], there=["ann"]), TODAY, NINE)] == []
    assert [*impact.of_organisation(Week(pieces=[OLD]), TODAY, NINE)] == []


def test_what_others_did_with_a_piece_is_told_to_its_author() -> None:
    echoes = [
        Echo("share", "sue", "x", "piece/1"),
        Echo("quote", "tom", "x", "piece/1"),
        Echo("comment", "tom", "x", "alias"),
        Echo("comment", "ann", "x", "piece/1"),
        Echo("comment", "tom", "x", "piece/7"),
    ]

    assert summed(Week(pieces=[MADE, OLD], echoes=echoes)) == {"shares": 2, "comments": 1}


def test_a_platforms_own_counts_go_before_the_acts_of_others() -> None:
    """Also where it counted in an earlier week only."""
    echoes = [Echo("share", "sue", "x", "piece/1"), Echo("share", "sue", "y", "piece/1")]
    counts = [
        Count("piece/1", "x", True, {"shares": 4}),
        Count("piece/1", "x", False, {"shares": 9}),
    ]

    assert summed(Week(pieces=[MADE], echoes=echoes, counts=counts)) == {"shares": 5 + 1}
    assert summed(Week(pieces=[MADE], echoes=echoes, counts=counts[:1])) == {"shares": 1}


def test_of_a_piece_that_came_with_history_only_what_grew_is_told() -> None:
    counts = [Count("piece/0", "x", False, {"readers": n}) for n in (9000, 9010)]
    new = [Count("piece/1", "x", False, {"readers": 7})]

    assert summed(Week(pieces=[MADE, OLD], counts=counts)) == {"readers": 10}
    assert summed(Week(pieces=[MADE, OLD], counts=new)) == {"readers": 7}


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=12), st.data())
def test_weeks_add_up_to_what_a_platform_counted(values: list[int], data: st.DataObject) -> None:
    """Wherever one ends and the next begins, as long as counts do not shrink."""
    line = sorted(values)
    cuts = sorted({0, len(line), *data.draw(st.lists(st.integers(0, len(line)), max_size=4))})
    told = 0
    for begin, end in pairwise(cuts):
        counts = [
            Count("piece/1", "x", n < begin, {"readers": value})
            for n, value in enumerate(line[:end])
        ]
        for notice in impact.of_authors(
            Week(pieces=[MADE], counts=counts, there=["ann"]), TODAY, NINE
        ):
            told += int(str(notice.facts["readers"]))

    assert told == line[-1]


def test_outcomes_are_the_authors_of_the_piece_else_theirs_of_whom_they_are_told() -> None:
    results = [Echo("lead", "bob", "crm", "piece/1"), Echo("speaking", "bob", "crm", None)]
    week = Week(pieces=[MADE], results=results, there=["ann", "bob"])

    told = {it.recipient: it.facts for it in impact.of_authors(week, TODAY, NINE)}
    assert told["ann"]["leads"] == 1
    assert told["bob"]["conversations"] == 1
    assert told["bob"]["title"] is None


def test_the_organisation_hears_of_new_pieces_and_what_came_of_all() -> None:
    week = Week(pieces=[MADE, OLD], echoes=[Echo("share", "sue", "x", "piece/0")])

    [notice] = impact.of_organisation(week, TODAY, NINE)
    assert (notice.recipient, notice.facts["pieces"], notice.facts["shares"]) == ("_org", 1, 1)
    assert notice.facts["titles"] == ("On tea",)
    everybody = impact.of_organisation(replace(week, everybody=["sue", "bob"]), TODAY, NINE)
    assert [it.recipient for it in everybody] == ["_org", "bob", "sue"]
