"""What notices say is plain, kind, and says why it was sent."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from services.notifier.domain import wording
from services.notifier.domain.alerts import Promise, Work
from services.notifier.domain.audience import PieceRecorded
from services.notifier.domain.wording import Recognition, Words
from tests.notifier.domain.test_alerts import ALERT
from tests.notifier.examples import NINE

PIECE = PieceRecorded(
    piece="piece/1",
    member="ann",
    cause="event-1",
    at=NINE,
    historical=False,
    title=None,
    url=None,
    topics=(),
)
UNKIND = ("demot", "fail", "lost", "lose", "drop", "below", "worse", "bad", "fault", "must", "only")


def everything_we_say() -> Iterator[Words]:
    promise = Promise(minutes=90, at_risk_percent=50)
    titled = replace(ALERT, work=Work(id="p", title="On waiting"))
    yield wording.granted(promise)
    yield wording.granted_to("ann", promise)
    yield wording.ended()
    yield wording.ended_for("ann")
    for alert in (ALERT, titled):
        yield wording.raised(alert)
        yield wording.at_risk(alert)
        yield wording.breached(alert)
    yield wording.announced(PIECE, None)
    yield wording.announced(replace(PIECE, title="Tea", url="https://b.example"), "tea")
    yield wording.recognised(Recognition(kind="effort"))
    yield wording.recognised(Recognition(kind="effort", name="N", why="W.", link="https://b"))


every_notice = pytest.mark.parametrize("words", [*everything_we_say()], ids=lambda it: it.text[:40])


@every_notice
def test_a_notice_says_why_it_was_sent(words: Words) -> None:
    assert words.why.startswith("You get this because ")


@every_notice
def test_a_notice_shames_nobody(words: Words) -> None:
    said = f"{words.title} {words.text} {words.why}".lower()

    assert [word for word in UNKIND if word in said.split()] == []
    assert not any(word.startswith("demot") for word in said.split())


@every_notice
def test_a_notice_is_a_few_plain_sentences(words: Words) -> None:
    assert 0 < len(words.title) <= 80
    assert 0 < len(words.text) <= 300
    assert words.why.endswith(".")
    assert "None" not in f"{words.title}{words.text}{words.why}"


def test_a_promise_is_said_in_hours_where_it_is_hours() -> None:
    spans = [wording.granted(Promise(minutes=it, at_risk_percent=50)).text for it in (60, 240, 90)]

    assert [text.rpartition("within ")[2] for text in spans] == [
        "an hour.",
        "4 hours.",
        "90 minutes.",
    ]
