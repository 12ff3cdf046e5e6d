"""A service's connection to the broker, and the wait for what it needs there.

FastStream's broker carries the connection. Its defaults are not ours: it would discard what a
handler failed on, stop reconnecting after two minutes, and log two lines a message.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

import nats.errors
import structlog
from faststream import AckPolicy
from faststream.nats import NatsBroker, NatsUserPassword
from nats.aio.client import Client
from pydantic import SecretStr

from shared.messaging import api
from shared.messaging.errors import BrokerUnavailable, UnfitBroker
from shared.messaging.permissions import inbox, shown
from shared.messaging.topology import Reader, Stream

log = structlog.get_logger()

RECONNECT_SECONDS = 0.25
PING_SECONDS = 5
OUTGOING_BYTES = 16 * 1024 * 1024
PROVISIONING_POLL_SECONDS = 0.5
LEAVING_POLL_SECONDS = 0.1


@asynccontextmanager
async def connect(
    url: str,
    *,
    name: str,
    password: SecretStr | None = None,
    patience: float | None = None,
) -> AsyncIterator[NatsBroker]:
    """Yield a connected broker; `await broker.start()` starts its subscribers, if it has any.

    `name` is the user's, where the broker asks who it is: answers come to an inbox of that name.
    `password` is that user's, where `url` has none; and `url` may list several servers, separated
    by commas. Waits for the broker for ever, or for `patience` seconds and then raises
    BrokerUnavailable. Reconnects for ever.
    """
    told = _Told()
    broker = NatsBroker(
        url.split(","),
        name=name,
        inbox_prefix=inbox(name),
        security=_credentials(url, name, password),
        ack_policy=AckPolicy.NACK_ON_ERROR,
        decoder=_undecoded,
        logger=None,
        max_reconnect_attempts=-1,
        reconnect_time_wait=RECONNECT_SECONDS,  # type: ignore[arg-type]  # slept for
        ping_interval=PING_SECONDS,
        drain_timeout=PING_SECONDS,
        pending_size=OUTGOING_BYTES,
        error_cb=told.error,
        disconnected_cb=told.disconnected,
        reconnected_cb=told.reconnected,
    )
    try:
        async with asyncio.timeout(patience):
            await _leaving_when_asked(broker.connect())
    except TimeoutError:
        raise BrokerUnavailable(f"no broker at {shown(url)} within {patience:g} seconds") from None
    except nats.errors.AuthorizationError:
        raise UnfitBroker(f"the broker at {shown(url)} does not accept our credentials") from None
    told.connected = True
    try:
        yield broker
    finally:
        told.leaving = True
        connection = client(broker)
        with contextlib.suppress(nats.errors.Error, OSError):  # nothing drains while it is away
            await broker.stop()
        with contextlib.suppress(OSError):
            await connection.close()


def client(broker: NatsBroker) -> Client:
    """Return the connection itself, for what FastStream has no words for."""
    return broker.connection


async def wait_for_provisioning(
    client: Client, *, streams: Sequence[Stream] = (), readers: Sequence[Reader] = ()
) -> None:
    """Return once everything named exists. Services wait here and never declare.

    Raises UnfitBroker at once where no waiting will help.
    """
    api.check_version(client)
    told: str | None = None
    while missing := await _missing(client, streams, readers):
        if missing != told:
            log.info("broker.waiting_for_provisioning", missing=missing)
            told = missing
        await asyncio.sleep(PROVISIONING_POLL_SECONDS)


async def _missing(
    client: Client, streams: Sequence[Stream], readers: Sequence[Reader]
) -> str | None:
    try:
        for stream in streams:
            info = await api.stream_info(client, stream.name)
            if info is None:
                return f"stream {stream.name}"
            if not stream.bucket and not info.configuration.get("allow_atomic"):
                return f"atomic batches on stream {stream.name}"
        for reader in readers:
            if await api.consumer_info(client, reader.stream, reader.durable) is None:
                return f"consumer {reader.durable}"
    except BrokerUnavailable as error:
        return str(error)
    return None


async def _leaving_when_asked(work: Coroutine[Any, Any, object]) -> None:
    """Await it, and insist on a cancellation: `wait_for` of Python 3.11 loses one that comes just
    as a connection is refused, and then the client would try for ever.
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=LEAVING_POLL_SECONDS)
        if not task.cancelled():
            task.exception()
        raise


def _credentials(url: str, name: str, password: SecretStr | None) -> NatsUserPassword | None:
    if password is None or "@" in url:
        return None
    return NatsUserPassword(name, password.get_secret_value())


async def _undecoded(message: Any) -> Any:  # noqa: ANN401 - FastStream's shape of a decoder
    return message.body


class _Told:
    """Logs what happens to the connection, each trouble once."""

    def __init__(self) -> None:
        self.connected = False
        self.leaving = False
        self._trouble: str | None = None

    async def error(self, error: Exception) -> None:
        if not self.connected and isinstance(error, nats.errors.AuthorizationError):
            raise error
        trouble = str(error) or type(error).__name__
        if trouble != self._trouble and not self.leaving:
            log.warning("broker.trouble", trouble=trouble)
        self._trouble = trouble

    async def disconnected(self) -> None:
        if not self.leaving:
            log.warning("broker.disconnected")

    async def reconnected(self) -> None:
        self._trouble = None
        log.info("broker.reconnected")
