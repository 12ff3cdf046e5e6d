"""What was recognised, and for what."""

from collections.abc import Iterator
from typing import Annotated, Any, Final

import typer

from shared.runtime import terminal
from shared.runtime.client import Client

BESIDE: Final = ("effective_on", "historical", "public")
"""What the table shows and scripts are not promised."""


def recognitions(
    member: Annotated[str | None, typer.Argument(metavar="[ID]", show_default=False)] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show what was recognised, of everybody or of one member, from old to new."""
    rows = sorted(_recognitions(member), key=_from_old_to_new)
    if json:
        terminal.print_json(
            [{name: value for name, value in row.items() if name not in BESIDE} for row in rows]
        )
    elif rows:
        terminal.print_table(
            ("day", "member", "recognised for", "", "pieces"),
            [cells for row in rows for cells in _cells(row, every_piece=member is not None)],
        )
    else:
        terminal.say("nothing has been recognised yet")


def export_recognitions() -> None:
    """Print every recognition as a line of JSON, by id."""
    with Client("rewards") as service:
        for line in service.lines("/v1/export/recognitions"):
            typer.echo(line)


def _recognitions(member: str | None) -> Iterator[dict[str, Any]]:
    after: str | None = ""
    with Client("rewards") as service:
        while after is not None:
            page = service.get("/v1/recognitions", member=member, after=after, limit=1000)
            yield from page["recognitions"]
            after = page["next"]


def _from_old_to_new(row: dict[str, Any]) -> tuple[str, str, str, int]:
    return row["effective_on"], row["member"], row["kind"], row.get("block", 0)


def _cells(row: dict[str, Any], *, every_piece: bool) -> Iterator[tuple[object, ...]]:
    """Yield a line of the table, and one more for each further piece that is to be named."""
    pieces = row["pieces"] if every_piece else [len(row["pieces"]) or ""]
    first, *others = pieces or [""]
    yield row["effective_on"], row["member"], _what(row), _remark(row), first
    yield from (("", "", "", "", piece) for piece in others)


def _what(row: dict[str, Any]) -> str:
    match row:
        case {"block": number}:
            size = " (a larger one)" if row.get("larger") else ""
            return f"{row['kind']}, block {number}{size}"
        case {"zone": zone}:
            return f"{row['kind']} in {zone}"
        case {"first": first}:
            return f"first {first.replace('_', ' ')}"
        case {"period": period, "place": place}:
            return f"{row['kind']} in {period}, place {place}"
        case _:
            return str(row["kind"])


def _remark(row: dict[str, Any]) -> str:
    remarks = ["historical"] * row["historical"] + ["adjusted"] * (row["state"] == "adjusted")
    return ", ".join(remarks)
