"""What nats-server does, as far as we rely on it. A server upgrade that moves any of this fails."""

import asyncio
import json
from dataclasses import replace

import nats.errors
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.errors import NoStreamResponseError

from shared.messaging import api, topology
from shared.messaging.errors import Refused
from shared.messaging.wire import Ack, Message, send_batch, send_singly
from tests.messaging.examples import an_activity, stored
from tests.nats import NatsServer, connected

PATIENCE = 5.0


def a_change(n: int, *, member: str = "m-1", expected: int | None = None) -> Message:
    guard = None if expected is None else f"zone.*.v1.*.{member}"
    return Message(f"zone.changed.v1.zone{n % 4}.{member}", b"{}", f"change-{n}", guard, expected)


async def refusal_of(client: Client, messages: list[Message], stream: str = "ZONES") -> int:
    answer = await send_batch(client, stream, messages, PATIENCE)
    assert isinstance(answer, Refused)
    return answer.code


class Inbox:
    """An inbox of our own, and whatever has come there."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.subject = client.new_inbox()
        self.heard: list[Msg] = []

    async def open(self) -> "Inbox":
        await self.client.subscribe(self.subject, cb=self._hear)
        return self

    async def ask(self, reader: topology.Reader, **request: int) -> None:
        verb = f"$JS.API.CONSUMER.MSG.NEXT.{reader.stream}.{reader.durable}"
        await self.client.publish(verb, json.dumps(request).encode(), self.subject)
        await self.client.flush()
        await asyncio.sleep(0.1)

    @property
    def ids(self) -> list[str]:
        return [
            message.headers["Nats-Msg-Id"]
            for message in self.heard
            if message.headers and "Nats-Msg-Id" in message.headers
        ]

    @property
    def turns(self) -> list[int]:
        return [int(message.reply.split(".")[6]) for message in self.heard if message.reply]

    @property
    def attempts(self) -> list[int]:
        return [int(message.reply.split(".")[4]) for message in self.heard if message.reply]

    async def _hear(self, message: Msg) -> None:
        self.heard.append(message)


async def test_the_server_puts_each_member_into_one_partition(client: Client) -> None:
    """Whatever the kind, a member's activities share a partition, and all sixteen are used."""
    messages = [
        replace(an_activity(n, members=200, kind=("share", "view")[n % 3 % 2]), id=f"e-{n}")
        for n in range(800)
    ]
    await send_batch(client, "ACTIVITY", messages, PATIENCE)

    partitions: dict[str, set[str]] = {}
    for subject, _ in await stored(client, "ACTIVITY"):
        _, _, partition, _, member = subject.split(".")
        partitions.setdefault(member, set()).add(partition)
    assert len(partitions) == 200
    assert all(len(found) == 1 for found in partitions.values())
    assert set.union(*partitions.values()) == {str(n) for n in range(topology.PARTITIONS)}


async def test_a_publisher_cannot_choose_the_partition(client: Client) -> None:
    """The stored form of a subject is not one that the stream takes."""
    with pytest.raises(NoStreamResponseError):
        await client.jetstream().publish("activity.v1.9.share.m-1", b"{}")


async def test_filters_speak_of_subjects_as_they_are_stored(client: Client) -> None:
    """A filter in the publishers' form matches nothing, and nobody says so."""
    await send_batch(client, "ACTIVITY", [an_activity(n) for n in range(10)], PATIENCE)
    pending = {}
    for name, filter_ in (("stored", "activity.v1.*.share.*"), ("published", "activity.v1.*.*")):
        config = {"durable_name": name, "ack_policy": "all", "filter_subject": filter_}
        await api.ask(
            client,
            f"CONSUMER.DURABLE.CREATE.ACTIVITY.{name}",
            {"stream_name": "ACTIVITY", "config": config},
        )
        pending[name] = await api.consumer_info(client, "ACTIVITY", name)
    assert pending["stored"]
    assert pending["published"]
    assert (pending["stored"].backlog, pending["published"].backlog) == (10, 0)


async def test_a_batch_is_stored_whole_and_in_its_order(client: Client) -> None:
    """The answer to the last message gives everyone's sequence."""
    await send_singly(client, "ACTIVITY", [an_activity(5000)], PATIENCE)
    answer = await send_batch(client, "ACTIVITY", [an_activity(n) for n in range(1000)], PATIENCE)
    assert answer == [Ack(n + 2) for n in range(1000)]
    ids = [said for _, said in await stored(client, "ACTIVITY")]
    assert ids[1:] == [an_activity(n).id for n in range(1000)]


@pytest.mark.parametrize("place", [0, 2, 4])
async def test_a_batch_with_a_known_id_is_refused_whole(client: Client, place: int) -> None:
    """Wherever the known one stands. The other ids stay free."""
    batch = [an_activity(n) for n in range(5)]
    await send_singly(client, "ACTIVITY", [batch[place]], PATIENCE)

    assert await refusal_of(client, batch, "ACTIVITY") == 10201

    assert len(await stored(client, "ACTIVITY")) == 1
    others = [message for n, message in enumerate(batch) if n != place]
    assert await send_batch(client, "ACTIVITY", others, PATIENCE) == [Ack(n) for n in range(2, 6)]


