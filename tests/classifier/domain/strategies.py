"""Histories of one member, such that everything happens often, and policies for them.

A strategy is looked through when it is first drawn from, so what is drawn from a thousand times
is made once.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any, Final

from hypothesis import strategies as st

from services.classifier.domain.activities import OUTCOMES, OWN_ACTS, Activity
from services.classifier.domain.clock import DAY, MINUTE
from services.classifier.domain.measures import MEASURES, Criterion
from services.classifier.domain.policy import Mode, Policy, Zone
from services.classifier.domain.zones import ZONES
from tests.classifier.examples import CREATOR, ENGAGED, SHARER, adoption, an_activity, at, day
from tests.classifier.recount.announcements import Entry
from tests.classifier.recount.measures import instant
from tests.classifier.recount.record import PROFILED, Adoption

SPAN: Final = 24
"""Days over which the generated things happen."""

Log = list[tuple[int, Entry]]


@cache
def policies(version: int = 1) -> st.SearchStrategy[Policy]:
    """Return policies by chance: drawn one by one, their numbers would be most of what is drawn."""
    return st.integers(0, 2**32).map(lambda seed: by_chance(Random(seed), version))


def by_chance(chance: Random, version: int) -> Policy:
    active_days = chance.randint(0, 4)
    return Policy(
        version=version,
        zones=chance.choice([sensible_zones, sensible_zones, any_zones])(chance),
        minutes={kind: chance.randint(0, 1800) for kind in chance.sample(OWN_ACTS, 4)},
        reports=frozenset(chance.sample(["network", "outcomes"], chance.randint(0, 2))),
        warn_days=chance.choice([0, 1, 3, 8]),
        near_minutes=chance.choice([0, 5, 30, 150]),
        historical_after_days=chance.randint(0, 4),
        settle_minutes=chance.choice([0, 60, 1440]),
        active_days=active_days,
        quiet_days=active_days + chance.randint(0, 4),
    )


def sensible_zones(chance: Random) -> tuple[Zone, ...]:
    """Return the small policy's zones, a little stricter or milder."""
    drawn = [Zone(name=ZONES[0])]
    for zone in (SHARER, CREATOR, ENGAGED):
        (enter,), (keep,) = zone.enter, zone.keep
        days = keep.days + chance.randint(-2, 2)
        drawn.append(
            replace(
                zone,
                enter=(replace(enter, at_least=chance.randint(1, 2), days=days),),
                keep=(replace(keep, at_least=chance.randint(1, 2), days=days),),
                grace_days=chance.randint(0, 3),
            )
        )
    return tuple(drawn)


def any_zones(chance: Random) -> tuple[Zone, ...]:
    """Return zones of whatever criteria: most make no sense, and all have to be followed."""
    drawn = [Zone(name=ZONES[0])]
    for name in ZONES[1:]:
        lower = [zone.name for zone in drawn[1:]]
        drawn.append(
            Zone(
                name=name,
                enter=tuple(a_criterion(chance) for _ in range(chance.randint(1, 2))),
                keep=tuple(a_criterion(chance) for _ in range(chance.randint(0, 2))),
                requires=tuple(chance.sample(lower, chance.randint(0, len(lower)))),
                grace_days=chance.randint(0, 3),
            )
        )
    return tuple(drawn)


def a_criterion(chance: Random) -> Criterion:
    name = chance.choice(sorted(MEASURES))
    measure = MEASURES[name]
    of: tuple[str, ...] = ()
    if measure.of:
        of = chance.choice([("any",), tuple(chance.sample(measure.of, chance.randint(1, 3)))])
    most = {"minutes_per_week": 30, "network_size": 20, "network_growth": 5}.get(name, 3)
    return Criterion(
        name=name,
        measure=name,
        at_least=chance.randint(1, most),
        of=of,
        days=chance.randint(1, 9) if measure.days else 0,
    )


MODES: Final = st.sampled_from(["forward", "grandfather", "grandfather", "recompute"])


