"""What makes a next step easy, from what is heard to what is said, on a real database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.notifier.adapters import sourcebook
from services.notifier.domain.rules import Rules
from services.notifier.domain.steps import Source
from services.notifier.settings import SHIPPED_SOURCES
from shared.contracts.activity import Happened
from shared.contracts.zones import (
    Demotion,
    Step,
    VitalityChange,
    VitalityChanged,
    WayUp,
    ZoneChanged,
    ZoneNear,
    ZoneWarning,
)
from shared.runtime.rulefile import RulesInvalid
from tests.notifier.examples import (
    NINE,
    RULES,
    Notifier,
    a_notifier,
    entered,
    follow,
    happened,
    moved,
    published,
    recognised,
    without,
)

DAY = timedelta(days=1)
MORNING = NINE.replace(hour=8)
MONDAY = MORNING + 7 * DAY
TAG = Source(id="https://a.example/t", kind="tag", name="#tea", url="https://a.example/t")


def tick(at: datetime) -> Happened:
    """Let time pass, by somebody of whom nothing is said."""
    return happened("like", "zoe", at=at)


def sharer(member: str) -> ZoneChanged:
    return moved(member, "content_sharer", frm="content_consumer", version=2)


def offered(piece: str = "o-1", *, topics: Sequence[str] = ("tea",), **rest: Any) -> Happened:  # noqa: ANN401
    """Something of the organisation's; `rest` goes to the event or to the offer."""
    about = {"id": piece, "kind": rest.pop("kind", "article"), "title": f"On {piece}"}
    return happened("content_available", "_org", object=about, topics=list(topics), **rest)


def shared(member: str, piece: str, *, kind: str = "share", **rest: Any) -> Happened:  # noqa: ANN401
    return happened(kind, member, object={"id": piece}, **rest)


def linked(
    member: str,
    platform: str,
    *,
    kind: str = "link_account",
    at: datetime = NINE,
    historical: bool = False,
) -> Happened:
    event = happened(kind, member, platform=platform, at=at, historical=historical)
    data = {"platform": platform, "account": f"acct-{platform}"}
    return event.model_copy(update={"data": data})


def due(
    member: str = "sue", *, at: datetime = NINE, over: bool = False, place: int = 1
) -> ZoneWarning:
    return ZoneWarning.of(
        Demotion(
            member=member,
            zone="content_sharer",
            to="content_consumer",
            due_on=at.date() + 10 * DAY,
            cancelled=over,
            because=(
                {
                    "criterion": "c",
                    "measure": "acts",
                    "of": ["like", "share"],
                    "days": 60,
                    "need": 2,
                    "have": 1,
                    "margin": -1,
                    "met": False,
                },
            ),  # type: ignore[arg-type]
            effective_on=at.date(),
            decided_at=at,
            policy_version=1,
        ),
        place=place,
    )


def near(member: str = "sue", *, at: datetime = NINE, historical: bool = False) -> ZoneNear:
    steps = (Step(kind="publish", acts=1, minutes=120), Step(kind="share", acts=1, minutes=2))
    return ZoneNear.of(
        WayUp(
            member=member,
            zone="content_sharer",
            next="content_creator",
            minutes=122,
            steps=steps,
            effective_on=at.date(),
            decided_at=at,
            policy_version=1,
            historical=historical,
        ),
        place=1,
    )


def quiet(member: str = "sue") -> VitalityChanged:
    return VitalityChanged.of(
        VitalityChange.model_validate(
            {
                "member": member,
                "zone": "content_sharer",
                "since": NINE.date(),
                "vitality": "quiet",
                "version": 2,
                "from": "active",
                "effective_on": NINE.date(),
                "decided_at": NINE,
                "policy_version": 1,
            }
        ),
        place=3,
    )


async def said(notifier: Notifier, *kinds: str) -> list[tuple[str, str]]:
    """Return to whom something of these kinds was said and why, in the order of the log."""
    told = [it.notice for it in await notifier.notices() if it.notice.kind in kinds]
    return [(it.recipient, it.cause) for it in told]


