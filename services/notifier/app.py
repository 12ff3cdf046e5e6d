"""How the notifier is put together, and the order in which it starts and stops.

HTTP comes first and goes last: while there is no broker, the service says so.
"""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from typing import NamedTuple

import structlog
from fastapi import APIRouter
from httpx2 import AsyncClient

from services.notifier import http
from services.notifier.adapters import (
    acknowledging,
    addresses,
    answering,
    consent,
    email,
    endpoint,
    history,
    inbox,
    kinds,
    links,
    noticebook,
    outgoing,
    preferences,
    preview,
    requests,
    sourcebook,
    stopping,
    turnaround,
    voices,
    webhook,
)
from services.notifier.adapters.addresses import Misfit, without_services
from services.notifier.adapters.earshot import Earshot
from services.notifier.adapters.email import Email
from services.notifier.adapters.links import Links, kept_key
from services.notifier.adapters.patience import Patience
from services.notifier.adapters.ways import Way
from services.notifier.adapters.webhook import Hook
from services.notifier.adapters.wording import Wording
from services.notifier.projections import tables
from services.notifier.projections.entries import CODEC, SCHEMA
from services.notifier.publishing import message
from services.notifier.settings import Settings
from services.notifier.stream.answers import Answers
from services.notifier.stream.batches import Notifying
from services.notifier.stream.foresight import Foresight
from services.notifier.stream.reading import READERS
from services.notifier.stream.ticking import Ticking
from shared.eventlog.log import Recorded, Store
from shared.messaging.broker import client, connect, wait_for_provisioning
from shared.messaging.hearing import Hearing
from shared.messaging.lag import Relayed
from shared.messaging.relay import relay
from shared.messaging.topology import ACTIVITY, NOTICES, RECOGNITIONS, ZONES
from shared.messaging.wire import Message
from shared.runtime import status
from shared.runtime.access import Access
from shared.runtime.clock import start
from shared.runtime.errors import WrongUse
from shared.runtime.health import Health
from shared.runtime.http import application, serve
from shared.runtime.listener import listen
from shared.runtime.retention import forget

SUMMARY = "Tells people what concerns them, once, and keeps the promises of the fast track."

log = structlog.get_logger()


class Outside(NamedTuple):
    """How the notifier reaches people, as far as that is set up."""

    wording: Wording
    misfit: Misfit = without_services
    links: Links | None = None
    hook: Hook | None = None
    ways: tuple[Way, ...] = ()


async def run(settings: Settings) -> None:
    """Hear and say until cancelled. Raises WrongUse before anything has begun."""
    async with webhook.client() as caller:
        outside = _outside(settings, caller)
        reachable = frozenset(way.channel for way in outside.ways)
        rules = noticebook.load(settings.notices, reachable=reachable, timezone=settings.timezone)
        notifying = Notifying(rules, sourcebook.load(settings.sources))
        access = Access.of(settings.token, settings.tokens)
        with closing(listen(settings.host, settings.port, access=access)) as listener:
            async with Store.open(settings.database, codec=CODEC, schema=SCHEMA) as store:
                if await tables.catch_up(store):
                    log.info("notifier.tables_built")
                await start(store, settings.clock, tables.write)
                await _serve(store, notifying, outside, settings, listener, access)


def _routers(store: Store, notifying: Notifying, outside: Outside) -> Iterator[APIRouter]:
    rules, answers = notifying.rules, Answers(store, notifying)
    yield turnaround.router(store, rules.hours)
    yield http.router(store, answers.acknowledge)
    yield voices.router(store, answers.speak)
    yield requests.router(store, answers.reply)
    yield inbox.router(store, outside.wording, rules.manners)
    yield addresses.router(store, outside.misfit)
    yield kinds.router(rules)
    yield preferences.router(store, rules)
    yield consent.router(store)
    yield history.router(store)
    yield preview.router(Foresight(store, notifying).foresee)
    yield endpoint.router(store, outside.hook)
    if outside.links:
        yield stopping.router(store, outside.links, outside.wording)
        yield acknowledging.router(store, outside.links, outside.wording, answers.acknowledge)
        yield voices.pages(store, outside.links, outside.wording, answers.speak)
        yield answering.router(store, outside.links, outside.wording, answers.reply)


