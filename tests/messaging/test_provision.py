"""Provisioning makes the broker look like the topology, in words, as often as one likes."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from nats.aio.client import Client

from shared.messaging import api, topology
from shared.messaging.broker import wait_for_provisioning
from shared.messaging.errors import CannotChange, UnfitBroker
from shared.messaging.provision import Change, provision
from shared.messaging.topology import Topology
from shared.messaging.wire import send_batch
from tests.messaging.examples import an_activity
from tests.nats import NatsServer, connected


async def test_a_second_run_changes_nothing(client: Client) -> None:
    assert await provision(client) == []


async def test_what_is_missing_is_created_and_told(server: NatsServer) -> None:
    async with connected(server.url) as client:
        intended = await provision(client, dry_run=True)
        assert await api.stream_info(client, "ACTIVITY") is None
        assert await provision(client) == intended
    assert Change("stream ACTIVITY", "created") in intended
    assert Change("consumer rewards-zones", "created on ZONES") in intended
    assert len(intended) == len(Topology().streams) + len(Topology().readers)


async def test_a_setting_is_changed_and_told_in_words(client: Client) -> None:
    week = topology.deployment(activity_age=timedelta(days=7))
    changes = [Change("stream ACTIVITY", "max_age from 30 days to 7 days")]
    assert await provision(client, week, dry_run=True) == changes
    assert await provision(client, week) == changes
    assert await provision(client, week) == []


async def test_a_filter_is_changed_and_told_in_words(client: Client) -> None:
    """Readers keep their own place, so a filter may change at any time."""
    wider = replace(topology.REWARDS_ZONES, filters=("zone.changed.v1.>", "zone.near.v1.>"))
    assert await provision(client, Topology(readers=(wider,))) == [
        Change("consumer rewards-zones", "filter_subject from zone.changed.v1.> to none"),
        Change(
            "consumer rewards-zones",
            "filter_subjects from none to zone.changed.v1.>, zone.near.v1.>",
        ),
    ]
    assert await provision(client, Topology(readers=(wider,))) == []


async def test_what_an_operator_has_set_beyond_the_topology_stays(client: Client) -> None:
    info = await api.stream_info(client, "ZONES")
    assert info
    theirs = info.configuration | {"description": "ours", "max_age": 10**15}
    await api.ask(client, "STREAM.UPDATE.ZONES", theirs)

    assert [change.words for change in await provision(client)] == [
        "max_age from 11 days, 13:46:40 to unlimited"
    ]

    info = await api.stream_info(client, "ZONES")
    assert info
    assert info.configuration["description"] == "ours"


EIGHT = "activity.v1.{{partition(8,2)}}.{{wildcard(1)}}.{{wildcard(2)}}"


@pytest.mark.parametrize("other", [topology.Transform("activity.v1.*.*", EIGHT), None])
async def test_the_partitions_are_fixed(client: Client, other: topology.Transform | None) -> None:
    """Neither another number of them nor none at all, and nothing else is changed either."""
    drifted = replace(topology.ACTIVITY, transform=other)
    shorter = replace(topology.ZONES, max_age=timedelta(days=1))
    with pytest.raises(CannotChange, match="two partitions at once"):
        await provision(client, Topology(streams=(shorter, drifted)))
    info = await api.stream_info(client, "ZONES")
    assert info
    assert info.configuration["max_age"] == 0


async def test_a_stream_that_would_let_partitions_be_forged_is_refused(client: Client) -> None:
    """The broker would store what is published under a partition of the publisher's choice."""
    forging = {"name": "OTHER", "subjects": ["activity.v1.*.*.*"]}
    await api.ask(client, "STREAM.CREATE.OTHER", forging)
    with pytest.raises(CannotChange, match="OTHER"):
        await provision(client)


async def test_the_ack_policy_of_a_consumer_is_fixed(client: Client) -> None:
    explicit = replace(topology.REWARDS_ZONES, checkpointed=False)
    with pytest.raises(CannotChange, match="delete the consumer"):
        await provision(client, Topology(readers=(explicit,)))


async def test_a_filter_matches_what_it_means_to(client: Client) -> None:
    """The readers' filters are in the stored form: each kind it names, and no other, arrives."""
    kinds = ("publish", "view", "member_updated", "network", "draft_submitted")
    messages = [replace(an_activity(n, kind=kind), id=kind) for n, kind in enumerate(kinds)]
    await send_batch(client, "ACTIVITY", messages, 5)
    backlogs = {}
    for reader in (
        topology.CLASSIFIER_ACTIVITY,
        topology.REWARDS_ACTIVITY,
        topology.NOTIFIER_ACTIVITY,
    ):
        info = await api.consumer_info(client, "ACTIVITY", reader.durable)
        assert info
        backlogs[reader.durable] = info.backlog
    assert backlogs == {"classifier-activity": 5, "rewards-activity": 5, "notifier-activity": 5}


async def test_services_wait_for_provisioning(server: NatsServer) -> None:
    async with connected(server.url) as waiting, connected(server.url) as provisioning:
        readers = Topology().readers
        task = asyncio.create_task(
            wait_for_provisioning(waiting, streams=Topology().streams, readers=readers)
        )
        await asyncio.sleep(0.2)
        assert not task.done()
        await provision(provisioning)
        async with asyncio.timeout(5):
            await task


async def test_an_old_broker_is_named_at_once(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No waiting would help, so nobody is left waiting."""
    monkeypatch.setattr(client._current_server, "server_version", "2.12.3")
    with pytest.raises(UnfitBroker, match=r"2\.12\.3: at least 2\.14 is needed"):
        await wait_for_provisioning(client, streams=[topology.ACTIVITY])


def test_replicated_streams_persist_in_order() -> None:
    """Asynchronous persistence is for a bucket on one node; the broker refuses it elsewhere."""
    single = {stream.name: stream.configuration() for stream in topology.deployment().streams}
    cluster = topology.deployment(replicas=3)
    replicated = {stream.name: stream.configuration() for stream in cluster.streams}
    assert [name for name, config in single.items() if "persist_mode" in config] == ["KV_zones"]
    assert [name for name, config in replicated.items() if "persist_mode" in config] == []
    assert {config["num_replicas"] for config in replicated.values()} == {3}
