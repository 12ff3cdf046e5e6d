"""Given what was recorded of a draft, when something is asked, then just this follows."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from services.notifier.domain.alerts import (
    Acknowledge,
    Alert,
    AlertAtRisk,
    AlertBreached,
    AlertRaised,
    AlertResolved,
    LetTimePass,
    PromiseTurnaround,
)
from services.notifier.domain.drafts import CloseDraft, Command, Event, SubmitDraft, draft, next_at
from services.notifier.domain.promises import Promise
from services.notifier.domain.submissions import DraftClosed, DraftSubmitted
from services.notifier.domain.voice import AnswerForVoice, AskForVoice, VoiceAnswered, VoiceAsked
from services.notifier.domain.waiting import (
    Answering,
    DraftReceived,
    DraftStillWaits,
    RemindOfDraft,
    Stage,
)
from shared.decider import fold
from tests.notifier.examples import HOURS, NINE

FOUR_HOURS = Promise(minutes=240, at_risk_percent=50)
TWO_DAYS = Answering(days=2, remind_after_days=1)
MINUTE = timedelta(minutes=1)

SUBMITTED = DraftSubmitted(
    member="ann", draft_id="d-1", cause="event-1", alert_id="a-1", at=NINE, historical=False
)
ALERT = Alert(
    id="a-1",
    member="ann",
    draft_id="d-1",
    work=None,
    cause="event-1",
    to=("eddi",),
    raised_at=NINE,
    at_risk_at=NINE + 2 * HOURS,
    due_at=NINE + 4 * HOURS,
    promised_minutes=240,
)
ESCALATED = replace(ALERT, escalated_to=("cora",))
RECEIVED = DraftReceived(
    id="a-1",
    member="ann",
    draft_id="d-1",
    title=None,
    url=None,
    remind_at=NINE + 24 * HOURS,
    due_at=NINE + 48 * HOURS,
    at=NINE,
)
ASKED = VoiceAsked(
    id="v-1",
    member="ann",
    draft_id="d-1",
    editor="eddi",
    title=None,
    url=None,
    cause="event-2",
    edited_at=NINE + HOURS,
    at=NINE + HOURS,
)
RAISED = AlertRaised(alert=ALERT, at=NINE)
AT_RISK = AlertAtRisk(alert=ALERT, at=NINE + 2 * HOURS)
BREACHED = AlertBreached(alert=ESCALATED, at=NINE + 4 * HOURS)
APPROVED = DraftClosed(how="approved", at=NINE + HOURS, by="eddi")


@dataclass(frozen=True, slots=True)
class Given:
    history: tuple[Event, ...]

    def when(self, command: Command) -> tuple[Event, ...]:
        return draft.decide(command, fold(draft.evolve, draft.initial, self.history))


def given(*history: Event) -> Given:
    return Given(history)


def submit(
    submitted: DraftSubmitted = SUBMITTED, promise: Promise | None = FOUR_HOURS
) -> SubmitDraft:
    return SubmitDraft(
        submitted=submitted, promise=promise, answering=TWO_DAYS, to=("eddi",), now=submitted.at
    )


def approve(at: datetime = NINE + HOURS) -> CloseDraft:
    return CloseDraft(how="approved", by="eddi", at=at, now=at)


def promise(at: datetime) -> PromiseTurnaround:
    return PromiseTurnaround(promise=FOUR_HOURS, to=("eddi",), at=at, now=at)


def resolved(
    alert: Alert = ALERT, *, at: datetime = NINE + HOURS, kept: bool = True
) -> AlertResolved:
    return AlertResolved(alert=alert, how="approved", by="eddi", resolved_at=at, kept=kept, at=at)


def pass_until(now: datetime) -> LetTimePass:
    return LetTimePass(to=("eddi",), escalate_to=("cora",), now=now)


def test_a_draft_of_an_engaged_author_raises_an_alert_with_a_promise() -> None:
    assert given().when(submit()) == (SUBMITTED, RAISED)


def test_a_draft_of_anybody_else_waits_in_the_ordinary_queue() -> None:
    assert given().when(submit(promise=None)) == (SUBMITTED, RECEIVED)


def reminder(stage: Stage, hours: int) -> DraftStillWaits:
    return DraftStillWaits(received=RECEIVED, stage=stage, at=NINE + hours * HOURS)


def remind(hours: int) -> RemindOfDraft:
    return RemindOfDraft(now=NINE + hours * HOURS)


def test_the_editors_are_reminded_of_it_once_and_once_more_when_its_time_is_over() -> None:
    waits = given(SUBMITTED, RECEIVED)
    reminded = given(SUBMITTED, RECEIVED, reminder("at_risk", 30))

    assert waits.when(remind(23)) == ()
    assert waits.when(remind(30)) == (reminder("at_risk", 30),)
    assert reminded.when(remind(47)) == ()
    assert reminded.when(remind(50)) == (reminder("overdue", 50),)
    late = given(SUBMITTED, RECEIVED, reminder("at_risk", 30), reminder("overdue", 50))
    assert late.when(remind(900)) == ()


def test_what_is_late_already_is_said_to_be_late_and_nothing_else() -> None:
    assert given(SUBMITTED, RECEIVED).when(remind(72)) == (reminder("overdue", 72),)


@pytest.mark.parametrize(
    "history",
    [(), (SUBMITTED, RECEIVED, APPROVED), (SUBMITTED, RECEIVED, RAISED), (SUBMITTED, RAISED)],
)
def test_nobody_is_reminded_of_what_is_answered_or_on_the_fast_track(
    history: tuple[Event, ...],
) -> None:
    assert given(*history).when(remind(900)) == ()


def ask(*, historical: bool = False) -> AskForVoice:
    return AskForVoice(asked=ASKED, historical=historical)


def answer(*, accepted: bool) -> AnswerForVoice:
    return AnswerForVoice(id="v-1", accepted=accepted, now=NINE + 2 * HOURS)


@pytest.mark.parametrize("history", [(), (SUBMITTED, RECEIVED), (SUBMITTED, RAISED)])
def test_an_author_is_asked_whose_voice_it_is(history: tuple[Event, ...]) -> None:
    assert given(*history).when(ask()) == (ASKED,)
    assert given(*history).when(ask(historical=True)) == ()


@pytest.mark.parametrize("accepted", [True, False])
def test_an_author_answers_once(accepted: bool) -> None:
    answered = VoiceAnswered(asked=ASKED, accepted=accepted, at=NINE + 2 * HOURS)

    assert given(SUBMITTED, ASKED).when(answer(accepted=accepted)) == (answered,)
    assert given(SUBMITTED, ASKED, answered).when(answer(accepted=not accepted)) == ()


def test_a_question_is_over_with_its_draft() -> None:
    assert given(SUBMITTED, RECEIVED, ASKED, APPROVED).when(answer(accepted=True)) == ()
    assert given(SUBMITTED, RECEIVED, APPROVED).when(ask()) == ()


def test_a_draft_from_history_is_only_recorded() -> None:
    past = replace(SUBMITTED, historical=True)

    assert given().when(submit(past)) == (past,)
    assert given(past).when(promise(NINE)) == ()


def test_a_draft_that_is_open_is_not_submitted_again() -> None:
    again = replace(SUBMITTED, cause="event-2", alert_id="a-2", at=NINE + HOURS)

    assert given(SUBMITTED, RAISED).when(submit(again)) == ()


def test_a_submission_from_before_the_answer_has_been_answered() -> None:
    """Whichever was heard first."""
    assert given(APPROVED).when(submit()) == ()


def test_a_draft_that_comes_back_later_is_promised_anew() -> None:
    later = replace(SUBMITTED, cause="event-9", alert_id="a-9", at=NINE + 24 * HOURS)
    recorded, raised = given(SUBMITTED, RAISED, APPROVED, resolved()).when(submit(later))

    assert recorded == later
    assert isinstance(raised, AlertRaised)
    assert (raised.alert.id, raised.alert.due_at) == ("a-9", NINE + 28 * HOURS)


def test_an_open_draft_is_promised_when_its_author_becomes_engaged() -> None:
    [raised] = given(SUBMITTED).when(promise(NINE + 3 * HOURS))

    assert isinstance(raised, AlertRaised)
    assert raised.alert.raised_at == NINE + 3 * HOURS


def test_a_promise_runs_from_the_submission_where_that_was_later() -> None:
    [raised] = given(SUBMITTED).when(promise(NINE - HOURS))

    assert isinstance(raised, AlertRaised)
    assert raised.alert == ALERT


@pytest.mark.parametrize(
    "history",
    [
        (),
        (SUBMITTED, RAISED),
        (SUBMITTED, RAISED, resolved()),
        (SUBMITTED, APPROVED),
    ],
)
def test_nothing_is_promised_for_what_is_closed_or_was_promised(history: tuple[Event]) -> None:
    assert given(*history).when(promise(NINE + HOURS)) == ()


def test_half_of_the_promised_time_puts_it_at_risk() -> None:
    assert given(SUBMITTED, RAISED).when(pass_until(NINE + 2 * HOURS - MINUTE)) == ()
    assert given(SUBMITTED, RAISED).when(pass_until(NINE + 2 * HOURS)) == (AT_RISK,)


def test_all_of_it_breaks_the_promise_and_escalates() -> None:
    assert given(SUBMITTED, RAISED, AT_RISK).when(pass_until(NINE + 4 * HOURS)) == (BREACHED,)


def test_whoever_is_on_duty_by_then_hears_that_it_is_at_risk() -> None:
    later = LetTimePass(to=("edna",), escalate_to=("cora",), now=NINE + 2 * HOURS)

    assert given(SUBMITTED, RAISED).when(later) == (
        replace(AT_RISK, alert=replace(ALERT, to=("edna",))),
    )


def test_a_long_step_of_the_clock_says_both() -> None:
    said = given(SUBMITTED, RAISED).when(pass_until(NINE + 5 * HOURS))

    assert [type(event) for event in said] == [AlertAtRisk, AlertBreached]


@pytest.mark.parametrize(
    "history",
    [
        (),
        (SUBMITTED,),
        (SUBMITTED, RAISED, APPROVED, resolved()),
        (SUBMITTED, RAISED, AT_RISK, BREACHED),
    ],
)
def test_time_says_nothing_of_what_is_not_promised_or_is_settled(history: tuple[Event]) -> None:
    assert given(*history).when(pass_until(NINE + 100 * HOURS)) == ()


def test_an_answer_resolves_the_alert_within_the_promise() -> None:
    assert given(SUBMITTED, RAISED).when(approve()) == (APPROVED, resolved())


def test_a_late_answer_resolves_it_too() -> None:
    late = NINE + 5 * HOURS
    closed = replace(APPROVED, at=late)

    assert given(SUBMITTED, RAISED, AT_RISK, BREACHED).when(approve(late)) == (
        closed,
        resolved(ESCALATED, at=late, kept=False),
    )


def test_an_answer_counts_from_when_it_was_given() -> None:
    """Heard after the promise was broken, it says that it was kept after all."""
    _, said = given(SUBMITTED, RAISED, AT_RISK, BREACHED).when(
        CloseDraft(how="approved", by="eddi", at=NINE + HOURS, now=NINE + 5 * HOURS)
    )

    assert said == replace(resolved(ESCALATED), at=NINE + 5 * HOURS)


def test_an_answer_to_an_earlier_submission_answers_no_later_one() -> None:
    assert given(SUBMITTED, RAISED).when(approve(NINE - HOURS)) == ()


def test_an_answer_is_given_once() -> None:
    assert given(SUBMITTED, RAISED, APPROVED, resolved()).when(approve()) == ()


def test_an_acknowledgement_resolves_the_alert_and_leaves_the_draft_open() -> None:
    taken_up = AlertResolved(
        alert=ALERT,
        how="acknowledged",
        by="eddi",
        resolved_at=NINE + HOURS,
        kept=True,
        at=NINE + HOURS,
    )
    command = Acknowledge(by="eddi", now=NINE + HOURS)

    assert given(SUBMITTED, RAISED).when(command) == (taken_up,)
    assert given(SUBMITTED, RAISED, taken_up).when(command) == ()
    assert given(SUBMITTED).when(command) == ()
    assert given(SUBMITTED, RAISED, taken_up).when(approve()) == (APPROVED,)


@pytest.mark.parametrize(
    ("history", "at"),
    [
        ((SUBMITTED,), None),
        ((SUBMITTED, RAISED), ALERT.at_risk_at),
        ((SUBMITTED, RAISED, AT_RISK), ALERT.due_at),
        ((SUBMITTED, RAISED, AT_RISK, BREACHED), None),
        ((SUBMITTED, RAISED, APPROVED, resolved()), None),
    ],
)
def test_the_timer_follows_from_the_state(history: tuple[Event, ...], at: datetime | None) -> None:
    assert next_at(fold(draft.evolve, draft.initial, history)) == at
