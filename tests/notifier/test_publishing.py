"""What the notifier says to others, of everything that is in its log."""

from pathlib import Path

from services.notifier.domain.notices import NoticeFailed, NoticeSent
from services.notifier.projections.entries import CODEC
from services.notifier.publishing import message, publish
from shared.contracts.envelope import subject_of
from shared.contracts.notices import NOTICE
from shared.contracts.notices import NoticeFailed as Failed
from tests.notifier.examples import (
    HOURS,
    NINE,
    Notifier,
    a_notifier,
    approved,
    editor,
    happened,
    moved,
    published,
    submitted,
)


async def said(notifier: Notifier) -> list[str]:
    rows = await notifier.store.read(0, 1000)
    messages = [message(CODEC.decode(row)) for row in rows]
    return [it.subject for it in messages if it]


async def test_what_was_heard_is_not_said_again_and_the_rest_is(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor())
        await notifier.hears(moved())
        await notifier.hears(submitted(), published())
        await notifier.hears(
            happened("like", "bob", at=NINE + 9 * HOURS), approved(at=NINE + HOURS)
        )

        assert await said(notifier) == [
            "notice.sent.v1.fast_track_granted.ann",
            "notice.sent.v1.fast_track_granted.eddi",
            "alert.raised.v1.fast_track.ann",
            "notice.sent.v1.fast_track_alert.eddi",
            "alert.at_risk.v1.fast_track.ann",
            "notice.sent.v1.fast_track_at_risk.eddi",
            "alert.breached.v1.fast_track.ann",
            "notice.sent.v1.fast_track_breached.eddi",
            "alert.resolved.v1.fast_track.ann",
        ]


async def test_whatever_is_said_keeps_its_contract_and_holds_no_words(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(moved())
        await notifier.hears(submitted(), happened("like", "bob", at=NINE + 9 * HOURS))
        rows = await notifier.store.read(0, 1000)

        for row in rows:
            told = message(CODEC.decode(row))
            if told:
                event = NOTICE.validate_json(told.body)
                assert (event.to_json(), event.key) == (told.body, told.id)
                assert subject_of(event) == told.subject
                assert told.guard == f"*.*.v1.*.{event.subject}"
                assert b"You get this" not in told.body


async def test_what_did_not_get_through_says_so_in_a_word(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(moved())
        sent: NoticeSent = (await notifier.notices())[0]
    failed = NoticeFailed(
        id=sent.id,
        notice=sent.notice,
        channels=sent.channels,
        channel="webhook",
        problem="http_500",
        attempts=10,
        at=NINE,
    )
    event = publish(failed)

    assert isinstance(event, Failed)
    assert (event.data.problem, event.data.attempts, event.data.final) == ("http_500", 10, True)
