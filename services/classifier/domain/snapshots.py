"""Snapshots: a journey as plain lists, for JSON, and back to the equal journey.

A snapshot only saves reading the log again: one of another form is dropped, not converted.
"""

from dataclasses import asdict, replace
from typing import Any, Final

from services.classifier.domain.announcements import Near, Said, Warned
from services.classifier.domain.facts import Facts
from services.classifier.domain.journey import Journey
from services.classifier.domain.retractions import Retractions
from services.classifier.domain.series import Reading, Series
from services.classifier.domain.spells import Spell
from services.classifier.domain.standings import Standing
from services.classifier.domain.steps import Step
from services.classifier.domain.trajectory import Fall, Trajectory

FORM: Final = 4


class OtherForm(ValueError):
    """The snapshot was written in another form: fold the member from the log instead."""


def to_state(journey: Journey) -> list[Any]:
    facts, trajectory, said = journey.facts, journey.trajectory, journey.said
    return [
        FORM,
        journey.member,
        [
            facts.enrolled_on,
            facts.kept_from,
            facts.seen,
            facts.days,
            facts.marks,
            facts.acts,
            facts.unreported,
            facts.seconds,
            facts.targets,
            sorted(facts.accounts.items()),
            sorted(facts.networks.items()),
            sorted(facts.profile.items()),
            [sorted(facts.retractions.ids), sorted(facts.retractions.things.items())],
        ],
        [
            trajectory.standings,
            trajectory.spells,
            trajectory.settled_through,
            trajectory.due,
            trajectory.fall,
        ],
        [
            said.version,
            said.zone,
            said.effective_on,
            said.historical,
            said.vitality,
            said.vitality_on,
            said.warned,
            None if said.near is None else _near(said.near),
        ],
    ]


def from_state(state: list[Any]) -> Journey:
    """Raises OtherForm."""
    if state[0] != FORM:
        raise OtherForm(f"a snapshot of form {state[0]}; this release reads form {FORM}")
    _, member, facts, (standings, spells, settled_through, due, fall), said = state
    enrolled_on, kept_from, seen, days, marks, *counts, targets = facts[:9]
    accounts, networks, profile, (ids, things) = facts[9:]
    acts, unreported, seconds = counts
    return Journey(
        member,
        Facts(
            enrolled_on,
            kept_from,
            seen,
            tuple(days),
            tuple(marks),
            tuple(acts),
            tuple(unreported),
            tuple(seconds),
            tuple(map(tuple, targets)),
            {name: _series(readings) for name, readings in accounts},
            {name: _series(readings) for name, readings in networks},
            {name: _series(readings) for name, readings in profile},
            Retractions(
                frozenset((source, name) for source, name in ids),
                {(source, thing, kind): at for (source, thing, kind), at in things},
            ),
        ),
        Trajectory(
            tuple([Standing._make(each) for each in standings]),
            tuple([Spell._make(each) for each in spells]),
            settled_through,
            due,
            None if fall is None else Fall(*fall),
        ),
        said=_said(*said),
    )


def _near(near: Near) -> list[Any]:
    return [near.next, near.minutes, [asdict(step) for step in near.steps]]


def _said(*said: Any) -> Said:  # noqa: ANN401 - JSON is anything
    *first, warned, near = said
    if near is not None:
        near = Near(near[0], near[1], tuple(Step(**step) for step in near[2]))
    return replace(Said(*first), warned=None if warned is None else Warned(*warned), near=near)


def _series(readings: list[Any]) -> Series:
    return tuple([Reading._make(each) for each in readings])
