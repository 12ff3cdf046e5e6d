"""The result of a rehearsal, in the shape that others rely on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from services.classifier.domain.moving import Mover
from services.classifier.domain.simulation import (
    FLAP_DAYS,
    NOWHERE,
    SIDES,
    Counts,
    distribution,
    written,
)
from services.classifier.domain.zones import ZONES

ANNOUNCED: Final = (
    *("entered", "promoted", "demoted", "left", "vitality"),
    *("warned", "averted", "neared", "historical", "by_policy"),
)
ALERTS: Final = ("granted", "ended", "drafts")
SHOWN: Final = ("criterion", "measure", "of", "days", "need", "have", "margin", "met")


def told(counts: Counts, days: Sequence[int], movers: Sequence[Mover]) -> dict[str, Any]:
    """Return the result in the shape that others rely on."""
    zones = (*ZONES, NOWHERE)
    transitions = {
        before: {after: counts["transition", before, after] for after in zones} for before in zones
    }
    there = {side: distribution(counts, side, days) for side in SIDES}
    return {
        "moved": sum(
            number
            for before, row in transitions.items()
            for after, number in row.items()
            if before != after
        ),
        "transitions": transitions,
        "movers": [_mover(each) for each in movers],
        "distribution": [
            {"day": written(day), **{side: there[side][place] for side in SIDES}}
            for place, day in enumerate(days)
        ],
        "flap_days": FLAP_DAYS,
        **{side: _side(counts, side) for side in SIDES},
    }


def _side(counts: Counts, side: str) -> Mapping[str, Any]:
    return {
        "changes": {way: counts[side, "changes", way] for way in ("up", "down")},
        "flapping": counts[side, "flapping"],
        "announced": {name: counts[side, "announced", name] for name in ANNOUNCED},
        "arrivals": {zone: counts[side, "arrivals", zone] for zone in ZONES[1:]},
        "alerts": {name: counts[side, "alerts", name] for name in ALERTS},
    }


def _mover(mover: Mover) -> dict[str, Any]:
    criteria = ({name: asdict(each)[name] for name in SHOWN} for each in mover.criteria)
    return {
        "member": mover.member,
        "from": mover.before,
        "to": mover.after,
        "lacking_under": mover.side,
        "margin": mover.size,
        "criteria": list(criteria),
    }
