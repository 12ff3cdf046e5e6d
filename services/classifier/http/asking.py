"""What questions are made of: members, days, times, pages."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final, NoReturn

from fastapi import HTTPException, Path, Query
from pydantic import BeforeValidator, WithJsonSchema

from services.classifier.domain.clock import begins
from services.classifier.projections import answers
from shared.eventlog.log import View

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
A_TIME: Final = "write it as 2026-03-12T09:30:00Z, or as 2026-03-12 for the end of that day"


def instant_of(text: str) -> int:
    """Return a time as the log counts it: an instant with an offset, or the end of a UTC day."""
    try:
        if len(text) == len("2026-03-12"):
            return begins(date.fromisoformat(text).toordinal() + 1) - 1
        time = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise ValueError(A_TIME) from None
    if time.tzinfo is None:
        raise ValueError(A_TIME)
    return (time - EPOCH) // timedelta(milliseconds=1)


Member = Annotated[str, Path(max_length=64, description="A member's id")]
AsOf = Annotated[date | None, Query(description="A UTC day, as 2026-03-12")]
KnownAt = Annotated[
    Annotated[
        int, BeforeValidator(instant_of), WithJsonSchema({"type": "string", "format": "date-time"})
    ]
    | None,
    Query(
        description="As was known then, by the log's clock: an instant with an offset, or a UTC"
        " day for its end"
    ),
]


async def today_of(view: View, as_of: date | None) -> date:
    """Return the log's today. Nobody knows yet where anybody will be after it."""
    now = await answers.clock(view)
    if now is None:
        raise HTTPException(404, "nothing has been recorded yet, so nobody is known")
    today = answers.date_of(now)
    if as_of is not None and as_of > today:
        raise HTTPException(422, f"as_of: {as_of} is after the log's today, {today}")
    return today


def unknown(member: str) -> NoReturn:
    raise HTTPException(404, f"nobody is known as {member}")
