"""Everything at once: the exports, and the recount."""

import json as codec
from typing import Final

import typer

from services.classifier.cli.progress import at_last
from services.classifier.cli.words import Json, number
from shared.runtime import terminal
from shared.runtime.client import Client

PATIENCE: Final = 600.0
"""Seconds that may pass between two lines of the recount."""


def commands(app: typer.Typer) -> None:
    app.command("verify")(verify)


def exports(export: typer.Typer) -> None:
    """Add to `zones export`."""
    export.command("members")(export_members)
    export.command("changes")(export_changes)


def export_members() -> None:
    """Print every member as a line of JSON, by id."""
    _export("members")


def export_changes() -> None:
    """Print every zone change as a line of JSON, by member and version."""
    _export("changes")


def verify(*, json: Json = False) -> None:
    """Recount every member from the log, and compare. Exit code 1 where anything differs."""
    with Client("classifier", timeout=PATIENCE) as service:
        told = map(codec.loads, service.lines("/v1/verify", method="POST"))
        result = at_last(told, "recounting")
    if "error" in result:
        terminal.fail(result["error"])
    if json:
        terminal.print_json(result)
    if not result["equal"]:
        terminal.fail(f"the recount differs: {result['difference']}")
    if not json:
        events, members = number(result["events"], "event"), number(result["members"], "member")
        counted = f"{events} of {members}"
        terminal.say(f"{counted} recounted, all equal; digest {result['digest']}")


def _export(what: str) -> None:
    with Client("classifier") as service:
        for line in service.lines(f"/v1/export/{what}"):
            typer.echo(line)
