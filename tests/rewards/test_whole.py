"""From what is said on the bus to what rewards says there, over a real broker."""

import json
from pathlib import Path

import pytest

from services.rewards.app import run
from services.rewards.settings import Settings
from shared.messaging.wire import Message
from shared.runtime.rulefile import RulesInvalid
from tests.nats import NatsServer, free_port
from tests.rewards.examples import a_piece
from tests.rewards.messages import a_change, a_like, a_publish, a_retraction, a_share, an_outcome
from tests.rewards.whole import a_bus, a_service, said_by_the_log

A_DAY = 24 * 60
FOUR_MONTHS, FIVE_MONTHS = 121 * A_DAY, 150 * A_DAY
"""In minutes from noon of 1 March: on 30 June, and on 29 July."""


async def test_what_is_earned_is_said_once_and_can_be_asked_for(tmp_path: Path) -> None:
    """Pieces and arrivals come in on two streams; recognitions go out on a third."""
    async with a_bus(tmp_path) as bus:
        async with a_service(tmp_path, bus.nats.url) as service:
            await bus.say(
                a_like(),
                *(a_publish(number) for number in range(1, 6)),
                a_change(None, "content_consumer", version=1),
                a_change("content_consumer", "content_creator", version=2),
                a_retraction("ada-5"),
            )
            await service.quiet()

            said = await bus.recognitions()
            assert sorted(event["id"] for event in said) == [
                "recognition.adjusted/effort/ada/1/1",
                "recognition.granted/arrival/ada/content_creator",
                "recognition.granted/arrival/ada/content_sharer",
                "recognition.granted/effort/ada/1",
                "recognition.granted/first/ada/piece",
            ]
            assert [event["id"] for event in said] == await said_by_the_log(tmp_path)

            page = await service.get("/v1/recognitions", member="ada")
            assert [(row["id"], row["effective_on"]) for row in page["recognitions"]] == [
                ("arrival/ada/content_creator", "2026-03-02"),
                ("arrival/ada/content_sharer", "2026-03-02"),
                ("effort/ada/1", "2026-03-01"),
                ("first/ada/piece", "2026-03-01"),
            ]
            status = await service.get("/v1/status")
            assert (status["ready"], status["lag"], status["parked"]) == (True, 0, 0)

        async with a_service(tmp_path, bus.nats.url) as service:
            await service.quiet()
            assert await bus.recognitions() == said


async def test_a_half_year_that_is_over_is_closed_by_what_happens_next(tmp_path: Path) -> None:
    """Its end is said, and who is honoured by it; who stands where can be asked for."""
    async with a_bus(tmp_path) as bus, a_service(tmp_path, bus.nats.url) as service:
        await bus.say(
            a_publish(1),
            an_outcome(of=1, via="cy"),
            a_share(of=1, minute=FOUR_MONTHS),
            a_share(2, of=1, minute=FIVE_MONTHS),
        )
        await service.quiet()

        said = {event["id"]: event["data"] for event in await bus.recognitions()}
        closed = said["recognition.period_closed/2026H1"]
        assert (closed["members"], closed["honoured"]) == (2, 2)
        assert said["recognition.granted/impact/ada/2026H1"]["impact"] == 102
        assert said["recognition.granted/impact/cy/2026H1"]["impact"] == 25
        assert list(said) == await said_by_the_log(tmp_path)

        board = await service.get("/v1/leaderboard", period="2026H1")
        assert (board["state"], board["members"]) == ("closed", 2)
        assert [(row["place"], row["member"], row["counts"]) for row in board["rows"]] == [
            (1, "ada", {"lead": 1, "share": 1}),
            (2, "cy", {"assist": 1}),
        ]
        assert (await service.get("/v1/periods"))["periods"] == ["2026H1", "2026H2"]


async def test_what_cannot_be_read_is_parked_and_stops_nobody(tmp_path: Path) -> None:
    """Its reason says what is wrong with it, and so does another try."""
    async with a_bus(tmp_path) as bus, a_service(tmp_path, bus.nats.url) as service:
        await bus.send(
            Message("activity.v1.publish.ada", b'{"specversion": "1.0"}', "1"),
            Message("zone.changed.v1.content_sharer.ada", b"{", "2"),
            Message("activity.v1.like.ada", b"not even a time", "3"),
        )
        await bus.say(*(a_publish(number) for number in range(1, 6)))
        await service.quiet()

        assert len(await bus.recognitions()) == 2
        parked = (await service.get("/v1/parked"))["parked"]
        assert sorted((row["reader"], row["reason"]) for row in parked) == [
            ("rewards-activity", "unreadable"),
            ("rewards-activity", "unreadable"),
            ("rewards-zones", "unreadable"),
        ]
        again = await service.http.post(f"/v1/parked/{parked[0]['id']}/retry")
        assert again.json() == {
            "id": parked[0]["id"],
            "resolved": False,
            "reason": parked[0]["detail"],
        }


async def test_pages_lead_through_everything_in_its_order(tmp_path: Path) -> None:
    """The export has the same, one object a line, without what is not promised."""
    async with a_bus(tmp_path) as bus, a_service(tmp_path, bus.nats.url) as service:
        await bus.say(*(a_publish(number) for number in range(1, 31)))
        await service.quiet()

        ids, after, pages = [], "", 0
        while after is not None:
            page = await service.get("/v1/recognitions", after=after, limit=4)
            ids += [row["id"] for row in page["recognitions"]]
            after, pages = page["next"], pages + 1
        exported = (await service.http.get("/v1/export/recognitions")).text.splitlines()

        assert pages == 2
        assert ids == [*(f"effort/ada/{number}" for number in range(1, 7)), "first/ada/piece"]
        assert [json.loads(line)["id"] for line in exported] == ids
        assert json.loads(exported[4]) == {
            "id": "effort/ada/5",
            "member": "ada",
            "kind": "effort",
            "block": 5,
            "larger": True,
            "pieces": [a_piece(number) for number in range(21, 26)],
            "rule_version": 1,
            "state": "granted",
        }
        assert (await service.http.get("/v1/recognitions", params={"limit": 0})).status_code == 422


async def test_while_there_is_no_broker_it_says_so(tmp_path: Path) -> None:
    """It is not ready, its lag is unknown, and it begins as soon as there is one."""
    nats = NatsServer(tmp_path / "nats")
    async with a_service(tmp_path, nats.url, path="/healthz") as service:
        status = await service.get("/v1/status")

        assert not status["ready"]
        assert status["lag"] is None
        assert any("the broker is away" in reason for reason in status["reasons"])


async def test_rules_that_make_no_sense_are_said_before_anything_starts(tmp_path: Path) -> None:
    """Its exit code tells the supervisor that another start would not help."""
    rules = tmp_path / "mine.toml"
    rules.write_text("version = 1\n")

    with pytest.raises(RulesInvalid, match=r"^mine.toml:1: arrival: is missing") as error:
        await run(Settings(data=tmp_path / "data", rules=rules, port=free_port()))

    assert error.value.code == 2
    assert not (tmp_path / "data").exists()
