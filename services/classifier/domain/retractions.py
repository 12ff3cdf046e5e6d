"""Retractions: what was never done, as far as anybody counts, because its source took it back.

A retraction speaks of the same member and the same source. It may come before what it retracts;
then it is remembered, so that what arrives later is known to be gone.
"""

from collections import defaultdict
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
        if activity.kind not in RETRACTABLE or not (self.ids or self.things):
            return False
        if name_of(activity) in self.ids:
            return True
        thing = _thing(activity, activity.kind)
        return thing is not None and self.things.get(thing, activity.at - 1) >= activity.at

    def also(self, retraction: Activity) -> "Retractions":
        name, thing = _spoken_of(retraction)
        if name is not None and name not in self.ids:
            return self._replace(ids=self.ids | {name})
        if thing is not None and self.things.get(thing, retraction.at - 1) < retraction.at:
            return self._replace(things={**self.things, thing: retraction.at})
        return self


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
        name, thing = _spoken_of(each)
        if name is not None:
            ids.add(name)
        elif thing is not None:
            things[thing] = max(each.at, things.get(thing, each.at))
    if not ids and not things:
        return Netted(activities, NONE)
    every = Retractions(frozenset(ids), things)
    return Netted([each for each in activities if not every.cover(each)], every)


class Retractable:
    """Some of a member's activities, by what a retraction would call them."""

    def __init__(self, activities: Iterable[Activity] = ()) -> None:
        self._named: defaultdict[Name, list[Activity]] = defaultdict(list)
        self._about: defaultdict[Thing, list[Activity]] = defaultdict(list)
        for each in activities:
            self.add(each)

    def add(self, activity: Activity) -> None:
        if activity.kind not in RETRACTABLE:
            return
        self._named[name_of(activity)].append(activity)
        thing = _thing(activity, activity.kind)
        if thing is not None:
            self._about[thing].append(activity)

    def by(self, retraction: Activity) -> list[Activity]:
        """Return those that a retraction speaks of."""
        name, thing = _spoken_of(retraction)
        if name is not None:
            return [*self._named.get(name, ())]
        if thing is not None:
            return [each for each in self._about.get(thing, ()) if each.at <= retraction.at]
        return []


def name_of(activity: Activity) -> Name:
    return activity.source, _unadopted(activity.id, activity.member)


def names_of(retraction: Activity) -> list[Name]:
    """Return the source and the ids under which what it retracts by id may have been recorded."""
    name, _ = _spoken_of(retraction)
    if name is None:
        return []
    source, first = name
    return [name, (source, f"{first}~{retraction.member}")]


def _spoken_of(retraction: Activity) -> tuple[Name | None, Thing | None]:
    """Return the one or the other: an id says more than an object."""
    retracted = retraction.data.get("retracts")
    if retracted is not None:
        return (retraction.source, _unadopted(retracted, retraction.member)), None
    return None, _thing(retraction, retraction.data.get("kind"))


def _unadopted(id: str, member: str) -> str:
    """Return the id that an event had before its account was known to be the member's."""
    return id.removesuffix(f"~{member}")


def _thing(activity: Activity, kind: str | None) -> Thing | None:
    thing = activity.data.get("object")
    if thing is None or kind is None:
        return None
    return activity.source, thing["id"], kind
