"""A process that appends until it is killed, and says after each commit how far it has come."""

import asyncio
import sys
from pathlib import Path

from shared.eventlog.checkpoints import Checkpoint
from tests.eventlog.examples import a_store, counted


async def append_for_ever(folder: Path) -> None:
    async with a_store(folder) as store:
        position = await store.last_position()
        while True:
            size = position % 7 + 1
            async with store.transaction() as transaction:
                rows = await transaction.append(
                    [counted(f"m{n}", key=f"k{position + n}") for n in range(size)]
                )
                position = rows[-1].position
                await transaction.save_checkpoint(Checkpoint("appender", position))
            print(position, flush=True)  # noqa: T201 - its only voice


if __name__ == "__main__":
    asyncio.run(append_for_ever(Path(sys.argv[1])))
