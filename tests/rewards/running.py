"""A rewards that hears what it is given: the real handlers on a real database."""

import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from services.rewards.domain import awards
from services.rewards.domain.rules import Rules
from services.rewards.handlers import Heard
from services.rewards.projections import boards, shown, tables
from services.rewards.projections.boards import Ranking
from services.rewards.projections.entries import CODEC, SCHEMA
from services.rewards.stream.adopting import adopt
from services.rewards.stream.batches import Recognising
from services.rewards.stream.reading import activity, zone
from shared.contracts.activity import Happened
from shared.contracts.zones import ZoneChanged
from shared.decider import fold
from shared.eventlog.log import Store
from shared.runtime.clock import start
from shared.runtime.settings import Clock
from tests.rewards.examples import RULES
from tests.rewards.messages import stored


@dataclass(frozen=True, slots=True)
class Rewards:
    """The service without its bus."""

    store: Store
    recognising: Recognising

    async def hear(self, *events: Happened | ZoneChanged, batch: int = 500) -> None:
        """Take the messages in, so many in a transaction, each stream's by themselves."""
        run: list[Heard] = []
        for event, following in itertools.zip_longest(events, events[1:]):
            zoned = isinstance(event, ZoneChanged)
            run.append((zone if zoned else activity)(stored(event), event.to_json()))
            if len(run) == batch or zoned != isinstance(following, ZoneChanged):
                await self._take(run)
                run = []
        await self._take(run)

    async def _take(self, run: Sequence[Heard]) -> None:
        while run:
            async with self.store.transaction() as transaction:
                taken = await self.recognising.take(transaction, run)
            run = run[taken:]

    async def is_told_the_time(self, now: datetime) -> None:
        async with self.store.transaction() as transaction:
            await self.recognising.advance(transaction, now)

    async def log(self) -> list[tuple[str, Any]]:
        """Return what was recorded of members and periods, not of the clock and the rules."""
        return [
            (row.stream, CODEC.decode(row))
            async for row in self.store.by_position()
            if row.stream not in {"_clock", "_rules"}
        ]

    async def awards(self, member: str = "ada") -> awards.Awards:
        rows = await self.store.stream(member)
        return fold(awards.evolve, awards.Awards(), map(CODEC.decode, rows))

    async def shown(self) -> list[dict[str, Any]]:
        """Return the recognitions as they stand, without their dates."""
        rows = await shown.recognitions(self.store, limit=1000)
        return [{k: v for k, v in row.items() if k != "effective_on"} for row in rows]

    async def ranking(self, period: str = "2026H1") -> Ranking:
        return await boards.ranking(self.store, period)

    async def scores(self, period: str = "2026H1") -> dict[str, float]:
        """Return everybody's points as of now."""
        return {
            line.member: line.now / 1000
            for line in (await self.ranking(period)).lines
            if line.now is not None
        }

    async def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        names = (
            "acts",
            "void_acts",
            "void_objects",
            "profiles",
            "recognitions",
            "parts",
            "periods",
        )
        return {
            name: sorted(await self.store.fetchall(f"SELECT * FROM {name}"), key=repr)  # noqa: S608
            for name in names
        }


@asynccontextmanager
async def a_rewards(
    folder: Path, rules: Rules = RULES, *, clock: Clock = "events", kept: int = 100
) -> AsyncIterator[Rewards]:
    async with Store.open(folder / "rewards.db", codec=CODEC, schema=SCHEMA) as store:
        await tables.catch_up(store, rules)
        await start(store, clock, partial(tables.append, rules=rules))
        recognising = Recognising(rules, kept=kept)
        await adopt(store, recognising)
        yield Rewards(store, recognising)
