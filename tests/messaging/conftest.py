"""A broker for each test: it takes a tenth of a second, and nobody inherits anything."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nats.aio.client import Client

from shared.messaging.provision import provision
from tests.nats import NatsServer, connected, nats_server


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[NatsServer]:
    async with nats_server(tmp_path / "nats") as running:
        yield running


@pytest.fixture
async def client(server: NatsServer) -> AsyncIterator[Client]:
    """A connection to a broker that has been provisioned."""
    async with connected(server.url) as connection:
        await provision(connection)
        yield connection