async def test_a_batch_with_an_id_twice_is_refused(client: Client) -> None:
    assert await refusal_of(client, [an_activity(1), an_activity(1)], "ACTIVITY") == 10201


async def test_a_single_message_with_a_known_id_is_a_duplicate(client: Client) -> None:
    """It is answered with the sequence at which it was stored first."""
    await send_batch(client, "ACTIVITY", [an_activity(n) for n in range(3)], PATIENCE)
    assert await send_singly(client, "ACTIVITY", [an_activity(1)], PATIENCE) == [Ack(2, True)]


async def test_a_batch_hides_what_is_wrong_with_one_message(client: Client) -> None:
    """A message that is too large makes the batch "incomplete"; only alone it tells."""
    large = replace(an_activity(1), body=b"x" * topology.MAX_MESSAGE_BYTES)
    assert await refusal_of(client, [large, an_activity(2)], "ACTIVITY") == 10176
    [answer] = await send_singly(client, "ACTIVITY", [large], PATIENCE)
    assert isinstance(answer, Refused)
    assert answer.code == 10054


async def test_a_full_stream_refuses(client: Client) -> None:
    """Nothing is dropped to make room: 10077, for a batch and for one message."""
    config = topology.ACTIVITY.configuration() | {"max_bytes": 2000}
    await api.ask(client, "STREAM.UPDATE.ACTIVITY", config)
    batch = [an_activity(n, size=1000) for n in range(5)]
    answer = await send_batch(client, "ACTIVITY", batch, PATIENCE)
    assert isinstance(answer, Refused)
    assert (answer.code, answer.full, answer.busy) == (10077, True, False)
    assert await stored(client, "ACTIVITY") == []


async def test_the_expectation_is_tested_before_the_id(client: Client) -> None:
    """Repeating what is stored, with the old expectation, is a conflict and no duplicate."""
    assert await send_singly(client, "ZONES", [a_change(1, expected=0)], PATIENCE) == [Ack(1)]

    [again] = await send_singly(client, "ZONES", [a_change(1, expected=0)], PATIENCE)
    [knowing] = await send_singly(client, "ZONES", [a_change(1, expected=1)], PATIENCE)

    assert isinstance(again, Refused)
    assert again.code == 10071
    assert knowing == Ack(1, True)


async def test_a_guard_counts_over_all_zones_of_the_member(client: Client) -> None:
    """The wildcard stands for the zone token; another member's messages do not count."""
    await send_singly(client, "ZONES", [a_change(1), a_change(2, member="m-2")], PATIENCE)
    [stale] = await send_singly(client, "ZONES", [a_change(3, expected=0)], PATIENCE)
    [right] = await send_singly(client, "ZONES", [a_change(4, expected=1)], PATIENCE)
    assert isinstance(stale, Refused)
    assert right == Ack(3)


async def test_within_a_batch_a_member_expects_what_stood_there_before(client: Client) -> None:
    """Every message of the member carries the same number; a predicted one is refused."""
    await send_singly(client, "ZONES", [a_change(1)], PATIENCE)
    same = [a_change(n, expected=1) for n in (2, 3, 6)]
    predicted = [a_change(n, expected=expected) for n, expected in ((4, 4), (5, 5))]
    assert await send_batch(client, "ZONES", same, PATIENCE) == [Ack(2), Ack(3), Ack(4)]
    assert await refusal_of(client, predicted) == 10071


async def test_a_subject_that_guards_itself_stands_once_in_a_batch(client: Client) -> None:
    policies = [Message("zone.policy.v1", b"{}", f"p-{n}", "zone.policy.v1", 0) for n in (1, 2)]
    assert await refusal_of(client, policies) == 10164


async def test_the_newest_message_under_a_wildcard_is_found(client: Client) -> None:
    """That is how the relay learns what became of a message it never heard about."""
    await send_singly(client, "ZONES", [a_change(1), a_change(2)], PATIENCE)
    found = await api.last_message(client, "ZONES", "zone.*.v1.*.m-1")
    assert found == api.Stored(2, "change-2")
    assert await api.last_message(client, "ZONES", "zone.*.v1.*.m-2") is None


async def test_a_reset_consumer_counts_its_turns_from_one(client: Client) -> None:
    """It delivers from the sequence named, unacknowledged or not, as if for the first time."""
    await send_batch(client, "ACTIVITY", [an_activity(n) for n in range(5)], PATIENCE)
    reader = topology.CLASSIFIER_ACTIVITY
    before = await Inbox(client).open()
    await before.ask(reader, batch=4, expires=10**9)

    assert await api.reset_consumer(client, "ACTIVITY", reader.durable, 3) == 3
    after = await Inbox(client).open()
    await after.ask(reader, batch=5, expires=10**9)

    assert before.turns == [1, 2, 3, 4]
    assert (after.turns, after.attempts) == ([1, 2, 3], [1, 1, 1])
    assert after.ids == [an_activity(n).id for n in (2, 3, 4)]


