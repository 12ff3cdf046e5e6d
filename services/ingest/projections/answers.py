"""Whose the accounts are, and what was said of members, for whoever asks, page by page."""

import json
from typing import Any, NamedTuple

from services.ingest.domain.profiles import Profile
from services.ingest.projections.profiles import STORED
from shared.eventlog.log import View


class Linked(NamedTuple):
    """`handle` is what the account is known by for ever, or, before that was seen, what it was
    linked by; `label` what it is called at present, and `labels` everything that it ever was.
    """

    account: str
    platform: str
    handle: str
    member: str
    label: str | None
    labels: list[str]


async def linked(
    view: View, *, member: str | None, platform: str | None, after: str, limit: int
) -> list[Linked]:
    """Return accounts that are linked, by their ids."""
    rows = await view.fetchall(
        "SELECT name, platform, handle, member, label,"
        " (SELECT json_group_array(handle) FROM (SELECT label.handle FROM labels"
        " JOIN names AS label ON label.name = labels.label"
        " WHERE labels.account = names.name ORDER BY label.handle))"
        " FROM names WHERE name > :after AND account = name AND member IS NOT NULL"
        " AND (:member IS NULL OR member = :member) AND (:platform IS NULL OR platform = :platform)"
        " ORDER BY name LIMIT :limit",
        {"after": after, "member": member, "platform": platform, "limit": limit},
    )
    return [Linked._make((*row[:-1], json.loads(row[-1]))) for row in rows]


async def profiles(
    view: View, *, member: str | None, after: str, limit: int
) -> list[tuple[str, Profile]]:
    """Return members and what was said of them, by their ids."""
    rows: list[tuple[Any, ...]] = await view.fetchall(
        "SELECT member, profile FROM profiles WHERE member > :after"
        " AND (:member IS NULL OR member = :member) ORDER BY member LIMIT :limit",
        {"after": after, "member": member, "limit": limit},
    )
    return [(name, STORED.validate_json(profile)) for name, profile in rows]
