"""A half-year that is closed: who stood where, by what, frozen for ever. One stream, `_periods`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from services.rewards.domain.impact import Part, by_member
from services.rewards.domain.periods import last_day
from services.rewards.domain.places import places
from services.rewards.domain.rules import Rules

STREAM: Final = "_periods"
NAMED: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`score` is in thousandths of a point, `counts` how many of what, help with
    outcomes as `assist`; `pieces` are the weightiest.
    """

    member: str
    place: int
    score: int
    counts: Mapping[str, int]
    pieces: tuple[str, ...]
    public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodClosed:
    """`standings` are everybody's who had any impact, first place first; it is closed from the day
    `on` which, in the time zone.
    """

    period: str
    timezone: str
    on: date
    standings: tuple[Standing, ...]
    places: int
    minimum: int
    rule_version: int
    at: datetime
    historical: bool

    @property
    def honoured(self) -> tuple[Standing, ...]:
        return tuple(
            it for it in self.standings if it.place <= self.places and it.score >= self.minimum
        )


def close(
    period: str, parts: Iterable[Part], hidden: Iterable[str], rules: Rules, at: datetime
) -> PeriodClosed:
    """Freeze what a period amounts to. `parts` are of members who are there; the `hidden` among
    them have opted out of being named.
    """
    everything, apart = [*parts], {*hidden}
    mine: dict[str, list[Part]] = {}
    for part in everything:
        mine.setdefault(part.member, []).append(part)
    return PeriodClosed(
        period=period,
        timezone=rules.timezone,
        on=closing_day(period, rules),
        standings=tuple(
            Standing(
                member=member,
                place=place,
                score=score,
                counts=_counts(mine[member]),
                pieces=_weightiest(mine[member]),
                public=member not in apart,
            )
            for place, member, score in places(by_member(everything))
        ),
        places=rules.impact.places,
        minimum=rules.impact.minimum,
        rule_version=rules.version,
        at=at,
        historical=all(part.historical for part in everything),
    )


def closing_day(period: str, rules: Rules) -> date:
    """Return the day, in the rules' time zone, on which a period is closed."""
    return last_day(period) + timedelta(days=rules.impact.settle_days + 1)


def _counts(parts: Iterable[Part]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for part in parts:
        what = part.what if part.role == "author" else part.role
        if part.count:
            counts[what] = counts.get(what, 0) + part.count
    return dict(sorted(counts.items()))


def _weightiest(parts: Iterable[Part]) -> tuple[str, ...]:
    scores: dict[str, int] = {}
    for part in parts:
        if not part.unit.startswith("~"):
            scores[part.unit] = scores.get(part.unit, 0) + part.score
    ranked = sorted((-score, unit) for unit, score in scores.items() if score > 0)
    return tuple(unit for _, unit in ranked[:NAMED])
