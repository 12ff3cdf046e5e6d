"""A list of members, compared with what is known of them: what is to be said so that it holds.

Who is missing from the list is left alone, and so is every account that it does not name.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from services.ingest.domain.identity import AccountName

SOURCE: Final = "urn:zones:roster"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the list. `fields` are those that it has a column for, None where it is empty."""

    line: int
    member: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    accounts: Sequence[AccountName] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be said of a member. `taken` are the links that take an account from another."""

    row: Row
    what: Literal["new", "changed", "unchanged"]
    fields: Mapping[str, Any] = field(default_factory=dict)
    links: Sequence[AccountName] = ()
    taken: Mapping[AccountName, str] = field(default_factory=dict)


def compare(
    row: Row,
    *,
    values: Mapping[str, Any],
    registered: bool,
    owners: Mapping[AccountName, Collection[str]],
) -> Change:
    """`values` hold of the member at present; `owners` are whose the accounts are, by name."""
    fields = {name: it for name, it in row.fields.items() if it != values.get(name)}
    links = [name for name in row.accounts if row.member not in owners.get(name, ())]
    taken = {name: min(owners[name]) for name in links if owners.get(name)}
    what: Literal["new", "changed", "unchanged"] = "new"
    if registered:
        what = "changed" if fields or links else "unchanged"
    return Change(row=row, what=what, fields=fields, links=links, taken=taken)


def events(change: Change, at: datetime) -> Iterator[dict[str, Any]]:
    """Yield what says it. The same list at another time says something else, and no handle is in
    an id: what was said before may have been changed since.
    """
    member = change.row.member
    if change.what == "new":
        yield _event("member_registered", member, member, at, dict(change.fields))
    elif change.fields:
        yield _event("member_updated", member, member, at, dict(change.fields))
    for name in change.links:
        data = {"platform": name.platform, "handle": name.handle}
        yield _event("link_account", f"{member}:{name.account}", member, at, data)


def _event(kind: str, id: str, member: str, at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    time = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "specversion": "1.0",
        "id": f"{kind}:{id}:{time}",
        "source": SOURCE,
        "type": f"zones.activity.{kind}.v1",
        "subject": member,
        "time": time,
        "data": data,
    }
