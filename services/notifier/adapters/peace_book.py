"""The part of notices.toml that says when people are left in peace."""

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Annotated, Final

from pydantic import Field

from services.notifier.adapters.kind_book import Rule
from services.notifier.domain.hours import Quiet
from services.notifier.domain.kinds import Kind
from services.notifier.domain.manners import Manners
from shared.contracts.words import Zone
from shared.runtime.rulefile import Table

MOST_DAYS: Final = 3660
MOST_A_WEEK: Final = 10_000


class QuietHours(Table):
    """By the clock where a member is: over night where `to` is before `from`, never where it is
    the same.
    """

    begins: Annotated[time, Field(alias="from")]
    ends: Annotated[time, Field(alias="to")]


class Budget(Table):
    wait_days: Annotated[int, Field(ge=1, le=MOST_DAYS)]
    per_week: dict[Zone, Annotated[int, Field(ge=1, le=MOST_A_WEEK)]]


def manners_of(kinds: Mapping[Kind, Rule], quiet: QuietHours | None, budget: Budget) -> Manners:
    return Manners(
        kinds={kind: rule.manner() for kind, rule in kinds.items()},
        quiet=Quiet(begins=quiet.begins, ends=quiet.ends) if quiet else None,
        budget=dict(budget.per_week.items()),
        wait=timedelta(days=budget.wait_days),
    )
