"""Whatever happens to drafts, in whatever order, and however time passes: all that is said of a
promise is said once, and wherever a batch ends it is the same.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.notifier.domain.alerts import (
    Acknowledge,
    AlertAtRisk,
    AlertBreached,
    AlertRaised,
    AlertResolved,
    LetTimePass,
    PromiseTurnaround,
)
from services.notifier.domain.drafts import CloseDraft, Command, Event, SubmitDraft, draft
from services.notifier.domain.submissions import DraftClosed, DraftSubmitted
from services.notifier.domain.voice import AnswerForVoice, AskForVoice, VoiceAnswered
from services.notifier.domain.waiting import Answering, DraftStillWaits, RemindOfDraft
from services.notifier.domain.working_hours import Span, WorkingHours
from services.notifier.projections.entries import CODEC
from shared.contracts.envelope import CloudEvent
from shared.decider import fold
from tests.notifier.domain.test_drafts import ASKED, FOUR_HOURS
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

LAW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PURE = settings(max_examples=500, deadline=None)
OFFICE = WorkingHours(
    timezone="Europe/Berlin", week=dict.fromkeys(range(5), Span(time(9), time(17)))
)
AT_WORK = replace(
    RULES,
    hours=OFFICE,
    promises={"socially_engaged": replace(FOUR_HOURS, hours=OFFICE)},
    answering=Answering(days=2, remind_after_days=1, hours=OFFICE),
)
AGES = timedelta(days=60)
ONCE = (AlertRaised, AlertAtRisk, AlertBreached, AlertResolved)


@st.composite
def commands(draw: st.DrawFn) -> list[Command]:
    """Return what is asked of one draft, by a clock that does not go back; what happened may have
    happened at any time before.
    """
    now = NINE
    asked: list[Command] = []
    for number in range(draw(st.integers(1, 16))):
        now += draw(st.integers(0, 300)) * HOURS / 60
        at = now - draw(st.sampled_from([0, 0, 10, 200, 3000])) * HOURS / 60
        asked.append(draw(st.sampled_from(_commands(number, at, now))))
    return asked


def _commands(number: int, at: datetime, now: datetime) -> list[Command]:
    submission = DraftSubmitted(
        member="ann",
        draft_id="d-1",
        cause=f"event-{number}",
        alert_id=f"a-{number}",
        at=at,
        historical=False,
    )
    answering = Answering(days=2, remind_after_days=1)
    submissions: list[Command] = [
        SubmitDraft(submitted=it, promise=promise, answering=answering, to=("eddi",), now=now)
        for it in (submission, replace(submission, historical=True))
        for promise in (FOUR_HOURS, None)
    ]
    return [
        *submissions,
        *submissions[:2],
        PromiseTurnaround(promise=FOUR_HOURS, to=("eddi",), at=at, now=now),
        CloseDraft(how="approved", by="eddi", at=at, now=now),
        CloseDraft(how="withdrawn", by=None, at=at, now=now),
        Acknowledge(by="eddi", now=now),
        LetTimePass(to=("edna",), escalate_to=("cora",), now=now),
        RemindOfDraft(now=now),
        AskForVoice(asked=replace(ASKED, id=f"v-{number}", at=now), historical=False),
        AnswerForVoice(id=f"v-{number - 1}", accepted=True, now=now),
        AnswerForVoice(id=f"v-{number - 3}", accepted=False, now=now),
    ]


def told(asked: Iterable[Command]) -> list[Event]:
    state, events = draft.initial, list[Event]()
    for command in asked:
        decided = draft.decide(command, state)
        state = fold(draft.evolve, state, decided)
        events += decided
    return events


def once(events: Sequence[Event]) -> None:
    """Hold all that is said of one draft to the rules."""
    for alert, stages in stages_of(events).items():
        assert all(times == 1 for times in Counter(stages).values()), (alert, stages)
        assert stages == [it for it in ONCE if it in stages], (alert, stages)
        assert stages[0] is AlertRaised
        assert AlertAtRisk in stages or AlertBreached not in stages
    open_: str | None = None
    for event in events:
        match event:
            case DraftSubmitted():
                assert open_ is None
                open_ = event.alert_id
            case AlertRaised():
                assert event.alert.id == open_
            case DraftClosed():
                if stages_of(events).get(open_ or ""):
                    assert AlertResolved in stages_of(events)[open_ or ""]
                open_ = None
            case _:
                pass
    waits = Counter((it.received.id, it.stage) for it in events if isinstance(it, DraftStillWaits))
    answers = Counter(it.asked.id for it in events if isinstance(it, VoiceAnswered))
    assert all(times == 1 for times in [*waits.values(), *answers.values()])


def stages_of(events: Iterable[Event]) -> dict[str, list[type[Any]]]:
    stages: dict[str, list[type[Any]]] = {}
    for event in events:
        if isinstance(event, AlertRaised | AlertAtRisk | AlertBreached | AlertResolved):
            stages.setdefault(event.alert.id, []).append(type(event))
    return stages


@PURE
@given(commands())
def test_everything_is_said_once_of_a_draft_whatever_is_asked(asked: list[Command]) -> None:
    once(told(asked))


@PURE
@given(commands())
def test_whatever_is_asked_twice_is_decided_once(asked: list[Command]) -> None:
    twice = [command for each in asked for command in (each, each)]

    assert told(twice) == told(asked)


@PURE
@given(commands())
def test_in_the_end_every_promise_is_resolved_or_broken(asked: list[Command]) -> None:
    last = LetTimePass(to=("edna",), escalate_to=("cora",), now=NINE + AGES)
    events = told([*asked, last])

    once(events)
    for stages in stages_of(events).values():
        assert stages[-1] in {AlertResolved, AlertBreached}


Kind = Literal["say", "move", "take up", "answer", "tell", "restart"]


@dataclass(frozen=True)
class Step:
    """`said` is what is heard, `at` when something is done."""

    kind: Kind
    at: datetime
    said: CloudEvent | None = None
    draft: str = ""


@st.composite
def steps(draw: st.DrawFn) -> list[Step]:
    """Return what happens to the drafts of two people in ten days, heard in any order."""
    made, version = list[Step](), 4
    for number in range(draw(st.integers(1, 18))):
        at = NINE + draw(st.integers(0, 960)) * HOURS / 4
        name, work = draw(st.sampled_from(["ann", "bob"])), draw(st.sampled_from(["d-1", "d-2"]))
        rest: dict[str, Any] = {"at": at, "id": f"e-{number}"}
        kind = draw(st.sampled_from("ssssaawemtkvr"))
        said: CloudEvent | None = None
        match kind:
            case "s":
                said = submitted(name, work, **rest)
            case "a":
                said = approved(name, work, **rest)
            case "w":
                said = withdrawn(name, work, **rest)
            case "e":
                said = edited(name, work, **rest)
            case "t":
                said = happened("like", name, **rest)
            case "m":
                version += 1
                to = draw(st.sampled_from(["socially_engaged", "content_creator"]))
                made.append(Step("move", at, moved(name, to, version=version, at=at)))
            case "k":
                made.append(Step("take up", at, draft=f"draft/{name}/{work}"))
            case "v":
                made.append(Step("answer", at))
            case _:
                made += [Step("tell", at), Step("restart", at)]
        if said:
            made.append(Step("say", at, said))
    return made


async def play(notifier: Notifier, step: Step) -> None:
    match step.kind:
        case "take up":
            await notifier.acknowledges(step.draft, "eddi", step.at)
        case "answer":
            rows = await notifier.store.read(0, 100_000, types=["voice-asked"])
            for row in rows:
                await notifier.speaks(CODEC.decode(row), accepted=True, now=step.at)
        case "tell":
            await notifier.is_told_the_time(step.at)
        case "say" | "move" | "restart":
            raise AssertionError(step.kind)


def log_of(
    steps: Sequence[Step], size: int, *, clock: Literal["wall", "events"], at_work: bool
) -> list[tuple[str, str, bytes]]:
    """Return what is in the log when it is heard in batches of that size."""

    async def hear() -> list[tuple[str, str, bytes]]:
        with TemporaryDirectory() as folder:
            rules = AT_WORK if at_work else RULES
            lives = [list(life) for begins, life in groupby(steps, _begins) if not begins]
            for number, life in enumerate([[], *lives]):
                async with a_notifier(Path(folder), clock=clock, rules=rules) as notifier:
                    if number == 0:
                        await notifier.hears(editor(id="eddi"), editor("edna", id="edna"))
                        await notifier.hears(moved("ann"))
                    await _live(notifier, life, size, clock)
                    rows = await notifier.store.read(0, 100_000)
            return [(row.stream, row.type, row.body) for row in rows]

    return asyncio.run(hear())


def _begins(step: Step) -> bool:
    return step.kind == "restart"


async def _live(notifier: Notifier, life: Sequence[Step], size: int, clock: str) -> None:
    for kind, run in groupby(life, lambda step: step.kind):
        together = list(run)
        if kind in {"say", "move"}:
            heard = [step.said for step in together if step.said]
            for start in range(0, len(heard), size):
                await notifier.hears(*heard[start : start + size])
        else:
            for step in together:
                if step.kind != "tell" or clock == "wall":
                    await play(notifier, step)


@LAW
@given(steps(), st.integers(2, 12), st.sampled_from(["wall", "events"]), st.booleans())
def test_everything_is_said_once_wherever_batches_end_and_through_restarts(
    steps: list[Step], size: int, clock: Literal["wall", "events"], at_work: bool
) -> None:
    log = log_of(steps, size, clock=clock, at_work=at_work)

    assert log == log_of(steps, 1, clock=clock, at_work=at_work)
    streams: dict[str, list[tuple[str, bytes]]] = {}
    for stream, kind, body in log:
        streams.setdefault(stream, []).append((kind, body))
    for stream, rows in streams.items():
        if stream.startswith("draft/"):
            once([_decoded(kind, body) for kind, body in rows])


def _decoded(kind: str, body: bytes) -> Event:
    event: Event = CODEC._by_name[kind].adapter.validate_json(body)
    return event


@LAW
@given(steps(), st.sampled_from(["wall", "events"]))
def test_a_restart_changes_nothing(steps: list[Step], clock: Literal["wall", "events"]) -> None:
    """Timers are in the log, and nowhere else."""
    unbroken = [step for step in steps if step.kind != "restart"]

    assert log_of(steps, 3, clock=clock, at_work=False) == log_of(
        unbroken, 3, clock=clock, at_work=False
    )
