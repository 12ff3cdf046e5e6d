"""When the log is told the time by the wall: promises run out although nothing happens."""

from datetime import datetime

from nats.aio.client import Client

from services.notifier.domain import hours, occasions
from services.notifier.projections import knowledge, pending, regards
from services.notifier.stream.batches import Notifying
from shared import clock
from shared.eventlog.log import Store
from shared.messaging.topology import NOTIFIER_ACTIVITY
from shared.messaging.wall import follow_the_wall


class Ticking:
    """Moves a log's clock that goes by the wall; every other clock it leaves alone."""

    def __init__(self, client: Client, store: Store, notifying: Notifying) -> None:
        self._client = client
        self._store = store
        self._notifying = notifying

    async def tick(self) -> None:
        """Go on for ever."""
        if (await knowledge.clock(self._store)).mode == "wall":
            await follow_the_wall(
                self._client,
                self._store,
                NOTIFIER_ACTIVITY,
                worth_it=self._worth_it,
                advance=self._advance,
            )

    async def _worth_it(self, now: datetime) -> bool:
        """Say whether the log is told: what is said carries its date, promises run out, asks go
        unanswered, there are occasions, something has waited long enough, and where it has become
        night nobody is told anything.
        """
        then = (await knowledge.clock(self._store)).now
        if then is None or clock.is_told(then, now):
            return True
        if occasions.due(then, now, self._notifying.rules.rhythm):
            return True
        asks_at = await pending.asks_at(self._store)
        if await pending.due_drafts(self._store, now) or (asks_at and asks_at <= now):
            return True
        return await regards.something_due(self._store, now) or await self._turns(then, now)

    async def _turns(self, then: datetime, now: datetime) -> bool:
        """Say whether somebody's quiet hours have begun or ended."""
        rules = self._notifying.rules
        for timezone, own in await regards.clocks(self._store):
            quiet = own or rules.manners.quiet
            zone = hours.zone(timezone, rules.rhythm.timezone)
            if quiet and quiet.turns(then, now, zone):
                return True
        return False

    async def _advance(self, now: datetime) -> None:
        async with self._store.transaction() as transaction:
            await self._notifying.advance(transaction, now)
