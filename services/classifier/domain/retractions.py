"""Retractions: what was never done, as far as anybody counts, because its source took it back.

A retraction speaks of the same member and the same source. It may come before what it retracts;
then it is remembered, so that what arrives later is known to be gone.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from services.classifier.domain.activities import OWN_ACTS, Activity

RETRACT: Final = "retract"
RETRACTABLE: Final = frozenset({*OWN_ACTS, "network", "performance", "outcome"})
"""Programme events are undone by their opposites, and a retraction by nothing."""

Name = tuple[str, str]
"""The source of an event, and its id there."""
Thing = tuple[str, str, str]
"""The source, an object, and what kind of act on it is taken back."""


class Retractions(NamedTuple):
    """By id, and by object those up to an instant."""

    ids: frozenset[Name] = frozenset()
    things: Mapping[Thing, int] = MappingProxyType({})

    def cover(self, activity: Activity) -> bool:
        if activity.kind not in RETRACTABLE:
            return False
        if name_of(activity) in self.ids:
            return True
        thing = _thing(activity, activity.kind)
        return thing is not None and self.things.get(thing, activity.at - 1) >= activity.at


NONE: Final = Retractions()


class Netted(NamedTuple):
    """The activities that are left, in the order given, and the retractions to be minded from now
    on: the same act may come again, under the id that it has for the member.
    """

    left: Sequence[Activity]
    retractions: Retractions


def netted(activities: Iterable[Activity]) -> Netted:
    """Take away from a member's activities what is retracted by others among them."""
    activities = list(activities)
    ids: set[Name] = set()
    things: dict[Thing, int] = {}
    for each in activities:
        if each.kind != RETRACT:
            continue
        retracted, thing = each.data.get("retracts"), _thing(each, each.data.get("kind"))
        if retracted is not None:
            ids.add((each.source, _unadopted(retracted, each.member)))
        elif thing is not None:
            things[thing] = max(each.at, things.get(thing, each.at))
    if not ids and not things:
        return Netted(activities, NONE)
    every = Retractions(frozenset(ids), things)
    return Netted([each for each in activities if not every.cover(each)], every)


def name_of(activity: Activity) -> Name:
    return activity.source, _unadopted(activity.id, activity.member)


def _unadopted(id: str, member: str) -> str:
    """Return the id that an event had before its account was known to be the member's."""
    return id.removesuffix(f"~{member}")


def _thing(activity: Activity, kind: str | None) -> Thing | None:
    thing = activity.data.get("object")
    if thing is None or kind is None:
        return None
    return activity.source, thing["id"], kind
