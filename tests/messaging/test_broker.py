"""A service's connection: it comes back for ever, and nothing that failed is thrown away."""

import asyncio
from pathlib import Path

import pytest
from faststream import AckPolicy
from faststream.nats import NatsBroker

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


async def test_whoever_waits_for_a_broker_can_leave_at_any_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Even when the client loses the first cancellation, as it may while it is being refused."""
    lost: list[str] = []

    async def trying(_broker: NatsBroker) -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                lost.append("a cancellation")
                if len(lost) > 1:
                    raise

    monkeypatch.setattr(NatsBroker, "connect", trying)
    with pytest.raises(BrokerUnavailable):
        async with asyncio.timeout(5), connect("nats://127.0.0.1:1", name="test", patience=0.1):
            pass
    assert len(lost) == 2


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
