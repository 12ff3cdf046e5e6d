"""Who has what impact, and what a score is made of."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Final

import typer

from shared.runtime import terminal
from shared.runtime.client import Client

WHAT: Final = {
    "lead": ("lead", "leads"),
    "speaking": ("talk", "talks"),
    "conversation": ("conversation", "conversations"),
    "inbound": ("inbound contact", "inbound contacts"),
    "download": ("download", "downloads"),
    "comment": ("comment", "comments"),
    "share": ("share", "shares"),
    "like": ("like", "likes"),
    "reader": ("reader", "readers"),
    "assist": ("assist", "assists"),
}
WHY: Final = {
    "own": "the author's own",
    "repeated": "the same person again",
    "capped": "beyond the day's limit",
    "in_snapshot": "in the platform's own count",
}
STATES: Final = {
    "open": "ends on {last_day}, is closed on {closes_on}",
    "settling": "has ended, and is closed on {closes_on}",
    "closed": "was closed on {closes_on}",
    "over": "was over before anybody counted",
}

Period = Annotated[
    str | None,
    typer.Option("--period", metavar="HALF", help="A half-year, as 2026H1.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def leaderboard(
    *,
    period: Period = None,
    group: Annotated[
        str | None, typer.Option("--group", help="Its members only.", show_default=False)
    ] = None,
    around: Annotated[
        str | None,
        typer.Option("--around", metavar="ID", help="The places next to one.", show_default=False),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Rows, at most.")] = 20,
    json: Json = False,
) -> None:
    """Show who has what impact in a half-year. Whoever has opted out is counted and not named."""
    with Client("rewards") as service:
        board = service.get(
            "/v1/leaderboard", period=period, group=group, around=around, limit=limit
        )
    if json:
        terminal.print_json(board)
        return
    terminal.say(f"[bold]{board['period']}[/], which {_state(board)}")
    if not board["rows"]:
        terminal.say("nobody to be named has had any impact yet")
        return
    terminal.print_table(
        ("place", "member", "group", "impact", "", "made of"),
        [_row(row, closed=board["state"] == "closed") for row in board["rows"]],
    )
    for line in _remarks(board):
        terminal.say(line)


def impact(
    of: Annotated[str, typer.Argument(metavar="PIECE|ID")],
    *,
    period: Period = None,
    json: Json = False,
) -> None:
    """Show what a score is made of: a member's, or what a piece (url, or platform:id) brought."""
    about = {"piece": of} if ":" in of else {"member": of}
    with Client("rewards") as service:
        opened = service.get("/v1/impact", period=period, **about)
    if json:
        terminal.print_json(opened)
        return
    if not opened["parts"] and not opened["closed"]:
        terminal.say(f"nothing is known to have come of {terminal.plain(of)}")
        return
    weightiest_first = sorted(opened["parts"], key=lambda part: -part["impact"])
    for each, points in opened["impact"].items():
        parts = [part for part in weightiest_first if part["period"] == each]
        terminal.say(f"[bold]{each}[/]  {points:g} points")
        terminal.print_table(
            ("piece" if "member" in about else "member", "", "count", "impact", "left out"),
            [_part(part, by="piece" if "member" in about else "member") for part in parts],
        )
    for frozen in opened["closed"]:
        terminal.say(
            f"{frozen['period']} was closed with place {frozen['place']} and"
            f" {frozen['impact']:g} points: {_made_of(frozen['counts'])}"
        )
    terminal.say(_bounds(opened["bounds"]))


def _state(board: dict[str, Any]) -> str:
    return STATES[board["state"]].format_map(board)


def _row(row: dict[str, Any], *, closed: bool) -> tuple[object, ...]:
    marks = ["honoured" if closed else "to be honoured"] * row["honoured"]
    if row["now"] is not None:
        marks.append(f"now {row['now']:g}")
    if row["left"]:
        marks.append("has left")
    return (
        row["place"],
        row["member"],
        row["group"],
        row["impact"],
        ", ".join(marks),
        _made_of(row["counts"]),
    )


def _remarks(board: dict[str, Any]) -> Iterator[str]:
    if board["members"] > len(board["rows"]):
        yield f"{board['members']} members have had impact; {len(board['rows'])} are shown"
    yield (
        f"At least {board['minimum_impact']:g} points are honoured, by version"
        f" {board['rule_version']} of the rules. `zones impact ID` opens a score up."
    )


def _part(part: dict[str, Any], *, by: str) -> tuple[object, ...]:
    what = WHAT[part["what"]][part["count"] != 1]
    helped = ", helped along" if part["role"] == "assist" else ""
    return (
        part[by],
        f"{what}{helped}",
        part["count"],
        part["impact"],
        _listed(f"{number} {WHY[why]}" for why, number in part["left_out"].items()),
    )


def _made_of(counts: dict[str, int]) -> str:
    return _listed(f"{number:,} {WHAT[what][number != 1]}" for what, number in counts.items())


def _bounds(bounds: dict[str, Any]) -> str:
    caps = _listed(f"{what} {number}" for what, number in bounds["caps"].items())
    return (
        f"Of one person's comments on a piece {bounds['repeats']} counts in a period, and as many"
        f" of their shares; an assist has {bounds['assist_percent']} % of an outcome."
        + (f" Limits of a day: {caps}." if caps else "")
    )


def _listed(items: Iterable[str]) -> str:
    return ", ".join(items)
