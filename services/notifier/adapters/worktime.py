"""The table `[working_hours]` of the rules: days with hours, and holidays with names."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Final, Literal, TypeAlias, get_args

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.notifier.domain.working_hours import MIDNIGHT, Span, WorkingHours
from shared.contracts.words import Line
from shared.runtime.rulefile import Table
from shared.runtime.timezones import TimeZone

Weekday: TypeAlias = Literal[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
]
WEEK: Final[tuple[Weekday, ...]] = get_args(Weekday)
LEAST: Final = timedelta(hours=1)
"""A week has so much of it at least, or promises would end in another century."""


class _Day(Table):
    begin: Annotated[time, Field(alias="from")]
    until: Annotated[time, Field(alias="to")]

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "_Day":
        if MIDNIGHT < self.until <= self.begin:
            raise PydanticCustomError(
                "hours", "must end after it begins; 00:00:00 is the end of a day"
            )
        return self

    @property
    def length(self) -> timedelta:
        begin = datetime.combine(date.min, self.begin)
        last = date.min + timedelta(days=self.until == MIDNIGHT)
        return datetime.combine(last, self.until) - begin


class WorkingTime(Table):
    timezone: TimeZone | None = None
    days: dict[Weekday, _Day]
    holidays: dict[date, Line] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_worked_at_all(self) -> "WorkingTime":
        if sum((day.length for day in self.days.values()), timedelta()) < LEAST:
            raise PydanticCustomError("no_hours", "must leave an hour a week at least")
        return self

    def hours(self, timezone: str) -> WorkingHours:
        """Return when is worked, by the clocks of `timezone` if they name no other."""
        return WorkingHours(
            timezone=self.timezone or timezone,
            week={WEEK.index(name): Span(day.begin, day.until) for name, day in self.days.items()},
            holidays=self.holidays,
        )
