"""Activity as the log records it, and as the journey reads it.

Each kind that a criterion can count has a mark of its own, one bit, so that a day, a window
and a criterion can say in one number what is in them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from services.classifier.domain.clock import day_of

OWN_ACTS: Final = (
    *("follow", "view"),
    *("like", "share", "quote", "post"),
    *("comment", "converse"),
    "publish",
)
OUTCOMES: Final = ("lead", "download", "conversation", "speaking", "inbound")

# Snapshots hold these numbers: new kinds go to the end.
MARKS: Final[Mapping[str, int]] = {
    name: 1 << place for place, name in enumerate((*OWN_ACTS, *OUTCOMES, "account", "network"))
}
OWN: Final = sum(MARKS[kind] for kind in OWN_ACTS)
OUTCOME: Final = sum(MARKS[outcome] for outcome in OUTCOMES)
ACCOUNT: Final = MARKS["account"]
NETWORK: Final = MARKS["network"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRecorded:
    """Something happened at `occurred_at`, or so says its source. `data` is as in the contract.

    `claimed_at` is what the source said where ingest could not believe it. `undated`: the source
    said no time, and it happened when ingest heard of it.
    """

    id: str
    source: str
    kind: str
    occurred_at: int
    claimed_at: int | None = None
    historical: bool
    undated: bool = False
    data: dict[str, Any]


class Activity(NamedTuple):
    """One recorded event as the journey reads it. `key` is its name in the log.

    `mark` says what criteria may count it as; programme events have none. `seconds` is the
    reported length, None where nobody reported one; `target` is never the member.
    """

    member: str
    key: str
    id: str
    source: str
    kind: str
    mark: int
    at: int
    day: int
    historical: bool
    target: str | None
    seconds: int | None
    data: Mapping[str, Any]


def activity(member: str, key: str, recorded: ActivityRecorded) -> Activity:
    data = recorded.data
    kind = recorded.kind
    minutes = data.get("minutes")
    target = data.get("target")
    return Activity(
        member,
        key,
        recorded.id,
        recorded.source,
        kind,
        _mark(kind, data),
        recorded.occurred_at,
        day_of(recorded.occurred_at),
        recorded.historical,
        None if target == member else target,
        None if minutes is None else round(minutes * 60),
        data,
    )


def _mark(kind: str, data: Mapping[str, Any]) -> int:
    match kind:
        case "link_account" | "unlink_account":
            return ACCOUNT
        case "network":
            return NETWORK
        case "outcome":
            return MARKS[data["outcome"]] if data["outcome"] in OUTCOMES else 0
        case _:
            return MARKS[kind] if kind in OWN_ACTS else 0
