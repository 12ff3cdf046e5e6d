"""Killed in the middle of granting, rewards loses nothing and says nothing twice."""

import itertools
from pathlib import Path

from tests.rewards.messages import a_change, a_publish
from tests.rewards.whole import a_bus, a_process, by_member, said_by_the_log

MEMBERS = [f"m-{number:02}" for number in range(20)]
ZONES = ("content_consumer", "content_sharer", "content_creator", "socially_engaged")
KILLED_AT = (1, 40, 100)
"""As many recognitions are out when it is killed."""


async def test_killed_time_and_again_it_says_everything_once(tmp_path: Path) -> None:
    """What is on the stream is what is in the log: by member in its order, and nothing else."""
    async with a_bus(tmp_path) as bus:
        await bus.say(
            *(
                a_publish(number, member=member, url=None, source=f"urn:zones:platform:{member}")
                for number in range(1, 28)
                for member in MEMBERS
            ),
            *(
                a_change(previous, to, member=member, version=version)
                for version, (previous, to) in enumerate(itertools.pairwise(ZONES), 1)
                for member in MEMBERS
            ),
        )
        for count in KILLED_AT:
            async with a_process(tmp_path, bus.nats.url, ZONES_REWARDS_BATCH="5") as (process, _):
                await bus.until(count)
                process.kill()
        halfway = await bus.until(0)
        async with a_process(tmp_path, bus.nats.url) as (_, service):
            await service.ready()
            await service.quiet()
        said = await bus.recognitions()

        assert halfway < len(said)
        assert {member: sorted(ids) for member, ids in by_member(said).items()} == {
            member: sorted(
                [f"recognition.granted/effort/{member}/{number}" for number in range(1, 6)]
                + [f"recognition.granted/arrival/{member}/{zone}" for zone in ZONES[1:]]
                + [f"recognition.granted/first/{member}/piece"]
            )
            for member in MEMBERS
        }
        assert [event["id"] for event in said] == await said_by_the_log(tmp_path)
