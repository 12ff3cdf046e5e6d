"""Accounts are given to their members, and claims on accounts recorded, in one transaction."""

import json
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Final

from services.ingest.domain.identity import Account, AccountName, ActivityReleased, directory
from services.ingest.domain.settlement import (
    Given,
    Outcome,
    Settlement,
    Unlinked,
    Waiting,
    settle,
)
from services.ingest.handlers.reading import Said
from shared.decider import fold
from shared.eventlog.log import Entry, Store, Transaction, View
from shared.eventlog.parked import Parked, ParkedRow

WAITING: Final = "unlinked"
"""The reader of what is parked until its account is linked."""
STILL_WAITING: Final = "nobody has linked the account that did this"

Members = Callable[[View | Transaction, Collection[str]], Awaitable[dict[str, str]]]
Project = Callable[[Transaction, Mapping[AccountName, str | None], int], Awaitable[None]]


class Directory:
    """`members` and `project` read and write the directory's table."""

    def __init__(
        self, store: Store, *, members: Members, project: Project, unlinked: Unlinked
    ) -> None:
        self._store, self._members, self._project = store, members, project
        self._unlinked = unlinked

    async def settle(self, events: Sequence[Said]) -> tuple[list[Outcome], dict[str, str]]:
        """Return what is to become of each event, and the members of the accounts that they name.

        What it records about accounts is committed then.
        """
        acts = [said.act for said in events]
        asked = [key for act in acts for key in act.asks]
        named = {account for said in events for account in said.mentions.values()}
        if not asked:
            members = await self._members(self._store, named) if named else {}
            return [Given(act.subject) for act in acts], members
        named |= {act.account.account for act in acts if act.account}
        claimed = {act.claim.name.account for act in acts if act.claim}
        async with self._store.transaction() as transaction:
            members = await self._members(transaction, named)
            settlement = settle(
                acts,
                members=members,
                accounts=await self._folded(transaction, claimed),
                known=await transaction.known(asked),
                unlinked=self._unlinked,
            )
            for said, outcome in zip(events, settlement.outcomes, strict=True):
                if isinstance(outcome, Waiting):
                    await transaction.park(_waiting(said, outcome))
            await self._record(transaction, settlement)
        for name, member in settlement.owners.items():
            members[name.account] = member or ""
        return settlement.outcomes, {name: member for name, member in members.items() if member}

    async def release(self, row: ParkedRow) -> str | None:
        """Hand on an event that waited; return why not where its account is still nobody's."""
        async with self._store.transaction() as transaction:
            member = (await self._members(transaction, [row.subject])).get(row.subject)
            if member is None:
                await transaction.mark_retried(row.id)
                return STILL_WAITING
            await transaction.append([_released(row.subject, row.payload, member)])
            await transaction.mark_resolved(row.id)
            return None

    async def _folded(
        self, transaction: Transaction, accounts: Collection[str]
    ) -> dict[str, Account]:
        streams = await transaction.tails(dict.fromkeys(accounts, 0))
        decode = self._store.codec.decode
        return {
            account: fold(directory.evolve, directory.initial, map(decode, streams[account]))
            for account in accounts
        }

    async def _record(self, transaction: Transaction, settlement: Settlement) -> None:
        entries = [Entry(*entry) for entry in settlement.entries]
        owners = {name.account: member for name, member in settlement.owners.items() if member}
        if owners:
            entries += await self._waited(transaction, owners)
        if entries:
            rows = await transaction.append(entries)
            await self._project(transaction, settlement.owners, rows[-1].position)

    async def _waited(self, transaction: Transaction, owners: Mapping[str, str]) -> list[Entry]:
        """Resolve what was parked until these accounts would be linked."""
        rows = await transaction.fetchall(
            "SELECT id, subject, payload FROM parked WHERE reader = :reader"
            " AND resolved_at IS NULL AND subject IN (SELECT value FROM json_each(:accounts))"
            " ORDER BY id",
            {"reader": WAITING, "accounts": json.dumps(list(owners))},
        )
        for number, _, _ in rows:
            await transaction.mark_resolved(number)
        return [_released(account, payload, owners[account]) for _, account, payload in rows]


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
