"""A rehearsal: what a member's life would have come to, had these policies been known all along.

It is followed entry by entry, as the log has them, so that it also tells what would have been
announced on the way, and what that would have set off elsewhere.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, assert_never

from services.classifier.domain.activities import Activity
from services.classifier.domain.announcements import (
    Announcement,
    DemotionAverted,
    DemotionForeseen,
    VitalityChanged,
    ZoneChanged,
    ZoneNeared,
)
from services.classifier.domain.announcing import announce, has_news
from services.classifier.domain.journey import (
    Journey,
    advance,
    evolve,
    reaches,
    record,
    refold,
    undone,
)
from services.classifier.domain.regimes import Policies
from services.classifier.domain.retractions import Retractable
from services.classifier.domain.zones import ZONES

FAST_TRACK: Final = ZONES[-1]
"""The zone whose authors are answered first."""
END: Final = 1 << 62
"""A place after every entry."""


class Tick(NamedTuple):
    """The clock gets to `now`, before whatever happens at the `place` in the log."""

    now: int
    place: int


class Happened(NamedTuple):
    place: int
    activity: Activity


@dataclass(slots=True)
class Life:
    """How the member stands in the end, and what was said of them until then, by name. `alerts`
    are the drafts of theirs that the fast track was for.
    """

    journey: Journey
    changes: list[ZoneChanged] = field(default_factory=list)
    announced: Counter[str] = field(default_factory=Counter)
    alerts: int = 0
    drafts: set[str] = field(default_factory=set)
    """Open ones, of which nobody has been alerted."""


def live(
    member: str, happened: Iterable[Happened], ticks: Sequence[Tick], policies: Policies
) -> Life:
    """Follow a member through all that happened. `ticks` have every instant at which a date or
    a day's being open ends under any of the policies, by now and by place.
    """
    life, known, minding = Life(Journey(member)), list[Activity](), Retractable()
    passed = 0
    for place, activity in happened:
        _wait(life, known, ticks, place, policies)
        while passed < len(ticks) and ticks[passed].place <= place:
            passed += 1
        now = ticks[passed - 1].now
        undoing = undone(life.journey, minding, activity)
        known.append(activity)
        minding.add(activity)
        if reaches(life.journey, policies, activity, undoing):
            life.journey = record(life.journey, policies, activity, now, undoing)
        else:
            life.journey = refold(life.journey, policies, known, now)
        _tell(life, known, policies, now, activity)
        _edit(life, activity)
    _wait(life, known, ticks, END, policies)
    return life


def name_of(said: Announcement) -> str:
    """Return the name under which an announcement is counted. Of history nobody is told, nor of
    what a policy does.
    """
    if said.historical:
        return "historical"
    match said:
        case ZoneChanged(by_policy=True):
            return "by_policy"
        case ZoneChanged():
            return said.direction
        case VitalityChanged():
            return "vitality"
        case DemotionForeseen():
            return "warned"
        case DemotionAverted():
            return "averted"
        case ZoneNeared():
            return "neared"
        case _:
            assert_never(said)


def _wait(
    life: Life, known: Sequence[Activity], ticks: Sequence[Tick], place: int, policies: Policies
) -> None:
    """Let time pass up to a place, which changes something only when the journey is due."""
    while (found := bisect_left(ticks, (life.journey.due,))) < len(ticks):
        tick = ticks[found]
        if tick.place > place:
            return
        life.journey = advance(life.journey, policies, tick.now)
        if life.journey.due <= tick.now:
            raise RuntimeError(f"{life.journey.member} is due at {tick.now} and stays so")
        _tell(life, known, policies, tick.now)


def _tell(
    life: Life,
    known: Sequence[Activity],
    policies: Policies,
    now: int,
    cause: Activity | None = None,
) -> None:
    if not has_news(life.journey, policies, now):
        return
    for said in announce(life.journey, policies, known, now, cause):
        life.journey = evolve(life.journey, said)
        life.announced[name_of(said)] += 1
        if isinstance(said, ZoneChanged):
            life.changes.append(said)
            if said.to == FAST_TRACK and not said.historical:
                life.alerts += len(life.drafts)
                life.drafts.clear()


def _edit(life: Life, activity: Activity) -> None:
    """Mind the drafts: one that is submitted, or still open, on the fast track is an alert."""
    match activity.kind:
        case "draft_submitted" if not activity.historical:
            if life.journey.said.zone == ZONES.index(FAST_TRACK):
                life.alerts += 1
            else:
                life.drafts.add(activity.data["draft_id"])
        case "draft_approved" | "draft_withdrawn":
            life.drafts.discard(activity.data["draft_id"])
        case _:
            pass
