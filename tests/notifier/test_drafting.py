"""Drafts in the ordinary queue, and whose voice they have, on a real database."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

from services.notifier.domain.voice import VoiceAsked
from services.notifier.domain.waiting import Answering
from services.notifier.domain.working_hours import Span, WorkingHours
from services.notifier.projections.asking import voice, voices
from tests.notifier.examples import (
    HOURS,
    NINE,
    RULES,
    Notifier,
    a_notifier,
    approved,
    edited,
    editor,
    happened,
    moved,
    submitted,
    withdrawn,
)

DAY = 24 * HOURS
ABOUT_DRAFTS = {
    "draft_received",
    "voice_check",
    "fast_track_alert",
    "fast_track_at_risk",
    "fast_track_breached",
}
OFFICE = WorkingHours(
    timezone="UTC",
    week=dict.fromkeys(range(5), Span(time(9), time(17))),
    holidays={date(2026, 3, 9): "Founders' Day"},
)


async def morning_of(notifier: Notifier, day: int) -> None:
    """Let it be nine o'clock, so many days after Monday."""
    await notifier.hears(happened("like", "bob", at=NINE + day * DAY))


async def reminders(notifier: Notifier) -> list[tuple[str, str, object, object]]:
    return [
        (it.notice.recipient, it.notice.cause, it.notice.facts["count"], it.notice.facts["overdue"])
        for it in await notifier.notices()
        if it.notice.kind == "draft_queue"
    ]


async def test_a_draft_in_the_ordinary_queue_is_told_to_all_editors_with_its_time(
    tmp_path: Path,
) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor(), editor("edna"))
        await notifier.hears(submitted(object={"id": "w-1", "title": "On waiting"}))

        told = [it.notice for it in await notifier.notices()]
        assert [(it.recipient, it.kind, it.about, it.due_at) for it in told] == [
            ("eddi", "draft_received", "ann", NINE + 2 * DAY),
            ("edna", "draft_received", "ann", NINE + 2 * DAY),
        ]
        assert told[0].facts["title"] == "On waiting"


async def test_what_nothing_came_of_comes_to_nothing_when_it_is_heard_again(tmp_path: Path) -> None:
    """Though by then the draft is closed, and might be submitted anew."""
    async with a_notifier(tmp_path) as notifier:
        again = submitted(id="again", at=NINE + 1.5 * HOURS)
        await notifier.hears(editor())
        await notifier.hears(moved())
        await notifier.hears(submitted(id="first"), again)
        await notifier.hears(withdrawn(at=NINE + HOURS), again)

        assert await notifier.alerts() == ["alert-raised", "alert-resolved"]


async def test_the_morning_reminds_of_all_that_waits_at_once_and_of_each_draft_twice_at_most(
    tmp_path: Path,
) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor(at=NINE - HOURS))
        await notifier.hears(
            submitted(at=NINE - 2 * HOURS),
            submitted("bob", at=NINE - 2 * HOURS),
            submitted("cyd", at=NINE + 20 * HOURS),
        )
        for day in range(1, 9):
            await morning_of(notifier, day)

        assert await reminders(notifier) == [
            ("eddi", "draft_queue/2026-03-03", 2, 0),
            ("eddi", "draft_queue/2026-03-04", 3, 2),
            ("eddi", "draft_queue/2026-03-05", 1, 1),
        ]


async def test_a_reminder_names_what_waits_longest_first(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor())
        for number in range(7):
            await notifier.hears(submitted(draft=f"d-{number}", at=NINE + number * HOURS))
        await morning_of(notifier, 3)

        [letter] = [it for it in await notifier.letters("eddi") if it["kind"] == "draft_queue"]
        assert letter["title"] == "7 drafts still wait"
        assert letter["text"].startswith("d-0, ann\n\nd-1, ann\n\n")
        assert "d-4, ann\n\nAnd 2 more." in letter["text"]


async def test_nobody_is_reminded_of_what_was_answered(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor(), submitted(draft="d-1"), submitted(draft="d-2"))
        await notifier.hears(
            approved(draft="d-1", at=NINE + HOURS), withdrawn(draft="d-2", at=NINE + HOURS)
        )
        await morning_of(notifier, 9)

        assert await reminders(notifier) == []


async def test_a_draft_that_comes_onto_the_fast_track_leaves_the_ordinary_queue(
    tmp_path: Path,
) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor(), submitted())
        await notifier.hears(moved(at=NINE + HOURS))
        await morning_of(notifier, 9)

        assert await notifier.alerts() == ["alert-raised", "alert-at-risk", "alert-breached"]
        assert await reminders(notifier) == []


