"""Whose account is it? A directory of claims: one stream of private events for each name.

A name is what people link an account by: the identity that its platform never changes, or the
label that it shows at present. Names stay here. Everybody else knows an account by `acct-<hash>`,
which is also the member id under which it takes part until somebody links it.
"""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple, Self, assert_never

from services.ingest.domain.profiles import ProfileSaid
from shared.decider import Decider

ACCOUNT: Final = re.compile(r"acct-[0-9a-f]{16}")
PLATFORM: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
HANDLE: Final = re.compile(r"(?!//)[^\x00-\x1f\x7f-\x9f]{1,256}")
"""What follows `https:` is no handle."""


@dataclass(frozen=True, slots=True, order=True)
class AccountName:
    """A presence on a platform, by its identity or its label. Handles differ by case on some."""

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
class AccountNamed:
    """An account was seen under a label. `account` is what the label alone would be known by."""

    account: str
    platform: str
    label: str
    identity: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityGiven:
    """An event of the account was said of this member, under its own id."""

    account: str
    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityKept:
    """`event` was published under the account's own id, there being no member to name."""

    account: str
    event: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMerged:
    """The account's own id departs: what it did is the member's, or another account's."""

    account: str
    member: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityReleased:
    """`event` is to be published: it names whoever has it from now on."""

    account: str
    event: dict[str, Any]


Event = (
    AccountLinked
    | AccountUnlinked
    | AccountNamed
    | ActivityGiven
    | ActivityKept
    | AccountMerged
    | ActivityReleased
    | ProfileSaid
)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class See:
    """Whoever `identity` is was seen under the label `name`."""

    name: AccountName
    identity: AccountName
    at: datetime


Claim = Link | Unlink
Command = Claim | See


class Word(NamedTuple):
    """What a member said about an account. The greater one is the newer one."""

    at: datetime
    key: str
    member: str
    holds: bool


class Sight(NamedTuple):
    """Who was seen under which label, and when."""

    at: datetime
    identity: AccountName
    label: AccountName


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is known of one name. `sights` are of those who have it as their label; `kept` is what
    it did under its own id and nobody has taken over.
    """

    words: tuple[Word, ...] = ()
    sights: tuple[Sight, ...] = ()
    kept: tuple[dict[str, Any], ...] = ()


def decide(command: Command, account: Account) -> tuple[Event, ...]:
    """What was said or seen before changes nothing. Which of many words counts, `owners` knows."""
    name = command.name
    match command:
        case Link() | Unlink():
            word = Word(command.at, command.key, command.member, isinstance(command, Link))
            if word in account.words:
                return ()
            claimed = AccountLinked if isinstance(command, Link) else AccountUnlinked
            return (
                claimed(
                    account=name.account,
                    platform=name.platform,
                    handle=name.handle,
                    member=command.member,
                    at=command.at,
                    key=command.key,
                ),
            )
        case See():
            sight = Sight(command.at, command.identity, name)
            if name == command.identity or sight in account.sights:
                return ()
            return (
                AccountNamed(
                    account=name.account,
                    platform=name.platform,
                    label=name.handle,
                    identity=command.identity.handle,
                    at=command.at,
                ),
            )
        case _:
            assert_never(command)


def evolve(account: Account, event: Event) -> Account:
    match event:
        case AccountLinked() | AccountUnlinked():
            word = Word(event.at, event.key, event.member, isinstance(event, AccountLinked))
            return replace(account, words=(*account.words, word))
        case AccountNamed():
            identity = AccountName(event.platform, event.identity)
            sight = Sight(event.at, identity, AccountName(event.platform, event.label))
            return replace(account, sights=(*account.sights, sight))
        case ActivityKept():
            return replace(account, kept=(*account.kept, event.event))
        case AccountMerged():
            return replace(account, kept=())
        case ActivityGiven() | ActivityReleased() | ProfileSaid():
            return account
        case _:
            assert_never(event)


directory = Decider[Command, Event, Account](initial=Account(), decide=decide, evolve=evolve)