async def _serve(
    store: Store,
    notifying: Notifying,
    outside: Outside,
    settings: Settings,
    listener: socket.socket,
    access: Access,
) -> None:
    listening = Hearing(store, READERS, notifying.take, batch=settings.batch)
    relayed = Relayed(store)
    health = Health("notifier")
    health.check("hearing", listening.trouble)
    health.check("relay", relayed.trouble)
    for reader in READERS:
        health.follow(reader.durable, partial(listening.lag, reader))
    health.follow("relay", relayed.lag)

    app = application(
        "notifier",
        summary=SUMMARY,
        health=health,
        access=access,
        signed=links.PATHS if outside.links else (),
        private=[addresses.PATH],
    )
    for router in _routers(store, notifying, outside):
        app.include_router(router)
    app.include_router(status.router(health, store, listening.retry))
    if outside.hook:
        await endpoint.begin(store, outside.hook)
        health.remark(outside.hook.remark)
    earshot = Earshot(store, notifying.rules)
    health.remark(earshot.remark)

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
                tasks.create_task(Ticking(client(broker), store, notifying).tick())
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
            tasks.create_task(earshot.watch()),
        ]
        for way in outside.ways:
            patience = Patience(notifying.rules.retries[way.channel], notifying.rules)
            working.append(tasks.create_task(outgoing.deliver(store, way, patience)))
        try:
            await serve(app, listener)
        finally:
            for task in working:
                task.cancel()


def _message(recorded: Recorded) -> Message | None:
    return message(CODEC.decode(recorded))


def _outside(settings: Settings, caller: AsyncClient) -> Outside:
    wording = Wording(settings.templates, locale=settings.locale, timezone=settings.timezone)
    known = _links(settings)
    hook = _hook(settings, wording, caller)
    ways: list[Way] = [way for way in (_email(settings, wording, known), hook) if way]
    outside = Outside(wording=wording, links=known, hook=hook)
    if names := [name.strip() for name in settings.chat.split(",") if name.strip()]:
        from services.notifier.adapters.chat import (  # noqa: PLC0415 - 27 MB that few need
            Chat,
            Services,
        )

        services = Services(names)
        ways.append(Chat(services, wording, _needed(known)))
        outside = outside._replace(misfit=services.misfit)
    return outside._replace(ways=tuple(ways))


def _links(settings: Settings) -> Links | None:
    if settings.public_url is None:
        return None
    return Links(kept_key(settings.data / "keys"), settings.public_url)


def _needed(known: Links | None) -> Links:
    if known is None:
        raise WrongUse(
            "ZONES_NOTIFIER_PUBLIC_URL must say where people reach the notifier: every e-mail and"
            " every message in a chat has a link by which to stop it"
        )
    return known


def _email(settings: Settings, wording: Wording, known: Links | None) -> Email | None:
    if settings.email_host is None:
        return None
    reachable = _needed(known)
    sender, password = settings.email_from, settings.email_password
    server = email.server(
        settings.email_host,
        port=settings.email_port,
        tls=settings.email_tls,
        ca=settings.email_ca,
        user=settings.email_user,
        password=None if password is None else password.get_secret_value(),
        sender=None if sender is None else (sender.name, sender.email),
        timeout=settings.email_timeout,
    )
    return Email(server, wording, reachable)


def _hook(settings: Settings, wording: Wording, caller: AsyncClient) -> Hook | None:
    if settings.webhook_url is None:
        return None
    receiver = webhook.receiver(
        settings.webhook_url,
        settings.webhook_secret,
        private=settings.webhook_private,
        timeout=settings.webhook_timeout,
    )
    return Hook(caller, receiver, wording)
