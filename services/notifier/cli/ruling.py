"""`zones notices kinds`: what may be said to somebody, and by which rules."""

from typing import Annotated, Any

import typer

from shared.runtime import terminal
from shared.runtime.client import Client

COLUMNS = ("kind", "told", "optional", "counted", "over", "why")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def kinds(*, json: Json = False) -> None:
    """List what may be said to somebody: how, over which channels, and why."""
    with Client("notifier") as service:
        known = service.get("/v1/kinds")["kinds"]
    if json:
        terminal.print_json(known)
    else:
        terminal.print_table(COLUMNS, [_row(it) for it in known])


def _row(rule: dict[str, Any]) -> tuple[object, ...]:
    return (
        rule["kind"],
        "at once, always" if rule["urgent"] else rule["how"].replace("_", " "),
        "yes" if rule["optional"] else "no",
        "yes" if rule["counted"] else "no",
        ", ".join(rule["channels"]),
        rule["why"],
    )
