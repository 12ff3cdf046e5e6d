"""Times as LinkedIn has written them over the years, and as spreadsheets have left them."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

ZONE: Final = re.compile(r"\bUTC\b")
FORMS: Final = (
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%a %b %d %H:%M:%S %Y",
    "%Y-%m-%d %H:%M",
    "%m/%d/%y, %I:%M %p",
    "%d %b %Y",
    "%d-%b-%y",
    "%m/%d/%Y %H:%M",
    "%m/%d/%y %H:%M",
)
SECOND: Final = re.compile(r":[0-9]{2}:[0-9]{2}")
LONGEST: Final = 40


@lru_cache(maxsize=4096)
def when(said: str) -> datetime | None:
    """Read a time in any of these forms. It is in UTC; a day is its first instant."""
    if len(said) > LONGEST:
        return None
    words = " ".join(ZONE.sub("", said).split())
    for form in FORMS:
        try:
            return datetime.strptime(words, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def coarse(time: datetime) -> bool:
    """Say whether the second may be missing from a time."""
    return time.second == 0


def exact(said: str) -> bool:
    """Say whether a time tells its second."""
    return SECOND.search(said) is not None
