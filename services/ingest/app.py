"""How ingest is put together, and the order in which it starts and stops.

HTTP comes first and goes last: while there is no broker, the service says so.
"""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime

from nats.aio.client import Client

from services.ingest.adapters import actorsfile, connections
from services.ingest.adapters.connections import Connections
from services.ingest.adapters.jetstream import READER, Jetstream
from services.ingest.domain.actors import Rule
from services.ingest.domain.publishers import Publisher
from services.ingest.domain.recent import RecentKeys
from services.ingest.handlers.directory import WAITING, Directory, Tables
from services.ingest.handlers.intake import Intake
from services.ingest.handlers.posts import Post, Source
from services.ingest.handlers.reports import Reports
from services.ingest.http import accounts, events, webhooks
from services.ingest.http.mailbox import NOT_NOW, Mailbox, come_again
from services.ingest.http.publishers import Publishers
from services.ingest.projections import entries, names, profiles, tables
from services.ingest.publishing import ActivityStream, hand_over
from services.ingest.settings import Settings
from services.ingest.sources import canonical, registry, signature
from services.ingest.stream import Inbound
from shared.eventlog.log import Store
from shared.messaging.broker import client, connect, wait_for_provisioning
from shared.messaging.lag import Progress, Relayed
from shared.messaging.topology import ACTIVITY, INBOUND, INGEST_INBOUND
from shared.messaging.work import work
from shared.runtime import status
from shared.runtime.access import Access
from shared.runtime.errors import WrongUse
from shared.runtime.health import Health
from shared.runtime.http import application, serve
from shared.runtime.listener import listen
from shared.runtime.retention import forget

SUMMARY = "Turns what platforms and scripts report into one kind of activity event."


async def run(settings: Settings) -> None:
    """Hear and say until cancelled. Raises WrongUse before anything has begun."""
    connected = connections.read(
        settings.connections, adapters=registry.signatures(), schemes=signature.SCHEMES
    )
    known = _sources(connected)
    rules = actorsfile.load(settings.actors)
    publishers = Publishers(
        [
            Publisher(name=one.name, sources=one.sources, rate=one.rate, burst=one.burst)
            for one in connected.publishers
        ]
    )
    access = Access.of(settings.token, settings.tokens)
    for one in connected.publishers:
        access = access.knowing(one.name, one.token, one.scopes)
    with closing(listen(settings.host, settings.port, access=access)) as listener:
        async with Store.open(
            settings.database, codec=entries.CODEC, schema=[tables.SCHEMA]
        ) as store:
            await tables.catch_up(store)
            await _serve(
                store, known, connected.bluesky, rules, publishers, settings, listener, access
            )


def _sources(connected: Connections) -> dict[str, Source]:
    """Return every source by its name: those that need no saying, and what the file says."""
    sources = registry.built_in()
    for one in connected.sources:
        try:
            sources[one.name] = registry.source(
                one.name,
                adapter=one.adapter,
                platform=one.platform,
                file=one.mapping,
                scheme=one.signature,
                secrets=one.secrets,
                keys=one.keys,
                tolerance=one.tolerance,
            )
        except ValueError as error:
            raise WrongUse(f"{connected.file}: sources.{one.name}: {error}") from None
    return sources


async def _serve(
    store: Store,
    sources: dict[str, Source],
    bluesky: str | None,
    rules: Sequence[Rule],
    publishers: Publishers,
    settings: Settings,
    listener: socket.socket,
    access: Access,
) -> None:
    stream, health = ActivityStream(), Health("ingest")
    directory = Directory(
        store,
        Tables(names.known, names.related, names.project, profiles.project),
        unlinked=settings.unlinked,
    )
    intake = Intake(
        directory,
        RecentKeys(settings.recent_keys),
        say=stream.say,
        stored=stream.stored,
        registry=health.registry,
    )
    reports = Reports(
        intake,
        store,
        sources,
        canonical=canonical.translate,
        learn=directory.learn,
        actors=rules,
        registry=health.registry,
    )
    inbound = Inbound(reports, directory)
    released = Relayed(store)
    mailbox = Mailbox(body_bytes=settings.body_bytes, waiting_bytes=settings.waiting_bytes)
    app = application(
        "ingest",
        summary=SUMMARY,
        health=health,
        access=access,
        publishing=["/v1/events", webhooks.PATH],
        signed=[f"{webhooks.PATH}{source.name}" for source in sources.values() if source.check],
    )
    for trouble in NOT_NOW:
        app.add_exception_handler(trouble, come_again)
    app.include_router(
        events.router(intake, canonical.translate, mailbox, publishers, settings.deadline)
    )
    app.include_router(webhooks.router(reports, mailbox, publishers, settings.deadline))
    app.include_router(accounts.router(store))
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
        async with connect(
            settings.nats_url, name="ingest", password=settings.nats_password
        ) as broker:
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
        working = [
            tasks.create_task(speak()),
            tasks.create_task(forget(store, settings.parked_days, waiting=[WAITING])),
        ]
        if bluesky:
            jetstream = _jetstream(bluesky, store, sources["bluesky"], reports, health)
            working.append(tasks.create_task(jetstream.run()))
        try:
            await serve(app, listener)
        finally:
            for task in working:
                task.cancel()


def _jetstream(
    url: str, store: Store, source: Source, reports: Reports, health: Health
) -> Jetstream:
    """Return who listens to what linked accounts do on Bluesky."""

    async def linked() -> Sequence[str]:
        return await names.linked(store, source.name)

    async def take(frames: Sequence[bytes], received_at: datetime) -> None:
        came = (READER, f"{READER}.v1.{source.name}")
        await reports.take([Post(source, {}, frame, received_at, *came) for frame in frames])

    jetstream = Jetstream(url, store, followed=linked, take=take, registry=health.registry)
    health.remark(jetstream.remark)
    return jetstream
