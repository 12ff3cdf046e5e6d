"""Care for the socially engaged: when one turns quiet, or what was promised them comes late again
and again, their sponsor hears of it, and nobody else.

Only with the member's consent, once in a long while, and in words: there is no score.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from services.notifier.domain.audience import Member
from services.notifier.domain.engaged import ENGAGED
from services.notifier.domain.engaged_rules import CareRules
from services.notifier.domain.notices import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class CareConsented:
    """A member agrees that their sponsor may hear of it, or agrees no longer."""

    care: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedQuiet:
    """Somebody socially engaged has not been active for a while."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BecameActive:
    """Or is on a break, or is not socially engaged any more: they are not quiet."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CareSuggested:
    """`quiet` and `late` are the signals: they have turned quiet, promises to them were broken."""

    sponsor: str
    quiet: bool
    late: bool
    at: datetime


Event: TypeAlias = CareConsented | TurnedQuiet | BecameActive | CareSuggested


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """A member who has consented and has a sponsor: whether they are quiet, when promises to them
    were broken, and when their sponsor heard of them last.
    """

    member: str
    sponsor: str
    quiet: bool
    breached: tuple[datetime, ...]
    last: datetime | None


def stream(member: str) -> str:
    return f"care/{member}"


def suggested(
    concerns: Iterable[Concern], members: Mapping[str, Member], rules: CareRules, at: datetime
) -> Iterator[tuple[str, CareSuggested]]:
    """Yield members and what their sponsors are to hear."""
    for concern in sorted(concerns, key=lambda it: it.member):
        member, sponsor = (members.get(it, Member()) for it in (concern.member, concern.sponsor))
        if member.zone != ENGAGED or not (member.there and sponsor.there):
            continue
        if concern.last is not None and at < concern.last + rules.again_after:
            continue
        late = sum(at - rules.within < it for it in concern.breached) >= rules.breaches
        if concern.quiet or late:
            care = CareSuggested(sponsor=concern.sponsor, quiet=concern.quiet, late=late, at=at)
            yield concern.member, care


def of_care(member: str, care: CareSuggested) -> Notice:
    """Say it to the sponsor. The cause is the member's day."""
    return Notice(
        kind="retention_care",
        recipient=care.sponsor,
        cause=f"care/{care.at:%Y-%m-%d}/{member}",
        at=care.at,
        facts={"quiet": care.quiet, "late": care.late},
        about=member,
    )
