"""When the log is told the time by the wall: half-years end although nothing happens."""

from datetime import datetime

from nats.aio.client import Client

from services.rewards.projections import knowledge
from services.rewards.stream.batches import Recognising
from shared import clock
from shared.eventlog.log import Store
from shared.messaging.topology import REWARDS_ACTIVITY
from shared.messaging.wall import follow_the_wall


class Ticking:
    """Moves a log's clock that goes by the wall; every other clock it leaves alone."""

    def __init__(self, client: Client, store: Store, recognising: Recognising) -> None:
        self._client = client
        self._store = store
        self._recognising = recognising

    async def tick(self) -> None:
        """Go on for ever."""
        if (await knowledge.clock(self._store)).mode == "wall":
            await follow_the_wall(
                self._client,
                self._store,
                REWARDS_ACTIVITY,
                worth_it=self._worth_it,
                advance=self._advance,
            )

    async def _worth_it(self, now: datetime) -> bool:
        """Say whether the log is told: of every new date, and when a period is to be closed."""
        then = await knowledge.clock(self._store)
        if clock.is_told(then.now, now):
            return True
        calendar = await knowledge.calendar(self._store, self._recognising.rules)
        return any(calendar.due(now))

    async def _advance(self, now: datetime) -> None:
        async with self._store.transaction() as transaction:
            await self._recognising.advance(transaction, now)
