"""What the organisation has said of its members, so that a list of them can be compared with it.

Of each field the newest word counts, by (time, event key), as it does for everybody who hears it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

MEMBERSHIP: Final = {"member_registered": True, "member_departed": False}
"""Who is registered is a member until they depart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileSaid:
    """`fields` are those that it spoke of, None where it cleared one."""

    member: str
    kind: str
    fields: dict[str, Any]
    at: datetime
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A value, and when it was said."""

    at: datetime
    key: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """`registered` is None of somebody who never was, nor departed."""

    registered: Told | None = None
    fields: Mapping[str, Told] = field(default_factory=dict)

    @property
    def is_member(self) -> bool:
        return self.registered is not None and bool(self.registered.value)

    @property
    def values(self) -> dict[str, Any]:
        """What holds at present; what was cleared is left out."""
        return {name: told.value for name, told in self.fields.items() if told.value is not None}


def hear(profile: Profile, said: ProfileSaid) -> Profile:
    """The order in which it is heard changes nothing."""
    fields = dict(profile.fields)
    for name, value in said.fields.items():
        fields[name] = _newer(fields.get(name), Told(at=said.at, key=said.key, value=value))
    registered = profile.registered
    if said.kind in MEMBERSHIP:
        told = Told(at=said.at, key=said.key, value=MEMBERSHIP[said.kind])
        registered = _newer(registered, told)
    return Profile(registered=registered, fields=fields)


def _newer(one: Told | None, other: Told) -> Told:
    return other if one is None or (other.at, other.key) > (one.at, one.key) else one
