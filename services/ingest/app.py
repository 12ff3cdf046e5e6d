"""How ingest is put together, and the order in which it starts and stops.

HTTP comes first and goes last: while there is no broker, the service says so.
"""

import asyncio
import socket
from contextlib import closing

from nats.aio.client import Client

from services.ingest import http, projections
from services.ingest.domain.recent import RecentKeys
from services.ingest.handlers.directory import Directory, Tables
from services.ingest.handlers.intake import Intake
from services.ingest.publishing import ActivityStream, hand_over
from services.ingest.settings import Settings
from services.ingest.sources import canonical
from services.ingest.stream import Inbound
from shared.eventlog.log import Store
from shared.messaging.broker import client, connect, wait_for_provisioning
from shared.messaging.lag import Progress, Relayed
from shared.messaging.topology import ACTIVITY, INBOUND, INGEST_INBOUND
from shared.messaging.work import work
from shared.runtime import status
from shared.runtime.access import Access
from shared.runtime.health import Health
from shared.runtime.http import application, serve
from shared.runtime.listener import listen

SUMMARY = "Turns what platforms and scripts report into one kind of activity event."


async def run(settings: Settings) -> None:
    """Hear and say until cancelled."""
    access = Access.of(settings.token, settings.tokens)
    with closing(listen(settings.host, settings.port, access=access)) as listener:
        async with Store.open(
            settings.database, codec=projections.CODEC, schema=[projections.SCHEMA]
        ) as store:
            await projections.catch_up(store)
            await _serve(store, settings, listener, access)


async def _serve(store: Store, settings: Settings, listener: socket.socket, access: Access) -> None:
    stream, health = ActivityStream(), Health("ingest")
    tables = Tables(projections.known, projections.related, projections.project)
    directory = Directory(store, tables, unlinked=settings.unlinked)
    intake = Intake(
        directory,
        RecentKeys(settings.recent_keys),
        say=stream.say,
        stored=stream.stored,
        registry=health.registry,
    )
    inbound = Inbound(store, intake, directory, canonical.translate)
    released = Relayed(store)
    mailbox = http.Mailbox(body_bytes=settings.body_bytes, waiting_bytes=settings.waiting_bytes)
    app = application(
        "ingest", summary=SUMMARY, health=health, access=access, publishing=["/v1/events"]
    )
    for trouble in http.NOT_NOW:
        app.add_exception_handler(trouble, http.come_again)
    app.include_router(http.router(intake, canonical.translate, mailbox, settings.deadline))
    app.include_router(status.router(health, store, inbound.retry))
    health.check("broker", stream.trouble)
    health.check("relay", released.trouble)
    health.follow("http", intake.waiting)
    health.follow("relay", released.lag)
    health.follow("inbound", stream.backlog)

    async def heard(connection: Client) -> None:
        progress = Progress(connection, INGEST_INBOUND)
        health.check("inbound", progress.trouble)
        await work(connection, INGEST_INBOUND, store, handle=inbound.handle, progress=progress)

    async def speak() -> None:
        async with connect(settings.nats_url, name="ingest") as broker:
            await wait_for_provisioning(
                client(broker), streams=[ACTIVITY, INBOUND], readers=[INGEST_INBOUND]
            )
            async with (
                stream.open(client(broker), patience=settings.deadline),
                asyncio.TaskGroup() as tasks,
            ):
                tasks.create_task(heard(client(broker)))
                tasks.create_task(hand_over(store, stream, released))

    async with asyncio.TaskGroup() as tasks:
        speaking = tasks.create_task(speak())
        try:
            await serve(app, listener)
        finally:
            speaking.cancel()
