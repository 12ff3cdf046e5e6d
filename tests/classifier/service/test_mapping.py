"""The map as it is asked for: over HTTP, and read aloud."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services import __main__ as zones
from services.classifier.cli.words import in_words
from tests.classifier.service.examples import a_classifier, a_sharer, an_event, day
from tests.classifier.service.whole import Service, a_service

ACTS = "likes, shares, quotes, posts or comments"


@pytest.fixture
async def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    """Ada shares for four days and publishes once; Bob reads; Cyd pauses; Dan leaves."""
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(
            [
                *a_sharer(),
                *(an_event("view", 1, member=name) for name in ("cyd", "dan")),
                an_event("publish", 10, object={"id": "p"}),
                an_event("member_paused", 11, member="cyd"),
                an_event("member_departed", 11, member="dan"),
                an_event("view", 40.5, member="bob"),
            ]
        )
    with capture_logs():
        async with a_service(tmp_path, "nats://127.0.0.1:1", path="/healthz") as service:
            monkeypatch.setenv("ZONES_DATA", str(tmp_path / "nowhere"))
            monkeypatch.setenv("ZONES_CLASSIFIER_URL", service.url)
            yield service


async def read(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    capsys.readouterr()
    assert await asyncio.to_thread(zones.run, ["map", *arguments]) == 0
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


async def test_the_map_is_told_with_the_way_and_the_days(service: Service) -> None:
    told = await service.get("/v1/members/ada/map")
    assert (told["zone"], told["next"], told["day"]) == (
        "content_sharer",
        "content_creator",
        day(40),
    )
    assert [(each["measure"], each["margin"]) for each in told["asked"]] == [
        ("acts", -2),
        ("active_weeks", -2),
        ("acts", 2),
    ]
    assert told["way"] == {
        "on": day(42),
        "in_time": True,
        "minutes": 240,
        "cheapest": True,
        "steps": [{"kind": "publish", "acts": 2, "minutes": 240, "weeks": 2}],
        "plan": [
            {"day": day(40), "kind": "publish", "acts": 1},
            {"day": day(42), "kind": "publish", "acts": 1},
        ],
        "beyond": [],
    }
    assert told["wayless"] is None
    assert told["demotion"] == {"day": day(76), "to": "content_consumer"}
    assert told["counted"] == 5
    assert told["counting"][0] == {
        "id": "ada-share-0.5",
        "kind": "share",
        "day": day(0),
        "ends": [{"criterion": "content_sharer.keep.1", "day": day(60)}],
    }


async def test_a_way_is_asked_for_by_a_day(service: Service) -> None:
    for by, in_time in ((day(42), True), (day(41), False)):
        told = await service.get("/v1/members/ada/map", by=by)
        assert (told["way"]["on"], told["way"]["in_time"]) == (day(42), in_time)


@pytest.mark.usefixtures("service")
async def test_a_map_can_be_read_aloud(capsys: pytest.CaptureFixture[str]) -> None:
    assert await read(capsys, "ada") == [
        "ada, you are a content sharer since 8 January 2026.",
        (
            "You are 2 published pieces away from being a content creator: 240 minutes, about 4"
            " hours of work; you can be there on 16 February 2026."
        ),
        "It takes:",
        "  2 published pieces (240 minutes), in 2 weeks without any yet",
        "For example:",
        "  week of 9 February 2026: 1 published piece on Saturday",
        "  week of 16 February 2026: 1 published piece on Monday",
        "What you have already, for being a content creator:",
        f"  ✓ 4 {ACTS} in 60 days (2 needed)",
        "What is open:",
        "  · 1 published piece in 90 days (3 needed), 2 to go",
        "  · published pieces in 1 week of 90 days (3 needed), 2 to go",
        (
            "If nothing happens you are a content sharer up to 21 March 2026, and a content"
            " consumer from 22 March 2026; each new act can move that day, and every zone leads on."
        ),
        "What you did counts, the first to run out first:",
        "  1 share of 5 January 2026: up to 5 March 2026",
        "  1 share of 6 January 2026: up to 6 March 2026",
        "  1 share of 7 January 2026: up to 7 March 2026",
        "  1 share of 8 January 2026: up to 8 March 2026",
        "  1 published piece of 15 January 2026: up to 14 April 2026",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ada", "--by", day(41)), "Up to 15 February 2026 there are too few days for it"),
        (("bob",), "You are 2 shares and 2 likes away from being a content sharer: 6 minutes"),
        (("bob",), "Even if nothing happens, you lose nothing."),
        (("cyd",), "You are paused. Take your time"),
        (("dan",), "dan has left. Whoever comes back finds a new map."),
    ],
)
@pytest.mark.usefixtures("service")
async def test_a_map_says_what_there_is_to_say(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert [line for line in await read(capsys, *arguments) if line.startswith(said)]


@pytest.mark.usefixtures("service")
async def test_a_map_is_one_json_document(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads("".join(await read(capsys, "bob", "--json")))
    assert list(told) == [
        *("member", "zone", "since", "vitality", "version", "policy_version", "day"),
        *("next", "asked", "way", "wayless", "demotion", "counted", "counting"),
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (("zoe",), 1, "nobody is known as zoe"),
        (("ada", "--by", day(39)), 1, f"by: {day(39)} is before the log's today, {day(40)}"),
        (("ada", "--by", "soon"), 2, "--by soon is no day"),
    ],
)
@pytest.mark.usefixtures("service")
async def test_what_cannot_be_drawn_says_why(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, line: str
) -> None:
    capsys.readouterr()
    assert await asyncio.to_thread(zones.run, ["map", *arguments]) == code
    assert line in capsys.readouterr().err


def test_an_outcome_is_no_act() -> None:
    criterion = {"measure": "outcomes", "of": ["any"], "days": 180, "have": 0, "need": 1}
    assert in_words(criterion) == "no outcomes in 180 days (1 needed)"
