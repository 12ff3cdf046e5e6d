"""The whole service on a real broker: from an activity on the bus to a zone change on the bus."""

import asyncio
import signal
import sqlite3
from pathlib import Path

import pytest

from services.classifier.adapters.policyfile import SHIPPED, in_force, parse
from services.classifier.domain.adopting import Offer, decide
from services.classifier.projections.entries import adoptions
from tests.classifier.service.examples import POLICY, a_classifier, a_sharer, a_year, an_event
from tests.classifier.service.whole import a_bus, a_process, a_service


async def test_activity_becomes_a_zone_change_on_the_bus(tmp_path: Path) -> None:
    """Each said once, under the member it concerns, in the order in which it was decided."""
    async with a_bus(tmp_path) as bus, a_service(tmp_path / "data", bus.nats.url) as service:
        await bus.say([*a_sharer(), an_event("view", 40, member="bob")])
        await service.quiet()
        said = await bus.zones()
        subjects = [subject for subject, _ in said]
        assert [each for each in subjects if not each.startswith("zone.near.")] == [
            "zone.policy.v1",
            "zone.changed.v1.content_consumer.ada",
            "zone.changed.v1.content_sharer.ada",
            "zone.vitality.v1.dormant.ada",
            "zone.changed.v1.content_consumer.bob",
        ]
        status = await service.get("/v1/status")
        assert status["ready"]
        assert status["readers"] == {"classifier-activity": 0, "reviews": 0, "relay": 0}
        assert (await service.verified())["equal"]


async def test_while_there_is_no_broker_it_answers_and_says_so(tmp_path: Path) -> None:
    async with a_service(tmp_path, "nats://127.0.0.1:1", path="/healthz") as service:
        status = await service.get("/v1/status")
        assert not status["ready"]
        assert "broker" in status["reasons"][0]
        assert (await service.http.get("/v1/distribution")).status_code == 404


async def test_a_policy_file_that_differs_from_the_log_is_remarked_on(tmp_path: Path) -> None:
    """It is not applied: that takes `zones policy adopt`."""
    async with a_classifier(tmp_path) as classifier:
        policy = classifier.hearing.policies.newest
    file = tmp_path / "policy.toml"
    text = POLICY
    file.write_text(f"# Only a comment.\n{text}", encoding="utf-8")
    url = "nats://127.0.0.1:1"
    async with a_service(tmp_path, url, policy=file, path="/healthz") as service:
        assert (await service.get("/v1/status"))["remarks"] == []
    file.write_text(text.replace("grace_days = 14", "grace_days = 15"), encoding="utf-8")
    async with a_service(tmp_path, url, policy=file, path="/healthz") as service:
        [remark] = (await service.get("/v1/status"))["remarks"]
        assert f"{file} is not policy 1" in remark
    async with a_classifier(tmp_path) as classifier:
        assert classifier.hearing.policies.newest == policy


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"ZONES_CLOCK": "wall"}, "goes by the clock events, not wall: set ZONES_CLOCK=events"),
        ({"ZONES_CLASSIFIER_POLICY": "/nowhere.toml"}, "/nowhere.toml"),
        ({"ZONES_CLASSIFIER_BATCH": "0"}, "ZONES_CLASSIFIER_BATCH"),
    ],
)
async def test_what_makes_no_sense_ends_with_one_line(
    tmp_path: Path, settings: dict[str, str], line: str
) -> None:
    async with a_classifier(tmp_path):
        pass
    async with a_process(tmp_path, "nats://127.0.0.1:1", **settings) as (process, _):
        _, told = await process.communicate()
    assert process.returncode in {1, 2}
    assert line in told.decode().splitlines()[-1]


@pytest.mark.parametrize("kills", [3, pytest.param(8, marks=pytest.mark.long)])
async def test_killed_again_and_again_it_says_what_it_would_have_said(
    tmp_path: Path, kills: int
) -> None:
    """SIGKILL at any moment of one backlog: nothing is lost, nothing said twice."""
    bodies = a_year(members=24)
    text = SHIPPED.read_text(encoding="utf-8")
    async with a_classifier(tmp_path / "undisturbed", text=text) as classifier:
        await classifier.hear(bodies)
        expected = await classifier.exports()
        to_be_said = await classifier.said()
    async with a_bus(tmp_path) as bus:
        await bus.say(bodies)
        settings = {"ZONES_CLASSIFIER_BATCH": "97", "ZONES_CLASSIFIER_JOURNEYS": "5"}
        last = 0
        for kill in range(kills):
            async with a_process(tmp_path / "data", bus.nats.url, **settings) as (process, service):
                await service.ready()
                async with asyncio.timeout(30):
                    while _recorded(tmp_path / "data") <= last:
                        await asyncio.sleep(0.005)
                await asyncio.sleep(0.013 * (kill % 5))
                process.send_signal(signal.SIGKILL)
                await process.wait()
            last = _recorded(tmp_path / "data")
        assert last < len(bodies), "the kills came in the midst of it"
        async with a_service(tmp_path / "data", bus.nats.url) as service:
            await service.quiet()
            members = await service.text("/v1/export/members")
            changes = await service.text("/v1/export/changes")
            assert (members, changes) == expected
            assert (await service.verified())["equal"]
        assert [event["id"] for _, event in await bus.zones()] == to_be_said


def _recorded(folder: Path) -> int:
    file = folder / "classifier.db"
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        [(count,)] = database.execute("SELECT count(*) FROM log WHERE key IS NOT NULL")
    return int(count)


async def test_an_adoption_that_was_interrupted_is_gone_on_with(tmp_path: Path) -> None:
    """At the next start, though nobody says anything; and the world hears of the policy."""
    text = POLICY.replace("days = 30, at_least = 4", "days = 30, at_least = 3")
    easier = Offer(text=text, author="eve", mode="recompute")
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([an_event("share", number, target="x:1") for number in range(3)])
        hearing = classifier.hearing
        async with hearing.still() as transaction:
            before = await adoptions(transaction)
            newest = before[-1], hearing.policies.newest
            adopted = decide(easier, parse(text, 2), newest, hearing.time.now)
            await hearing.adopt(transaction, adopted, in_force([*before, adopted]))
        assert (await classifier.member("ada"))["zone"] == "content_consumer"
    async with a_bus(tmp_path) as bus, a_service(tmp_path, bus.nats.url) as service:
        await service.quiet()
        assert (await service.get("/v1/members/ada"))["zone"] == "content_sharer"
        assert (await service.verified())["equal"]
        said = [subject for subject, _ in await bus.zones()]
        assert said.count("zone.policy.v1") == 2
        assert said[-1] == "zone.changed.v1.content_sharer.ada"
