"""The reasons: what the last change rests on, what holds on a day, and what is to come of it."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from services.classifier.domain import policy
from services.classifier.domain.evidence import NEWEST
from services.classifier.domain.explaining import explained
from services.classifier.domain.explanation import Coming, Explanation, Loss, Turn
from services.classifier.domain.judging import Judged, Kept, Option
from services.classifier.domain.policy import PolicyAdopted
from services.classifier.domain.regimes import ALWAYS, Policies
from services.classifier.domain.zones import ZONES
from services.classifier.http.announced import Adopted as Adoption
from services.classifier.http.announced import Announced, act, adoptions, by_version
from services.classifier.projections import answers
from services.classifier.publishing import criteria
from shared.eventlog.log import Recorded, View

Adopted: TypeAlias = Mapping[int, PolicyAdopted]


async def explain(
    view: View, member: str, policies: Policies, as_of: date
) -> dict[str, Any] | None:
    """Return the reasons on a day that is not after the log's today, None if nobody knows the
    member. The view should be a snapshot.
    """
    now = await answers.clock(view)
    rows = [] if member.startswith("_") else await view.stream(member)
    adopted = adoptions(await view.stream(policy.STREAM))
    if now is None or not rows:
        return None
    # A long past takes long: on a thread nobody else waits for it.
    return await asyncio.to_thread(_told, member, rows, adopted, policies, now, as_of)


def _told(
    member: str,
    rows: Sequence[Recorded],
    adopted: Sequence[Adoption],
    policies: Policies,
    now: int,
    as_of: date,
) -> dict[str, Any]:
    announced = Announced(rows, adopted)
    told = explained(announced.activities, policies, now, as_of.toordinal())
    today = _today(told, by_version(adopted), is_open=told.day > policies.span_at(now).closed)
    return {
        "member": member,
        "zone": today["zone"],
        "since": today["since"],
        "vitality": today["vitality"],
        "version": announced.version,
        "policy_version": told.policy.version,
        "last_change": announced.last(member, as_of),
        "today": today,
    }


def _today(told: Explanation, adopted: Adopted, *, is_open: bool) -> dict[str, Any]:
    return {
        "day": _day(told.day),
        "open": is_open,
        "enrolled_on": _day(told.enrolled_on),
        "zone": _zone(told.zone),
        "since": _day(told.since),
        "vitality": told.vitality,
        "policy": _governing(told.policy.version, told.governs_from, adopted),
        "departed": _departed(told),
        "paused_since": _day(told.paused_since),
        "pauses_from": _day(told.day + 1 if told.pauses else None),
        "floor": _floor(told),
        "keep": None if told.keep is None else _kept(told.keep),
        "failing_since": _day(told.failing_since),
        "grace_days": 0 if told.zone is None else told.policy.zones[told.zone].grace_days,
        "spared": _spared(told),
        "loss": None if told.loss is None else _loss(told.loss, told.day),
        "turn": _turn(told.turn),
        "next": _next(told),
        "coming": [_coming(each, adopted) for each in told.coming],
        "retracted": told.retracted,
    }


def _departed(told: Explanation) -> dict[str, Any] | None:
    if told.zone is not None or told.since is None:
        return None
    said = told.departed
    return {
        "since": _day(told.since),
        "said": None if said is None else act(said),
        "merged_into": None if said is None else said.data.get("merged_into"),
    }


def _floor(told: Explanation) -> dict[str, Any] | None:
    floor = told.floor
    if floor is None:
        return None
    return {
        "zone": _zone(floor.zone),
        "until": _day(floor.until),
        "said": None if floor.said is None else act(floor.said),
        "without": _zone(floor.without),
    }


def _spared(told: Explanation) -> dict[str, Any] | None:
    spared = told.spared
    if spared is None:
        return None
    return {"policy_version": spared.policy.version, "until": _day(spared.until)}


def _loss(loss: Loss, day: int) -> dict[str, Any]:
    return {
        "fails_from": _day(loss.fails_from),
        "missing": _judged(loss.missing),
        "on": _day(loss.turn.day),
        "to": _zone(loss.turn.to),
        "grace_left": max(0, loss.turn.day - max(day, loss.fails_from)),
    }


def _next(told: Explanation) -> dict[str, Any] | None:
    if told.zone is None or told.enter is None:
        return None
    return {
        "zone": _zone(told.zone + 1),
        "holds": told.enter.holds and all(each.holds for each in told.requires),
        "enter": _option(told.enter),
        "requires": [_kept(each) for each in told.requires],
    }


def _kept(kept: Kept) -> dict[str, Any]:
    return {
        "zone": _zone(kept.zone),
        "holds": kept.holds,
        "options": [_option(option) for option in kept.options],
    }


def _option(option: Option) -> dict[str, Any]:
    return {
        "policy_version": option.policy.version,
        "holds": option.holds,
        "criteria": _judged(option.judged),
    }


def _judged(judged: Iterable[Judged]) -> list[dict[str, Any]]:
    return [
        {
            **said.model_dump(mode="json"),
            "activities": [act(each) for each in criterion.counted.activities[-NEWEST:]],
            "until": _day(criterion.until),
            "retracted": criterion.retracted,
        }
        for criterion in judged
        for said in criteria((criterion.counted.evidence,))
    ]


def _coming(coming: Coming, adopted: Adopted) -> dict[str, Any]:
    return {
        **_governing(coming.policy.version, coming.from_day, adopted),
        "turn": _turn(coming.turn),
        "otherwise": _turn(coming.otherwise),
    }


def _governing(version: int, from_day: int, adopted: Adopted) -> dict[str, Any]:
    adoption = adopted[version]
    return {
        "version": version,
        "from": None if from_day == ALWAYS else _day(from_day),
        "author": adoption.author,
        "note": adoption.note,
        "mode": adoption.mode,
    }


def _turn(turn: Turn | None) -> dict[str, Any] | None:
    return None if turn is None else {"on": _day(turn.day), "to": _zone(turn.to)}


def _zone(zone: int | None) -> str | None:
    return None if zone is None else ZONES[zone]


def _day(number: int | None) -> str | None:
    return None if number is None else date.fromordinal(number).isoformat()
