"""What a batch has to know, read from the tables and the log in a few questions."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final, TypeAlias, cast

from pydantic import TypeAdapter

from services.rewards.domain import versions
from services.rewards.domain.acts import Act, ActRetracted, ObjectRetracted, known_as
from services.rewards.domain.known import Key, Object, Stored
from services.rewards.domain.periods import Calendar
from services.rewards.domain.rules import Rules
from services.rewards.domain.versions import RulesAdopted
from services.rewards.projections.entries import CODEC, instant
from shared.clock import Clock, Mode
from shared.eventlog.log import Transaction, View

Read: TypeAlias = View | Transaction

ACT: Final = TypeAdapter(Act)


async def clock(read: Read) -> Clock:
    [(mode, now)] = await read.fetchall("SELECT mode, now FROM clock")
    return Clock(mode=cast("Mode", mode), now=None if now is None else instant(now))


async def calendar(read: Read, rules: Rules) -> Calendar:
    """Return which half-years are closed, and since when the log knows of time."""
    [(began,)] = await read.fetchall("SELECT began FROM clock")
    closed = await read.fetchall("SELECT period FROM periods")
    return Calendar(
        began=None if began is None else instant(began),
        closed=frozenset(period for (period,) in closed),
        timezone=rules.timezone,
        settle_days=rules.impact.settle_days,
    )


async def adopted(read: Read) -> list[RulesAdopted]:
    """Return the rules that the log has gone by, from old to new."""
    return [CODEC.decode(row) for row in await read.stream(versions.STREAM)]


async def members(read: Read) -> list[str]:
    """Return of whom anything is recorded."""
    rows = await read.fetchall(
        "SELECT DISTINCT stream FROM log WHERE substr(stream, 1, 1) <> '_' ORDER BY stream"
    )
    return [stream for (stream,) in rows]


async def latest(read: Read) -> datetime | None:
    """Return when the last act was that is recorded."""
    rows = await read.fetchall("SELECT body FROM acts WHERE day = (SELECT max(day) FROM acts)")
    return max((ACT.validate_json(body).at for (body,) in rows), default=None)


async def acts_named(read: Read, keys: Collection[Key]) -> list[Stored]:
    """Return those acts that were heard of."""
    return _stored(
        await read.fetchall(
            "SELECT body, stands, capped FROM json_each(:keys) AS it CROSS JOIN acts"
            " WHERE member = it.value ->> 0 AND name = it.value ->> 1",
            {"keys": _listed(keys)},
        )
    )


async def acts_on_objects(read: Read, objects: Collection[Object]) -> list[Stored]:
    return _stored(
        await read.fetchall(
            "SELECT body, stands, capped FROM json_each(:objects) AS it CROSS JOIN acts"
            " WHERE member = it.value ->> 0 AND source = it.value ->> 1 AND object = it.value ->> 2"
            " AND kind = it.value ->> 3",
            {"objects": _listed(objects)},
        )
    )


async def acts_of_days(read: Read, acts: Iterable[Act]) -> list[Stored]:
    """Return what is recorded of the same members' days, of what these acts count as."""
    days = {(act.member, act.word, act.day.isoformat()) for act in acts}
    return _stored(
        await read.fetchall(
            "SELECT body, stands, capped FROM json_each(:days) AS it CROSS JOIN acts"
            " WHERE member = it.value ->> 0 AND word = it.value ->> 1 AND day = it.value ->> 2",
            {"days": _listed(days)},
        )
    )


async def claims(read: Read, pieces: Collection[str]) -> list[Stored]:
    """Return everybody's claims to these pieces, and what came of them."""
    return _stored(
        await read.fetchall(
            "SELECT body, stands, capped FROM acts"
            " WHERE piece IN (SELECT value FROM json_each(:pieces))"
            " AND kind IN ('publish', 'outcome')",
            {"pieces": json.dumps(sorted(pieces))},
        )
    )


