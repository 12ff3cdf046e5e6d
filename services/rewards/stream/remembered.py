"""What rewards said on the bus, in the words of its own log: for a log that was lost."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from services.rewards.domain import halfyears
from services.rewards.domain.halfyears import PeriodClosed, Standing
from services.rewards.domain.recognitions import (
    ArrivalGranted,
    Block,
    Deed,
    DeedAdjusted,
    DeedGranted,
    DeedRestored,
    EffortAdjusted,
    EffortGranted,
    EffortRestored,
    ImpactGranted,
    Occasion,
    Recognised,
)
from services.rewards.domain.rules import THOUSANDTHS, Rules
from services.rewards.handlers import key_of
from shared.contracts import recognitions
from shared.contracts.recognitions import AnyRecognitionEvent, Recognition
from shared.eventlog.entries import Entry

NAMED: Final = 20
"""Pieces that a message names, at most."""


def entries(said: Sequence[AnyRecognitionEvent], rules: Rules) -> Iterator[Entry]:
    """Yield what stood in the log, in the order in which it was said."""
    for event in said:
        match event:
            case recognitions.PeriodClosed():
                honoured = [
                    it.data
                    for it in said
                    if isinstance(it, recognitions.RecognitionGranted)
                    and it.data.period == event.data.period
                ]
                yield Entry(halfyears.STREAM, closed(event.data, honoured, rules), event.id)
            case _:
                happened = recognised(event.data, rules)
                yield Entry(event.subject, happened, key_of(event.subject, happened))


def recognised(said: Recognition, rules: Rules) -> Recognised:
    """Return the event that was told so."""
    occasion = Occasion(
        cause=said.cause_ids[-1] if said.cause_ids else said.id,
        at=said.decided_at,
        on=said.effective_on,
        historical=said.historical,
    )
    if said.period is not None:
        return ImpactGranted(
            period=said.period,
            place=said.place or 1,
            impact=round((said.impact or 0) * THOUSANDTHS),
            pieces=said.pieces,
            rule_version=said.rule_version,
            occasion=occasion,
            public=said.public,
        )
    if said.zone is not None:
        return ArrivalGranted(
            kind=said.kind,
            zone=said.zone,
            rule_version=said.rule_version,
            occasion=occasion,
            public=said.public,
        )
    if said.block is not None:
        return _effort(said, said.block, occasion, rules)
    return _deed(said, occasion)


def _effort(said: Recognition, number: int, occasion: Occasion, rules: Rules) -> Recognised:
    """A block names as many pieces as fill one; where it names none, or not all, rules tell."""
    every = len(said.pieces)
    if not 0 < every < NAMED:
        every = next((it.every for it in rules.efforts if it.kind == said.kind), 1)
    block = Block(
        kind=said.kind,
        number=number,
        needs=number * every,
        larger=said.larger,
        pieces=said.pieces,
        rule_version=said.rule_version,
    )
    if said.revision == 0:
        return EffortGranted(block=block, occasion=occasion, public=said.public)
    event = EffortAdjusted if said.state == "adjusted" else EffortRestored
    return event(block=block, revision=said.revision, occasion=occasion, public=said.public)


def _deed(said: Recognition, occasion: Occasion) -> Recognised:
    deed = Deed(
        kind=said.kind,
        which=said.id.removeprefix(f"{said.kind}/{said.member}/"),
        piece=next(iter(said.pieces), None),
        rule_version=said.rule_version,
    )
    if said.revision == 0:
        return DeedGranted(deed=deed, occasion=occasion, public=said.public)
    event = DeedAdjusted if said.state == "adjusted" else DeedRestored
    return event(deed=deed, revision=said.revision, occasion=occasion, public=said.public)


def closed(
    said: recognitions.ClosedPeriod, honoured: Sequence[Recognition], rules: Rules
) -> PeriodClosed:
    """Return the closing that was told so: of those whom it named, and of all who were honoured."""
    standings = {
        it.member: Standing(
            member=it.member,
            place=it.place,
            score=round(it.impact * THOUSANDTHS),
            counts={what: round(number) for what, number in it.counts.items()},
            pieces=(),
            public=it.public,
        )
        for it in said.places
    }
    for it in honoured:
        standings.setdefault(
            it.member,
            Standing(
                member=it.member,
                place=it.place or 1,
                score=round((it.impact or 0) * THOUSANDTHS),
                counts={},
                pieces=it.pieces,
                public=it.public,
            ),
        )
    return PeriodClosed(
        period=said.period,
        timezone=said.timezone,
        on=said.last_day + timedelta(days=rules.impact.settle_days + 1),
        standings=tuple(sorted(standings.values(), key=lambda it: (it.place, it.member))),
        places=max((it.place or 1 for it in honoured), default=rules.impact.places),
        minimum=round(said.minimum_impact * THOUSANDTHS),
        rule_version=said.rule_version,
        at=said.decided_at,
        historical=said.historical,
    )
