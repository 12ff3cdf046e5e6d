"""Who there is to be told: what members do, where they are, what interests them, whom they follow.

One stream for each member, named by their id. What would change nothing is not recorded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeAlias, assert_never

from services.notifier.domain import acts
from shared.decider import Decider

ORGANISATION: Final = "_org"
"""Told where there is nobody in particular to tell."""

FIRST_ZONE: Final = "content_consumer"
"""Where everybody is of whom we have not heard otherwise."""

LISTENING: Final = (FIRST_ZONE, "content_sharer")
"""Where members hear of pieces on what interests them. Elsewhere they hear of those they follow."""

Field: TypeAlias = Literal["roles", "topics", "status", "locale", "timezone", "group", "sponsor"]
"""`status` is registered, paused or departed; one value, like a list of one, as are all but roles
and topics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberDescribed:
    """The organisation says this of a member. `key` is the event's, and breaks ties in time."""

    field: Field
    value: tuple[str, ...]
    at: datetime
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberMoved:
    """Into a zone, or out of all of them. `version` counts the member's zone changes. Whom a
    policy has moved is moved silently.
    """

    member: str
    before: str | None
    zone: str | None
    version: int
    cause: str
    at: datetime
    historical: bool
    by_policy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorFollowed:
    """`act` names it for ever; source and object are what a retraction may name it by as well."""

    target: str
    act: str
    source: str
    object: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRetracted:
    """That event never was, whenever we come to hear of it."""

    act: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceRecorded:
    """Somebody published it; whoever says so again says nothing new."""

    piece: str
    member: str
    cause: str
    at: datetime
    historical: bool
    title: str | None
    url: str | None
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardInVain:
    """Nothing came of what was said about a draft or a request. Nothing does, either, when it is
    heard again, although things may stand otherwise by then.
    """

    at: datetime


Heard: TypeAlias = (
    AuthorFollowed | ActRetracted | PieceRecorded | HeardInVain | acts.ObjectRetracted | acts.Event
)
"""What is recorded as it comes."""

Event: TypeAlias = MemberDescribed | MemberMoved


class Said(NamedTuple):
    """A value, and what decides whether something later replaces it."""

    at: datetime
    key: str
    value: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """`cares` are the topics that interest them, as far as that was asked for."""

    fields: Mapping[Field, Said] = field(default_factory=lambda: MappingProxyType({}))
    zone: str | None = FIRST_ZONE
    version: int = 0
    cares: frozenset[str] = frozenset()

    @property
    def roles(self) -> tuple[str, ...]:
        return self._value("roles")

    @property
    def timezone(self) -> str | None:
        return next(iter(self._value("timezone")), None)

    @property
    def departed(self) -> bool:
        return self._value("status") == ("departed",)

    @property
    def there(self) -> bool:
        """Neither departed nor on a break."""
        return self._value("status") in {(), ("registered",)}

    def _value(self, name: Field) -> tuple[str, ...]:
        said = self.fields.get(name)
        return said.value if said else ()


def evolve(member: Member, event: Event) -> Member:
    match event:
        case MemberDescribed():
            said = Said(event.at, event.key, event.value)
            return replace(member, fields={**member.fields, event.field: said})
        case MemberMoved():
            return replace(member, zone=event.zone, version=event.version)
        case _:
            assert_never(event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Describe:
    fields: Mapping[Field, tuple[str, ...]]
    at: datetime
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    member: str
    zone: str | None
    version: int
    cause: str
    at: datetime
    historical: bool
    by_policy: bool = False


Command: TypeAlias = Describe | Move


def decide(command: Command, member: Member) -> tuple[Event, ...]:
    match command:
        case Describe():
            return tuple(
                MemberDescribed(field=name, value=value, at=command.at, key=command.key)
                for name, value in command.fields.items()
                if _newer(command, member.fields.get(name))
            )
        case Move():
            if command.version <= member.version or command.zone == member.zone:
                return ()
            return (
                MemberMoved(
                    member=command.member,
                    before=member.zone,
                    zone=command.zone,
                    version=command.version,
                    cause=command.cause,
                    at=command.at,
                    historical=command.historical,
                    by_policy=command.by_policy,
                ),
            )
        case _:
            assert_never(command)


def _newer(command: Describe, said: Said | None) -> bool:
    return said is None or (command.at, command.key) > (said.at, said.key)


def topic_of(word: str) -> str:
    """Return the topic that a word names, however it is written."""
    return " ".join(word.casefold().split())


member: Final = Decider[Command, Event, Member](initial=Member(), decide=decide, evolve=evolve)


def having(role: str, members: Mapping[str, Member]) -> tuple[str, ...]:
    """Return who of the members has a role and is there."""
    return tuple(sorted(who for who, one in members.items() if role in one.roles and one.there))


def besides(author: str, members: Mapping[str, Member]) -> dict[str, Member]:
    """Return all others: nobody is asked to edit what they wrote."""
    return {who: one for who, one in members.items() if who != author}


def editors(members: Mapping[str, Member]) -> tuple[str, ...]:
    """Return whom a draft concerns: the editors, else the organisation."""
    return having("editor", members) or (ORGANISATION,)


def escalation(members: Mapping[str, Member]) -> tuple[str, ...]:
    """Return who hears of a broken promise: the coordinators, else all editors."""
    return having("coordinator", members) or editors(members)
