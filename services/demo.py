"""The demo: a generated organisation's year in about a minute, told as it happens.

The events go the ordinary way in, over HTTP; what is shown is what any subscriber hears.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

import httpx2

from services import organisation, watch
from services.feed import Event
from services.story import Story
from shared.runtime import terminal
from shared.runtime.errors import CommandFailed
from shared.runtime.runfile import RunFile

SECONDS_PER_DAY = 0.14
PATIENCE = 60.0
"""Seconds after the last event in which everything has to have been said."""
SUBJECTS = {"ZONES": "zone.>", "RECOGNITIONS": "recognition.>", "NOTICES": "alert.>"}


async def play(running: RunFile, data: str) -> None:
    """Play the year into a running system, show what comes of it, and go on showing what comes of
    whatever else is published, until cancelled. Raises CommandFailed.
    """
    ends = organisation.last_sunday(datetime.now(UTC).date())
    year = organisation.events(ends=ends)
    begins = ends - timedelta(weeks=organisation.WEEKS, days=-1)
    terminal.say(
        f"\n[bold]Sixty people, one year:[/] {_day(begins)} to {_day(ends)}, "
        f"{len(year):,} activities, in about a minute.\n"
    )
    told = Story()
    listening = asyncio.create_task(
        watch.tell(running.broker(), told.hear, from_start=True, subjects=SUBJECTS)
    )
    try:
        async with _ingest(running) as ingest:
            for _, acts in groupby(year, key=lambda event: event["time"][:10]):
                await _publish(ingest, list(acts))
                await asyncio.sleep(SECONDS_PER_DAY)
                _still(listening)
        await _quiet(running)
        await asyncio.sleep(1)
        _still(listening)
        told.sum_up()
        _what_next(running, data, told)
        await listening
    finally:
        listening.cancel()


def _ingest(running: RunFile) -> httpx2.AsyncClient:
    headers = {"Content-Type": "application/x-ndjson"}
    if running.token:
        headers["Authorization"] = f"Bearer {running.token}"
    return httpx2.AsyncClient(base_url=running.address("ingest"), headers=headers, timeout=30)


async def _publish(ingest: httpx2.AsyncClient, acts: list[Event]) -> None:
    body = "\n".join(json.dumps(act, separators=(",", ":")) for act in acts)
    for attempt in range(20):
        try:
            answer = await ingest.post("/v1/events", content=body)
        except httpx2.HTTPError:
            await asyncio.sleep(0.5)
            continue
        if answer.status_code == httpx2.codes.ACCEPTED:
            return
        if answer.status_code != httpx2.codes.SERVICE_UNAVAILABLE:
            raise CommandFailed(f"ingest refused the demo: {answer.text[:300]}")
        await asyncio.sleep(0.1 * (attempt + 1))
    raise CommandFailed("ingest does not take the demo's events: see its log")


async def _quiet(running: RunFile) -> None:
    """Wait until every service has said all it has to say."""
    async with httpx2.AsyncClient(timeout=10) as client:
        for _ in range(int(PATIENCE / 0.5)):
            if all([lag == 0 async for lag in _lags(client, running)]):
                return
            await asyncio.sleep(0.5)
    raise CommandFailed("the services are still busy: see `zones status`")


async def _lags(client: httpx2.AsyncClient, running: RunFile) -> AsyncIterator[int | None]:
    headers = {"Authorization": f"Bearer {running.token}"} if running.token else {}
    for address in running.services.values():
        yield (await client.get(f"{address}/v1/status", headers=headers)).json().get("lag")


def _still(listening: asyncio.Task[None]) -> None:
    if listening.done():
        listening.result()


def _what_next(running: RunFile, data: str, told: Story) -> None:
    engaged = [member for member, zone in told.zone_of.items() if zone == "socially_engaged"]
    someone = min(engaged, default="m-001")
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    event = {
        "specversion": "1.0",
        "id": "my-first-event",
        "source": "urn:zones:platform:linkedin",
        "type": "zones.activity.share.v1",
        "subject": "me",
        "time": now,
        "data": {"object": {"id": "a-post-i-liked"}},
    }
    terminal.say("\n[bold]Now you.[/] Publish your own first event from another terminal:\n")
    for line in _curl(running.address("ingest"), event):
        terminal.console().print(f"  {line}", markup=False)
    terminal.say("\nIt shows up here. Or ask for it:\n")
    terminal.say(f"  export ZONES_DATA={terminal.plain(data)}")
    for command in (
        "zones watch",
        "zones member me",
        "zones notices history me",
        f"zones explain {someone}",
        "zones leaderboard",
        "zones distribution --by group",
    ):
        terminal.say(f"  .venv/bin/{command}")
    terminal.say("\nCtrl-C stops everything.")


def _curl(address: str, event: Event) -> Iterator[str]:
    yield f"curl {address}/v1/events -H 'Content-Type: application/json' \\"
    yield f"  -d '{json.dumps(event)}'"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
