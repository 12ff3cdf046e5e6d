"""Named examples: what a publisher sends, and what a claim on an account looks like."""

from datetime import UTC, datetime
from typing import Any

Event = dict[str, Any]

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def an_activity(kind: str = "share", **instead: Any) -> Event:  # noqa: ANN401 - JSON
    """Return a valid event of any kind that needs no particular data, with anything `instead`."""
    return {
        "specversion": "1.0",
        "id": "e1",
        "source": "urn:zones:platform:bluesky",
        "type": f"zones.activity.{kind}.v1",
        "subject": "ann",
        "time": "2026-03-01T09:30:00Z",
        "datacontenttype": "application/json",
        "data": {"topics": ["hiring"]},
        **instead,
    }


def activities(count: int, member: str = "ann", **instead: Any) -> list[Event]:  # noqa: ANN401
    return [
        an_activity(id=f"{member}-{number:04d}", subject=member, **instead)
        for number in range(count)
    ]


def a_link(
    handle: str = "ada",
    member: str = "ann",
    *,
    platform: str = "bluesky",
    **instead: Any,  # noqa: ANN401
) -> Event:
    return an_activity(
        "link_account",
        **{
            "id": f"link-{platform}-{handle}-{member}",
            "subject": member,
            "data": {"platform": platform, "handle": handle},
            **instead,
        },
    )


def an_unlink(
    handle: str = "ada",
    member: str = "ann",
    *,
    platform: str = "bluesky",
    **instead: Any,  # noqa: ANN401
) -> Event:
    return a_link(
        handle,
        member,
        platform=platform,
        **{
            "id": f"unlink-{platform}-{handle}-{member}",
            "type": "zones.activity.unlink_account.v1",
            **instead,
        },
    )
