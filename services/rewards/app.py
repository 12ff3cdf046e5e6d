"""How rewards is put together, and the order in which it starts and stops.

HTTP comes first and goes last: while there is no broker, the service says so.
"""

import asyncio
import socket
from contextlib import closing
from functools import partial

from services.rewards import http, projections
from services.rewards.adapters import rulebook
from services.rewards.domain.rules import Rules
from services.rewards.handlers import Recognising
from services.rewards.publishing import message, publish
from services.rewards.settings import Settings
from services.rewards.stream import Hearing
from shared.eventlog.log import Recorded, Store
from shared.messaging.broker import client, connect, wait_for_provisioning
from shared.messaging.lag import Relayed
from shared.messaging.relay import relay
from shared.messaging.tails import RELAY_SCHEMA
from shared.messaging.topology import (
    ACTIVITY,
    RECOGNITIONS,
    REWARDS_ACTIVITY,
    REWARDS_ZONES,
    ZONES,
)
from shared.messaging.wire import Message
from shared.runtime import status
from shared.runtime.access import Access
from shared.runtime.health import Health
from shared.runtime.http import application, serve
from shared.runtime.listener import listen
from shared.runtime.retention import forget

SUMMARY = "Turns effort and arrivals into recognitions."


async def run(settings: Settings) -> None:
    """Hear and say until cancelled. Raises RulesInvalid before anything has begun."""
    rules = rulebook.load(settings.rules)
    access = Access.of(settings.token, settings.tokens)
    with closing(listen(settings.host, settings.port, access=access)) as listener:
        async with Store.open(
            settings.database, codec=projections.CODEC, schema=[projections.SCHEMA, RELAY_SCHEMA]
        ) as store:
            await projections.catch_up(store)
            await _serve(store, rules, settings, listener, access)


async def _serve(
    store: Store, rules: Rules, settings: Settings, listener: socket.socket, access: Access
) -> None:
    recognising = Recognising(
        rules,
        projections.CODEC,
        claims_to=projections.claims_to,
        project=projections.project,
        kept=settings.kept,
    )
    hearing = Hearing(store, recognising, batch=settings.batch)
    relayed = Relayed(store)
    health = Health("rewards")
    health.check("hearing", hearing.trouble)
    health.check("relay", relayed.trouble)
    for reader in (REWARDS_ACTIVITY, REWARDS_ZONES):
        health.follow(reader.durable, partial(hearing.lag, reader))
    health.follow("relay", relayed.lag)
    app = application("rewards", summary=SUMMARY, health=health, access=access)
    app.include_router(http.router(store))
    app.include_router(status.router(health, store, hearing.retry))

    def say(recorded: Recorded) -> Message | None:
        event = publish(recorded.stream, projections.CODEC.decode(recorded), rules)
        return None if event is None else message(event)

    async def take_part() -> None:
        async with connect(settings.nats_url, name="rewards") as broker:
            await wait_for_provisioning(
                client(broker),
                streams=[ACTIVITY, ZONES, RECOGNITIONS],
                readers=[REWARDS_ACTIVITY, REWARDS_ZONES],
            )
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(hearing.hear(client(broker)))
                tasks.create_task(
                    relay(
                        client(broker),
                        store,
                        stream=RECOGNITIONS.name,
                        publish=say,
                        progress=relayed,
                    )
                )

    async with asyncio.TaskGroup() as tasks:
        working = [
            tasks.create_task(take_part()),
            tasks.create_task(forget(store, settings.parked_days)),
        ]
        try:
            await serve(app, listener)
        finally:
            for task in working:
                task.cancel()
