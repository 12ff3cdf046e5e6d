"""Whose is each event, in the order they came? A link counts for what comes after it.

What an account does before anybody has linked it is kept, and handed over when somebody does. What
was said of somebody once is said of them again, whoever has the account by then.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, TypeAlias

from services.ingest.domain.activity import Refused
from services.ingest.domain.identity import (
    ACCOUNT,
    AccountMerged,
    AccountName,
    ActivityGiven,
    ActivityKept,
    Claim,
    Command,
    Event,
    See,
)
from services.ingest.domain.owners import Known, Owners, is_news, renamed
from services.ingest.domain.profiles import ProfileSaid

Unlinked: TypeAlias = Literal["enrol", "park", "refuse"]
"""What becomes of an event from an account that nobody has linked."""

NOBODYS: Final = Refused(
    reason="unlinked_account",
    detail="subject: nobody has linked this account: send a link_account for it first",
)
GIVEN: Final = "given:"
"""Begins the streams of what accounts did, apart from what is read whenever they are spoken of."""
MEMBER: Final = "member:"
"""Begins the streams of what the organisation says of members."""


class Act(NamedTuple):
    """A valid event. `body` is its JSON under `subject`, which is the account's own id where an
    account did it; `retracts` names the event that it takes back, by id and by key.
    """

    key: str
    subject: str
    body: bytes
    account: AccountName | None = None
    claim: Claim | None = None
    retracts: tuple[str, str] | None = None
    seen: See | None = None
    profile: ProfileSaid | None = None

    @property
    def asks(self) -> tuple[str, ...]:
        """The keys of which it matters whether they are in the log; none for most acts."""
        own = (self.key,) if self.account or self.claim or self.profile else ()
        return (*own, self.retracts[1]) if self.retracts else own


class Past(NamedTuple):
    """What the log says of an event: of whom it was said last, under an id of its own or another.
    Of a claim it says no more than that it is there.
    """

    subject: str | None = None
    renamed: bool = False


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


@dataclass(slots=True)
class Settlement:
    """Of names that `owners` has not touched, `known` says what the directory knows; `past` is what
    the log says of the events that are asked for, by key.
    """

    owners: Owners
    known: Mapping[str, Known]
    past: dict[str, Past] = field(default_factory=dict)
    unlinked: Unlinked = "enrol"
    profiles: list[ProfileSaid] = field(default_factory=list)

    def settle(self, acts: Sequence[Act]) -> list[Outcome]:
        return [self._outcome(act) for act in acts]

    def whose(self, account: str) -> Known:
        if account in self.owners.touched:
            return self.owners.known(account)
        return self.known.get(account) or Known(account)

    def _outcome(self, act: Act) -> Outcome:
        if act.seen and is_news(act.seen, self.known):
            self.learn(act.seen)
        if act.claim and act.key not in self.past:
            self.learn(act.claim, act.key)
        if act.profile and act.key not in self.past:
            self.owners.record(MEMBER + act.subject, act.profile, act.key)
            self.profiles.append(act.profile)
        if act.account is None:
            return self._given(act, act.subject)
        said = self.past.get(act.key)
        if said and said.subject:
            return Repeated() if said.renamed else self._given(act, said.subject)
        known = self.whose(act.subject)
        if member := self._answerable(act) or known.member:
            event = ActivityGiven(account=known.account, member=member)
            self._record(act, GIVEN + known.account, event, member)
            return self._given(act, member)
        if self.unlinked == "enrol":
            told = {**json.loads(act.body), "subject": known.account}
            kept = ActivityKept(account=known.account, event=told)
            self._record(act, known.account, kept, known.account)
            return self._given(act, known.account)
        return Waiting(known.account) if self.unlinked == "park" else NOBODYS

    def learn(self, command: Command, key: str | None = None) -> None:
        """Hear it, and note what it takes elsewhere."""
        before = len(self.owners.entries)
        self.owners.hear(command, key)
        for _, event, _ in self.owners.entries[before:]:
            if isinstance(event, AccountMerged):
                of = event.account
                taken = [key for key, past in self.past.items() if past.subject == of]
                self.past |= dict.fromkeys(taken, Past(event.member, renamed=True))

    def _record(self, act: Act, stream: str, event: Event, subject: str) -> None:
        self.owners.record(stream, event, None if act.key in self.past else act.key)
        self.past[act.key] = Past(subject)

    def _answerable(self, act: Act) -> str | None:
        """Return the member of whom it was said what this takes back."""
        said = self.past.get(act.retracts[1]) if act.retracts else None
        member = said.subject if said else None
        return None if member is None or ACCOUNT.fullmatch(member) else member

    def _given(self, act: Act, member: str) -> Given:
        said = self.past.get(act.retracts[1]) if act.retracts else None
        if act.retracts and said and said.renamed and said.subject == member:
            return Given(member, renamed(act.retracts[0], member))
        return Given(member)
