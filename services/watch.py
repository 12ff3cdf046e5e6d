"""`zones watch`: zone changes, recognitions and alerts as they happen, straight from the bus.

What is already there (`--from-start`) is shown in the order of its times, across the streams.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.feed import Event, Feed
from shared.runtime import process, runfile, terminal
from shared.runtime.errors import CommandFailed

if TYPE_CHECKING:
    from nats.aio.client import Client

FEEDS = {"ZONES": "zone.changed.v1.>", "RECOGNITIONS": "recognition.>", "NOTICES": "alert.>"}
COLOURS = {
    "promoted": "green",
    "entered": "cyan",
    "demoted": "yellow",
    "left": "yellow",
    "granted": "magenta",
    "raised": "bold red",
    "at_risk": "red",
    "breached": "bold red",
    "resolved": "green",
}


def commands(app: typer.Typer) -> None:
    app.command("watch")(watch)


def watch(
    *,
    from_start: Annotated[
        bool, typer.Option("--from-start", help="Begin with what has happened already.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the events as JSON Lines.")] = False,
    count: Annotated[
        int | None, typer.Option(min=1, help="Stop after so many.", show_default=False)
    ] = None,
) -> None:
    """Show zone changes, recognitions and alerts as they happen."""
    shown = 0

    def show(event: Event) -> bool:
        nonlocal shown
        if json:
            terminal.print_json_line(event)
        else:
            terminal.say(line(event))
        shown += 1
        return shown != count

    process.complete(tell(runfile.find().broker(), show, from_start=from_start))


async def tell(address: str, show: Callable[[Event], bool], *, from_start: bool) -> None:
    """Show one event after the other until `show` answers False. Raises CommandFailed."""
    import nats  # noqa: PLC0415 - `zones --help` does without
    from nats.errors import Error  # noqa: PLC0415

    async def quiet(_error: Exception) -> None:
        """Whatever happens to the connection, the feeds get over it."""

    try:
        client = await nats.connect(
            address,
            name="zones watch",
            connect_timeout=2,
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            error_cb=quiet,
        )
    except (Error, OSError) as error:
        raise CommandFailed(f"NATS does not answer at {address}: is `zones up` running?") from error
    try:
        await _merge(client, show, from_start=from_start)
    finally:
        await client.close()


async def _merge(client: "Client", show: Callable[[Event], bool], *, from_start: bool) -> None:
    feeds = [Feed(client, stream, subject) for stream, subject in FEEDS.items()]
    for feed in feeds:
        await feed.begin(from_start=from_start)
    async with asyncio.TaskGroup() as tasks:
        news = asyncio.Event()
        readers = [tasks.create_task(feed.read(news)) for feed in feeds]
        going_on = True
        while going_on:
            await news.wait()
            news.clear()
            while going_on and (first := earliest(feeds)) is not None:
                going_on = show(first.ahead.popleft())
        for reader in readers:
            reader.cancel()


def earliest(feeds: list["Feed"]) -> "Feed | None":
    """Return the feed whose next event comes first, None while one that has more is awaited."""
    if any(not feed.ahead and not feed.caught_up for feed in feeds):
        return None
    return min(
        (feed for feed in feeds if feed.ahead),
        key=lambda feed: str(feed.ahead[0].get("time", "")),
        default=None,
    )


def line(event: Event) -> str:
    """Say an event in one line of markup: when, who, what, and the reasons it carries."""
    told = event.get("data", {})
    word = told.get("direction") or event["type"].split(".")[-2]
    when = str(event.get("time", ""))[:16].replace("T", " ")
    colour = COLOURS.get(word, "white")
    said = f"{when}  {event.get('subject', ''):<16} {word:<9} {_what(event['type'], told)}"
    return f"[{colour}]{terminal.plain(said)}[/]"


def _what(kind: str, told: dict[str, Any]) -> str:
    if kind == "zones.zone.changed.v1":
        return _change(told)
    return " ".join(
        f"{name}={value}" for name, value in told.items() if isinstance(value, str | int | float)
    )


def _change(told: dict[str, Any]) -> str:
    way = f"{told.get('from') or '-'} → {told.get('to') or '-'}"
    reasons = ", ".join(
        f"{it['criterion']}: {it['have']} of {it['need']}"
        for it in told.get("evidence", ())
        if it.get("met") is (told.get("direction") != "demoted")
    )
    historical = "  (historical)" if told.get("historical") else ""
    return f"{way:<36} {reasons}{historical}".rstrip()
