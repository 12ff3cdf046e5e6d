"""A command's own connection to NATS, which it gives up soon and says in one line."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from shared.messaging.permissions import ADMINISTRATOR, inbox, shown
from shared.runtime import secretfile
from shared.runtime.errors import CommandFailed

if TYPE_CHECKING:
    from nats.aio.client import Client

PATIENCE = 5.0
"""Seconds that a broker has to let us in."""


@asynccontextmanager
async def connection(url: str) -> AsyncIterator["Client"]:
    """Connect to any of the servers in `url`; once connected, reconnect for ever, in silence.

    Where `url` has no password, ZONES_NATS_PASSWORD may say it. Raises CommandFailed where nobody
    answers.
    """
    import nats  # noqa: PLC0415 - `zones --help` does without

    servers = url.split(",")
    password = None if "@" in url else secretfile.told("ZONES_NATS_PASSWORD")
    failures: list[Exception] = []
    connected = False

    async def hear(error: Exception) -> None:
        failures.append(error)
        if not connected and len(failures) >= len(servers):
            raise _unreachable(url, error)

    try:
        async with asyncio.timeout(PATIENCE):
            client = await nats.connect(
                servers,
                name=ADMINISTRATOR,
                user=ADMINISTRATOR if password else None,
                password=password,
                inbox_prefix=inbox(ADMINISTRATOR),
                error_cb=hear,
                max_reconnect_attempts=-1,
                reconnect_time_wait=1,
            )
    except TimeoutError as error:
        raise _unreachable(url, error) from error
    connected = True
    try:
        yield client
    finally:
        await client.close()


def _unreachable(url: str, error: Exception) -> CommandFailed:
    reason = str(error).removeprefix("nats: ") or f"nothing within {PATIENCE:.0f} seconds"
    return CommandFailed(
        f"NATS does not answer at {shown(url)} ({reason}): start it or correct its address"
    )
