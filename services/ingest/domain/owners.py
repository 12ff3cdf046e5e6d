"""Whose is an account, when one person may have several names, and a name may pass to another?

Members claim names. What was said of a label belongs to whoever bore it at that time, and follows
them when they are called otherwise; who bears it later has nothing of it. All of this is a
function of what was said and seen, and not of the order in which we heard.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from services.ingest.domain.identity import (
    Account,
    AccountMerged,
    AccountName,
    ActivityKept,
    ActivityReleased,
    Command,
    Event,
    See,
    Sight,
    Word,
    directory,
)


class Known(NamedTuple):
    """What the directory knows of a name. `account` is the one that it stands for: its bearer's if
    it is somebody's label, else its own. `label` is what the account is called at present, and
    `seen` when anything of this was last news.
    """

    account: str
    member: str | None = None
    label: str | None = None
    seen: datetime | None = None


def is_news(command: See, known: Mapping[str, Known]) -> bool:
    """Say whether it may be. That a person is called as they were is not, and most often heard."""
    identity, label = known.get(command.identity.account), known.get(command.name.account)
    return not (
        identity
        and label
        and identity.label == command.name.handle
        and label.account == identity.account
        and all(each.seen and each.seen <= command.at for each in (identity, label))
    )


def at_the_time(sights: Collection[Sight], at: datetime | None = None) -> Sight | None:
    """Return what held then, or at present: a label stays with whoever had it last until another
    is seen with it, and was from the beginning with whoever had it first.
    """
    before = [sight for sight in sights if at is None or sight.at <= at]
    return max(before) if before else min(sights, default=None)


def renamed(id: str, member: str) -> str:
    """Return the id under which an event is published again for a member."""
    return f"{id}~{member}"


class Owners:
    """The names that may matter to each other, as folded. `entries` is what has been learned: a
    stream, an event, and the key that makes it unique; `touched` are the names concerned by it.
    """

    def __init__(self, accounts: Mapping[str, Account] | None = None) -> None:
        self.entries: list[tuple[str, Event, str | None]] = []
        self.touched: dict[str, AccountName] = {}
        self._accounts = dict(accounts or {})
        self._labels: defaultdict[str, list[Sight]] = defaultdict(list)
        for account in self._accounts.values():
            self._index(*account.sights)

    def hear(self, command: Command, key: str | None = None) -> None:
        """Learn it, and hand on what was done under names whose owner is known by now."""
        if isinstance(command, See) and not self._is_news(command):
            return
        events = directory.decide(command, self._account(command.name.account))
        for event in events:
            self.record(command.name.account, event, key)
        if events:
            concerned = {command.name, *self._neighbours(command.name)}
            concerned |= {other for each in concerned for other in self._neighbours(each)}
            for name in sorted(concerned):
                self.touched[name.account] = name
                self._hand_over(name.account, command.at)

    def record(self, account: str, event: Event, key: str | None = None) -> None:
        self.entries.append((account, event, key))
        before = self._account(account)
        after = self._accounts[account] = directory.evolve(before, event)
        self._index(*after.sights[len(before.sights) :])

    def owner(self, account: str) -> str | None:
        """Whoever claimed it last and has not given it up."""
        newest: dict[str, Word] = {}
        for word in self._words(self._bearer(account) or account):
            newest[word.member] = max(word, newest.get(word.member, word))
        held = [word for word in newest.values() if word.holds]
        return max(held).member if held else None

    def known(self, account: str) -> Known:
        bearer, called = self._bearer(account), at_the_time(self._labels.get(account, ()))
        newest = called or at_the_time(self._account(account).sights)
        return Known(
            bearer or account,
            self.owner(account),
            called.label.handle if called else None,
            newest.at if newest else None,
        )

    def _is_news(self, command: See) -> bool:
        identity, label = command.identity.account, command.name.account
        if label in self._labels:
            return False
        called = at_the_time(self._labels.get(identity, ()), command.at)
        unchanged = called and called.label == command.name
        return not unchanged or self._bearer(label, command.at) != identity

    def _bearer(self, account: str, at: datetime | None = None) -> str | None:
        """Return whose label it is then. The identity of one is never the label of another."""
        if account in self._labels:
            return None
        sight = at_the_time(self._account(account).sights, at)
        return sight.identity.account if sight else None

    def _words(self, account: str) -> Iterator[Word]:
        """Yield the claims on it, those on its labels included that were meant for it."""
        yield from self._account(account).words
        for label in {sight.label.account for sight in self._labels.get(account, ())}:
            if label not in self._labels:
                yield from self._meant(label, account)

    def _meant(self, label: str, account: str) -> Iterator[Word]:
        """Who gives up a label gives up whatever it has brought them."""
        brought: defaultdict[str, set[str | None]] = defaultdict(set)
        for word in sorted(self._account(label).words):
            reached = {self._bearer(label, word.at)}
            if word.holds:
                brought[word.member] |= reached
            else:
                reached |= brought.pop(word.member, set())
            if account in reached:
                yield word

    def _hand_over(self, account: str, at: datetime) -> None:
        """Give what was kept under this id to whoever it belongs to now, as history."""
        kept = self._account(account).kept
        to = [self._heir(account, datetime.fromisoformat(event["time"])) for event in kept]
        heirs = [heir for heir in to if heir]
        if not heirs or len(heirs) < len(kept):
            return
        self.record(account, AccountMerged(account=account, member=heirs[-1], at=at))
        for heir, event in zip(heirs, kept, strict=True):
            told = {"id": renamed(event["id"], heir), "subject": heir, "historical": True}
            self.record(account, ActivityReleased(account=account, event={**event, **told}))
            if heir == self._bearer(account, datetime.fromisoformat(event["time"])):
                self.record(heir, ActivityKept(account=heir, event={**event, "subject": heir}))

    def _heir(self, account: str, at: datetime) -> str | None:
        """Return the member, or the account that the name stood for then, or nobody."""
        bearer = self._bearer(account, at)
        return self.owner(bearer or account) or bearer

    def _neighbours(self, name: AccountName) -> Iterator[AccountName]:
        for sight in (*self._account(name.account).sights, *self._labels.get(name.account, ())):
            yield from (sight.identity, sight.label)

    def _index(self, *sights: Sight) -> None:
        for sight in sights:
            self._labels[sight.identity.account].append(sight)

    def _account(self, account: str) -> Account:
        return self._accounts.get(account, directory.initial)
