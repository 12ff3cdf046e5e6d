"""Series: what lasts until something replaces it, as it was said from time to time.

Whether an account is linked, the size of a network, what the organisation said of a member.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from typing import NamedTuple

from services.classifier.domain.activities import ACCOUNT, NETWORK, Activity
from services.classifier.domain.clock import FOREVER


class Reading(NamedTuple):
    """What a series said at some time: 1 or 0 for yes or no, else a size, a zone or a day."""

    day: int
    at: int
    key: str
    value: int


Series = tuple[Reading, ...]


def series_of(activity: Activity) -> str:
    """Return the name of the account that is linked or not, of the network that was measured."""
    platform: str = activity.data["platform"]
    return platform if activity.mark == NETWORK else f"{platform}/{activity.data['account']}"


def value_of(activity: Activity) -> int:
    if activity.mark == ACCOUNT:
        return int(activity.kind == "link_account")
    counts = (activity.data.get(count) for count in ("followers", "connections"))
    return sum(count for count in counts if count is not None)


def reading(series: Series, day: int) -> Reading | None:
    """Return the last reading up to the end of `day`."""
    place = bisect_right(series, day, key=_day)
    return series[place - 1] if place else None


def _day(reading: Reading) -> int:
    return reading.day


def counted(known: Mapping[str, Series], activity: Activity) -> Mapping[str, Series]:
    return read(known, series_of(activity), activity, value_of(activity))


def read(
    known: Mapping[str, Series], name: str, activity: Activity, value: int
) -> Mapping[str, Series]:
    """Keep the first of all readings and the last of each day."""
    new = Reading(activity.day, activity.at, activity.key, value)
    readings = sorted((*known.get(name, ()), new))
    following = [reading.day for reading in readings[1:]] + [FOREVER]
    kept = tuple(
        reading
        for place, reading in enumerate(readings)
        if not place or reading.day != following[place]
    )
    return {**known, name: kept}


def since(day: int, series: Series) -> Series:
    return series[max(0, bisect_left(series, day, key=_day) - 1) :]
