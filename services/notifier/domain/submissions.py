"""What others say of a draft: that it came in, and how it was closed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the draft is of, as its platform has it."""

    id: str
    kind: str | None = None
    url: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSubmitted:
    """`alert_id` is what an alert about it is called, if there comes to be one."""

    member: str
    draft_id: str
    cause: str
    alert_id: str
    at: datetime
    historical: bool
    work: Work | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftClosed:
    how: Literal["approved", "withdrawn"]
    at: datetime
    by: str | None = None
