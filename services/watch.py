"""`zones watch`: zone changes, recognitions and alerts as they happen, straight from the bus.

What is already there (`--from-start`) is shown in the order of its times, across the streams.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from services import bus
from services.feed import Event, Feed
from shared.runtime import process, runfile, terminal

FEEDS = {"ZONES": "zone.changed.v1.>", "RECOGNITIONS": "recognition.>", "NOTICES": "alert.>"}
COLOURS = {
    "promoted": "green",
    "entered": "cyan",
    "demoted": "yellow",
    "left": "yellow",
    "granted": "magenta",
    "period_closed": "magenta",
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


async def tell(
    address: str,
    show: Callable[[Event], bool],
    *,
    from_start: bool,
    subjects: Mapping[str, str] = FEEDS,
) -> None:
    """Show one event after the other until `show` answers False. `subjects` says by stream what
    to listen to. Raises CommandFailed.
    """
    async with bus.connection(address) as client:
        feeds = [Feed(client, stream, subject) for stream, subject in subjects.items()]
        await _merge(feeds, show, from_start=from_start)


async def _merge(feeds: list[Feed], show: Callable[[Event], bool], *, from_start: bool) -> None:
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


def earliest(feeds: list[Feed]) -> Feed | None:
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
    noun, what = event["type"].split(".")[1:3]
    told = event["data"]
    word = told.get("direction") or what
    words = {"zone": _change, "recognition": _recognition, "alert": _alert}[noun](told)
    when = event["time"][:16].replace("T", " ")
    said = f"{when}  {named(event):<16}  {word:<13}  {words}{_unheard(told)}"
    return f"[{COLOURS.get(word, 'white')}]{terminal.plain(said)}[/]"


def _unheard(told: dict[str, Any]) -> str:
    """Say why nobody is told, if nobody is."""
    if told.get("by_policy"):
        return "  (by policy)"
    return "  (history)" if told.get("historical") else ""


def named(event: Event) -> str:
    """Return whom an event is about. Who has opted out of rankings is in none."""
    told = event["data"]
    hidden = "place" in told and not told["public"]
    return "somebody" if hidden else str(event["subject"])


def _change(told: dict[str, Any]) -> str:
    reasons = "; ".join(
        _reason(it)
        for it in told["evidence"]
        if it["met"] is (told["direction"] != "demoted") and not it.get("left_out")
    )
    return f"{told['from'] or '-'} → {told['to'] or '-'}  {reasons}".rstrip()


def _reason(it: dict[str, Any]) -> str:
    of = f"({', '.join(it['of'])})" if it["of"] else ""
    days = f" in {it['days']} days" if it["days"] else ""
    return f"{it['measure']}{of} {it['have']} of {it['need']}{days}"


def _recognition(told: dict[str, Any]) -> str:
    if "places" in told:
        return f"{told['period']}: {told['honoured']} of {told['members']} honoured"
    marks = ("zone", "first", "block", "period", "place", "impact")
    details = ", ".join(f"{mark} {told[mark]}" for mark in marks if told.get(mark) is not None)
    return f"{told['kind']}: {details}"


def _alert(told: dict[str, Any]) -> str:
    about = f"{told['kind']}: draft {told['draft_id']}" if told.get("draft_id") else told["kind"]
    if told.get("resolved"):
        return f"{about}, {told['resolved']} by {told.get('resolved_by') or 'nobody'}"
    return f"{about}, due {told['due_at'][:16].replace('T', ' ')}, to {', '.join(told['to'])}"
