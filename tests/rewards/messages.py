"""What rewards hears, as it comes: contracts, and the subjects that they are stored under."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from shared.contracts.activity import (
    Comment,
    Happened,
    Like,
    MemberUpdated,
    Outcome,
    Performance,
    Publish,
    Retract,
    Share,
)
from shared.contracts.acts import (
    Object,
    Profile,
    Reception,
    Result,
    Retraction,
    Sharing,
    Talking,
    Work,
)
from shared.contracts.envelope import subject_of
from shared.contracts.zones import ZoneChange, ZoneChanged
from tests.rewards.examples import a_piece, at

BLOG = "urn:zones:platform:blog"
MONTH = {"content_consumer": 1, "content_sharer": 2, "content_creator": 3, "socially_engaged": 4}


def a_publish(
    number: int = 1,
    *,
    member: str = "ada",
    url: str | None = "",
    minute: int | None = None,
    **instead: Any,  # noqa: ANN401 - whatever the event is to have
) -> Publish:
    """Piece of that number, published in the minute of that number, under its own url."""
    address = a_piece(number) if url == "" else url
    event: dict[str, Any] = {
        "id": f"{member}-{number}",
        "source": BLOG,
        "subject": member,
        "time": at(number if minute is None else minute),
        "data": Work(object=Object(id=f"post-{number}", kind="article", url=address)),
    }
    return Publish(**event | instead)


def a_retraction(
    retracts: str | None = None,
    *,
    of: int | None = None,
    member: str = "ada",
    minute: int = 99,
    **instead: Any,  # noqa: ANN401 - see a_publish
) -> Retract:
    """By the id of the event, or of everything published as the post of a number."""
    said = (
        Retraction(retracts=retracts)
        if of is None
        else Retraction(object=Object(id=f"post-{of}"), kind="publish")
    )
    event: dict[str, Any] = {
        "id": f"{member}-retracts-{retracts or of}",
        "source": BLOG,
        "subject": member,
        "time": at(minute),
        "data": said,
    }
    return Retract(**event | instead)


def a_wish(
    *,
    public: bool | None,
    member: str = "ada",
    minute: int = 0,
    **instead: Any,  # noqa: ANN401 - see a_publish
) -> MemberUpdated:
    """Whether the member may be named to others."""
    event: dict[str, Any] = {
        "id": f"{member}-wishes-{minute}",
        "source": "urn:zones:directory",
        "subject": member,
        "time": at(minute),
        "data": Profile(public=public),
    }
    return MemberUpdated(**event | instead)


def a_like(number: int = 1, *, member: str = "ada") -> Like:
    """Nothing that rewards counts."""
    return Like(
        id=f"{member}-likes-{number}", source=BLOG, subject=member, time=at(0), data=Sharing()
    )


def a_share(number: int = 1, *, member: str = "bob", of: int = 1, minute: int = 60) -> Share:
    """The member shares the piece `of` that number; `number` tells one share from the next."""
    return Share(
        id=f"{member}-shares-{number}",
        source=BLOG,
        subject=member,
        time=at(minute),
        data=Sharing(object=_post(of)),
    )


def a_comment(number: int = 1, *, member: str = "bob", of: int = 1, minute: int = 60) -> Comment:
    return Comment(
        id=f"{member}-comments-{number}",
        source=BLOG,
        subject=member,
        time=at(minute),
        data=Talking(object=_post(of)),
    )


def an_outcome(
    number: int = 1,
    *,
    outcome: str = "lead",
    member: str = "ada",
    of: int | None = 1,
    minute: int = 60,
    via: str | None = None,
) -> Outcome:
    """What came of the member's work, by way of a piece or of none."""
    on = None if of is None else _post(of)
    return Outcome(
        id=f"{member}-{outcome}-{number}",
        source="urn:zones:crm",
        subject=member,
        time=at(minute),
        data=Result.model_validate({"outcome": outcome, "object": on, "via": via}),
    )


def a_performance(
    *, member: str = "ada", of: int = 1, minute: int = 60, source: str = BLOG, **counts: int
) -> Performance:
    """How a piece is doing by that minute, as counted by the platform."""
    return Performance(
        id=f"{member}-{of}-at-{minute}",
        source=source,
        subject=member,
        time=at(minute),
        data=Reception.model_validate({"object": _post(of), **counts}),
    )


def _post(number: int) -> Object:
    return Object(id=f"post-{number}", kind="article", url=a_piece(number))


def a_change(
    previous: str | None,
    to: str | None,
    *,
    member: str = "ada",
    version: int = 1,
    historical: bool = False,
    by_policy: bool = False,
    evidence: Sequence[Mapping[str, Any]] = (),
) -> ZoneChanged:
    """The member's zone change of that version, effective on that day of March."""
    directions = {(True, False): "entered", (False, True): "left"}
    lifted = MONTH.get(previous or "", 0) < MONTH.get(to or "", 0)
    change = {
        "member": member,
        "zone": to,
        "from": previous,
        "to": to,
        "since": date(2026, 3, version),
        "effective_on": date(2026, 3, version),
        "vitality": "active",
        "version": version,
        "direction": directions.get(
            (previous is None, to is None), "promoted" if lifted else "demoted"
        ),
        "decided_at": at(version),
        "policy_version": 1,
        "historical": historical,
        "by_policy": by_policy,
        "evidence": evidence,
    }
    return ZoneChanged.of(ZoneChange.model_validate(change))


def stored(event: Happened | ZoneChanged) -> str:
    """Return the subject under which the stream keeps it: activities have a partition there."""
    subject = subject_of(event)
    return subject.replace("activity.v1.", "activity.v1.7.", 1)
