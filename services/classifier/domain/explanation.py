"""The explanation: why a member is where they are on a day, why not in the next zone, and what
would take this one away, and when.
"""

from dataclasses import dataclass
from typing import NamedTuple

from services.classifier.domain.activities import Activity
from services.classifier.domain.judging import Judged, Kept, Option
from services.classifier.domain.policy import Policy, Vitality


class Turn(NamedTuple):
    """If nothing happens, the member is in the zone `to` from `day` on."""

    day: int
    to: int | None


class Loss(NamedTuple):
    """A turn for the lower: what keeps the zone fails from `fails_from` on, and the days up to the
    turn are grace. `missing` is what fails that day, by the policy that governs it.
    """

    turn: Turn
    fails_from: int
    missing: tuple[Judged, ...]


class Floor(NamedTuple):
    """The zone that `said` keeps the member from falling below, up to the day `until`; they would
    be in the zone `without` if nobody had said so.
    """

    zone: int
    until: int | None
    said: Activity | None
    without: int | None


class Spared(NamedTuple):
    """The zone is kept by a policy of before, up to the day `until` at most."""

    policy: Policy
    until: int


class Coming(NamedTuple):
    """A policy that governs from a day to come on. `turn` is what comes next with it if nothing
    happens, and `otherwise` without it.
    """

    policy: Policy
    from_day: int
    turn: Turn | None
    otherwise: Turn | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """How a member stands on `day`. There is no `zone` before they are enrolled, and while they
    have departed. `failing_since` is the first day on which what keeps the zone failed, as it
    still does on `day`, which may be open. `turn` is the next change if nothing happens, and
    `loss` more of it where it is a fall.
    """

    day: int
    enrolled_on: int
    zone: int | None
    since: int | None
    vitality: Vitality | None
    policy: Policy
    governs_from: int
    departed: Activity | None = None
    paused_since: int | None = None
    pauses: bool = False
    """A pause was said on `day`, and begins on the next."""
    floor: Floor | None = None
    keep: Kept | None = None
    failing_since: int | None = None
    spared: Spared | None = None
    turn: Turn | None = None
    loss: Loss | None = None
    enter: Option | None = None
    requires: tuple[Kept, ...] = ()
    coming: tuple[Coming, ...] = ()
    retracted: int = 0
