"""Whose is each event, in the order they came? A link counts for what comes after it.

What an account does before anybody has linked it is kept, and handed over when somebody does.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, TypeAlias

from services.ingest.domain.activity import Refused
from services.ingest.domain.identity import (
    Account,
    AccountName,
    ActivityKept,
    Command,
    Event,
    directory,
    renamed,
)

Unlinked: TypeAlias = Literal["enrol", "park", "refuse"]
"""What becomes of an event from an account that nobody has linked."""

NOBODYS: Final = Refused(
    reason="unlinked_account",
    detail="subject: nobody has linked this account: send a link_account for it first",
)


class Act(NamedTuple):
    """A valid event. `body` is its JSON under `subject`, which is the account's own id where an
    account did it; `retracts` names the event that it takes back, by id and by key.
    """

    key: str
    subject: str
    body: bytes
    account: AccountName | None = None
    claim: Command | None = None
    retracts: tuple[str, str] | None = None

    @property
    def asks(self) -> tuple[str, ...]:
        """The keys of which it matters whether they are in the log; none for most acts."""
        own = (self.key,) if self.account or self.claim else ()
        return (*own, self.retracts[1]) if self.retracts else own


@dataclass(frozen=True, slots=True)
class Given:
    """To be said of this member. `retracts` is set where what it takes back has another id now."""

    member: str
    retracts: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """To be parked until somebody links this account."""

    account: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """Kept before, and handed over since."""


Outcome = Given | Waiting | Repeated | Refused


@dataclass(frozen=True, slots=True)
class Settlement:
    """`outcomes` has one for each act. `entries` are to be appended: a stream, an event, and the
    key that makes it unique. `owners` are whose the accounts are that somebody spoke of.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    entries: list[tuple[str, Event, str | None]] = field(default_factory=list)
    owners: dict[AccountName, str | None] = field(default_factory=dict)


def settle(
    acts: Sequence[Act],
    *,
    members: Mapping[str, str],
    accounts: Mapping[str, Account],
    known: Collection[str],
    unlinked: Unlinked,
) -> Settlement:
    """`members` says whose the accounts are today. `accounts` are the folded streams of those that
    are spoken of, `known` the keys that are in the log.
    """
    owner, folded, settlement = dict(members), dict(accounts), Settlement()

    def record(account: str, event: Event, key: str | None) -> None:
        settlement.entries.append((account, event, key))
        if account in folded:
            folded[account] = directory.evolve(folded[account], event)

    for act in acts:
        if act.claim and act.key not in known:
            account = act.claim.name.account
            for number, event in enumerate(directory.decide(act.claim, folded[account])):
                record(account, event, act.key if number == 0 else None)
            settlement.owners[act.claim.name] = folded[account].member
            owner[account] = folded[account].member or ""
        if act.account is None:
            outcome: Outcome = Given(act.subject, _retracted(act, act.subject, known))
        elif member := owner.get(act.account.account):
            repeated = act.key in known
            outcome = Repeated() if repeated else Given(member, _retracted(act, member, known))
        elif unlinked == "enrol":
            if act.key not in known:
                kept = ActivityKept(account=act.subject, event=json.loads(act.body))
                record(act.subject, kept, act.key)
            outcome = Given(act.subject)
        else:
            outcome = Waiting(act.subject) if unlinked == "park" else NOBODYS
        settlement.outcomes.append(outcome)
    return settlement


def _retracted(act: Act, member: str, known: Collection[str]) -> str | None:
    if act.retracts is None or act.retracts[1] not in known:
        return None
    return renamed(act.retracts[0], member)
