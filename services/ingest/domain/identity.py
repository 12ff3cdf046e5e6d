"""Whose account is it? A directory of claims: one stream of private events for each account.

The handle stays here. Everybody else knows an account by `acct-<hash>`, which is also the member
id under which an account that nobody has linked takes part, until somebody does.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Self, assert_never

from shared.decider import Decider

ACCOUNT: Final = re.compile(r"acct-[0-9a-f]{16}")
PLATFORM: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
HANDLE: Final = re.compile(r"(?!//)[^\x00-\x1f\x7f-\x9f]{1,256}")
"""What follows `https:` is no handle."""


@dataclass(frozen=True, slots=True)
class AccountName:
    """A presence on a platform, as people there know it. Handles differ by case on some."""

    platform: str
    handle: str

    @classmethod
    def of(cls, platform: object, handle: object) -> Self | None:
        """Return the account, None where these name none. `@ada` and `ada` are one handle."""
        if not isinstance(platform, str) or not isinstance(handle, str):
            return None
        platform, handle = platform.strip().lower(), handle.strip().removeprefix("@")
        if PLATFORM.fullmatch(platform) and HANDLE.fullmatch(handle):
            return cls(platform, handle)
        return None

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read `<platform>:<handle>`."""
        platform, colon, handle = text.partition(":")
        return cls.of(platform, handle) if colon else None

    @property
    def account(self) -> str:
        """The opaque id. No platform has a colon in it, so no two accounts collide."""
        name = f"{self.platform}:{self.handle}"
        return f"acct-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLinked:
    """A member claimed the account. `at` and `key` are the time and event key of the claim."""

    account: str
    platform: str
    handle: str
    member: str
    at: datetime
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountUnlinked:
    """A member gave the account up."""

    account: str
    platform: str
    handle: str
    member: str
    at: datetime
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityKept:
    """`event` was published under the account's own id, there being no member to name."""

    account: str
    event: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMerged:
    """The account's own id departs: what it did is the member's."""

    account: str
    member: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityReleased:
    """`event` is to be published: it names the member who has linked the account since."""

    account: str
    event: dict[str, Any]


Event = AccountLinked | AccountUnlinked | ActivityKept | AccountMerged | ActivityReleased


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A member says that the account is theirs."""

    name: AccountName
    member: str
    at: datetime
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlink:
    """A member says that the account is theirs no more."""

    name: AccountName
    member: str
    at: datetime
    key: str


Command = Link | Unlink


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The newest word of one member about one account."""

    at: datetime
    key: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`kept` is what the account did under its own id and no member has taken over."""

    claims: Mapping[str, Claim] = field(default_factory=dict)
    kept: tuple[dict[str, Any], ...] = ()

    @property
    def member(self) -> str | None:
        """Whoever claimed it last and has not given it up, in whatever order we heard."""
        held = [(claim.at, claim.key, name) for name, claim in self.claims.items() if claim.holds]
        return max(held)[2] if held else None


def decide(command: Command, account: Account) -> tuple[Event, ...]:
    """Older words about an account than a member's newest change nothing; nor do repeated ones."""
    newest = account.claims.get(command.member)
    if newest and (newest.at, newest.key) >= (command.at, command.key):
        return ()
    match command:
        case Link():
            linked = AccountLinked(
                account=command.name.account,
                platform=command.name.platform,
                handle=command.name.handle,
                member=command.member,
                at=command.at,
                key=command.key,
            )
            return (linked, *_merged(evolve(account, linked), linked))
        case Unlink():
            return (
                AccountUnlinked(
                    account=command.name.account,
                    platform=command.name.platform,
                    handle=command.name.handle,
                    member=command.member,
                    at=command.at,
                    key=command.key,
                ),
            )
        case _:
            assert_never(command)


def _merged(account: Account, linked: AccountLinked) -> tuple[Event, ...]:
    """Hand what the account has done under its own id to whoever holds it now, as history."""
    member = account.member
    if not account.kept or member is None:
        return ()
    return (
        AccountMerged(account=linked.account, member=member, at=linked.at),
        *(
            ActivityReleased(
                account=linked.account,
                event={
                    **event,
                    "id": renamed(event["id"], member),
                    "subject": member,
                    "historical": True,
                },
            )
            for event in account.kept
        ),
    )


def renamed(id: str, member: str) -> str:
    """Return the id under which an event is published again for a member."""
    return f"{id}~{member}"


def evolve(account: Account, event: Event) -> Account:
    match event:
        case AccountLinked() | AccountUnlinked():
            claim = Claim(at=event.at, key=event.key, holds=isinstance(event, AccountLinked))
            return replace(account, claims={**account.claims, event.member: claim})
        case ActivityKept():
            return replace(account, kept=(*account.kept, event.event))
        case AccountMerged():
            return replace(account, kept=())
        case ActivityReleased():
            return account
        case _:
            assert_never(event)


directory = Decider[Command, Event, Account](initial=Account(), decide=decide, evolve=evolve)
