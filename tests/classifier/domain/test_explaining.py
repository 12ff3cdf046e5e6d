"""What an explanation says is what a recount finds: of every criterion, and of the days to come."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import strategies as st

from services.classifier.domain.explaining import explained
from services.classifier.domain.explanation import Explanation
from services.classifier.domain.judging import Judged, Option
from services.classifier.domain.measures import Criterion
from services.classifier.domain.policy import Policy
from services.classifier.domain.zones import ZONES
from tests.classifier.domain.law import law
from tests.classifier.domain.strategies import Log, lives, logs, policies
from tests.classifier.examples import (
    DEFAULT,
)
from tests.classifier.recount.days import Day, Days, foretell, higher, recount, stretch
from tests.classifier.recount.measures import day_of, holds, instant, is_fed, measure
from tests.classifier.recount.record import Record, accepted, named
from tests.classifier.teller import Teller

HORIZON = timedelta(days=80)
"""As far as the recount looks ahead."""


@dataclass(frozen=True)
class Question:
    """A day of a member, who stands as in `days`; and what a recount knows up to it, or of all
    that is known where the day is not over.
    """

    on: date
    told: Explanation
    record: Record
    days: Days
    coming: Days

    @classmethod
    def about(cls, teller: Teller, now: int, on: date) -> "Question":
        record = Record.of(teller.activities.values(), teller.adoptions)
        days = recount(record, now)
        if on < instant(now).date():
            record = Record([each for each in record.counting if day_of(each) <= on], [])
            record = Record(record.events, teller.adoptions)
        days = {each: stood for each, stood in days.items() if each <= on}
        closed = min(on, Record(record.events, teller.adoptions).last_closed(now))
        told = explained(teller.activities.values(), teller.policies, now, on.toordinal())
        coming = {} if not record.events else foretell(record, days, closed, on + HORIZON)
        return cls(on, told, record, days, coming)

    @property
    def stood(self) -> Day | None:
        return self.days.get(self.on)


def asked(log: Log, policy: Policy, data: st.DataObject) -> Question | None:
    teller = Teller(policy)
    for now, entry in log:
        teller.apply(now, entry)
    today = instant(log[-1][0]).date()
    if not teller.activities:
        return None
    back = data.draw(st.sampled_from([0, 0, 0, 1, 2, 5, 9, 30]))
    return Question.about(teller, log[-1][0], today - timedelta(days=back))


def options(told: Explanation) -> list[Option]:
    kept = [each for each in (told.keep, *told.requires) if each is not None]
    some = [option for each in kept for option in each.options]
    return some if told.enter is None else [*some, told.enter]


def criterion(judged: Judged) -> Criterion:
    said = judged.counted.evidence
    return Criterion(
        name=said.criterion,
        measure=said.measure,
        at_least=said.need,
        of=said.of,
        days=said.days or 0,
    )


def agrees(question: Question) -> None:
    """The same zone, and of each criterion the same need, have, margin, and last day."""
    told, record, stood = question.told, question.record, question.stood
    if stood is None:
        assert (told.zone, told.since, told.vitality) == (None, None, None)
        return
    assert told.zone == (None if stood.zone is None else ZONES.index(stood.zone))
    assert told.vitality == stood.vitality
    assert told.since == stretch(question.days, "zone").toordinal()
    for option in options(told):
        for judged in option.judged:
            about, said = criterion(judged), judged.counted.evidence
            have = measure(about, record.counting, option.policy, question.on)
            assert said.have == float(Fraction(int(have * 100), 100))
            assert said.margin == round(said.have - said.need, 2)
            assert said.met == (have >= said.need)
            assert said.left_out == (not is_fed(about, option.policy))
            if judged.until is not None:
                last = date.fromordinal(judged.until)
                for number, on in enumerate((last, last + timedelta(days=1))):
                    had = measure(about, record.counting, option.policy, on)
                    assert (had >= said.need) == (number == 0), (about, on)


def finds_what_holds(question: Question) -> None:
    """Whether the zone is kept, and whether all that the next one asks for is there."""
    told, record, on = question.told, question.record, question.on
    if told.zone is None or told.keep is None:
        return
    zone = ZONES[told.zone]
    policy = record.policy(on)
    kept = record.keeping(zone, on)
    assert told.keep.holds == (kept is not None)
    assert (told.spared is not None) == (kept is not None and kept != policy)
    if told.spared is not None:
        last = date.fromordinal(told.spared.until)
        assert told.spared.policy in accepted(record.adoptions, last)
        assert told.spared.policy not in accepted(record.adoptions, last + timedelta(days=1))
    if told.enter is not None:
        above = named(policy, ZONES[told.zone + 1])
        assert told.enter.holds == holds(above.enter, record.counting, policy, on)
        assert [ZONES[each.zone] for each in told.requires] == [*above.requires]
        for each in told.requires:
            assert each.holds == (record.keeping(ZONES[each.zone], on) is not None)
    assert (told.paused_since is not None) == record.is_paused(on)
    if told.paused_since is not None:
        since = date.fromordinal(told.paused_since)
        assert record.is_paused(since)
        assert not record.is_paused(since - timedelta(days=1))
    floored = record.floor(on)
    floor = None if floored is None else floored.data["zone_floor"]
    assert (None if told.floor is None else ZONES[told.floor.zone]) == (
        None if floor == ZONES[0] else floor
    )


def foretells(question: Question) -> None:
    """The day of the next change, and since when and up to which day grace is counted."""
    told, stood, coming = question.told, question.stood, question.coming
    if stood is None or stood.zone is None:
        return
    since = stretch(question.days, "zone")
    ahead = (each for each in coming if each >= since and coming[each].zone != stood.zone)
    turned = next(ahead, None)
    if turned is None:
        assert told.turn is None or told.turn.day > max(coming).toordinal()
        return
    assert told.turn is not None
    to = None if told.turn.to is None else ZONES[told.turn.to]
    assert (told.turn.day, to) == (turned.toordinal(), coming[turned].zone)
    assert (told.loss is not None) == (to is not None and higher(stood.zone, to))
    if told.loss is not None:
        eve = turned - timedelta(days=1)
        before = coming.get(eve) or question.days[eve]
        failing = before.failing_days if before.zone == stood.zone else 0
        assert told.loss.fails_from == (turned - timedelta(days=failing)).toordinal()
        assert told.loss.missing
        assert not any(each.holds for each in told.loss.missing)


@law(logs(), policies(), st.data(), some=80)
def test_every_criterion_is_as_a_recount_finds_it(
    log: Log, policy: Policy, data: st.DataObject
) -> None:
    if question := asked(log, policy, data):
        agrees(question)


@law(logs(), policies(), st.data(), some=80)
def test_what_holds_and_who_is_paused_or_held_is_as_a_recount_finds_it(
    log: Log, policy: Policy, data: st.DataObject
) -> None:
    if question := asked(log, policy, data):
        finds_what_holds(question)


@law(logs(), policies(), st.data(), some=80)
def test_the_day_of_the_fall_is_the_day_on_which_it_comes_if_nothing_happens(
    log: Log, policy: Policy, data: st.DataObject
) -> None:
    if question := asked(log, policy, data):
        foretells(question)


@law(lives(), st.data(), some=40)
def test_lives_under_the_default_policy_are_explained_as_if_recounted(
    log: Log, data: st.DataObject
) -> None:
    if question := asked(log, DEFAULT, data):
        agrees(question)
        finds_what_holds(question)
        foretells(question)