@st.composite
def adoptions(draw: st.DrawFn, version: int, today: date) -> Adoption:
    """Return another policy from tomorrow or later, or for every day there ever was."""
    policy = draw(policies(version))
    on = today + timedelta(days=draw(st.integers(1, 5)))
    match draw(MODES):
        case "forward":
            return adoption(policy, "forward", on)
        case "grandfather":
            until = on + timedelta(days=draw(st.integers(0, 9)))
            return adoption(policy, "grandfather", on, until)
        case _:
            return adoption(policy, "recompute", today)


ACTS: Final = (*OWN_ACTS, *("like", "publish", "comment") * 5, "quote")
OTHERS: Final = (
    *("retract", "retract", "retract", "outcome", "network", "performance"),
    *("link_account", "unlink_account", "draft_submitted"),
    *(*PROFILED, "member_paused", "member_departed", "member_registered"),
)
KINDS: Final = st.sampled_from(ACTS) | st.sampled_from(OTHERS)
KNOWN: Final = st.sampled_from([*[False] * 4, True])
LATENESS: Final = st.sampled_from((*[0] * 9, 1, 1, 2, 3, 5, 9, -1, -3))
CLOCKS: Final = st.sampled_from(["00:00", "00:30", "12:00", "23:59"])
HISTORICAL: Final = st.sampled_from([False, False, True])
SOURCES: Final = st.sampled_from([*["urn:zones:platform:example"] * 2, "urn:zones:platform:x"])


def an_act(draw: st.DrawFn, number: int, today: int) -> Activity:
    """Draw something that happens to ada. Some are adopted: known before by another's id."""
    name = f"{number - 1:02}~ada" if draw(KNOWN) else f"{number:02}"
    kind = draw(KINDS)
    activity = an_activity(
        kind,
        today - draw(LATENESS),
        draw(CLOCKS),
        id=name,
        historical=draw(HISTORICAL),
        **draw(profiles(today) if kind in PROFILED else told(kind)),
    )
    return activity._replace(source=draw(SOURCES))


@cache
def profiles(today: int) -> st.SearchStrategy[dict[str, Any]]:
    """Return what is said of a member about `today`."""
    days = st.integers(today - 2, today + 9).map(written)
    said = {
        "group": st.sampled_from(["sales", None]),
        "zone_floor": st.sampled_from([None, *ZONES, *ZONES]),
        "floor_until": st.none() | days | days,
    }
    return st.just({}) | st.fixed_dictionaries({}, optional=said)


