"""How many members were in each zone and of each vitality: on a day, by group, and day by day.

Counted are those who had a zone on that day, in the group that they had on that day.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, Final, get_args

from services.classifier.domain.clock import begins
from services.classifier.domain.policy import Vitality
from services.classifier.domain.zones import ZONES
from shared.eventlog.log import View

VITALITIES: Final = get_args(Vitality)

TODAY: Final = """
    SELECT zone, vitality,
      (SELECT grp FROM groups AS g WHERE g.member = m.member AND at < :ends
       ORDER BY at DESC, key DESC LIMIT 1) AS latest,
      count(*)
    FROM members AS m WHERE zone IS NOT NULL GROUP BY zone, vitality, latest
"""
ON_A_DAY: Final = """
    SELECT zone, vitality, latest, count(*) FROM (
      SELECT
        (SELECT zone FROM zone_stretches AS z WHERE z.member = m.member AND from_day <= :day
         ORDER BY from_day DESC LIMIT 1) AS zone,
        (SELECT vitality FROM vitality_stretches AS v WHERE v.member = m.member
         AND from_day <= :day ORDER BY from_day DESC LIMIT 1) AS vitality,
        (SELECT grp FROM groups AS g WHERE g.member = m.member AND at < :ends
         ORDER BY at DESC, key DESC LIMIT 1) AS latest
      FROM members AS m)
    WHERE zone IS NOT NULL GROUP BY zone, vitality, latest
"""
# Everybody who began a stretch on a day was in the one before.
MOVED: Final = """
    SELECT from_day, zone, earlier, count(*) FROM (
      SELECT from_day, zone,
        (SELECT zone FROM zone_stretches AS b WHERE b.member = z.member
         AND b.from_day < z.from_day ORDER BY b.from_day DESC LIMIT 1) AS earlier
      FROM zone_stretches AS z WHERE from_day <= :to)
    GROUP BY from_day, zone, earlier ORDER BY from_day
"""
FELT: Final = """
    SELECT from_day, vitality, earlier, count(*) FROM (
      SELECT from_day, vitality,
        (SELECT vitality FROM vitality_stretches AS b WHERE b.member = v.member
         AND b.from_day < v.from_day ORDER BY b.from_day DESC LIMIT 1) AS earlier
      FROM vitality_stretches AS v WHERE from_day <= :to)
    GROUP BY from_day, vitality, earlier ORDER BY from_day
"""


async def on_a_day(
    view: View, *, as_of: date | None, today: date, by_group: bool
) -> dict[str, Any]:
    """Count who has a zone, by zone and vitality, on a day or as they are now. Groups are those
    of that day.
    """
    day = as_of or today
    asked = {"day": day.isoformat(), "ends": begins(day.toordinal() + 1)}
    counts = await view.fetchall(TODAY if as_of is None else ON_A_DAY, asked)
    answer = {"as_of": day.isoformat(), **_counted(counts)}
    if by_group:
        groups: dict[str | None, list[tuple[Any, ...]]] = defaultdict(list)
        for row in counts:
            groups[row[2]].append(row)
        answer["groups"] = [
            {"group": group, **_counted(groups[group])}
            for group in sorted(groups, key=lambda group: (group is None, group))
        ]
    return answer


async def history(view: View, days: list[date]) -> list[dict[str, Any]]:
    """Count on each of some days, which are in order. Everybody's stretches are read once. The
    view should be a snapshot.
    """
    asked = {"to": days[-1].isoformat()}
    zones = _sums(await view.fetchall(MOVED, asked), days)
    felt = _sums(await view.fetchall(FELT, asked), days)
    return [
        {"as_of": day.isoformat(), **_shape(zoned, feeling)}
        for day, zoned, feeling in zip(days, zones, felt, strict=True)
    ]


def days_between(first: date, last: date, step: int) -> list[date]:
    """Return every so many days, from the first on; the last is always among them."""
    days = [first + timedelta(number) for number in range(0, (last - first).days + 1, step)]
    return days if days[-1] == last else [*days, last]


def _sums(moves: list[tuple[Any, ...]], days: list[date]) -> Iterator[Counter[str | None]]:
    """Yield what has added up by the end of each day."""
    counts, place = Counter[str | None](), 0
    for day in days:
        while place < len(moves) and moves[place][0] <= day.isoformat():
            _, value, earlier, members = moves[place]
            counts[value] += members
            counts[earlier] -= members
            place += 1
        yield counts.copy()


def _counted(counts: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
    zones, vitalities = Counter[str | None](), Counter[str | None]()
    for zone, vitality, _, count in counts:
        zones[zone] += count
        vitalities[vitality] += count
    return _shape(zones, vitalities)


def _shape(zones: Counter[str | None], vitalities: Counter[str | None]) -> dict[str, Any]:
    counted = {zone: zones[zone] for zone in ZONES}
    return {
        "members": sum(counted.values()),
        "zones": counted,
        "vitality": {vitality: vitalities[vitality] for vitality in VITALITIES},
    }
