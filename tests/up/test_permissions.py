"""Each service can do only its own job on the bus."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import nats.errors
import pytest
from nats.aio.client import Client
from nats.js.api import ConsumerConfig, DeliverPolicy
from pydantic import SecretStr

from services import bus, embedded
from shared.messaging import api
from shared.messaging.broker import client as client_of
from shared.messaging.broker import connect
from shared.messaging.permissions import ADMINISTRATOR, GUEST, SAYS, authorization, inbox, shown
from shared.messaging.publisher import BatchPublisher
from shared.messaging.topology import Reader, Topology
from shared.messaging.wire import Message
from tests.nats import connected
from tests.up.programs import Told, kept

SAID = {
    "ingest": ("ACTIVITY", "activity.v1.like.m-1"),
    "classifier": ("ZONES", "zone.changed.v1.content_sharer.m-1"),
    "rewards": ("RECOGNITIONS", "recognition.granted.v1.effort.m-1"),
    "notifier": ("NOTICES", "alert.raised.v1.fast_track.m-1"),
}
PASSWORDS = {user: f"{user}-word" for user in (*SAYS, ADMINISTRATOR)}


@dataclass
class Guarded:
    port: int

    @asynccontextmanager
    async def as_user(self, user: str) -> AsyncIterator[Client]:
        url = embedded.address(self.port, user, PASSWORDS.get(user, ""))
        async with connected(url, name=user) as client:
            yield client

    @asynccontextmanager
    async def as_guest(self) -> AsyncIterator[Client]:
        client = await nats.connect(embedded.address(self.port), error_cb=_quiet)
        yield client
        await client.close()


@pytest.fixture
async def guarded(tmp_path: Path) -> AsyncIterator[Guarded]:
    port = embedded.free_port()
    program = embedded.program(tmp_path, port, authorization=authorization(PASSWORDS, guests=True))
    async with kept(program, Told()):
        await embedded.prepare(embedded.address(port, ADMINISTRATOR, PASSWORDS[ADMINISTRATOR]))
        yield Guarded(port)


async def denied(client: Client, subject: str) -> bool:
    """Say whether the server objects to a message, which it does before it answers a ping.

    The first ping may overtake the message.
    """
    client._err = None
    await client.publish(subject, b'{"no_wait": true}')
    await client.flush()
    await client.flush()
    return "permissions violation" in str(client.last_error).lower()


@pytest.mark.parametrize("user", SAYS)
async def test_a_service_says_what_is_its_own_to_say(guarded: Guarded, user: str) -> None:
    stream, subject = SAID[user]
    async with guarded.as_user(user) as client, BatchPublisher(client, stream) as publisher:
        acks = await publisher.publish([Message(subject, b"{}", "id-1")])
        assert acks[0].sequence == 1
        if user != "ingest":
            assert await api.last_message(client, stream, subject)


@pytest.mark.parametrize("user", SAYS)
async def test_and_nothing_that_is_anothers(guarded: Guarded, user: str) -> None:
    async with guarded.as_user(user) as client:
        for other, (_, subject) in SAID.items():
            if other != user:
                assert await denied(client, subject)
        assert await denied(client, "inbound.v1.anything")


@pytest.mark.parametrize("reader", Topology().readers, ids=lambda it: str(it.durable))
async def test_it_reads_through_its_own_durables_only(guarded: Guarded, reader: Reader) -> None:
    owner = reader.durable.partition("-")[0]
    reset = f"$JS.API.CONSUMER.RESET.{reader.stream}.{reader.durable}"
    pull = f"$JS.API.CONSUMER.MSG.NEXT.{reader.stream}.{reader.durable}"
    async with guarded.as_user(owner) as client:
        assert not await denied(client, reset)
        assert not await denied(client, pull)
    for other in set(SAYS) - {owner}:
        async with guarded.as_user(other) as client:
            assert await denied(client, reset)
            assert await denied(client, pull)


@pytest.mark.parametrize("user", SAYS)
async def test_it_declares_and_deletes_nothing(guarded: Guarded, user: str) -> None:
    async with guarded.as_user(user) as client:
        for verb in ("STREAM.PURGE", "STREAM.DELETE", "STREAM.UPDATE", "STREAM.CREATE"):
            assert await denied(client, f"$JS.API.{verb}.ACTIVITY")
        assert await denied(client, "$JS.API.CONSUMER.DELETE.ACTIVITY.classifier-activity")
        assert await api.stream_info(client, "ACTIVITY")


async def test_answers_are_nobody_elses_business(guarded: Guarded) -> None:
    async with guarded.as_user("rewards") as client:
        await client.subscribe(f"{inbox('classifier')}.>")
        await client.flush()
        await client.flush()
        assert "permissions violation for subscription" in str(client.last_error).lower()


async def test_without_the_word_nobody_is_let_in_as_a_service(guarded: Guarded) -> None:
    assert "Authorization Violation" in await answer(guarded.port, "classifier", "guess")
    assert "PONG" in await answer(guarded.port, "classifier", PASSWORDS["classifier"])


async def test_a_guest_reports_activity_and_hears_zone_changes(guarded: Guarded) -> None:
    async with guarded.as_user("classifier") as classifier:
        subject = SAID["classifier"][1]
        async with BatchPublisher(classifier, "ZONES") as publisher:
            await publisher.publish([Message(subject, b'{"data": {}}', "id-1")])
    async with guarded.as_guest() as client:
        stream = client.jetstream()
        assert (await stream.publish("inbound.v1.script", b"{}")).stream == "INBOUND"
        follower = await stream.pull_subscribe(
            "zone.changed.v1.>",
            stream="ZONES",
            config=ConsumerConfig(deliver_policy=DeliverPolicy.ALL),
        )
        [message] = await follower.fetch(1, timeout=5)
        await message.ack()
        assert message.subject == subject
        bucket = await stream.key_value("zones")
        async with asyncio.timeout(15):
            watcher = await bucket.watch("m-1")
            while not await watcher.updates(timeout=5):  # type: ignore[no-untyped-call]
                pass


async def test_a_guest_does_nothing_else(guarded: Guarded) -> None:
    async with guarded.as_guest() as client:
        for _, subject in SAID.values():
            assert await denied(client, subject)
        for reader in Topology().readers:
            place = f"{reader.stream}.{reader.durable}"
            assert await denied(client, f"$JS.API.CONSUMER.DELETE.{place}")
            assert await denied(client, f"$JS.API.CONSUMER.CREATE.{place}")
            assert await denied(client, f"$JS.API.CONSUMER.DURABLE.CREATE.{place}")
            assert await denied(client, f"$JS.API.CONSUMER.MSG.NEXT.{place}")
        assert await denied(client, "$JS.API.CONSUMER.CREATE.NOTICES")
        assert await denied(client, "$JS.API.STREAM.PURGE.ZONES")


async def test_where_there_are_tokens_there_are_no_guests(tmp_path: Path, guarded: Guarded) -> None:
    assert "PONG" in await answer(guarded.port)
    port = embedded.free_port()
    program = embedded.program(tmp_path / "b", port, authorization=authorization(PASSWORDS))
    async with kept(program, Told()):
        assert "Authorization Violation" in await answer(port)


async def test_a_guest_may_have_to_say_who_it_is(tmp_path: Path) -> None:
    """And is a guest all the same."""
    port = embedded.free_port()
    users = authorization({**PASSWORDS, GUEST: "guest-word"})
    async with kept(embedded.program(tmp_path, port, authorization=users), Told()):
        assert "Authorization Violation" in await answer(port)
        assert "Authorization Violation" in await answer(port, GUEST, "guess")
        client = await nats.connect(embedded.address(port, GUEST, "guest-word"), error_cb=_quiet)
        assert await denied(client, "zone.changed.v1.content_sharer.m-1")
        assert not await denied(client, "inbound.v1.script")
        await client.close()


async def test_a_password_may_come_apart_from_the_address(guarded: Guarded) -> None:
    """Then the address can be shown, and the password lie in a file."""
    address = embedded.address(guarded.port)
    word = SecretStr(PASSWORDS["rewards"])
    async with connect(address, name="rewards", password=word, patience=5) as broker:
        assert not await denied(client_of(broker), SAID["rewards"][1])


async def test_a_command_has_its_password_from_the_environment(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZONES_NATS_PASSWORD", PASSWORDS[ADMINISTRATOR])
    async with bus.connection(embedded.address(guarded.port)) as client:
        assert await api.stream_info(client, "ACTIVITY")


async def test_no_password_is_shown_to_whoever_reads_why_it_failed(guarded: Guarded) -> None:
    address = embedded.address(guarded.port, "rewards", "hush")
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "services", "provision", "--nats", address),
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await child.communicate()
    assert child.returncode == 1
    assert told.decode().startswith(
        f"zones: NATS does not answer at nats://127.0.0.1:{guarded.port}"
    )
    assert "hush" not in told.decode()


def test_every_address_of_a_list_is_shown_without_its_password() -> None:
    assert shown("nats://a:1@h:1,tls://b:2@i:2,j:3") == "nats://h:1,tls://i:2,j:3"


async def answer(port: int, user: str = "", password: str = "") -> str:
    """Return what the server says to a connection that introduces itself so."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    told = {"user": user, "pass": password, "verbose": False} if user else {"verbose": False}
    writer.write(f"CONNECT {json.dumps(told)}\r\nPING\r\n".encode())
    await reader.readline()
    line = (await reader.readline()).decode()
    writer.close()
    await writer.wait_closed()
    return line


async def _quiet(_error: Exception) -> None:
    """A denial is told to this callback, and to nobody else."""
