"""What `zones recognitions` and `zones export recognitions` print."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from services.rewards import cli
from tests.nats import NatsServer
from tests.rewards.messages import a_change, a_publish, a_retraction
from tests.rewards.running import a_rewards
from tests.rewards.whole import a_service


class Screen:
    """Runs a command against the service, and returns the lines that it prints."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    async def shows(
        self, command: Callable[..., None], *args: object, **options: object
    ) -> list[str]:
        await asyncio.to_thread(command, *args, **options)
        return [line.rstrip() for line in self._capsys.readouterr().out.splitlines()]


@pytest.fixture
async def screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Screen]:
    """Ada has a block that stands and one that does not, Bob a larger one from long ago."""
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(
            *(a_publish(number) for number in range(1, 11)),
            a_retraction("ada-10"),
            a_change("content_consumer", "content_sharer", version=2),
            *(
                a_publish(number, member="bob", url=None, historical=True)
                for number in range(21, 46)
            ),
        )
    nothing = NatsServer(tmp_path / "nats")
    async with a_service(tmp_path, nothing.url, path="/healthz") as service:
        monkeypatch.setenv("ZONES_DATA", str(tmp_path / "nowhere"))
        monkeypatch.setenv("ZONES_REWARDS_URL", service.url)
        capsys.readouterr()
        yield Screen(capsys)


async def test_one_members_recognitions_are_shown_with_every_piece(screen: Screen) -> None:
    """From old to new, each with what it was for."""
    assert await screen.shows(cli.recognitions, "ada") == [
        "day         member  recognised for                       pieces",
        "2026-03-01  ada     effort, block 1                      https://example.org/001",
        *(f"{'':57}https://example.org/00{number}" for number in range(2, 6)),
        "2026-03-01  ada     effort, block 2            adjusted  https://example.org/006",
        *(f"{'':57}https://example.org/{number:03}" for number in range(7, 11)),
        "2026-03-02  ada     arrival in content_sharer",
    ]


async def test_everybodys_recognitions_are_shown_with_the_number_of_pieces(screen: Screen) -> None:
    """In one line each."""
    assert await screen.shows(cli.recognitions) == [
        "day         member  recognised for                              pieces",
        "2026-03-01  ada     effort, block 1                             5",
        "2026-03-01  ada     effort, block 2                 adjusted    5",
        "2026-03-01  bob     effort, block 1                 historical  5",
        "2026-03-01  bob     effort, block 2                 historical  5",
        "2026-03-01  bob     effort, block 3                 historical  5",
        "2026-03-01  bob     effort, block 4                 historical  5",
        "2026-03-01  bob     effort, block 5 (a larger one)  historical  5",
        "2026-03-02  ada     arrival in content_sharer",
    ]


async def test_where_there_is_nothing_to_show_that_is_said(screen: Screen) -> None:
    assert await screen.shows(cli.recognitions, "cy") == ["nothing has been recognised yet"]
    assert await screen.shows(cli.recognitions, "cy", json=True) == ["[]"]


async def test_as_json_they_have_the_shape_that_others_rely_on(screen: Screen) -> None:
    shown = json.loads("".join(await screen.shows(cli.recognitions, "ada", json=True)))

    assert shown[-1] == {
        "id": "arrival/ada/content_sharer",
        "member": "ada",
        "kind": "arrival",
        "zone": "content_sharer",
        "pieces": [],
        "rule_version": 1,
        "state": "granted",
    }
    assert [row["state"] for row in shown] == ["granted", "adjusted", "granted"]


async def test_an_export_is_a_line_for_each_recognition(screen: Screen) -> None:
    lines = await screen.shows(cli.export_recognitions)

    assert [json.loads(line)["id"] for line in lines] == [
        "arrival/ada/content_sharer",
        *("effort/ada/1", "effort/ada/2"),
        *(f"effort/bob/{number}" for number in range(1, 6)),
    ]
