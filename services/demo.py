"""The demo: a generated organisation's year in about a minute, told as it happens.

The events go the ordinary way in, over HTTP; what is shown is what any subscriber hears.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

import httpx2

from services import organisation, watch
from services.feed import Event
from shared.runtime import terminal
from shared.runtime.errors import CommandFailed
from shared.runtime.runfile import RunFile

SECONDS_PER_DAY = 0.14
WIDEST = 60
PATIENCE = 60.0
"""Seconds after the last event in which everything has to have been said."""

ZONES = {
    "content_consumer": ("consumers", "white"),
    "content_sharer": ("sharers", "cyan"),
    "content_creator": ("creators", "green"),
    "socially_engaged": ("engaged", "magenta"),
}
SUBJECTS = {"ZONES": "zone.>", "RECOGNITIONS": "recognition.>", "NOTICES": "alert.>"}
NOUNS = {
    "acts": "acts",
    "active_days": "active days",
    "active_weeks": "active weeks",
    "people": "people talked to",
    "minutes_per_week": "minutes a week",
}
MARKS = {
    "dormant": ("z", "dim yellow"),
    "active": ("○", "dim green"),
    "entered": ("·", "dim"),
    "promoted": ("▲", "green"),
    "demoted": ("▼", "yellow"),
    "granted": ("★", "magenta"),
    "adjusted": ("☆", "dim magenta"),
    "period_closed": ("★", "bold magenta"),
    "raised": ("!", "bold red"),
    "at_risk": ("…", "red"),
    "breached": ("✗", "bold red"),
    "resolved": ("✓", "dim green"),
}


FIRSTS = {
    "share": "a first share",
    "own_words": "a first time in own words",
    "piece": "a first piece",
}
UNTOLD = {"quiet", "adopted", "warning", "cancelled", "near"}
"""What is heard too often, or concerns the member alone. It is counted."""
COMING_AND_GOING = {"entered": "joins the journey", "left": "leaves"}


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


class Story:
    """What was heard so far, and how it is told."""

    def __init__(self) -> None:
        self.zone_of: dict[str, str] = {}
        self.heard: Counter[str] = Counter()
        self.dormant: set[str] = set()
        self.month = ""

    def hear(self, event: Event) -> bool:
        """Tell one event. Always asks for more."""
        told = event["data"]
        noun, what = event["type"].split(".")[1:3]
        word = told["vitality"] if noun == "vitality" else told.get("direction") or what
        if word == "warning" and told["cancelled"]:
            word = "cancelled"
        self.heard[f"{noun}.{word}"] += 1
        if word in UNTOLD or (noun == "vitality" and not self._turns(event["subject"], word)):
            return True
        when = date.fromisoformat(str(event["time"])[:10])
        if (month := f"{when:%B %Y}") != self.month:
            self.month = month
            terminal.say(f"\n[bold]{month:<16}[/] {self._zones()}")
        if event["type"] == "zones.zone.changed.v1":
            self.zone_of[event["subject"]] = told["to"]
        mark, colour = MARKS.get(word, ("·", "white"))
        said = f"{when.day:>2} {when:%b}  {mark} {watch.named(event):<6} {_words(event, told)}"
        terminal.say(f"[{colour}]{terminal.plain(said)}[/]")
        return True

    def sum_up(self) -> None:
        """Say where everybody is now, and what it took."""
        terminal.say("\n[bold]Where everybody is now[/]")
        counts = Counter(self.zone_of.values())
        scale = max(1.0, max(counts.values(), default=0) / WIDEST)
        for zone, (name, colour) in ZONES.items():
            bar = "█" * round(counts[zone] / scale)
            terminal.say(f"  {name:<10} [{colour}]{bar}[/] {counts[zone]}")
        heard = self.heard
        terminal.say(
            f"\n  {heard['zone.promoted']} moves up, {heard['zone.demoted']} moves down, "
            f"{heard['recognition.granted']} recognitions, "
            f"{heard['alert.raised']} fast-track drafts "
            f"({heard['alert.breached']} kept waiting too long), "
            f"{heard['vitality.dormant']} times somebody fell silent"
        )
        terminal.say(
            f"  {heard['zone.warning']} warnings of a move down, {heard['zone.cancelled']} of them "
            f"taken back; {heard['zone.near']} times somebody heard how near the next zone is"
        )

    def _turns(self, member: str, vitality: str) -> bool:
        """Say whether somebody has just fallen silent, or come back from it."""
        silent = member in self.dormant
        (self.dormant.add if vitality == "dormant" else self.dormant.discard)(member)
        return silent is not (vitality == "dormant")

    def _zones(self) -> str:
        counts = Counter(self.zone_of.values())
        return "   ".join(
            f"[{colour}]{counts[zone]} {name}[/]" for zone, (name, colour) in ZONES.items()
        )


def _words(event: Event, told: dict[str, Any]) -> str:
    kind = event["type"]
    if kind == "zones.zone.changed.v1":
        return _moved(told)
    if kind == "zones.vitality.changed.v1":
        return "is back" if told["vitality"] == "active" else "has been silent for a month"
    if kind == "zones.recognition.period_closed.v1":
        return _closed(told)
    if kind.startswith("zones.recognition."):
        return _earned(told)
    return _alerted(kind, told)


def _moved(told: dict[str, Any]) -> str:
    to = str(told["to"]).replace("_", " ")
    if told["direction"] in COMING_AND_GOING:
        return COMING_AND_GOING[told["direction"]]
    up = told["direction"] == "promoted"
    reasons = [
        _reason(it, up=up)
        for it in told["evidence"]
        if it["met"] is up and not it.get("left_out") and it["measure"] in NOUNS
    ]
    return f"{'becomes' if up else 'is now'} {to:<18} {', '.join(reasons[:4])}"


def _reason(it: dict[str, Any], *, up: bool) -> str:
    """Put it as `4 acts in 30 days` where it was reached, `1 of 2 acts in 60 days` where not."""
    noun = NOUNS[it["measure"]]
    if it["measure"] == "acts":
        noun = (
            "pieces" if it["of"] == ["publish"] else "acts" if "like" in it["of"] else "with words"
        )
    have = f"{it['have']:g}" if up else f"{it['have']:g} of {it['need']:g}"
    return (
        f"{have} {noun}"
        if it["measure"] == "minutes_per_week"
        else f"{have} {noun} in {it['days']} days"
    )


def _earned(told: dict[str, Any]) -> str:
    match told:
        case {"state": "adjusted"}:
            return f"is recognised no more: {told['id']}"
        case {"zone": zone}:
            what = f"arrived as {str(zone).replace('_', ' ')}"
        case {"first": first}:
            what = FIRSTS.get(first, f"a first {first}")
        case {"block": block}:
            what = f"{block * 5} original pieces{', the larger one' if told['larger'] else ''}"
        case {"period": period}:
            what = f"place {told['place']} of {period}, {told['impact']:g} points of impact"
        case _:
            what = "something came of a share of theirs"
    return f"is recognised: {what}"


def _closed(told: dict[str, Any]) -> str:
    first = ", ".join(it["member"] for it in told["places"] if it["place"] == 1)
    return f"{told['period']} is closed, {told['honoured']} are honoured, first {first or 'nobody'}"


def _alerted(kind: str, told: dict[str, Any]) -> str:
    draft = told.get("draft_id")
    due = str(told.get("due_at"))[11:16]
    return {
        "raised": f"fast track: {draft} waits for the editors, promised by {due}",
        "at_risk": f"fast track: half the time for {draft} is gone",
        "breached": f"fast track: the promise for {draft} is broken, the coordinators are told",
        "resolved": f"fast track: {draft} is done",
    }[kind.split(".")[-2]]


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
        f"zones explain {someone}",
        "zones distribution --by group",
    ):
        terminal.say(f"  .venv/bin/{command}")
    terminal.say("\nCtrl-C stops everything.")


def _curl(address: str, event: Event) -> Iterator[str]:
    yield f"curl {address}/v1/events -H 'Content-Type: application/json' \\"
    yield f"  -d '{json.dumps(event)}'"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
