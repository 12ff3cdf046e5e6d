"""The directory as a table: which member each linked account belongs to today."""

import json
from collections.abc import Collection, Mapping
from typing import Final

from services.ingest.domain.identity import (
    Account,
    AccountLinked,
    AccountMerged,
    AccountName,
    AccountUnlinked,
    ActivityKept,
    ActivityReleased,
    directory,
)
from shared.eventlog.checkpoints import Checkpoint
from shared.eventlog.codec import Codec, Kind
from shared.eventlog.log import Store, Transaction, View

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS accounts (
  account  TEXT PRIMARY KEY,
  platform TEXT NOT NULL,
  handle   TEXT NOT NULL,
  member   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""
LINKED: Final = Kind(event=AccountLinked, name="account-linked")
UNLINKED: Final = Kind(event=AccountUnlinked, name="account-unlinked")
CODEC: Final = Codec(
    [
        LINKED,
        UNLINKED,
        Kind(event=ActivityKept, name="activity-kept"),
        Kind(event=AccountMerged, name="account-merged"),
        Kind(event=ActivityReleased, name="activity-released"),
    ]
)
READER: Final = "accounts"
CLAIMS: Final = (LINKED.name, UNLINKED.name)


async def members(read: View | Transaction, accounts: Collection[str]) -> dict[str, str]:
    """Return the member of each of these accounts that somebody has linked."""
    rows = await read.fetchall(
        "SELECT account, member FROM accounts"
        " WHERE account IN (SELECT value FROM json_each(:accounts))",
        {"accounts": json.dumps(list(accounts))},
    )
    return dict(rows)


async def project(
    transaction: Transaction, owners: Mapping[AccountName, str | None], position: int
) -> None:
    """Say whose these accounts are, None for nobody's, as of a position in the log."""
    await transaction.executemany(
        "DELETE FROM accounts WHERE account = :account",
        [{"account": name.account} for name in owners],
    )
    await transaction.executemany(
        "INSERT INTO accounts (account, platform, handle, member)"
        " VALUES (:account, :platform, :handle, :member)",
        [
            {
                "account": name.account,
                "platform": name.platform,
                "handle": name.handle,
                "member": member,
            }
            for name, member in owners.items()
            if member is not None
        ],
    )
    await transaction.save_checkpoint(Checkpoint(READER, position))


async def catch_up(store: Store) -> None:
    """Build the table anew from the log, if the log has claims that it has not seen."""
    checkpoint = await store.checkpoint(READER)
    if not await store.read(checkpoint.position if checkpoint else 0, 1, types=CLAIMS):
        return
    accounts: dict[AccountName, Account] = {}
    position = 0
    while rows := await store.read(position, 1000, types=CLAIMS):
        for row in rows:
            claim = store.codec.decode(row)
            name = AccountName(claim.platform, claim.handle)
            accounts[name] = directory.evolve(accounts.get(name, directory.initial), claim)
        position = rows[-1].position
    async with store.transaction() as transaction:
        await transaction.execute("DELETE FROM accounts")
        owners = {name: account.member for name, account in accounts.items()}
        await project(transaction, owners, position)
