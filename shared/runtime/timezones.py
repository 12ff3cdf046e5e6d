"""A time zone that somebody names in a setting or a file of rules."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError


def _known(zone: str) -> str:
    try:
        return ZoneInfo(zone).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PydanticCustomError(
            "timezone", "must be a time zone by its name, as Europe/Berlin"
        ) from None


TimeZone = Annotated[str, AfterValidator(_known)]
