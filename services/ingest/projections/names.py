"""The directory as tables: what is known of each name today, and who was ever seen under which."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from services.ingest.domain.identity import (
    Account,
    AccountLinked,
    AccountName,
    AccountNamed,
    AccountUnlinked,
    directory,
)
from services.ingest.domain.owners import Known, Owners
from services.ingest.projections.entries import LINKED, NAMED, UNLINKED
from shared.eventlog.checkpoints import Checkpoint
from shared.eventlog.log import Store, Transaction, View

READER: Final = "names"
TOLD: Final = (LINKED.name, UNLINKED.name, NAMED.name)
SLICE: Final = 1000


async def known(read: View | Transaction, names: Collection[str]) -> dict[str, Known]:
    """Return what is known of those of these names of which anything is."""
    rows = await read.fetchall(
        "SELECT name, account, member, label, seen FROM names"
        " WHERE name IN (SELECT value FROM json_each(:names))",
        {"names": json.dumps(list(names))},
    )
    return {
        name: Known(account, member, label, seen and datetime.fromisoformat(seen))
        for name, account, member, label, seen in rows
    }


async def linked(read: View | Transaction, platform: str) -> list[str]:
    """Return the accounts on a platform that have a member: by their identity, where it is known,
    else by the handle that somebody linked.
    """
    rows = await read.fetchall(
        "SELECT DISTINCT coalesce(bearer.handle, linked.handle) FROM names AS linked"
        " LEFT JOIN names AS bearer ON bearer.name = linked.account"
        " WHERE linked.platform = :platform AND linked.member IS NOT NULL",
        {"platform": platform},
    )
    return [handle for (handle,) in rows]


async def related(read: Transaction, names: Collection[str]) -> set[str]:
    """Return these names, and whoever was seen under them, and under what else, and so on."""
    found, asked = set(names), set(names)
    while asked:
        rows = await read.fetchall(
            "WITH asked AS MATERIALIZED (SELECT value FROM json_each(:names))"
            " SELECT account FROM labels WHERE label IN asked"
            " UNION SELECT label FROM labels WHERE account IN asked",
            {"names": json.dumps(list(asked))},
        )
        asked = {name for (name,) in rows} - found
        found |= asked
    return found


async def project(transaction: Transaction, owners: Owners, position: int) -> None:
    """Write what has been learned of names, as of a position in the log."""
    await transaction.executemany(
        "INSERT OR IGNORE INTO labels (label, account) VALUES (:label, :account)",
        [
            {
                "label": event.account,
                "account": AccountName(event.platform, event.identity).account,
            }
            for _, event, _ in owners.entries
            if isinstance(event, AccountNamed)
        ],
    )
    await _write(transaction, owners, owners.touched)
    await transaction.save_checkpoint(Checkpoint(READER, position))


async def catch_up(store: Store) -> None:
    """Build the tables anew from the log, if it has something that they have not seen."""
    checkpoint = await store.checkpoint(READER)
    if not await store.read(checkpoint.position if checkpoint else 0, 1, types=TOLD):
        return
    accounts: dict[str, Account] = {}
    names: dict[str, AccountName] = {}
    position = 0
    while rows := await store.read(position, SLICE, types=TOLD):
        for row in rows:
            told = store.codec.decode(row)
            accounts[told.account] = directory.evolve(
                accounts.get(told.account, directory.initial), told
            )
            names |= {name.account: name for name in _spoken_of(told)}
        position = rows[-1].position
    owners = Owners(accounts)
    async with store.transaction() as transaction:
        await transaction.execute("DELETE FROM names")
        await transaction.execute("DELETE FROM labels")
        await transaction.executemany(
            "INSERT OR IGNORE INTO labels (label, account) VALUES (:label, :account)",
            [
                {"label": label, "account": sight.identity.account}
                for label, account in accounts.items()
                for sight in account.sights
            ],
        )
        await _write(transaction, owners, names)
        await transaction.save_checkpoint(Checkpoint(READER, position))


async def _write(
    transaction: Transaction, owners: Owners, names: Mapping[str, AccountName]
) -> None:
    """Of a name that is nobody's and nobody's label there is no row."""
    rows: list[dict[str, Any]] = []
    for name, said in names.items():
        it = owners.known(name)
        if it.member or it.seen:
            rows.append(
                {
                    "name": name,
                    "platform": said.platform,
                    "handle": said.handle,
                    "account": it.account,
                    "member": it.member,
                    "label": it.label,
                    "seen": it.seen and it.seen.isoformat(),
                }
            )
    await transaction.executemany(
        "DELETE FROM names WHERE name = :name", [{"name": name} for name in names]
    )
    await transaction.executemany(
        "INSERT INTO names (name, platform, handle, account, member, label, seen)"
        " VALUES (:name, :platform, :handle, :account, :member, :label, :seen)",
        rows,
    )


def _spoken_of(told: AccountLinked | AccountUnlinked | AccountNamed) -> list[AccountName]:
    if isinstance(told, AccountNamed):
        platform = told.platform
        return [AccountName(platform, told.label), AccountName(platform, told.identity)]
    return [AccountName(told.platform, told.handle)]
