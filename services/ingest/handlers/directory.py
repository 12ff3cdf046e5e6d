"""Accounts are given to their members, and what is learned of accounts recorded, all at once."""

import json
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.ingest.domain.activity import Named
from services.ingest.domain.identity import (
    Account,
    AccountName,
    ActivityReleased,
    Command,
    See,
    directory,
)
from services.ingest.domain.owners import Known, Owners, is_news
from services.ingest.domain.profiles import ProfileSaid
from services.ingest.domain.settlement import (
    Given,
    Outcome,
    Past,
    Settlement,
    Unlinked,
    Waiting,
)
from services.ingest.handlers.history import histories
from services.ingest.handlers.reading import Said
from shared.decider import fold
from shared.eventlog.log import Entry, Store, Transaction, View
from shared.eventlog.parked import Parked, ParkedRow

WAITING: Final = "unlinked"
"""The reader of what is parked until its account is linked."""
STILL_WAITING: Final = "nobody has linked the account that did this"


@dataclass(frozen=True, slots=True)
class Tables:
    """How the directory's tables are read and written."""

    known: Callable[[View | Transaction, Collection[str]], Awaitable[dict[str, Known]]]
    related: Callable[[Transaction, Collection[str]], Awaitable[set[str]]]
    project: Callable[[Transaction, Owners, int], Awaitable[None]]
    project_profiles: Callable[[Transaction, Sequence[ProfileSaid], int], Awaitable[None]]


class Directory:
    def __init__(self, store: Store, tables: Tables, *, unlinked: Unlinked) -> None:
        self._store, self._tables, self._unlinked = store, tables, unlinked

    async def settle(self, events: Sequence[Said]) -> tuple[list[Outcome], dict[str, str]]:
        """Return what is to become of each event, and the members of the accounts that they name.

        What it records about accounts is committed then.
        """
        acts = [said.act for said in events]
        asked = [key for act in acts for key in act.asks]
        named = {account for said in events for account in said.mentions.values()}
        if not asked:
            known = await self._tables.known(self._store, named) if named else {}
            return [Given(act.subject) for act in acts], _members(known)
        named |= {act.subject for act in acts if act.account}
        named |= {account for act in acts if act.seen for account in _names(act.seen)}
        async with self._store.transaction() as transaction:
            known = await self._tables.known(transaction, named)
            past = await histories(transaction, self._store.codec, asked)
            learned: list[Command] = [
                act.claim for act in acts if act.claim and act.key not in past
            ]
            learned += [act.seen for act in acts if act.seen and is_news(act.seen, known)]
            settlement = await self._settlement(transaction, learned, known, past)
            outcomes = settlement.settle(acts)
            for said, outcome in zip(events, outcomes, strict=True):
                if isinstance(outcome, Waiting):
                    await transaction.park(_waiting(said, outcome))
            await self._record(transaction, settlement)
        return outcomes, _members({name: settlement.whose(name) for name in named})

    async def learn(self, names: Sequence[Named], received_at: datetime) -> None:
        """Note what platforms say accounts are called, and hand over what follows from it."""
        sights = [sight for name in names if (sight := _sight(name, received_at))]
        async with self._store.transaction() as transaction:
            named = {account for sight in sights for account in _names(sight)}
            known = await self._tables.known(transaction, named)
            news = [sight for sight in sights if is_news(sight, known)]
            settlement = await self._settlement(transaction, news, known, {})
            for sight in news:
                settlement.learn(sight)
            await self._record(transaction, settlement)

    async def release(self, row: ParkedRow) -> str | None:
        """Hand on an event that waited; return why not where its account is still nobody's."""
        async with self._store.transaction() as transaction:
            known = (await self._tables.known(transaction, [row.subject])).get(row.subject)
            if known is None or known.member is None:
                await transaction.mark_retried(row.id)
                return STILL_WAITING
            await transaction.append([_released(row.subject, row.payload, known.member)])
            await transaction.mark_resolved(row.id)
            return None

    async def _settlement(
        self,
        transaction: Transaction,
        learned: Sequence[Command],
        known: Mapping[str, Known],
        past: dict[str, Past],
    ) -> Settlement:
        names = {account for command in learned for account in _names(command)}
        related = await self._tables.related(transaction, names) if names else set()
        owners = Owners(await self._folded(transaction, related))
        return Settlement(owners, known, past, self._unlinked)

    async def _folded(
        self, transaction: Transaction, accounts: Collection[str]
    ) -> dict[str, Account]:
        streams = await transaction.tails(dict.fromkeys(accounts, 0)) if accounts else {}
        decode = self._store.codec.decode
        return {
            account: fold(directory.evolve, directory.initial, map(decode, streams[account]))
            for account in accounts
        }

    async def _record(self, transaction: Transaction, settlement: Settlement) -> None:
        owners = settlement.owners
        entries = [Entry(*entry) for entry in owners.entries]
        members = _members({name: owners.known(name) for name in owners.touched})
        if members:
            entries += await self._waited(transaction, members)
        if entries:
            rows = await transaction.append(entries)
            if owners.touched:
                await self._tables.project(transaction, owners, rows[-1].position)
            if settlement.profiles:
                await self._tables.project_profiles(
                    transaction, settlement.profiles, rows[-1].position
                )

    async def _waited(self, transaction: Transaction, members: Mapping[str, str]) -> list[Entry]:
        """Resolve what was parked until these accounts would be linked."""
        rows = await transaction.fetchall(
            "SELECT id, subject, payload FROM parked WHERE reader = :reader"
            " AND resolved_at IS NULL AND subject IN (SELECT value FROM json_each(:accounts))"
            " ORDER BY id",
            {"reader": WAITING, "accounts": json.dumps(list(members))},
        )
        for number, _, _ in rows:
            await transaction.mark_resolved(number)
        return [_released(account, payload, members[account]) for _, account, payload in rows]


def _members(known: Mapping[str, Known]) -> dict[str, str]:
    return {name: it.member for name, it in known.items() if it.member}


def _names(command: Command) -> set[str]:
    names = {command.name.account}
    return names | {command.identity.account} if isinstance(command, See) else names


def _sight(named: Named, received_at: datetime) -> See | None:
    identity = AccountName.of(named.platform, named.identity)
    label = AccountName.of(named.platform, named.label)
    if identity is None or label is None or identity == label:
        return None
    return See(name=label, identity=identity, at=named.time or received_at)


def _waiting(said: Said, waiting: Waiting) -> Parked:
    return Parked(
        reader=WAITING,
        key=said.act.key,
        reason="unlinked_account",
        detail=STILL_WAITING,
        subject=waiting.account,
        payload=said.act.body,
        headers={},
    )


def _released(account: str, body: bytes, member: str) -> Entry:
    event = {**json.loads(body), "subject": member}
    return Entry(account, ActivityReleased(account=account, event=event))
