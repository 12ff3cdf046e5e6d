"""The profile: what the organisation says of a member, in programme events."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from services.classifier.domain.activities import Activity
from services.classifier.domain.clock import FOREVER
from services.classifier.domain.series import Series, read
from services.classifier.domain.zones import FIRST, ZONES

PROFILED: Final = frozenset(
    f"member_{happened}" for happened in ("registered", "updated", "paused", "resumed", "departed")
)
"""The programme events that say something of a member: absent leaves, null clears."""
TERMS: Final = PROFILED - {"member_updated"}
PRESENT: Final = "present"
PAUSED: Final = "paused"
RESUMED: Final = "resumed"
FLOOR: Final = "zone_floor"
FLOOR_UNTIL: Final = "floor_until"


def says_terms(activity: Activity) -> bool:
    """Say whether an activity is about pause, departure or floor."""
    kind = activity.kind
    if kind in TERMS:
        return True
    return kind in PROFILED and (FLOOR in activity.data or FLOOR_UNTIL in activity.data)


def profiled(known: Mapping[str, Series], activity: Activity) -> Mapping[str, Series]:
    data = activity.data
    match activity.kind:
        case "member_registered" | "member_departed":
            registered = activity.kind == "member_registered"
            known = read(known, PRESENT, activity, int(registered))
        case "member_paused":
            known = read(known, PAUSED, activity, 1)
        case "member_resumed":
            known = read(known, RESUMED, activity, 1)
        case "member_updated":
            pass
        case _:
            return known
    if FLOOR in data:
        floor = data[FLOOR]
        known = read(known, FLOOR, activity, FIRST if floor is None else ZONES.index(floor))
    if FLOOR_UNTIL in data:
        until = data[FLOOR_UNTIL]
        last_day = FOREVER - 1 if until is None else date.fromisoformat(until).toordinal()
        known = read(known, FLOOR_UNTIL, activity, last_day)
    return known
