"""How the notifier is put together, and the order in which it starts and stops.

HTTP comes first and goes last: while there is no broker, the service says so.
"""

import asyncio
import socket
from contextlib import closing
from datetime import datetime
from functools import partial

import structlog

from services.notifier import http
from services.notifier.adapters import inbox, noticebook, outgoing, webhook
from services.notifier.adapters.outgoing import Patience
from services.notifier.adapters.webhook import Receiver
from services.notifier.domain.notices import Channel, Rules
from services.notifier.projections import tables
from services.notifier.projections.entries import CODEC, SCHEMA
from services.notifier.publishing import message
from services.notifier.settings import Settings
from services.notifier.stream.batches import Notifying
from services.notifier.stream.hearing import Hearing
from services.notifier.stream.reading import READERS
from shared.eventlog.log import Recorded, Store
from shared.messaging.broker import client, connect, wait_for_provisioning
from shared.messaging.lag import Relayed
from shared.messaging.relay import relay
from shared.messaging.topology import ACTIVITY, NOTICES, RECOGNITIONS, ZONES
from shared.messaging.wire import Message
from shared.runtime import status
from shared.runtime.access import Access
from shared.runtime.clock import start
from shared.runtime.health import Health
from shared.runtime.http import application, serve
from shared.runtime.listener import listen
from shared.runtime.retention import forget

SUMMARY = "Tells people what concerns them, once, and keeps the promises of the fast track."

log = structlog.get_logger()


async def run(settings: Settings) -> None:
    """Hear and say until cancelled. Raises RulesInvalid and WrongUse before anything has begun."""
    to = _receiver(settings)
    reachable: frozenset[Channel] = frozenset(["webhook"] if to else [])
    rules = noticebook.load(settings.notices, reachable=reachable)
    access = Access.of(settings.token, settings.tokens)
    with closing(listen(settings.host, settings.port, access=access)) as listener:
        async with Store.open(settings.database, codec=CODEC, schema=SCHEMA) as store:
            if await tables.catch_up(store):
                log.info("notifier.tables_built")
            await start(store, settings.clock, tables.write)
            await _serve(store, rules, to, settings, listener, access)


async def _serve(
    store: Store,
    rules: Rules,
    to: Receiver | None,
    settings: Settings,
    listener: socket.socket,
    access: Access,
) -> None:
    notifying = Notifying(rules)
    listening = Hearing(store, notifying, batch=settings.batch)
    relayed = Relayed(store)
    health = Health("notifier")
    health.check("hearing", listening.trouble)
    health.check("relay", relayed.trouble)
    for reader in READERS:
        health.follow(reader.durable, partial(listening.lag, reader))
    health.follow("relay", relayed.lag)

    async def acknowledge(stream: str, by: str | None, now: datetime) -> bool:
        async with store.transaction() as transaction:
            return await notifying.acknowledge(transaction, stream, by, now)

    app = application("notifier", summary=SUMMARY, health=health, access=access)
    app.include_router(http.router(store, acknowledge))
    app.include_router(inbox.router(store))
    app.include_router(status.router(health, store, listening.retry))

    async def take_part() -> None:
        async with connect(
            settings.nats_url, name="notifier", password=settings.nats_password
        ) as broker:
            await wait_for_provisioning(
                client(broker),
                streams=[ACTIVITY, ZONES, RECOGNITIONS, NOTICES],
                readers=list(READERS),
            )
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(listening.hear(client(broker)))
                tasks.create_task(
                    relay(
                        client(broker),
                        store,
                        stream=NOTICES.name,
                        publish=_message,
                        progress=relayed,
                    )
                )

    async with asyncio.TaskGroup() as tasks:
        working = [
            tasks.create_task(take_part()),
            tasks.create_task(forget(store, settings.parked_days)),
        ]
        if to:
            patience = Patience(attempts=settings.webhook_attempts, pause=settings.webhook_pause)
            working.append(tasks.create_task(outgoing.deliver(store, to, patience)))
        try:
            await serve(app, listener)
        finally:
            for task in working:
                task.cancel()


def _message(recorded: Recorded) -> Message | None:
    return message(CODEC.decode(recorded))


def _receiver(settings: Settings) -> Receiver | None:
    if settings.webhook_url is None:
        return None
    return webhook.receiver(
        settings.webhook_url,
        settings.webhook_secret,
        private=settings.webhook_private,
        timeout=settings.webhook_timeout,
    )
