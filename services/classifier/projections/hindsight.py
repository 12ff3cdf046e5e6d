"""What was known at a time: the log up to where its clock was last at or before that time.

Nothing is kept for it. Where the clock passed a time is found by halves among its own entries,
and between two of them, where every activity may have moved it, by looking through one date.
"""

from datetime import date
from typing import Any, Final, NamedTuple

from services.classifier.domain import clock, policy
from services.classifier.domain.clock import ClockStarted
from services.classifier.domain.policy import PolicyAdopted
from services.classifier.domain.regimes import Policies
from services.classifier.projections import answers, journeys
from services.classifier.projections.entries import ACTIVITY, CODEC
from shared.eventlog.entries import Recorded
from shared.eventlog.log import View

CLOCK: Final = """
    SELECT position, json_extract(body, '$.at') FROM log
    WHERE stream = :stream AND version = :version
"""
VERSIONS: Final = "SELECT max(version) FROM log WHERE stream = :stream"
PASSED: Final = """
    SELECT position FROM log
    WHERE position > :after AND position <= :through AND type = :activity
    AND json_extract(body, '$.occurred_at') > :time ORDER BY position LIMIT 1
"""
MOVED: Final = """
    SELECT max(json_extract(body, '$.occurred_at')) FROM log
    WHERE position > :after AND position <= :through AND type = :activity
"""
STREAM: Final = """
    SELECT position, stream, version, type, schema, key, body, recorded_at FROM log
    WHERE stream = :stream AND position <= :through ORDER BY version
"""


class Moment(NamedTuple):
    """A position in the log, and the clock there."""

    position: int
    now: int


async def moment(view: View, time: int) -> Moment | None:
    """Return the last moment whose clock is not after `time`, None where there was none yet.

    The view should be a snapshot.
    """
    [(versions,)] = await view.fetchall(VERSIONS, {"stream": clock.STREAM})
    found, beyond = 0, versions + 1
    while beyond - found > 1:
        middle = (found + beyond) // 2
        _, at = await _tick(view, middle)
        if at is None or at <= time:
            found = middle
        else:
            beyond = middle
    if not found:
        return None
    position, now = await _tick(view, found)
    if now is None:
        return None
    if beyond > versions:
        last = await view.last_position()
    else:
        last = (await _tick(view, beyond))[0] - 1
    if not await _moved_by_activity(view):
        return Moment(last, now)
    return await _between(view, Moment(position, now), last, time)


async def adopted(view: View, then: Moment) -> list[PolicyAdopted]:
    """Return the policies that had been adopted by then, from the first on."""
    rows = await view.fetchall(STREAM, {"stream": policy.STREAM, "through": then.position})
    adoptions = (CODEC.decode(Recorded(*row)) for row in rows)
    return [event for event in adoptions if isinstance(event, PolicyAdopted)]


async def believed(
    view: View, name: str, then: Moment, policies: Policies, *, as_of: date | None = None
) -> dict[str, Any] | None:
    """Return where a member was thought to be, None if nobody knew them. The policies are those
    of then, and `as_of` is not after that moment's today.
    """
    found = await view.fetchall(STREAM, {"stream": name, "through": then.position})
    if not found or name.startswith("_"):
        return None
    whole = [*map(Recorded._make, found)]
    journey = await journeys.aside(whole, journeys.folded, name, whole, policies, then.now)
    day = as_of or answers.date_of(then.now)
    governing = policies.on(day.toordinal()).policy
    return answers.told_of(journey, policy_version=governing.version, as_of=as_of)


async def _tick(view: View, version: int) -> tuple[int, int | None]:
    """Return where in the log an entry of the clock is, and what it says."""
    [(position, at)] = await view.fetchall(CLOCK, {"stream": clock.STREAM, "version": version})
    return position, at


async def _moved_by_activity(view: View) -> bool:
    started = CODEC.decode((await view.read(0, 1))[0])
    assert isinstance(started, ClockStarted)  # noqa: S101 - it always is the first
    return started.mode == "events"


async def _between(view: View, tick: Moment, last: int, time: int) -> Moment:
    """Find the moment after an entry of the clock, and before the next of them at the latest.

    That one comes before anything of another date, so a day's end is never looked for.
    """
    asked: dict[str, Any] = {"after": tick.position, "through": last, "activity": ACTIVITY}
    if time < clock.begins(clock.day_of(tick.now) + 1) - 1:
        passed = await view.fetchall(PASSED, {**asked, "time": time})
        asked["through"] = passed[0][0] - 1 if passed else last
    [(moved,)] = await view.fetchall(MOVED, asked)
    return Moment(asked["through"], max(tick.now, moved or 0))
