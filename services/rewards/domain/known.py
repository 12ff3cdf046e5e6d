"""What a batch may ask about: a part of all that was heard, and how it becomes in its course."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple, TypeAlias

from services.rewards.domain.acts import Act
from services.rewards.domain.awards import Awards
from services.rewards.domain.rules import PUBLISH
from services.rewards.domain.versions import Caps
from shared.clock import Clock

Key: TypeAlias = tuple[str, str]
"""A member and the name of an act."""
Day: TypeAlias = tuple[str, str, date]
"""A member, what is capped, and the day."""
Object: TypeAlias = tuple[str, str, str, str]
"""A member, a source, an object of its, and the kind of act."""


@dataclass(frozen=True, slots=True)
class Stored:
    act: Act
    stands: bool
    capped: bool = False


class Folded(NamedTuple):
    version: int
    awards: Awards


class Register:
    """Acts by all that they are looked up by. `changed` are those that are not as they were."""

    def __init__(self, stored: Iterable[Stored] = ()) -> None:
        self._all: dict[Key, Stored] = {}
        self._by_day: defaultdict[Day, set[Key]] = defaultdict(set)
        self._by_object: defaultdict[Object, set[Key]] = defaultdict(set)
        self._claims: defaultdict[str, set[Key]] = defaultdict(set)
        self._helped: defaultdict[str, set[Key]] = defaultdict(set)
        self.changed: set[Key] = set()
        for each in stored:
            self._index(each)

    def __contains__(self, key: Key) -> bool:
        return key in self._all

    def get(self, key: Key) -> Stored | None:
        return self._all.get(key)

    def put(self, stored: Stored) -> None:
        self._index(stored)
        self.changed.add((stored.act.member, stored.act.name))

    def mark(self, key: Key, *, capped: bool) -> None:
        self.put(replace(self._all[key], capped=capped))

    def of_day(self, day: Day) -> Iterator[Stored]:
        """Yield what stands of a day."""
        return self._standing(self._by_day.get(day, ()))

    def of_object(self, named: Object) -> Iterator[Stored]:
        return self._standing(self._by_object.get(named, ()))

    def connected(self, names: Iterable[str]) -> tuple[set[str], list[Act]]:
        """Return these names of pieces with all that standing claims connect with them, and the
        claims.
        """
        found, news, claims = set[str](), {*names}, dict[Key, Act]()
        while news:
            found |= news
            for name in news:
                for it in self._standing(self._claims.get(name, ())):
                    claims[it.act.member, it.act.name] = it.act
            news = {name for act in claims.values() for name in act.names} - found
        return found, [*claims.values()]

    def helped(self, names: Iterable[str]) -> Iterator[Stored]:
        """Yield what came of pieces through somebody, whether or not it stands."""
        for name in sorted(names):
            yield from (self._all[key] for key in sorted(self._helped.get(name, ())))

    def _standing(self, keys: Iterable[Key]) -> Iterator[Stored]:
        return (it for key in sorted(keys) if (it := self._all[key]).stands)

    def _index(self, stored: Stored) -> None:
        act = stored.act
        key = act.member, act.name
        if key not in self._all:
            self._by_day[act.member, act.word, act.day].add(key)
            if act.object is not None:
                self._by_object[act.member, act.source, act.object, act.kind].add(key)
            for name in act.names:
                if act.kind == PUBLISH:
                    self._claims[name].add(key)
                elif act.via is not None:
                    self._helped[name].add(key)
        self._all[key] = stored


@dataclass(slots=True, kw_only=True)
class Known:
    """`register` has the acts that the batch concerns, those of the same days where these have a
    cap, everybody's claims to the same pieces, and who helped with what came of them. `void` are
    the names of acts that were taken back, by member; `void_objects` say up to when an object was.
    """

    clock: Clock
    caps: Caps = field(default_factory=Caps)
    register: Register = field(default_factory=Register)
    void: set[Key] = field(default_factory=set)
    void_objects: dict[Object, datetime] = field(default_factory=dict)
    folded: dict[str, Folded] = field(default_factory=dict)

    def is_void(self, act: Act) -> bool:
        if (act.member, act.name) in self.void:
            return True
        if act.object is None:
            return False
        until = self.void_objects.get((act.member, act.source, act.object, act.kind))
        return until is not None and act.at <= until