async def test_an_open_request_outlives_a_reset(client: Client) -> None:
    """So each life of a reader has an inbox of its own."""
    reader = topology.CLASSIFIER_ACTIVITY
    old = await Inbox(client).open()
    await old.ask(reader, batch=4, expires=5 * 10**9)
    await api.reset_consumer(client, "ACTIVITY", reader.durable, 1)
    await send_batch(client, "ACTIVITY", [an_activity(n) for n in range(2)], PATIENCE)
    await asyncio.sleep(0.1)
    assert old.turns == [1, 2]


async def test_a_reset_beyond_the_end_skips_silently(client: Client) -> None:
    """Hence the stream's last sequence is compared with the checkpoint first."""
    await send_batch(client, "ACTIVITY", [an_activity(n) for n in range(2)], PATIENCE)
    reader = topology.CLASSIFIER_ACTIVITY
    assert await api.reset_consumer(client, "ACTIVITY", reader.durable, 5) == 5
    await send_batch(client, "ACTIVITY", [an_activity(n) for n in range(2, 6)], PATIENCE)
    inbox = await Inbox(client).open()
    await inbox.ask(reader, batch=5, expires=10**9)
    assert inbox.ids == [an_activity(4).id, an_activity(5).id]


async def test_nobody_answers_for_a_missing_consumer(client: Client) -> None:
    """Hence it is looked up before it is reset."""
    with pytest.raises(nats.errors.Error):
        await client.request("$JS.API.CONSUMER.RESET.ACTIVITY.nobody", b"{}", timeout=0.3)


async def test_a_heartbeat_tells_how_far_the_broker_has_looked(client: Client) -> None:
    """A filtered reader learns from it that the rest of the stream was not for it."""
    near = [Message("zone.other.v1.x.m-1", b"{}", f"near-{n}") for n in range(3)]
    await send_batch(client, "ZONES", [a_change(1), *near], PATIENCE)
    inbox = await Inbox(client).open()
    await inbox.ask(topology.REWARDS_ZONES, batch=5, expires=10**9, idle_heartbeat=10**8)
    await asyncio.sleep(0.3)
    beat = inbox.heard[-1].headers or {}
    assert inbox.turns == [1]
    assert (beat["Nats-Last-Consumer"], beat["Nats-Last-Stream"]) == ("1", "4")


async def test_a_queue_set_back_begins_with_what_nobody_acknowledged(client: Client) -> None:
    """In order, and at once: without it they would come after newer ones."""
    messages = [Message("inbound.v1.test", b"{}", f"in-{n}") for n in range(6)]
    await send_batch(client, "INBOUND", messages, PATIENCE)
    dying = await Inbox(client).open()
    await dying.ask(topology.INGEST_INBOUND, batch=4, expires=10**9)
    for message in dying.heard[:2]:
        await client.publish(message.reply)
    await client.flush()
    await asyncio.sleep(0.1)

    await api.reset_consumer(client, "INBOUND", "ingest-inbound", None)
    inbox = await Inbox(client).open()
    await inbox.ask(topology.INGEST_INBOUND, batch=6, expires=10**9)

    assert inbox.ids == ["in-2", "in-3", "in-4", "in-5"]
    assert inbox.turns == [1, 2, 3, 4]


async def test_the_bucket_holds_the_newest_of_zone_and_vitality(client: Client) -> None:
    """The server copies both under the member, and nothing else, and nobody can write there."""
    said = [
        Message("zone.changed.v1.content_sharer.m-1", b"zone", "a"),
        Message("zone.vitality.v1.quiet.m-1", b"vitality", "b"),
        Message("zone.near.v1.content_creator.m-1", b"near", "c"),
        Message("zone.changed.v1.content_sharer.m-2", b"zone", "d"),
    ]
    await send_batch(client, "ZONES", said, PATIENCE)
    bucket = await client.jetstream().key_value(topology.BUCKET)
    async with asyncio.timeout(5):
        while (await bucket.status()).values < 2:
            await asyncio.sleep(0.01)
    assert (await bucket.get("m-1")).value == b"vitality"
    assert (await bucket.get("m-2")).value == b"zone"
    with pytest.raises(NoStreamResponseError):
        await bucket.put("m-1", b"mine")


async def test_a_stream_keeps_its_identity_and_its_ids_through_a_kill(server: NatsServer) -> None:
    """And what was acknowledged is there; a stream created anew is another one."""
    async with connected(server.url) as client:
        await api.ask(client, "STREAM.CREATE.ZONES", topology.ZONES.configuration())
        before = await api.stream_info(client, "ZONES")
        await send_batch(client, "ZONES", [a_change(n) for n in range(10)], PATIENCE)
        await server.restart()
    async with connected(server.url) as client:
        after = await api.stream_info(client, "ZONES")
        repeated = await refusal_of(client, [a_change(n) for n in range(10)])
        await api.ask(client, "STREAM.DELETE.ZONES")
        await api.ask(client, "STREAM.CREATE.ZONES", topology.ZONES.configuration())
        anew = await api.stream_info(client, "ZONES")
    assert before
    assert after
    assert anew
    assert (after.created, after.last) == (before.created, 10)
    assert repeated == 10201
    assert anew.created != before.created
