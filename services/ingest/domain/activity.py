"""Is this an activity, when did it happen, and whose is it?

An event comes in as somebody said it, a JSON value of any kind, and leaves as a `Report`, or as
`Refused` with a sentence for its sender that repeats nothing personal. What the data of each kind
may hold, the contract itself knows.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from services.ingest.domain.identity import ACCOUNT, AccountName

ORGANISATION: Final = "_org"
LINKS: Final = ("zones.activity.link_account.v1", "zones.activity.unlink_account.v1")

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9999, 12, 31, tzinfo=UTC)
TOLERANCE: Final = timedelta(minutes=5)
"""How far ahead of ours a sender's clock may be."""

FORM: Final = "2026-03-01T09:30:00Z"
RFC3339: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)?", re.ASCII
)
MEMBER: Final = re.compile(r"[A-Za-z0-9-][A-Za-z0-9_-]{0,63}")
AS_SAID: Final = (
    *("specversion", "id", "source", "type", "datacontenttype"),
    *("historical", "undated"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """`reason` is a word to count by, `detail` a sentence for the sender."""

    reason: str
    detail: str

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}"


class Skipped(NamedTuple):
    """What a platform said that is no activity, or none of our business. It is counted only."""

    reason: str
    detail: str


class Sighting(NamedTuple):
    """One act as an adapter understood it: `event` has the form of a canonical event.

    Its subject is `<platform>:<id>`, by what the platform itself never changes. `label` is the
    handle that the account has at present, where it is another. Without a `time` it happened when
    we heard of it. `actor` is who acts: `bot` and `system` are for the operator's rule to judge.
    """

    event: dict[str, Any]
    label: str | None = None
    actor: str = "person"


class Named(NamedTuple):
    """The platform says what an account is called, and nobody did anything.

    `identity` is what the platform never changes, `label` the handle from `time` on. Without a
    time that is since we heard of it.
    """

    platform: str
    identity: str
    label: str
    time: datetime | None = None


class Report(NamedTuple):
    """An event with its time and its subject settled, for the contract to judge the rest.

    `account` is set where the subject was an account: `fields` then name the account's own id.
    `linking` is the account that a `link_account` or `unlink_account` speaks of.
    """

    fields: Mapping[str, object]
    account: AccountName | None = None
    linking: AccountName | None = None


def examine(event: object, *, received_at: datetime) -> Report | Refused:
    """Settle when it happened and whose it is. Only what a contract may hold goes on."""
    if not isinstance(event, dict):
        return Refused(reason="not_an_event", detail="an event is a JSON object")
    happened = _happened(event.get("time"), received_at)
    if isinstance(happened, Refused):
        return happened
    subject = _subject(event.get("subject"))
    if isinstance(subject, Refused):
        return subject
    data = event.get("data")
    links = event.get("type") in LINKS
    linking = _linking(data) if links and isinstance(data, dict) else None
    if isinstance(linking, Refused):
        return linking
    if linking:
        data = {"platform": linking.platform, "account": linking.account}
    account = None if isinstance(subject, str) else subject
    if account and links:
        return Refused(reason="invalid_subject", detail="subject: must be the member to link to")
    fields = {name: event[name] for name in AS_SAID if event.get(name) is not None}
    fields["subject"] = account.account if account else subject
    fields["time"], fields["claimedtime"] = happened
    fields["data"] = data
    return Report(fields=fields, account=account, linking=linking)


def _happened(said: object, received_at: datetime) -> tuple[datetime, datetime | None] | Refused:
    """Return the time, and the claimed time where it was too far ahead to be believed."""
    if said is None:
        return _no_time(f"is missing: say when it happened, as {FORM}")
    if not isinstance(said, str) or not RFC3339.fullmatch(said):
        return _no_time(f"must be a time with an offset, as {FORM}")
    try:
        time = datetime.fromisoformat(said.upper())
    except ValueError:
        return _no_time("is on no calendar or clock")
    if time.tzinfo is None:
        return _no_time(f"must say its offset from UTC, as {FORM}")
    if time < EARLIEST:
        return _no_time("is before 1990")
    if time > received_at + TOLERANCE:
        return received_at, min(time, LATEST)
    return time, None


def _no_time(detail: str) -> Refused:
    return Refused(reason="invalid_time", detail=f"time: {detail}")


def _subject(said: object) -> str | AccountName | Refused:
    """Return the member, or the account whose member is yet to be found."""
    if not isinstance(said, str) or not said:
        return _no_subject("is missing: say who it was, a member id or <platform>:<handle>")
    if MEMBER.fullmatch(said) or said == ORGANISATION:
        return said
    return AccountName.read(said) or _no_subject(
        "must be a member id, up to 64 letters, digits, _ and - and not beginning with _,"
        " or <platform>:<handle>"
    )


def _no_subject(detail: str) -> Refused:
    return Refused(reason="invalid_subject", detail=f"subject: {detail}")


def _linking(data: dict[str, object]) -> AccountName | Refused | None:
    """Return the account that is spoken of; None where it is named by the id that we gave it.

    An id of somebody else's making is a handle to us: it may tell who it is.
    """
    handle = data.get("account") if data.get("handle") is None else data["handle"]
    if handle is None or (isinstance(handle, str) and ACCOUNT.fullmatch(handle)):
        return None
    return AccountName.of(data.get("platform"), handle) or Refused(
        reason="invalid_account",
        detail="data: must name a platform, a word such as mastodon, and a handle of up to 256"
        " printable characters",
    )
