"""How rewards is put together, and the order in which it starts and stops.

HTTP comes first and goes last: while there is no broker, the service says so.
"""

import asyncio
import socket
from contextlib import closing
from functools import partial

import structlog

from services.rewards.adapters import rulebook
from services.rewards.http import rebuilding, recognised, standing
from services.rewards.projections import tables
from services.rewards.projections.entries import CODEC, SCHEMA
from services.rewards.publishing import message, publish
from services.rewards.settings import Settings
from services.rewards.stream.adopting import adopt
from services.rewards.stream.batches import Recognising
from services.rewards.stream.reading import READERS
from services.rewards.stream.refilling import Refilling
from services.rewards.stream.ticking import Ticking
from shared.eventlog.log import Recorded, Store
from shared.messaging.broker import client, connect, wait_for_provisioning
from shared.messaging.hearing import Hearing
from shared.messaging.lag import Relayed
from shared.messaging.relay import relay
from shared.messaging.topology import ACTIVITY, RECOGNITIONS, ZONES
from shared.messaging.wire import Message
from shared.runtime import status
from shared.runtime.access import Access
from shared.runtime.clock import start
from shared.runtime.health import Health
from shared.runtime.http import application, serve
from shared.runtime.listener import listen
from shared.runtime.retention import forget

SUMMARY = "Turns effort, arrivals and impact into recognitions."

log = structlog.get_logger()


async def run(settings: Settings) -> None:
    """Hear and say until cancelled. Raises RulesInvalid and WrongUse before anything has begun."""
    rules = rulebook.load(settings.rules)
    access = Access.of(settings.token, settings.tokens)
    with closing(listen(settings.host, settings.port, access=access)) as listener:
        async with Store.open(settings.database, codec=CODEC, schema=SCHEMA) as store:
            if await tables.catch_up(store, rules):
                log.info("rewards.tables_built")
            await start(store, settings.clock, partial(tables.append, rules=rules))
            recognising = Recognising(rules, kept=settings.kept)
            if await adopt(store, recognising):
                log.info("rewards.rules_adopted", version=rules.version)
            await _serve(store, recognising, settings, listener, access)


async def _serve(
    store: Store,
    recognising: Recognising,
    settings: Settings,
    listener: socket.socket,
    access: Access,
) -> None:
    rules = recognising.rules
    refilling = Refilling(store, recognising)
    hearing = Hearing(store, READERS, recognising.take, batch=settings.batch, amend=refilling.amend)
    relayed = Relayed(store)
    health = Health("rewards")
    health.check("memory", refilling.trouble)
    health.check("hearing", partial(refilling.apart_from, hearing.trouble))
    health.check("relay", partial(refilling.apart_from, relayed.trouble))
    for reader in READERS:
        health.follow(reader.durable, partial(hearing.lag, reader))
    health.follow("relay", relayed.lag)
    app = application("rewards", summary=SUMMARY, health=health, access=access)
    app.include_router(recognised.router(store))
    app.include_router(standing.router(store, rules))
    app.include_router(rebuilding.router(refilling.why, refilling.bring, refilling.complete))
    app.include_router(status.router(health, store, hearing.retry))

    def say(recorded: Recorded) -> Message | None:
        event = publish(recorded.stream, CODEC.decode(recorded), rules)
        return None if event is None else message(event)

    async def take_part() -> None:
        async with connect(
            settings.nats_url, name="rewards", password=settings.nats_password
        ) as broker:
            await wait_for_provisioning(
                client(broker),
                streams=[ACTIVITY, ZONES, RECOGNITIONS],
                readers=list(READERS),
            )
            await refilling.until_whole(client(broker))
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(hearing.hear(client(broker)))
                tasks.create_task(Ticking(client(broker), store, recognising).tick())
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
