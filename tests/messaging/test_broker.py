"""A service's connection: it comes back for ever, and nothing that failed is thrown away."""

from pathlib import Path

import pytest
from faststream import AckPolicy

from shared.messaging import server as embedded
from shared.messaging.broker import client, connect
from shared.messaging.errors import BrokerUnavailable
from tests.nats import NatsServer, free_port


async def test_what_a_handler_fails_on_comes_again(server: NatsServer) -> None:
    """FastStream's own default would tell the broker to forget the message."""
    async with connect(server.url, name="test") as broker:
        assert broker.config.broker_config.ack_policy is AckPolicy.NACK_ON_ERROR
        assert client(broker).options["max_reconnect_attempts"] == -1


async def test_a_missing_broker_is_waited_for_as_long_as_one_likes() -> None:
    with pytest.raises(BrokerUnavailable, match=r"within 0\.2 seconds"):
        async with connect(f"nats://127.0.0.1:{free_port()}", name="test", patience=0.2):
            pass


async def test_a_service_can_leave_while_the_broker_is_away(server: NatsServer) -> None:
    """Nothing can be drained then, and that is no reason to stay or to fail."""
    async with connect(server.url, name="test") as broker:
        await server.kill()
    assert client(broker).is_closed


def test_the_embedded_broker_is_the_one_we_pin(tmp_path: Path) -> None:
    """And it syncs what it acknowledges: by default it would do so every two minutes."""
    assert embedded.executable().is_file()
    configuration = embedded.configuration(tmp_path, "127.0.0.1", 4222)
    assert "sync_interval: always" in configuration
