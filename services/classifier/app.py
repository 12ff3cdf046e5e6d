"""How the classifier is put together, and the order in which it starts and stops.

HTTP comes first and goes last: while there is no broker, the service says so.
"""

import asyncio
import gc
import socket
from contextlib import closing
from datetime import UTC, datetime
from functools import partial

import structlog

from services.classifier.adapters import policyfile
from services.classifier.adapters.checking import Checking
from services.classifier.adapters.linting import lint_text, sound
from services.classifier.adapters.ondisk import OnDisk
from services.classifier.adapters.rebuilder import Rebuilder
from services.classifier.adapters.simulation import Simulating
from services.classifier.adapters.verification import verify
from services.classifier.http import (
    distribution,
    exports,
    feeds,
    mapping,
    members,
    policies,
    recounting,
)
from services.classifier.http.readable import unless
from services.classifier.projections.entries import CODEC, PUBLIC
from services.classifier.publishing import message
from services.classifier.settings import Settings
from services.classifier.stream.adopting import Adopting
from services.classifier.stream.beginning import begin
from services.classifier.stream.hearing import Hearing, Time
from services.classifier.stream.listening import Listening
from services.classifier.stream.recent import Recent
from shared.eventlog.log import Recorded, Store
from shared.eventlog.parked import ParkedRow
from shared.messaging.broker import client, connect, wait_for_provisioning
from shared.messaging.lag import Relayed
from shared.messaging.relay import relay
from shared.messaging.tails import RELAY_SCHEMA
from shared.messaging.topology import ACTIVITY, CLASSIFIER_ACTIVITY, INBOUND, ZONES
from shared.messaging.wire import Message
from shared.runtime import status
from shared.runtime.access import Access
from shared.runtime.health import Health
from shared.runtime.http import application, serve
from shared.runtime.listener import listen
from shared.runtime.retention import forget

SUMMARY = "Folds what people do into journeys, and says which zone each is in, and why."

log = structlog.get_logger()


async def run(settings: Settings) -> None:
    """Hear and say until cancelled. Raises PolicyInvalid before anything has begun."""
    access = Access.of(settings.token, settings.tokens)
    file = OnDisk(settings.policy or policyfile.SHIPPED)
    with closing(listen(settings.host, settings.port, access=access)) as listener:
        async with Store.open(settings.database, codec=CODEC, schema=[RELAY_SCHEMA]) as store:
            wall = datetime.now(UTC)
            started, adopted = await begin(store, settings.clock, wall=wall, text=file.text)
            hearing = Hearing(
                store,
                Time(started.mode, None),
                policyfile.in_force(adopted),
                recent=Recent(settings.journeys),
                snapshot_every=settings.snapshot_every,
            )
            rebuilder = Rebuilder(store, started.mode, hearing.begin)
            await rebuilder.look()
            health = Health("classifier")
            health.remark(lambda: file.remark(hearing.policies.newest))
            for remark in health.remarks:
                log.warning("classifier.policy_differs", remark=remark)
            await _serve(store, hearing, rebuilder, health, settings, listener, access)


async def _serve(
    store: Store,
    hearing: Hearing,
    rebuilder: Rebuilder,
    health: Health,
    settings: Settings,
    listener: socket.socket,
    access: Access,
) -> None:
    listening = Listening(store, hearing, batch=settings.batch, registry=health.registry)
    relayed = Relayed(store)
    checking = Checking(partial(verify, store, hearing.still), health, hours=settings.verify_hours)
    health.check("rebuilding", rebuilder.trouble)
    health.check("listening", listening.trouble)
    health.check("relay", relayed.trouble)
    health.follow(CLASSIFIER_ACTIVITY.durable, listening.lag)
    health.follow("reviews", hearing.waiting)
    health.follow("relay", relayed.lag)
    app = application("classifier", summary=SUMMARY, health=health, access=access)

    async def retry(row: ParkedRow) -> str | None:
        return rebuilder.unfinished() or await listening.retry(row)

    readable, settled = unless(rebuilder.unreadable), unless(rebuilder.unfinished)
    adopting = Adopting(hearing, sound, policyfile.in_force)
    for router in (
        members.router(store, lambda: hearing.policies, policyfile.in_force),
        mapping.router(store, lambda: hearing.policies),
        distribution.router(store),
        exports.router(store, lambda: hearing.policies),
        feeds.router(store),
        policies.router(store, lambda: hearing.policies, partial(lint_text, store), health),
    ):
        app.include_router(router, dependencies=[readable])
    simulating = Simulating(store)
    for router in (
        recounting.router(
            checking.verify, checking.under_way, simulating.simulate, simulating.under_way
        ),
        policies.adoption(lambda: hearing.policies, adopting.adopt),
    ):
        app.include_router(router, dependencies=[settled])
    app.include_router(status.router(health, store, retry))

    def say(recorded: Recorded) -> Message | None:
        return message(recorded, CODEC.decode(recorded))

    async def take_part() -> None:
        await rebuilder.rebuild()
        async with connect(
            settings.nats_url, name="classifier", password=settings.nats_password
        ) as broker:
            await wait_for_provisioning(
                client(broker),
                streams=[ACTIVITY, INBOUND, ZONES],
                readers=[CLASSIFIER_ACTIVITY],
            )
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(checking.go_on())
                tasks.create_task(listening.listen(client(broker)))
                tasks.create_task(
                    relay(
                        client(broker),
                        store,
                        stream=ZONES.name,
                        publish=say,
                        types=PUBLIC,
                        progress=relayed,
                    )
                )

    # What is there by now stays, and a batch leaves little behind that only the collector finds.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
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