async def acts_on(
    read: Read, units: Collection[str]
) -> tuple[dict[str, list[Act]], frozenset[Key]]:
    """Return what stands on each of these units, and what of it does not count."""
    standing: dict[str, list[Act]] = defaultdict(list)
    capped: set[Key] = set()
    for unit, body, is_capped in await read.fetchall(
        "SELECT unit, body, capped FROM acts"
        " WHERE unit IN (SELECT value FROM json_each(:units)) AND stands",
        {"units": json.dumps(list(units))},
    ):
        act = ACT.validate_json(body)
        standing[unit].append(act)
        if is_capped:
            capped.add((act.member, act.name))
    return standing, frozenset(capped)


async def called(read: Read, units: Collection[str]) -> tuple[set[str], dict[str, str]]:
    """Return these units with all whom one name or one piece connects with them, and which piece
    each of the names is: that of whoever published it first under this name.
    """
    names, before = {*units}, set[str]()
    claims: dict[str, list[Act]] = {}
    while names != before:
        before = {*names}
        claims = defaultdict(list)
        for alias, piece, body in await read.fetchall(
            "SELECT DISTINCT alias, piece, body FROM acts WHERE stands AND alias IS NOT NULL"
            " AND (alias IN (SELECT value FROM json_each(:names))"
            " OR piece IN (SELECT value FROM json_each(:names)))",
            {"names": json.dumps(sorted(names))},
        ):
            claims[alias].append(ACT.validate_json(body))
            names |= {alias, piece}
    return names, known_as(act for acts in claims.values() for act in acts)


async def weighty(read: Read, units: Collection[str]) -> set[str]:
    """Return which of these can add to a score. Of what no member has published, and of which
    nothing came, there may be very many shares.
    """
    return await _which(
        read,
        "SELECT DISTINCT unit FROM acts WHERE unit IN (SELECT value FROM json_each(:names))"
        " AND kind IN ('publish', 'outcome', 'performance')",
        units,
    )


async def void(
    read: Read, acts: Collection[Act], retracted: Collection[tuple[str, ActRetracted]]
) -> set[Key]:
    """Return which of these acts were taken back, or are."""
    keys = {(act.member, act.name) for act in acts} | {(who, it.name) for who, it in retracted}
    return {
        (member, name)
        for member, name in await read.fetchall(
            "SELECT member, name FROM json_each(:keys) AS it CROSS JOIN void_acts"
            " WHERE member = it.value ->> 0 AND name = it.value ->> 1",
            {"keys": _listed(keys)},
        )
    }


async def void_objects(
    read: Read, acts: Collection[Act], retracted: Collection[tuple[str, ObjectRetracted]]
) -> dict[Object, Any]:
    """Return up to when the objects of these were taken back."""
    objects = {
        *((it.member, it.source, it.object, it.kind) for it in acts if it.object is not None),
        *((who, it.source, it.object, it.kind) for who, it in retracted),
    }
    return {
        (member, source, named, kind): instant(until)
        for member, source, named, kind, until in await read.fetchall(
            "SELECT void_objects.member, void_objects.source, void_objects.object,"
            " void_objects.kind, until FROM json_each(:objects) AS it CROSS JOIN void_objects"
            " WHERE member = it.value ->> 0 AND source = it.value ->> 1 AND object = it.value ->> 2"
            " AND kind = it.value ->> 3",
            {"objects": _listed(objects)},
        )
    }


async def _which(read: Read, sql: str, names: Collection[str]) -> set[str]:
    rows = await read.fetchall(sql, {"names": json.dumps(sorted(names))})
    return {name for (name,) in rows}


def _stored(rows: Iterable[tuple[Any, ...]]) -> list[Stored]:
    return [
        Stored(ACT.validate_json(body), stands=bool(stands), capped=bool(capped))
        for body, stands, capped in rows
    ]


def _listed(keys: Iterable[tuple[str, ...]]) -> str:
    return json.dumps(sorted(keys))
