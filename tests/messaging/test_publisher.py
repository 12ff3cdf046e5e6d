"""Publishing at rate: order is kept, duplicates are known, and errors are one's own."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from nats.aio.client import Client

from shared.messaging import api, topology
from shared.messaging import publisher as publishing
from shared.messaging.errors import BrokerUnavailable, Refused, StreamFull
from shared.messaging.publisher import BatchPublisher
from shared.messaging.wire import Ack, Answer, Message, send_singly
from tests.messaging.examples import an_activity, by_member, stored
from tests.nats import NatsServer


async def ids(client: Client) -> list[str]:
    return [said for _, said in await stored(client, "ACTIVITY")]


async def limit(client: Client, **configuration: int) -> None:
    config = topology.ACTIVITY.configuration() | configuration
    await api.ask(client, "STREAM.UPDATE.ACTIVITY", config)


async def test_an_ack_says_where_each_message_stands(client: Client) -> None:
    """However many there are: more than one batch holds, or one alone, or none."""
    messages = [an_activity(n) for n in range(2500)]
    async with BatchPublisher(client, "ACTIVITY") as publisher:
        assert await publisher.publish([]) == []
        assert await publisher.publish(messages[:1]) == [Ack(1)]
        assert await publisher.publish(messages[1:]) == [Ack(n) for n in range(2, 2501)]
    assert await ids(client) == [message.id for message in messages]


async def test_messages_are_cloud_events(client: Client) -> None:
    async with BatchPublisher(client, "ACTIVITY") as publisher:
        await publisher.publish([an_activity(1)])
    message = await client.jetstream().get_msg("ACTIVITY", 1)
    assert (message.headers or {})["Content-Type"] == "application/cloudevents+json"


async def test_callers_share_batches_and_keep_their_order(client: Client) -> None:
    """What one asks for before another is stored before it."""
    async with BatchPublisher(client, "ACTIVITY") as publisher:
        calls = [[an_activity(3 * n + m) for m in range(3)] for n in range(200)]
        acks = await asyncio.gather(*(publisher.publish(call) for call in calls))
    assert [ack.sequence for call in acks for ack in call] == list(range(1, 601))
    assert await ids(client) == [message.id for call in calls for message in call]
    shared = await client.jetstream().get_msg("ACTIVITY", 300)
    assert int((shared.headers or {})["Nats-Batch-Sequence"]) > 3


async def test_a_second_sending_is_a_duplicate_with_its_first_place(client: Client) -> None:
    """Whether all of it is known, or some of it, or the same message is in one call twice."""
    messages = [an_activity(n) for n in range(50)]
    async with BatchPublisher(client, "ACTIVITY") as publisher:
        await publisher.publish(messages[10:20])
        mixed = await publisher.publish(messages)
        again = await publisher.publish(messages)
        twice = await publisher.publish([an_activity(60), an_activity(60)])
    assert [ack.duplicate for ack in mixed] == [10 <= n < 20 for n in range(50)]
    assert again == [Ack(ack.sequence, duplicate=True) for ack in mixed]
    assert twice == [Ack(51), Ack(51, duplicate=True)]


async def test_a_duplicate_among_them_does_not_disturb_a_members_order(client: Client) -> None:
    messages = [an_activity(n, members=3) for n in range(100)]
    async with BatchPublisher(client, "ACTIVITY") as publisher:
        await publisher.publish([messages[50]])
        await publisher.publish(messages)
    members = by_member(await stored(client, "ACTIVITY"))
    for said in members.values():
        rest = [one for one in said if one != messages[50].id]
        assert rest == sorted(rest)
    assert sum(map(len, members.values())) == 100


async def test_a_message_that_is_lost_is_not_overtaken(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent singly, because of a duplicate among them, a member's messages still wait for each
    other: the first of each run is lost here, as it is when a cluster changes its leader.
    """
    lost: set[str] = set()

    async def losing(
        client: Client, stream: str, messages: Sequence[Message], patience: float
    ) -> list[Answer]:
        if messages[0].id in lost:
            return await send_singly(client, stream, messages, patience)
        lost.add(messages[0].id)
        return [None, *await send_singly(client, stream, messages[1:], patience)]

    messages = [an_activity(n, members=4) for n in range(40)]
    async with BatchPublisher(client, "ACTIVITY") as publisher:
        await publisher.publish([messages[39]])
        monkeypatch.setattr(publishing, "send_singly", losing)
        await publisher.publish(messages)
    assert len(lost) > 3
    for said in by_member(await stored(client, "ACTIVITY")).values():
        rest = [one for one in said if one != messages[39].id]
        assert rest == sorted(rest)


