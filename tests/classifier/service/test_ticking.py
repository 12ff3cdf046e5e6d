"""By the wall, time enters the log: once a minute at most, and never past what nobody has read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from nats.aio.client import Client

from services.classifier.stream import ticking
from services.classifier.stream.reading import milliseconds
from services.classifier.stream.ticking import Ticking
from shared.eventlog.checkpoints import Checkpoint
from shared.messaging import api, watermark
from shared.messaging.topology import CLASSIFIER_ACTIVITY, INBOUND
from shared.runtime.settings import Clock
from tests.classifier.service.examples import Classifier, a_classifier, a_sharer, an_event, at
from tests.classifier.service.whole import a_bus
from tests.nats import connected

NOON = 0.5


class Wall:
    """What a clock on the wall would show: days after the Monday's midnight."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.days = NOON
        monkeypatch.setattr(ticking, "_wall", lambda: milliseconds(at(self.days)))
        monkeypatch.setattr(ticking, "TICK_SECONDS", 0.005)
        monkeypatch.setattr(watermark, "POLL_SECONDS", 0.005)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    return Wall(monkeypatch)


@asynccontextmanager
async def ticking_at_noon(tmp_path: Path) -> AsyncIterator[tuple[Classifier, Client]]:
    """A classifier that goes by the wall, on a provisioned broker, ticking."""
    async with (
        a_bus(tmp_path) as bus,
        connected(bus.nats.url) as client,
        a_classifier(tmp_path, clock="wall", wall=at(NOON)) as classifier,
    ):
        task = asyncio.create_task(Ticking(client, classifier.store, classifier.hearing).tick())
        yield classifier, client
        assert not task.done()
        task.cancel()


async def ticks(classifier: Classifier) -> int:
    await asyncio.sleep(0.5)
    return (await classifier.types()).count("clock-advanced")


async def test_time_is_recorded_when_something_may_come_of_it(tmp_path: Path, wall: Wall) -> None:
    """A new date, a day that closes, and a minute after anything was recorded; no second else."""
    async with ticking_at_noon(tmp_path) as (classifier, _):
        wall.days += 0.4
        assert await ticks(classifier) == 0, "nothing was recorded, and it is the same day"
        await classifier.hear(a_sharer()[:1])
        assert await ticks(classifier) == 1, "a minute has passed since"
        wall.days += 10 / 86400
        await classifier.hear(a_sharer()[1:2])
        assert await ticks(classifier) == 1, "but not another one"
        wall.days = 1.001
        assert await ticks(classifier) == 2, "midnight"
        wall.days = 1.03
        assert await ticks(classifier) == 2
        wall.days = 1.05
        assert await ticks(classifier) == 3, "the day before has closed"
        assert classifier.hearing.time.now == milliseconds(at(1.05))


async def test_what_is_due_is_said_though_nothing_happens(tmp_path: Path, wall: Wall) -> None:
    async with ticking_at_noon(tmp_path) as (classifier, _):
        await classifier.hear([an_event("view", 0.1)])
        wall.days = 16.1
        assert await ticks(classifier) == 1
        assert (await classifier.member("ada"))["vitality"] == "quiet"
        assert (await classifier.types())[-1] == "vitality-changed"


async def test_time_waits_for_activity_that_is_not_read(tmp_path: Path, wall: Wall) -> None:
    """However long the outage, nobody becomes dormant before what they did meanwhile is read."""
    async with ticking_at_noon(tmp_path) as (classifier, client):
        await client.jetstream().publish("activity.v1.view.ada", b"{}")
        wall.days = 40.0
        assert await ticks(classifier) == 0
        info = await api.stream_info(client, "ACTIVITY")
        assert info
        async with classifier.store.transaction() as transaction:
            await transaction.save_checkpoint(
                Checkpoint(CLASSIFIER_ACTIVITY.durable, info.last, info.created)
            )
        assert await ticks(classifier) == 1


async def test_time_waits_for_what_is_still_to_become_activity(tmp_path: Path, wall: Wall) -> None:
    """What lies on INBOUND may be anybody's act; what comes there later is not waited for."""
    async with ticking_at_noon(tmp_path) as (classifier, client):
        await client.jetstream().publish("inbound.v1.example", b"{}")
        wall.days = 40.0
        assert await ticks(classifier) == 0
        await client.jetstream().publish("inbound.v1.example", b"{}")
        await client.jsm().delete_msg(INBOUND.name, 1)
        assert await ticks(classifier) == 1


async def test_time_stands_still_while_the_broker_is_away(tmp_path: Path, wall: Wall) -> None:
    async with (
        a_bus(tmp_path) as bus,
        connected(bus.nats.url) as client,
        a_classifier(tmp_path, clock="wall", wall=at(NOON)) as classifier,
    ):
        task = asyncio.create_task(Ticking(client, classifier.store, classifier.hearing).tick())
        await bus.nats.kill()
        wall.days = 40.0
        assert await ticks(classifier) == 0
        await bus.nats.start()
        async with asyncio.timeout(20):
            while not await ticks(classifier):
                await asyncio.sleep(0.05)
        assert not task.done()
        task.cancel()


async def test_before_a_batch_time_goes_on_as_far_as_nobody_can_fall_by_it(
    tmp_path: Path, wall: Wall
) -> None:
    """After an outage a promotion is said at the date that it is, and a demotion only when all is
    read.
    """
    async with (
        a_bus(tmp_path) as bus,
        connected(bus.nats.url) as client,
        a_classifier(tmp_path, clock="wall", wall=at(NOON)) as classifier,
    ):
        waiting = Ticking(client, classifier.store, classifier.hearing)
        wall.days = NOON + 30 / 86400
        await waiting.before_a_batch()
        assert classifier.hearing.time.now == milliseconds(at(NOON))
        for days, then in ((0.6, 0.6), (3.5, 1 + 1 / 24)):
            wall.days = days
            await waiting.before_a_batch()
            now = classifier.hearing.time.now
            assert now is not None
            assert now == milliseconds(at(then)) - (days > then)


@pytest.mark.parametrize("clock", ["events", at(3)])
async def test_only_the_walls_clock_ticks(tmp_path: Path, clock: Clock, wall: Wall) -> None:
    wall.days = 400
    async with (
        a_bus(tmp_path) as bus,
        connected(bus.nats.url) as client,
        a_classifier(tmp_path, clock=clock) as classifier,
    ):
        await Ticking(client, classifier.store, classifier.hearing).tick()
        assert await ticks(classifier) == 0
