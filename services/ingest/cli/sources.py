"""`zones sources`: who may report, whether it is signed, and how often bots were refused."""

from typing import Annotated, Final

import typer

from shared.runtime import terminal
from shared.runtime.client import Client

RULES: Final = ("platform", "actors", "accounts", "exceptions")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def commands(app: typer.Typer) -> None:
    app.command("sources")(sources)


def sources(*, json: Json = False) -> None:
    """List the sources that may report, and the rules about bots.

    What a rule has refused is counted from the start of ingest.
    """
    with Client("ingest") as ingest:
        told = ingest.get("/v1/sources")
    if json:
        terminal.print_json(told)
        return
    terminal.print_table(
        ("source", "adapter", "signed"),
        [
            [one["name"], one["adapter"], "yes" if one["signed"] else "no"]
            for one in told["sources"]
        ],
    )
    if told["actors"]:
        terminal.say("")
        rows = [
            [*(_words(rule[name]) for name in RULES), rule["refused"], rule["why"]]
            for rule in told["actors"]
        ]
        terminal.print_table((*RULES, "refused", "why"), rows)


def _words(said: str | list[str]) -> str:
    return said if isinstance(said, str) else ", ".join(said) or "-"