async def test_a_neighbours_bad_message_is_the_neighbours_trouble(client: Client) -> None:
    """One batch carries both, the broker refuses it whole, and only one caller hears of it."""
    large = replace(an_activity(1), body=b"x" * (topology.MAX_MESSAGE_BYTES + 1))
    async with BatchPublisher(client, "ACTIVITY") as publisher:
        good, bad, fine = await asyncio.gather(
            publisher.publish([an_activity(2)]),
            publisher.publish([large]),
            publisher.publish([an_activity(3)]),
            return_exceptions=True,
        )
    assert isinstance(good, list)
    assert isinstance(fine, list)
    assert isinstance(bad, Refused)
    assert bad.code == 10054


async def test_what_no_connection_can_carry_is_refused_before_it_is_sent(client: Client) -> None:
    """The broker would close the connection over it, and everybody else's with it."""
    async with BatchPublisher(client, "ACTIVITY") as publisher:
        with pytest.raises(Refused, match="10054"):
            await publisher.publish([replace(an_activity(1), body=b"x" * client.max_payload)])
        with pytest.raises(Refused, match="no body"):
            await publisher.publish([replace(an_activity(1), subject="activity.v1.share.no body")])
        assert await publisher.publish([an_activity(2)]) == [Ack(1)]


async def test_a_full_stream_is_told_to_the_sender(client: Client) -> None:
    """Pressure goes back to where it comes from; with room again, the same ids are accepted."""
    await limit(client, max_bytes=5000)
    messages = [an_activity(n, size=1000) for n in range(10)]
    async with BatchPublisher(client, "ACTIVITY") as publisher:
        with pytest.raises(StreamFull):
            await publisher.publish(messages)
        await publisher.publish(messages[:1])
        with pytest.raises(StreamFull):
            await publisher.publish([*messages[1:5], messages[0]])
        await limit(client, max_bytes=-1)
        await publisher.publish(messages)
    assert sorted(await ids(client)) == [message.id for message in messages]


async def test_a_broker_that_hangs_is_unavailable_in_time(
    client: Client, server: NatsServer
) -> None:
    """What was sent then is in the stream or not; the same ids again settle it."""
    messages = [an_activity(n) for n in range(10)]
    async with BatchPublisher(client, "ACTIVITY", patience=0.5) as publisher:
        with server.paused():
            before = asyncio.get_running_loop().time()
            results = await asyncio.gather(
                publisher.publish(messages[:5]),
                publisher.publish(messages[5:]),
                return_exceptions=True,
            )
            assert asyncio.get_running_loop().time() - before < 2
        assert all(isinstance(result, BrokerUnavailable) for result in results)
        await publisher.publish(messages)
    assert await ids(client) == [message.id for message in messages]


async def test_a_broker_that_comes_back_in_time_is_waited_for(
    client: Client, server: NatsServer
) -> None:
    messages = [an_activity(n) for n in range(2000)]
    async with BatchPublisher(client, "ACTIVITY", patience=20) as publisher:
        await publisher.publish(messages[:500])
        publishing = asyncio.create_task(publisher.publish(messages))
        await asyncio.sleep(0.01)
        await server.restart()
        acks = await publishing
    assert sum(ack.duplicate for ack in acks) >= 500
    assert await ids(client) == [message.id for message in messages]


async def test_a_subject_that_no_stream_takes_is_unavailable(client: Client) -> None:
    """It might be provisioned in a moment, so it is waited for."""
    async with BatchPublisher(client, "ACTIVITY", patience=0.3) as publisher:
        with pytest.raises(BrokerUnavailable):
            await publisher.publish([Message("nowhere.at.all", b"{}", "x")])


async def test_a_caller_who_gives_up_does_not_stop_the_others(
    client: Client, server: NatsServer
) -> None:
    async with BatchPublisher(client, "ACTIVITY") as publisher:
        with server.paused():
            leaving = asyncio.create_task(publisher.publish([an_activity(1)]))
            staying = asyncio.create_task(publisher.publish([an_activity(2)]))
            await asyncio.sleep(0.1)
            leaving.cancel()
        assert len(await staying) == 1


async def test_a_closing_publisher_leaves_nobody_waiting(
    client: Client, server: NatsServer
) -> None:
    with server.paused():
        async with BatchPublisher(client, "ACTIVITY") as publisher:
            waiting = asyncio.create_task(publisher.publish([an_activity(1)]))
            await asyncio.sleep(0.1)
        with pytest.raises(BrokerUnavailable):
            await waiting


def test_a_broker_without_room_is_told_what_to_do() -> None:
    """It goes on refusing when the disk has room again, until it is started again."""
    assert str(Refused(10023, "insufficient resources", 503)).endswith("when it starts")