async def test_working_days_leave_out_weekends_and_holidays(tmp_path: Path) -> None:
    """Thursday's draft is due on Tuesday, since Monday is a holiday."""
    rules = replace(RULES, answering=Answering(days=2, remind_after_days=1, hours=OFFICE))
    thursday = datetime(2026, 3, 5, 15, tzinfo=UTC)
    async with a_notifier(tmp_path, rules=rules) as notifier:
        await notifier.hears(editor(at=thursday), submitted(at=thursday))
        for day in range(4, 12):
            await morning_of(notifier, day)

        assert await reminders(notifier) == [
            ("eddi", "draft_queue/2026-03-07", 1, 0),
            ("eddi", "draft_queue/2026-03-11", 1, 1),
        ]


async def test_history_is_not_in_the_queue(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor(), submitted(historical=True), edited(historical=True))
        await morning_of(notifier, 9)

        assert await notifier.said() == []


async def asked(notifier: Notifier) -> list[VoiceAsked]:
    found = await voices(notifier.store, only_open=True, member=None, after=0, limit=100)
    return [it.asked for it in found]


async def test_an_author_is_asked_about_a_change_of_meaning_and_the_editor_hears_the_answer(
    tmp_path: Path,
) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor(), editor("edna"), submitted())
        await notifier.hears(edited(editor="edna", at=NINE + HOURS))
        assert ("ann", "voice_check") in await notifier.said()

        [question] = await asked(notifier)
        assert await notifier.speaks(question, False, NINE + 2 * HOURS)
        assert not await notifier.speaks(question, True, NINE + 3 * HOURS)
        answers = [it.notice for it in await notifier.notices() if it.notice.kind == "voice_answer"]
        assert [(it.recipient, it.about, it.facts["accepted"]) for it in answers] == [
            ("edna", "ann", False)
        ]
        found = await voice(notifier.store, question.id)
        assert found
        assert (found.state, found.answered_at) == ("sent_back", NINE + 2 * HOURS)


async def test_nobody_is_asked_about_their_language(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor(), submitted(), edited(kind="language"))

        assert await notifier.said() == [("eddi", "draft_received")]


async def test_nobody_is_asked_to_edit_what_they_wrote(tmp_path: Path) -> None:
    """The other editors are, else the organisation; and who rewords their own draft knows it."""
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor("ann"), submitted("ann", "d-1"), edited("ann", editor="ann"))
        await notifier.hears(moved("ann"), submitted("ann", "d-2"))
        await notifier.lets_pass(9)
        told = {(who, kind) for who, kind in await notifier.said() if kind in ABOUT_DRAFTS}
        assert told == {("_org", kind) for kind in ABOUT_DRAFTS - {"voice_check"}}

        await notifier.hears(editor("edna", at=NINE + 10 * HOURS))
        await notifier.hears(submitted("ann", "d-3", at=NINE + 10 * HOURS))
        [alert] = [it for it in await notifier.notices() if "d-3" in it.notice.facts.values()]
        assert alert.notice.recipient == "edna"


async def test_where_the_editor_is_not_told_or_not_there_all_editors_hear_the_answer(
    tmp_path: Path,
) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor(), editor("edna"), editor("emil"))
        await notifier.hears(happened("member_departed", "emil", at=NINE + HOURS))
        await notifier.hears(edited(editor=None), edited(editor="emil"))
        for question in await asked(notifier):
            await notifier.speaks(question, True, NINE + HOURS)

        assert [it for it in await notifier.said() if it[1] == "voice_answer"] == [
            ("eddi", "voice_answer"),
            ("eddi", "voice_answer"),
            ("edna", "voice_answer"),
            ("edna", "voice_answer"),
        ]


async def test_every_change_is_asked_about_once_and_answered_for_itself(tmp_path: Path) -> None:
    change, further = edited(id="e-1"), edited(id="e-2", at=NINE + HOURS)
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(submitted(), change, further, change, further)
        first, second = await asked(notifier)
        await notifier.speaks(first, True, NINE + 2 * HOURS)

        assert await asked(notifier) == [second]
        assert (await notifier.said()).count(("ann", "voice_check")) == 2


async def test_an_answer_to_a_draft_closes_all_that_is_open_about_it(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor())
        await notifier.hears(moved("bob"))
        for name in ("ann", "bob"):
            await notifier.hears(submitted(name), edited(name))
        questions = await asked(notifier)
        for name in ("ann", "bob"):
            await notifier.hears(approved(name, at=NINE + HOURS))
        await morning_of(notifier, 9)

        assert await notifier.alerts() == ["alert-raised", "alert-resolved"]
        assert await reminders(notifier) == []
        for question in questions:
            assert not await notifier.speaks(question, True, NINE + 2 * HOURS)
            found = await voice(notifier.store, question.id)
            assert found
            assert found.state == "closed"


async def test_an_author_who_has_left_is_asked_nothing(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(submitted(), happened("member_departed", "ann"), edited())

        assert ("ann", "voice_check") not in await notifier.said()
