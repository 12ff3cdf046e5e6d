"""A rewards that hears what it is given: the real handlers on a real database."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.rewards import projections
from services.rewards.domain import awards, works
from services.rewards.domain.rules import Rules
from services.rewards.handlers import Recognising
from services.rewards.stream import activity, zone
from shared.contracts.activity import Happened
from shared.contracts.zones import ZoneChanged
from shared.decider import fold
from shared.eventlog.log import Store
from shared.messaging.tails import RELAY_SCHEMA
from tests.rewards.examples import RULES
from tests.rewards.messages import stored


@dataclass(frozen=True, slots=True)
class Rewards:
    """The service without its bus."""

    store: Store
    recognising: Recognising

    async def hear(self, *events: Happened | ZoneChanged, batch: int = 500) -> None:
        """Take the messages in, so many in a transaction."""
        heard = [
            (zone if isinstance(event, ZoneChanged) else activity)(stored(event), event.to_json())
            for event in events
        ]
        for start in range(0, len(heard), batch):
            async with self.store.transaction() as transaction:
                size = len(heard[start : start + batch])
                assert size == await self.recognising.handle(
                    transaction, heard[start : start + batch]
                )

    async def log(self) -> list[tuple[str, works.Event | awards.Event]]:
        return [
            (row.stream, projections.CODEC.decode(row)) async for row in self.store.by_position()
        ]

    async def awards(self, member: str = "ada") -> awards.Awards:
        rows = await self.store.stream(member)
        return fold(awards.evolve, awards.Awards(), map(projections.CODEC.decode, rows))  # type: ignore[arg-type]

    async def shown(self) -> list[dict[str, Any]]:
        """Return the recognitions as they stand, without their dates."""
        rows = await projections.recognitions(self.store, limit=1000)
        return [{k: v for k, v in row.items() if k != "effective_on"} for row in rows]

    async def tables(self) -> tuple[Sequence[Any], Sequence[Any]]:
        return (
            await self.store.fetchall("SELECT * FROM recognitions ORDER BY id"),
            await self.store.fetchall("SELECT * FROM claims ORDER BY piece, member"),
        )


@asynccontextmanager
async def a_rewards(
    folder: Path, rules: Rules = RULES, *, kept: int = 100
) -> AsyncIterator[Rewards]:
    async with Store.open(
        folder / "rewards.db",
        codec=projections.CODEC,
        schema=[projections.SCHEMA, RELAY_SCHEMA],
    ) as store:
        await projections.catch_up(store)
        yield Rewards(
            store,
            Recognising(
                rules,
                projections.CODEC,
                claims_to=projections.claims_to,
                project=projections.project,
                kept=kept,
            ),
        )
