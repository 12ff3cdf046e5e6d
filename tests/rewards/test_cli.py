"""What `zones recognitions` and its export, `zones leaderboard` and `zones impact` print."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.rewards.cli.recognised import export_recognitions, recognitions
from services.rewards.cli.standing import impact, leaderboard
from tests.nats import NatsServer
from tests.rewards.examples import SHIPPED
from tests.rewards.messages import a_change, a_publish, a_retraction, an_outcome
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
    """Ada has a block that stands and one that does not, Bob a larger one from long ago; Cy helped
    a lead along, and the half-year is over.
    """
    async with a_rewards(tmp_path, SHIPPED) as rewards:
        await rewards.hear(
            *(a_publish(number) for number in range(1, 11)),
            a_retraction("ada-10"),
            a_change("content_consumer", "content_sharer", version=2),
            *(
                a_publish(number, member="bob", url=None, historical=True)
                for number in range(21, 46)
            ),
            an_outcome(of=1, via="cy"),
        )
        await rewards.is_told_the_time(datetime(2026, 7, 15, tzinfo=UTC))
    nothing = NatsServer(tmp_path / "nats")
    async with a_service(tmp_path, nothing.url, path="/healthz") as service:
        monkeypatch.setenv("ZONES_DATA", str(tmp_path / "nowhere"))
        monkeypatch.setenv("ZONES_REWARDS_URL", service.url)
        capsys.readouterr()
        yield Screen(capsys)


async def test_one_members_recognitions_are_shown_with_every_piece(screen: Screen) -> None:
    """From old to new, each with what it was for."""
    assert await screen.shows(recognitions, "ada") == [
        "day         member  recognised for                       pieces",
        "2026-03-01  ada     effort, block 1                      https://example.org/001",
        *(f"{'':57}https://example.org/00{number}" for number in range(2, 6)),
        "2026-03-01  ada     effort, block 2            adjusted  https://example.org/006",
        *(f"{'':57}https://example.org/{number:03}" for number in range(7, 11)),
        "2026-03-01  ada     first piece                          https://example.org/001",
        "2026-03-02  ada     arrival in content_sharer",
        "2026-07-15  ada     impact in 2026H1, place 1            https://example.org/001",
    ]


async def test_everybodys_recognitions_are_shown_with_the_number_of_pieces(screen: Screen) -> None:
    """In one line each."""
    assert await screen.shows(recognitions) == [
        "day         member  recognised for                              pieces",
        "2026-03-01  ada     effort, block 1                             5",
        "2026-03-01  ada     effort, block 2                 adjusted    5",
        "2026-03-01  ada     first piece                                 1",
        "2026-03-01  bob     effort, block 1                 historical  5",
        "2026-03-01  bob     effort, block 2                 historical  5",
        "2026-03-01  bob     effort, block 3                 historical  5",
        "2026-03-01  bob     effort, block 4                 historical  5",
        "2026-03-01  bob     effort, block 5 (a larger one)  historical  5",
        "2026-03-01  bob     first piece                     historical  1",
        "2026-03-01  cy      assist                                      1",
        "2026-03-02  ada     arrival in content_sharer",
        "2026-07-15  ada     impact in 2026H1, place 1                   1",
        "2026-07-15  cy      impact in 2026H1, place 2                   1",
    ]


async def test_where_there_is_nothing_to_show_that_is_said(screen: Screen) -> None:
    assert await screen.shows(recognitions, "dee") == ["nothing has been recognised yet"]
    assert await screen.shows(recognitions, "dee", json=True) == ["[]"]


async def test_as_json_they_have_the_shape_that_others_rely_on(screen: Screen) -> None:
    """Each has what its kind is about, and no dates."""
    shown = json.loads("".join(await screen.shows(recognitions, "ada", json=True)))

    said = {"member": "ada", "rule_version": 1, "state": "granted"}
    piece = "https://example.org/001"
    assert shown[2:] == [
        {**said, "id": "first/ada/piece", "kind": "first", "first": "piece", "pieces": [piece]},
        {
            **said,
            "id": "arrival/ada/content_sharer",
            "kind": "arrival",
            "zone": "content_sharer",
            "pieces": [],
        },
        {
            **said,
            "id": "impact/ada/2026H1",
            "kind": "impact",
            "period": "2026H1",
            "place": 1,
            "impact": 100,
            "pieces": [piece],
        },
    ]
    assert [row["state"] for row in shown[:2]] == ["granted", "adjusted"]
    assert [row["block"] for row in shown[:2]] == [1, 2]


async def test_an_export_is_a_line_for_each_recognition(screen: Screen) -> None:
    """By id, from whomever it is."""
    ids = [json.loads(line)["id"] for line in await screen.shows(export_recognitions)]

    assert [each for each in ids if not each.startswith("assist/cy/")] == [
        "arrival/ada/content_sharer",
        *("effort/ada/1", "effort/ada/2"),
        *(f"effort/bob/{number}" for number in range(1, 6)),
        *("first/ada/piece", "first/bob/piece"),
        *("impact/ada/2026H1", "impact/cy/2026H1"),
    ]
    assert len(ids) == 13
    assert ids == sorted(ids)


async def test_who_stands_where_is_shown_with_what_it_is_made_of(screen: Screen) -> None:
    """And how it stands with the half-year."""
    first, *table, _ = await screen.shows(leaderboard, period="2026H1")

    assert first.startswith("2026H1")
    assert "closed on 2026-07-15" in first
    assert table == [
        "place  member  group  impact            made of",
        "    1  ada         -   100.0  honoured  1 lead",
        "    2  cy          -    25.0  honoured  1 assist",
    ]


async def test_where_nobody_had_impact_that_is_said(screen: Screen) -> None:
    """The half-year is that of today, unless one is named."""
    first, said = await screen.shows(leaderboard)

    assert first.startswith("2026H2")
    assert said == "nobody to be named has had any impact yet"


async def test_what_a_piece_brought_is_shown_by_member(screen: Screen) -> None:
    assert (await screen.shows(impact, "https://example.org/001"))[:-1] == [
        "2026H1  125 points",
        "member                      count  impact  left out",
        "ada     lead                    1   100.0",
        "cy      lead, helped along      1    25.0",
    ]


async def test_what_a_score_is_made_of_is_shown_by_piece(screen: Screen) -> None:
    """With what a half-year was closed with."""
    assert (await screen.shows(impact, "ada"))[:-1] == [
        "2026H1  100 points",
        "piece                          count  impact  left out",
        "https://example.org/001  lead      1   100.0",
        "2026H1 was closed with place 1 and 100 points: 1 lead",
    ]
    assert await screen.shows(impact, "dee") == ["nothing is known to have come of dee"]
