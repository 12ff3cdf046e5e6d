"""How far behind a reader or a relay is, and what it is waiting for, if anything.

Made by the service, handed to `follow`, `work` or `relay`, and asked by its health.
"""

import structlog
from nats.aio.client import Client

from shared.eventlog.log import Store
from shared.messaging import api
from shared.messaging.errors import BrokerUnavailable, NotProvisioned
from shared.messaging.topology import Reader

log = structlog.get_logger()


async def backlog(client: Client, reader: Reader) -> int:
    """Return how many messages a reader has not acknowledged, delivered or not.

    Zero means that everything published so far has been committed. Raises BrokerUnavailable,
    NotProvisioned.
    """
    info = await api.consumer_info(client, reader.stream, reader.durable)
    if info is None:
        raise NotProvisioned(f"consumer {reader.durable} is missing: run `zones provision`")
    return info.backlog


class _Told:
    """What somebody is waiting for, logged when it changes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._trouble: str | None = "is starting"

    async def trouble(self) -> str | None:
        """Return why nothing goes on at present, None when it does."""
        return None if self._trouble is None else f"{self.name}: {self._trouble}"

    def waits(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.warning("messaging.waiting", name=self.name, trouble=trouble)
        self._trouble = trouble

    def goes_on(self) -> None:
        self._trouble = None


class Progress(_Told):
    """A reader's."""

    def __init__(self, client: Client, reader: Reader) -> None:
        super().__init__(reader.durable)
        self._client = client
        self._reader = reader

    async def lag(self) -> int:
        """Return how many messages are not yet committed. Raises BrokerUnavailable, which
        health takes for an unknown lag.
        """
        try:
            return await backlog(self._client, self._reader)
        except NotProvisioned as missing:
            raise BrokerUnavailable(str(missing)) from missing


class Relayed(_Told):
    """A relay's. `position` is that of the last entry of the log it is done with."""

    def __init__(self, store: Store, name: str = "relay") -> None:
        super().__init__(name)
        self._store = store
        self.position = 0

    async def lag(self) -> int:
        """Return how many entries are committed but not yet relayed."""
        return max(0, await self._store.last_position() - self.position)
