"""The part of notices.toml that says how people are told, and when they are left in peace."""

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Annotated, Final

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.notifier.adapters.worktime import Table
from services.notifier.domain import manners
from services.notifier.domain.hours import Quiet
from services.notifier.domain.kinds import Kind
from services.notifier.domain.manners import How
from shared.contracts.words import Zone

MOST_DAYS: Final = 3660
MOST_A_WEEK: Final = 10_000


class QuietHours(Table):
    """By the clock where a member is: over night where `to` is before `from`, never where it is
    the same.
    """

    begins: Annotated[time, Field(alias="from")]
    ends: Annotated[time, Field(alias="to")]


class Manner(Table):
    how: How = "at_once"
    urgent: bool = False
    optional: bool = True
    counted: bool = True

    @model_validator(mode="after")
    def _is_of_one_mind(self) -> "Manner":
        if self.urgent and self.how == "digest":
            raise PydanticCustomError("urgent", "must not be urgent and wait for a digest")
        return self


class Budget(Table):
    wait_days: Annotated[int, Field(ge=1, le=MOST_DAYS)]
    per_week: dict[Zone, Annotated[int, Field(ge=1, le=MOST_A_WEEK)]]


def manners_of(
    kinds: Mapping[Kind, Manner], quiet: QuietHours | None, budget: Budget
) -> manners.Manners:
    return manners.Manners(
        kinds={kind: manners.Manner(**manner.model_dump()) for kind, manner in kinds.items()},
        quiet=Quiet(begins=quiet.begins, ends=quiet.ends) if quiet else None,
        budget=dict(budget.per_week.items()),
        wait=timedelta(days=budget.wait_days),
    )
