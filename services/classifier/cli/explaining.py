"""The reasons, in sentences that can be read to the member."""

from collections.abc import Iterator, Mapping
from typing import Any

import typer

from services.classifier.cli.announced import changed
from services.classifier.cli.members import AsOf
from services.classifier.cli.standing import head, leads_on, nowhere, rules, stands
from services.classifier.cli.words import Json, Member, day
from shared.runtime import terminal
from shared.runtime.client import Client


def commands(app: typer.Typer) -> None:
    app.command("explain")(explain)


def explain(id: Member, *, as_of: AsOf = None, json: Json = False) -> None:
    """Say why a member is where they are, what would change that and when, and what is open for
    the next zone.
    """
    with Client("classifier") as service:
        told = service.get(f"/v1/members/{id}/explain", as_of=day("--as-of", as_of))
    if json:
        terminal.print_json(told)
        return
    for line in _explained(told):
        terminal.print_line(line)


def _explained(told: Mapping[str, Any]) -> Iterator[str]:
    today, change = told["today"], told["last_change"]
    if today["zone"] is None:
        yield from nowhere(told["member"], today)
        return
    yield head(told["member"], today)
    if change is not None:
        yield ""
        yield from changed(change)
        if change["to"] != today["zone"]:
            yield "What became known since puts you elsewhere on this day."
    for part in (stands, leads_on, rules):
        yield ""
        yield from part(today)