@cache
def told(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return what is told of an activity of this kind."""
    objects = st.sampled_from([{"id": "o1"}, {"id": "o2"}])
    if kind in OWN_ACTS:
        return st.fixed_dictionaries(
            {
                "target": st.sampled_from([None, "ada", "bob", "cleo", "dan"]),
                "minutes": st.sampled_from([None, None, 0, 5, 0.25, 30]),
            },
            optional={"object": objects},
        )
    match kind:
        case "retract":
            ids = st.integers(0, 14).map(lambda number: f"{number:02}")
            kinds = st.sampled_from(["like", "publish", "comment", "performance", "outcome"])
            by_id: dict[str, Any] = {"retracts": ids | ids | ids.map(lambda id_: f"{id_}~ada")}
            by_object: dict[str, Any] = {"object": objects, "kind": kinds}
            return (
                st.fixed_dictionaries(by_id)
                | st.fixed_dictionaries(by_object)
                | st.fixed_dictionaries({**by_id, **by_object})
            )
        case "outcome":
            outcomes = st.sampled_from(OUTCOMES)
            return st.fixed_dictionaries({"outcome": outcomes}, optional={"object": objects})
        case "network":
            platforms = st.sampled_from(["x", "bluesky"])
            return st.fixed_dictionaries(
                {"platform": platforms, "followers": st.integers(0, 12), "connections": st.just(3)}
            )
        case "performance":
            return st.fixed_dictionaries({"object": objects, "readers": st.just(10)})
        case "link_account" | "unlink_account":
            accounts = st.sampled_from(["a", "b"])
            return st.fixed_dictionaries({"platform": st.just("x"), "account": accounts})
        case _:
            return st.just({})


def written(number: int) -> str:
    return date.fromordinal(day(number)).isoformat()


@st.composite
def histories(draw: st.DrawFn, most: int = 16) -> list[Activity]:
    """Return what happens to a member, in no order."""
    numbers = range(draw(st.integers(0, most)))
    return [an_act(draw, number, draw(st.integers(0, SPAN))) for number in numbers]


STEPS: Final = st.sampled_from(
    (0, 0, 1, 30 * MINUTE, 60 * MINUTE, *[DAY] * 4, 2 * DAY, 3 * DAY, 9 * DAY)
)
BEGINNINGS: Final = st.sampled_from(["00:00", "00:30", "01:00", "12:00"])


@st.composite
def logs(draw: st.DrawFn, most: int = 20, adopted: int = 3) -> Log:
    """Return activities late, early and twice, policies adopted, and a clock that goes by hours
    and by days.
    """
    now = at(0, draw(BEGINNINGS))
    log: Log = []
    arrived: list[Activity] = []
    version = 1
    for number in range(draw(st.integers(1, most))):
        now += draw(STEPS)
        entry: Entry = None
        match draw(st.integers(0, 15)):
            case 0 | 1:
                pass
            case 2 if version <= adopted:
                version += 1
                entry = draw(adoptions(version, instant(now).date()))
            case 3 if arrived:
                entry = arrived[draw(st.integers(0, len(arrived) - 1))]
            case _:
                entry = an_act(draw, number, (now - at(0)) // DAY)
                arrived.append(entry)
        log.append((now, entry))
    return log


LIVELY: Final = st.sampled_from(["like", "like", "publish", "comment"])
TURNS: Final[st.SearchStrategy[Mode]] = st.sampled_from(
    ("forward", "forward", "forward", "grandfather", "recompute")
)


@st.composite
def turns(draw: st.DrawFn, most: int = 16) -> Log:
    """Return days on which a member does something, and policies that mostly begin on the next."""
    now, version = at(0, "12:00"), 1
    log: Log = []
    for number in range(draw(st.integers(1, most))):
        now += draw(st.sampled_from([0, 12 * 60 * MINUTE, DAY, DAY, 2 * DAY]))
        entry: Entry = None
        match draw(st.integers(0, 7)):
            case 0:
                pass
            case 1 | 2:
                version += 1
                tomorrow = instant(now).date() + timedelta(days=1)
                until = tomorrow + timedelta(days=draw(st.integers(0, 3)))
                entry = adoption(draw(policies(version)), draw(TURNS), tomorrow, until)
            case _:
                today, late = (now - at(0)) // DAY, draw(st.sampled_from([0, 0, 0, 1, 2, -1]))
                who = draw(st.sampled_from(["bob", "cleo"]))
                kind, name = draw(LIVELY), f"{number:02}"
                entry = an_activity(kind, today - late, "06:00", id=name, target=who)
        log.append((now, entry))
    return log


HABITS: Final = st.sampled_from(["like", "share", "comment", "comment", "publish", "publish"])
EVERY: Final = st.sampled_from([1, 2, 5, 8, 20, 40])
LATE: Final = st.sampled_from([0, 0, 0, 1, 20, 100])
PEOPLE: Final = st.sampled_from("abc")


@st.composite
def lives(draw: st.DrawFn) -> Log:
    """Return habits taken up and dropped, told late now and then, and a clock that follows."""
    told_on: list[tuple[int, int, Activity]] = []
    for habit in range(draw(st.integers(1, 7))):
        kind = draw(HABITS)
        start, every = draw(st.integers(0, 200)), draw(EVERY)
        late = draw(LATE)
        for number in range(draw(st.integers(1, 20))):
            on = start + number * every
            target = f"{draw(PEOPLE)}{number}"
            name = f"{habit}-{number:02}"
            told_on.append((on + late, habit, an_activity(kind, on, id=name, target=target)))
    told_on.sort(key=lambda each: each[:2])
    log: Log = [(at(on, "12:00"), activity) for on, _, activity in told_on]
    return [*log, (log[-1][0] + draw(st.integers(0, 200)) * DAY, None)]


def happened(log: Sequence[tuple[int, Entry]]) -> list[Activity]:
    """Return all activities of a log, some of them twice."""
    return [entry for _, entry in log if isinstance(entry, Activity)]


def adopted(log: Sequence[tuple[int, Entry]]) -> list[Adoption]:
    """Return the policies adopted in a log, in its order."""
    return [entry for _, entry in log if entry is not None and not isinstance(entry, Activity)]
