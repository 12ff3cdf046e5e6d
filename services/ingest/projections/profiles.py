"""What the organisation has said of each member, to this day."""

import json
from collections.abc import Sequence
from typing import Final

from pydantic import TypeAdapter

from services.ingest.domain.profiles import Profile, ProfileSaid, hear
from services.ingest.projections.entries import PROFILE
from shared.eventlog.checkpoints import Checkpoint
from shared.eventlog.log import Store, Transaction

READER: Final = "profiles"
STORED: Final = TypeAdapter(Profile)
SLICE: Final = 1000


async def project(transaction: Transaction, said: Sequence[ProfileSaid], position: int) -> None:
    """Write what has been said of members, as of a position in the log."""
    rows = await transaction.fetchall(
        "SELECT member, profile FROM profiles"
        " WHERE member IN (SELECT value FROM json_each(:those))",
        {"those": json.dumps([one.member for one in said])},
    )
    profiles = {member: STORED.validate_json(profile) for member, profile in rows}
    for one in said:
        profiles[one.member] = hear(profiles.get(one.member, Profile()), one)
    await transaction.executemany(
        "INSERT OR REPLACE INTO profiles (member, profile) VALUES (:member, :profile)",
        [
            {"member": member, "profile": STORED.dump_json(profile).decode()}
            for member, profile in profiles.items()
        ],
    )
    await transaction.save_checkpoint(Checkpoint(READER, position))


async def catch_up(store: Store) -> None:
    """What is heard twice, or in another order, changes nothing."""
    checkpoint = await store.checkpoint(READER)
    position = checkpoint.position if checkpoint else 0
    while rows := await store.read(position, SLICE, types=[PROFILE.name]):
        position = rows[-1].position
        async with store.transaction() as transaction:
            await project(transaction, [*map(store.codec.decode, rows)], position)
