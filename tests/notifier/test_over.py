"""What waits is told when it is time, unless it is over by then: then nobody hears of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.notifier.adapters.consent import set_consent
from services.notifier.domain.manners import How
from services.notifier.domain.notices import NoticeSent
from services.notifier.domain.respect import NoticeDropped, NoticeHeld, Outcome
from services.notifier.domain.rules import Rules
from services.notifier.projections import asking as voices
from services.notifier.stream.foresight import Foresight
from shared.contracts.activity import Happened
from shared.contracts.envelope import CloudEvent
from tests.notifier.examples import (
    HOURS,
    NINE,
    RULES,
    Notifier,
    a_notifier,
    answered,
    approved,
    coordinator,
    edited,
    editor,
    engaged,
    follow,
    happened,
    moved,
    published,
    requested,
    submitted,
    turned,
    withdrawn,
)
from tests.notifier.test_circles import passes, sponsored
from tests.notifier.test_http import asking
from tests.notifier.test_steps import due, linked, near, offered, shared, sharer, tick

DAY = timedelta(days=1)
EVENING, LATER = NINE + 12 * HOURS, NINE + 13 * HOURS
MORNING, FORENOON = NINE + 23 * HOURS, NINE + 26 * HOURS
"""Of the organisation. In New York it is night in both."""
MONTH = NINE.replace(month=4, day=1, hour=8)

CALM: Rules = replace(
    RULES,
    manners=replace(
        RULES.manners,
        kinds={**RULES.manners.kinds, "fast_track_alert": RULES.manners.of("recognition")},
    ),
)
"""Of an operator who lets alerts wait for the day."""


@dataclass(frozen=True)
class Story:
    """What makes somebody be told something of a kind, which waits; and what ends that."""

    kind: str
    to: str
    begins: Sequence[CloudEvent]
    ends: Sequence[CloudEvent]
    rules: Rules = RULES


def far_away(member: str, **rest: Any) -> Happened:  # noqa: ANN401
    return happened("member_registered", member, timezone="America/New_York", **rest)


WORK = {"id": "p-1", "kind": "article"}
TAKEN_BACK = happened("retract", "ann", retracts="p", at=LATER)
ANNOUNCED = [follow("fay"), published(id="p")]
SHARER = [
    tick(NINE),
    far_away("sue", topics=["tea"]),
    sharer("sue"),
    published(topics=["tea"], id="p"),
    offered(until="2026-04-30"),
    tick(MORNING),
]
READER = [
    tick(NINE),
    far_away("con", topics=["tea"]),
    published(topics=["tea"], id="p"),
    tick(MORNING),
]
TALK = [
    *engaged("ann"),
    coordinator("cora"),
    far_away("ann", topics=["tea"]),
    *(happened("member_registered", f"p-{it}", group="press") for it in range(6)),
    tick(MONTH),
]
STORIES = {
    "a piece is taken back": Story("announcement", "fay", ANNOUNCED, [TAKEN_BACK]),
    "a piece is taken back by its object": Story(
        "announcement",
        "fay",
        ANNOUNCED,
        [happened("retract", "ann", object=WORK, kind="publish", at=LATER)],
    ),
    "somebody follows whom they are to follow": Story(
        "follow_suggestion", "con", READER, [follow("con", at=FORENOON)]
    ),
    "whom to follow has left": Story(
        "follow_suggestion", "con", READER, [happened("member_departed", "ann", at=FORENOON)]
    ),
    "whom to follow has taken all back": Story("follow_suggestion", "con", READER, [TAKEN_BACK]),
    "a draft is approved": Story(
        "draft_received", "eddi", [editor(), submitted(at=EVENING)], [approved(at=LATER)]
    ),
    "a draft comes onto the fast track": Story(
        "draft_received", "eddi", [editor(), submitted(at=EVENING)], [moved(at=LATER)]
    ),
    "a draft is withdrawn and another one": Story(
        "draft_received",
        "eddi",
        [editor(), submitted(at=EVENING, id="first")],
        [withdrawn(at=LATER), submitted(at=LATER + HOURS)],
    ),
    "the queue is empty": Story(
        "draft_queue",
        "eddi",
        [tick(NINE), editor(), far_away("eddi"), submitted(at=NINE - HOURS), tick(MORNING)],
        [approved(at=FORENOON)],
    ),
    "an alert is resolved": Story(
        "fast_track_alert",
        "eddi",
        [editor(), moved(), submitted(at=EVENING)],
        [approved(at=LATER)],
        CALM,
    ),
    "the changed draft is withdrawn": Story(
        "voice_check", "ann", [submitted(), edited(at=EVENING)], [withdrawn(at=LATER)]
    ),
    "a topic is taken up": Story(
        "topic_request",
        "bob",
        [
            *engaged("ann", "bob"),
            *(happened("share", who, topics=["tea"]) for who in ("ann", "bob")),
            requested(at=EVENING),
        ],
        [answered("ann", at=LATER)],
    ),
    "a topic is declined": Story(
        "topic_request",
        "bob",
        [
            *engaged("ann", "bob"),
            *(happened("share", who, topics=["tea"]) for who in ("ann", "bob")),
            requested(at=EVENING),
        ],
        [answered("bob", "declined", at=LATER)],
    ),
    "a group has heard a talk": Story(
        "talk", "ann", TALK, [happened("talk_given", "ann", group="press", at=MONTH + HOURS)]
    ),
    "a warning is cancelled": Story(
        "warning", "sue", [due(at=EVENING)], [due(at=LATER, over=True, place=2)]
    ),
    "somebody moves before they are warned": Story(
        "warning",
        "sue",
        [sharer("sue"), due(at=EVENING)],
        [moved("sue", "content_consumer", frm="content_sharer", version=3, at=LATER)],
    ),
    "somebody is warned anew": Story(
        "warning_over",
        "sue",
        [due(), due(at=EVENING, over=True, place=2)],
        [due(at=LATER, place=3)],
    ),
    "the fast track was a mistake": Story(
        "fast_track_granted",
        "ann",
        [moved(at=EVENING)],
        [moved("ann", "content_creator", frm="socially_engaged", version=5, at=LATER)],
    ),
    "the fast track goes on": Story(
        "fast_track_ended",
        "ann",
        [moved(), moved("ann", "content_creator", frm=None, version=5, at=EVENING)],
        [moved(version=6, at=LATER)],
    ),
    "somebody has an account": Story(
        "nudge",
        "sue",
        [
            tick(NINE),
            far_away("sue"),
            linked("bob", "x"),
            *(tick(MORNING + day * DAY) for day in range(8)),
        ],
        [linked("sue", "x", at=FORENOON + 7 * DAY)],
    ),
    "somebody uses their account again": Story(
        "account_dormant",
        "sue",
        [
            tick(NINE),
            far_away("sue"),
            linked("sue", "x"),
            *(tick(MORNING + day * DAY) for day in range(31)),
        ],
        [happened("like", "sue", platform="x", at=FORENOON + 30 * DAY)],
    ),
    "somebody finds own words": Story(
        "nudge",
        "sue",
        [tick(NINE), far_away("sue"), *(shared("sue", f"o-{n}") for n in range(3)), tick(MORNING)],
        [happened("comment", "sue", at=FORENOON)],
    ),
    "somebody has come where they were near": Story(
        "nudge",
        "sue",
        [tick(NINE), far_away("sue"), sharer("sue"), near(), tick(MORNING)],
        [moved("sue", "content_creator", frm="content_sharer", version=3, at=FORENOON)],
    ),
}


async def outcomes(notifier: Notifier, kind: str, to: str) -> list[Outcome]:
    return [it for it in await notifier.outcomes(to) if it.notice.kind == kind]


async def its_moment_comes(notifier: Notifier, kind: str, to: str) -> Outcome:
    """Return what becomes of what waits, and was decided first."""
    held = (await outcomes(notifier, kind, to))[0]
    assert isinstance(held, NoticeHeld)
    await passes(notifier, held.until)
    return [it for it in await outcomes(notifier, kind, to) if it.id == held.id][-1]


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("over", [False, True])
async def test_what_is_over_is_not_told_and_all_else_is(
    tmp_path: Path, name: str, *, over: bool
) -> None:
    story = STORIES[name]
    async with a_notifier(tmp_path, rules=story.rules) as notifier:
        await notifier.hears_one_by_one(story.begins)
        if over:
            await notifier.hears_one_by_one(story.ends)
        last = await its_moment_comes(notifier, story.kind, story.to)

        if over:
            assert isinstance(last, NoticeDropped)
            assert last.why == "over"
            sent = [it.id for it in await notifier.notices()]
            assert last.id not in sent
        else:
            assert isinstance(last, NoticeSent)


@pytest.mark.parametrize(
    ("wanted", "then", "announced"),
    [
        ({}, {}, False),
        ({"share_suggestion": "off"}, {}, True),
        ({}, {"share_suggestion": "off"}, True),
    ],
)
async def test_what_is_worth_sharing_is_not_announced_as_well(
    tmp_path: Path, wanted: dict[str, How], then: dict[str, How], *, announced: bool
) -> None:
    """Unless nothing comes of it: then it is news, and told as such."""
    async with a_notifier(tmp_path) as notifier:
        await notifier.is_told_what_is_wanted("sue", wanted)
        await notifier.hears(tick(NINE), far_away("sue", topics=["tea"]))
        await notifier.hears(sharer("sue"))
        await notifier.hears(published(topics=["tea"], at=LATER), tick(MORNING))
        if then:
            await notifier.is_told_what_is_wanted("sue", then)
        last = await its_moment_comes(notifier, "announcement", "sue")

        assert isinstance(last, NoticeSent if announced else NoticeDropped)
        causes = [it.notice.cause for it in await notifier.notices()]
        assert causes.count(last.notice.cause) == 1


async def test_what_was_worth_sharing_is_no_news_when_it_comes_out(tmp_path: Path) -> None:
    """The organisation offered it before its author had published it."""
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears_one_by_one(
            [
                tick(NINE),
                far_away("sue", topics=["tea"]),
                sharer("sue"),
                offered("p-1"),
                tick(MORNING),
                tick(MORNING + 6 * HOURS),
                published(topics=["tea"], at=MORNING + 7 * HOURS),
            ]
        )
        last = await its_moment_comes(notifier, "announcement", "sue")

        assert isinstance(last, NoticeDropped)
        assert last.why == "over"


@pytest.mark.parametrize(
    ("ends", "left"),
    [
        (TAKEN_BACK, {"On o-1"}),
        (shared("sue", "o-1", at=FORENOON), {"On waiting"}),
        (tick(FORENOON), {"On o-1", "On waiting"}),
    ],
)
async def test_what_cannot_be_shared_any_more_or_was_is_not_suggested(
    tmp_path: Path, ends: CloudEvent, left: set[str]
) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears_one_by_one([*SHARER, ends])
        await its_moment_comes(notifier, "share_suggestion", "sue")

        sent = [it.notice for it in await notifier.notices()]
        assert {it.facts["title"] for it in sent if it.kind == "share_suggestion"} == left


@pytest.mark.parametrize("accepted", [False, True])
async def test_whoever_has_answered_is_not_asked_for_their_voice(
    tmp_path: Path, *, accepted: bool
) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor(), submitted(), edited(at=EVENING))
        [asked] = await voices.voices(
            notifier.store, only_open=True, member="ann", after=0, limit=9
        )
        await notifier.speaks(asked.asked, accepted, LATER)

        last = await its_moment_comes(notifier, "voice_check", "ann")
        assert isinstance(last, NoticeDropped)
        answer = await outcomes(notifier, "voice_answer", "eddi")
        assert isinstance(answer[-1], NoticeSent)


@pytest.mark.parametrize("still", [False, True])
async def test_of_whoever_is_active_again_no_sponsor_hears(tmp_path: Path, *, still: bool) -> None:
    """Whoever takes their word back and gives it again agrees."""
    async with a_notifier(tmp_path) as notifier:
        await sponsored(notifier)
        await notifier.hears(far_away("sue"))
        await notifier.hears(turned("ann", "quiet"))
        await passes(notifier, MORNING)
        await set_consent(notifier.store, "ann", care=False)
        await set_consent(notifier.store, "ann", care=True)
        await notifier.hears(turned("ann", "quiet" if still else "active", at=FORENOON))

        last = await its_moment_comes(notifier, "retention_care", "sue")
        assert isinstance(last, NoticeSent if still else NoticeDropped)


@pytest.mark.parametrize("by", ["act", "object"])
async def test_what_was_taken_back_before_it_was_heard_of_is_announced_to_nobody(
    tmp_path: Path, by: str
) -> None:
    """Not even at once."""
    named = {"retracts": "p"} if by == "act" else {"object": WORK, "kind": "publish"}
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(moved())
        await notifier.hears(follow("fay"), happened("retract", "ann", at=NINE + HOURS, **named))
        await notifier.hears(published(id="p"))

        assert await notifier.outcomes("fay") == []


@pytest.mark.parametrize("over", [False, True])
async def test_a_look_ahead_and_the_history_know_of_it(tmp_path: Path, *, over: bool) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(*ANNOUNCED, TAKEN_BACK if over else tick(LATER))
        morning = MORNING.date()
        said, coming = await Foresight(notifier.store, notifier.notifying).foresee(morning, morning)
        await its_moment_comes(notifier, "announcement", "fay")

        assert said == []
        assert coming == await notifier.notices()
        async with asking(notifier) as client:
            [fate] = (await client.get("/v1/members/fay/notices")).json()["notices"]
        assert (fate["state"], fate["why"]) == (("dropped", "over") if over else ("sent", None))


async def test_what_was_published_again_is_announced(tmp_path: Path) -> None:
    """What counts is how things stand in the morning."""
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(*ANNOUNCED, TAKEN_BACK)
        await notifier.hears(published(at=LATER + HOURS))

        assert isinstance(await its_moment_comes(notifier, "announcement", "fay"), NoticeSent)


async def test_that_a_warning_is_over_is_not_told_to_whoever_never_heard_of_it(
    tmp_path: Path,
) -> None:
    """Though it may be told at once, while the warning waits for the next week."""
    async with a_notifier(tmp_path) as notifier:
        await notifier.is_told_what_is_wanted("sue", {"warning": "digest"}, often="week")
        await notifier.hears(due(), due(at=NINE + HOURS, over=True, place=2))

        [ended] = await outcomes(notifier, "warning_over", "sue")
        assert isinstance(ended, NoticeDropped)
        assert ended.why == "over"
        assert isinstance(await its_moment_comes(notifier, "warning", "sue"), NoticeDropped)
        assert await notifier.notices() == []