async def told_days(notifier: Notifier, kind: str) -> list[int]:
    """Return on which days after the first of them something of a kind was said."""
    told = [it.notice.at for it in await notifier.notices() if it.notice.kind == kind]
    return sorted({(at - MORNING) // DAY for at in told})


async def days_pass(notifier: Notifier, days: int, begin: int = 1) -> None:
    for day in range(begin, begin + days):
        await notifier.hears(tick(MORNING + day * DAY))


async def a_sharer_of_tea(notifier: Notifier, member: str = "sue") -> None:
    await notifier.hears(tick(NINE), happened("member_registered", member, topics=["tea"], at=NINE))
    await notifier.hears(sharer(member))


async def test_an_announcement_says_how_often_one_came_back_to_its_topic(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        for n in range(3):
            await notifier.hears(happened("share", "sue", topics=["Tea"], at=NINE - n * DAY))
        await notifier.hears(published(topics=["tea"]))

        await notifier.hears(happened("like", "zoe", at=NINE + DAY))
        letters = await notifier.letters("sue")
        [letter] = [it for it in letters if it["kind"] == "announcement"]
        assert letter["why"] == "You get this because you came back to tea 3 times lately."


@pytest.mark.parametrize("late", [False, True])
async def test_what_was_taken_back_shows_no_interest(tmp_path: Path, *, late: bool) -> None:
    """By its id or by its object, whichever of the two comes first."""
    acts = [
        happened("share", "sue", topics=["tea"], id="s-1"),
        happened("like", "tom", topics=["tea"], object={"id": "o-1"}),
    ]
    taken_back = [
        happened("retract", "sue", retracts="s-1"),
        happened("retract", "tom", object={"id": "o-1"}, kind="like"),
    ]
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(*(taken_back + acts if late else acts + taken_back))
        await notifier.hears(published(topics=["tea"]))

        assert await notifier.said() == []


async def test_a_like_that_shows_nothing_new_is_not_recorded(tmp_path: Path) -> None:
    """Of what shows neither a topic nor own words the first of a day tells that the account is
    used.
    """
    async with a_notifier(tmp_path) as notifier:
        for n in range(3):
            await notifier.hears(happened("like", "sue", at=NINE + n * DAY / 24))
            await notifier.hears(happened("view", "sue", at=NINE - n * DAY))
        await notifier.hears(happened("converse", "sue", at=NINE + DAY))

        rows = await notifier.store.read(0, 1000)
        assert [row.type for row in rows].count("act-recorded") == 2


async def test_a_sharer_is_asked_in_the_morning_to_share_what_interests_them(
    tmp_path: Path,
) -> None:
    async with a_notifier(tmp_path) as notifier:
        await a_sharer_of_tea(notifier)
        await notifier.hears(
            happened("member_registered", "con", topics=["tea"]),
            published(topics=["tea"]),
            published("sue", "p-2", topics=["tea"]),
            published("ann", "p-3", topics=["ink"]),
            published("ann", "p-4", topics=["tea"], historical=True),
            published("ann", "p-5", topics=["tea"]),
            published("ann", "p-6", topics=["tea"], id="taken"),
            happened("retract", "ann", retracts="taken"),
            shared("sue", "p-5"),
            published("ann", "p-7", topics=["tea"]),
            published("sue", "p-7", historical=True),
            offered(until="2026-03-03"),
            offered("o-2", until="2026-03-02"),
            offered("o-3", kind="training"),
        )
        await days_pass(notifier, 1)

        titles = [it["title"] for it in await notifier.letters("sue")]
        asked = sorted(it for it in titles if it.startswith("Worth"))
        assert asked == ["Worth sharing: “On o-1”", "Worth sharing: “On waiting” by ann"]
        assert {who for who, _ in await said(notifier, "share_suggestion")} == {"sue"}


async def test_at_most_three_suggestions_come_at_once_and_each_only_once(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await a_sharer_of_tea(notifier)
        await notifier.hears(*(offered(f"o-{n}") for n in range(8)))
        await days_pass(notifier, 10)

        told = await said(notifier, "share_suggestion")
        assert len(told) == len(set(told)) == 8
        assert await told_days(notifier, "share_suggestion") == [1, 2, 4]


async def test_suggestions_back_off_while_they_are_ignored(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await a_sharer_of_tea(notifier)
        for day in range(1, 20):
            at = MORNING + (day - 0.5) * DAY
            await notifier.hears(*(offered(f"o-{day}-{n}", at=at) for n in range(9)))
            await days_pass(notifier, 1, day)

        assert await told_days(notifier, "share_suggestion") == [1, 2, 4, 8, 16]


@pytest.mark.parametrize("by", ["share", "quote", "suggestion"])
async def test_what_is_taken_up_ends_the_pause(tmp_path: Path, by: str) -> None:
    """By a share of the same thing, or of whatever else with the number of the suggestion."""
    async with a_notifier(tmp_path) as notifier:
        await a_sharer_of_tea(notifier)
        await notifier.hears(*(offered(f"o-{n}") for n in range(99)))
        await days_pass(notifier, 4)
        sent = [it for it in await notifier.notices() if it.notice.kind == "share_suggestion"][-1]
        offer = str(sent.notice.facts["title"]).removeprefix("On ")
        if by == "suggestion":
            act = shared("sue", "elsewhere", at=MORNING + 4.5 * DAY, suggestion_id=sent.id)
        else:
            act = shared("sue", offer, kind=by, at=MORNING + 4.5 * DAY)
        await notifier.hears(act)
        await days_pass(notifier, 4, 5)

        assert await told_days(notifier, "share_suggestion") == [1, 2, 4, 5, 6, 8]


async def test_whoever_is_not_there_is_asked_for_nothing(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        for status in ("paused", "departed"):
            await a_sharer_of_tea(notifier, status)
            await notifier.hears(happened(f"member_{status}", status, at=NINE + DAY / 24))
            await notifier.hears(near(status), due(status))
        await notifier.hears(offered(), published(topics=["tea"]))
        await days_pass(notifier, 15)

        assert {who for who, _ in await notifier.said()} == {"_org"}


async def test_at_most_one_suggestion_whom_to_follow_comes_in_a_week(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(tick(NINE), happened("member_registered", "con", topics=["tea"]))
        for n, author in enumerate(("ann", "bob", "cyd")):
            await notifier.hears(published(author, f"p-{n}", topics=["tea"]))
        await days_pass(notifier, 30)

        told = [whom for who, whom in await said(notifier, "follow_suggestion") if who == "con"]
        assert told == ["follow/ann", "follow/bob", "follow/cyd"]
        assert await told_days(notifier, "follow_suggestion") == [1, 8, 15]


async def test_whoever_is_followed_is_not_suggested(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(
            tick(NINE),
            happened("member_registered", "con", topics=["tea"]),
            follow("con"),
            published(topics=["tea"]),
        )
        await days_pass(notifier, 2)

        assert await said(notifier, "follow_suggestion") == []


async def test_a_consumer_who_follows_no_author_hears_of_the_operators_sources(
    tmp_path: Path,
) -> None:
    async with a_notifier(tmp_path, sources=[TAG]) as notifier:
        await notifier.hears(tick(NINE), happened("member_registered", "con"))
        await days_pass(notifier, 9)

        assert ("con", f"follow/{TAG.id}") in await said(notifier, "follow_suggestion")
        assert [it["title"] for it in await notifier.letters("con")] == ["A tag you may like: #tea"]


async def test_a_member_without_an_account_is_reminded_once(tmp_path: Path) -> None:
    """Where accounts are linked at all, and of whom nothing was heard on any platform."""
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(tick(NINE), *(happened("member_registered", it) for it in "abc"))
        await days_pass(notifier, 9)
        assert await said(notifier, "nudge") == []

        await notifier.hears(
            linked("b", "x"),
            shared("c", "o-1", platform="x"),
        )
        await days_pass(notifier, 30, 10)
        assert await said(notifier, "nudge") == [("a", "account_missing/2026-03-02")]


async def test_an_account_that_is_not_used_for_thirty_days_is_said_to_be_quiet(
    tmp_path: Path,
) -> None:
    """Per account: that another one is used changes nothing, and neither does a like of old."""
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(tick(NINE), happened("member_registered", "sue"))
        for platform in ("x", "y", "z"):
            await notifier.hears(linked("sue", platform))
        await notifier.hears(
            linked("sue", "z", kind="unlink_account", at=NINE + DAY),
            happened("like", "sue", platform="x", at=NINE + 5 * DAY),
        )
        for day in range(1, 60):
            await notifier.hears(happened("view", "sue", platform="y", at=MORNING + day * DAY))

        assert await said(notifier, "account_dormant") == [("sue", "account_dormant/x/2026-03-07")]
        assert await told_days(notifier, "account_dormant") == [35]


@pytest.mark.parametrize(
    ("rules", "kind"), [(RULES, "account_dormant"), (without("account_dormant"), "nudge")]
)
async def test_a_nudge_that_the_organisation_has_switched_off_leaves_room_for_another(
    tmp_path: Path, rules: Rules, kind: str
) -> None:
    """Though it would cost less."""
    async with a_notifier(tmp_path, rules=rules) as notifier:
        await notifier.hears(tick(NINE), linked("sue", "x"))
        await notifier.hears(sharer("sue"))
        await notifier.hears(tick(NINE + 30 * DAY))
        await notifier.hears(near(at=NINE + 30 * DAY))
        await notifier.hears(tick(NINE + 31 * DAY))

        assert [it.notice.kind for it in await notifier.outcomes("sue")] == [kind, kind]


async def test_whoever_only_shares_is_asked_for_own_words(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(
            tick(NINE),
            *(shared(who, f"o-{n}") for who in ("sue", "tom", "una") for n in range(3)),
            happened("retract", "una", object={"id": "o-1"}, kind="share", at=NINE + DAY / 24),
            happened("comment", "tom"),
        )
        await days_pass(notifier, 20)

        assert await said(notifier, "nudge") == [("sue", "own_words/2026Q1")]


async def test_whoever_is_near_a_zone_hears_of_the_smallest_step(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await a_sharer_of_tea(notifier)
        await a_sharer_of_tea(notifier, "tom")
        await notifier.hears(near(), near(), near("tom", historical=True), near("con"))
        await notifier.hears(near())
        await notifier.hears(offered(kind="training"))
        await days_pass(notifier, 5)

        assert [who for who, _ in await said(notifier, "nudge")] == ["sue"]
        [letter] = [it for it in await notifier.letters("sue") if it["kind"] == "nudge"]
        assert letter["title"] == "A few steps, and you are among those who publish"
        assert "one share, about 2 minutes" in letter["text"]
        assert "a training that helps: On o-1" in letter["text"]


async def test_a_zone_is_near_when_the_log_has_come_to_it(tmp_path: Path) -> None:
    """Where history is played, the classifier may be far ahead."""
    async with a_notifier(tmp_path) as notifier:
        await a_sharer_of_tea(notifier)
        await notifier.hears(near(at=MORNING + 3.5 * DAY))
        await days_pass(notifier, 3)
        assert await said(notifier, "nudge") == []

        await days_pass(notifier, 2, begin=4)
        assert [who for who, _ in await said(notifier, "nudge")] == ["sue"]


async def test_whoever_has_arrived_is_not_nudged_to_where_they_are(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await a_sharer_of_tea(notifier)
        await notifier.hears(near())
        await notifier.hears(moved("sue", "content_creator", frm="content_sharer", version=3))
        await days_pass(notifier, 3)

        assert await said(notifier, "nudge") == []


async def test_a_warning_is_kind_and_says_what_is_enough(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(due(), due())
        await notifier.hears(due())

        [letter] = await notifier.letters("sue")
        assert letter["title"] == "One share is enough to stay where you are"
        assert "from March 12" in letter["text"]


@pytest.mark.parametrize("size", [1, 2, 4])
async def test_that_a_warning_is_over_is_said_once_to_whoever_was_warned(
    tmp_path: Path, size: int
) -> None:
    """Wherever a batch ends."""
    heard = [due(), due(over=True, place=2), due(over=True, place=3), due("tom", over=True)]
    async with a_notifier(tmp_path) as notifier:
        for start in range(0, len(heard), size):
            await notifier.hears(*heard[start : start + size])

        assert await notifier.said() == [("sue", "warning"), ("sue", "warning_over")]


async def test_whoever_moved_after_all_is_not_told_that_they_stay(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(sharer("sue"), due())
        await notifier.hears(moved("sue", "content_consumer", frm="content_sharer", version=3))
        await notifier.hears(due(over=True, place=2))

        assert await notifier.said() == [("sue", "warning")]


async def test_a_new_warning_after_one_that_is_over_is_a_new_one(tmp_path: Path) -> None:
    later = NINE + 30 * DAY
    heard = [due(), due(over=True, place=2), due(at=later, place=5)]
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(*heard, due(at=later, over=True, place=6))

        assert [kind for _, kind in await notifier.said()].count("warning_over") == 2


async def test_a_recognition_is_told_to_all_where_its_member_agrees(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(recognised(), recognised("bob", public=True))

        assert await notifier.said() == [
            ("_org", "recognition"),
            ("ann", "recognition"),
            ("bob", "recognition"),
        ]
        [letter] = await notifier.letters("_org")
        assert letter["title"] == "bob is recognised: Five pieces"


async def test_on_monday_an_author_hears_what_came_of_their_work(tmp_path: Path) -> None:
    """A late count belongs to the week in which it is heard, and to no other."""
    about: dict[str, Any] = {"object": {"id": "p-1"}}
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(
            tick(NINE),
            published(url="https://a.example/1"),
            happened("performance", "ann", readers=70, at=NINE + DAY, **about),
            happened("share", "sue", object={"id": "else", "url": "https://a.example/1/"}),
            happened("share", "ann", object={"id": "else", "url": "https://a.example/1"}),
            happened("outcome", "ann", outcome="lead", id="o-1", **about),
            happened("outcome", "ann", outcome="lead", id="o-2", **about),
            happened("retract", "ann", retracts="o-2"),
            happened("comment", "tom", historical=True, **about),
        )
        await notifier.hears(tick(MONDAY))
        await notifier.hears(happened("performance", "ann", readers=90, at=MONDAY - DAY, **about))
        await notifier.hears(tick(MONDAY + 7 * DAY))
        await notifier.hears(tick(MONDAY + 14 * DAY))

        told = [it for it in await notifier.letters("ann") if it["kind"] == "impact_summary"]
        assert [it["text"].partition("\n")[0] for it in told] == [
            "In the past week there were 70 readers, 1 share and 1 lead.",
            "In the past week there were 20 readers.",
        ]


async def test_on_monday_the_organisation_hears_of_new_pieces(tmp_path: Path) -> None:
    """Of each once, in the week in which it was heard of first."""
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(
            tick(NINE),
            published(),
            published("bob", "p-2", historical=True),
            shared("sue", "p-1"),
        )
        await notifier.hears(tick(MONDAY))
        await notifier.hears(tick(MONDAY + 7 * DAY))
        late = happened("publish", "cyd", object={"id": "p-3"}, at=MONDAY + 6 * DAY)
        await notifier.hears(late, published(platform="elsewhere", at=MONDAY + 8 * DAY))
        await notifier.hears(tick(MONDAY + 14 * DAY))

        [letter, then] = [it for it in await notifier.letters("_org") if "Our week" in it["title"]]
        assert letter["title"] == "Our week: 1 new piece"
        assert letter["text"] == (
            "ann has published “On waiting”.\n\nWhat came of our work this week: 1 share."
        )
        assert then["text"].startswith("cyd has published a new piece.")


async def test_of_history_nothing_is_said_on_any_occasion(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(
            tick(NINE), happened("member_registered", "sue", topics=["tea"], historical=True)
        )
        await notifier.hears(sharer("sue"), near(historical=True))
        await notifier.hears(
            published(topics=["tea"], historical=True),
            offered(historical=True),
            *(shared("sue", f"o-{n}", historical=True) for n in range(4)),
            happened("outcome", "ann", outcome="lead", historical=True),
            linked("sue", "x", at=NINE - 300 * DAY, historical=True),
        )
        await days_pass(notifier, 8)

        assert await notifier.said() == []


async def test_entering_the_first_zone_is_no_reason_to_be_left_out(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(tick(NINE), happened("member_registered", "con", topics=["tea"]))
        await notifier.hears(entered("con"))
        await notifier.hears(published(topics=["tea"]))
        await days_pass(notifier, 1)

        assert await said(notifier, "follow_suggestion") == [("con", "follow/ann")]


def test_the_shipped_list_of_sources_is_empty() -> None:
    assert sourcebook.load(SHIPPED_SOURCES) == ()


def test_sources_are_read_as_the_shipped_example_has_them(tmp_path: Path) -> None:
    lines = SHIPPED_SOURCES.read_text(encoding="utf-8").splitlines()
    example = [line.removeprefix("# ") for line in lines[3:]]
    path = tmp_path / "sources.toml"
    path.write_text("\n".join(line.removeprefix("#") for line in example), encoding="utf-8")

    tag, group = sourcebook.load(path)
    assert (tag.kind, tag.topics, tag.target) == ("tag", ("automation",), "mastodon:automation")
    assert (group.kind, group.zone) == ("group", "content_creator")


def test_what_makes_no_sense_in_the_sources_is_said_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text('[[source]]\nname = "N"\nurl = "u"\nkind = "firm"\n', encoding="utf-8")

    with pytest.raises(RulesInvalid, match=r"sources\.toml:4: .*kind.* must be 'person', 'group'"):
        sourcebook.load(path)
