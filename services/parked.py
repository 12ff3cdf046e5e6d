"""`zones parked`: what could not be processed, over all services, and another try for it."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from shared.runtime import terminal
from shared.runtime.client import Client
from shared.runtime.errors import CommandFailed, WrongUse
from shared.runtime.runfile import SERVICES

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Ids = Annotated[list[str] | None, typer.Argument(metavar="SERVICE/ID...", show_default=False)]
Everything = Annotated[bool, typer.Option("--all", help="Retry everything that is parked.")]
Resolved = Annotated[bool, typer.Option("--resolved", help="Show what has been resolved as well.")]


def commands(app: typer.Typer) -> None:
    parked = typer.Typer(
        name="parked", help="What could not be processed, with its reason.", no_args_is_help=True
    )
    parked.command("list")(list_parked)
    parked.command("show")(show)
    parked.command("retry")(retry)
    app.add_typer(parked)


def list_parked(*, resolved: Resolved = False, json: Json = False) -> None:
    """List what is parked, per service, oldest first."""
    rows: list[dict[str, Any]] = []
    silent: list[CommandFailed] = []
    for name in SERVICES:
        try:
            rows += [{"service": name, **row} for row in _parked(name, resolved=resolved)]
        except CommandFailed as error:
            silent.append(error)
    if rows or json or not silent:
        _print(rows, json=json)
    if silent:
        raise silent[0]


def _print(rows: list[dict[str, Any]], *, json: bool) -> None:
    if json:
        terminal.print_json(rows)
        return
    if not rows:
        terminal.print_line("nothing is parked")
        return
    terminal.print_table(
        ("id", "parked at", "subject", "reason", "tries", ""),
        [
            (
                f"{row['service']}/{row['id']}",
                row["parked_at"],
                row["subject"],
                row["reason"],
                row["attempts"],
                "resolved" if row["resolved_at"] else row["detail"],
            )
            for row in rows
        ],
    )


def show(
    which: Annotated[str, typer.Argument(metavar="SERVICE/ID")], *, json: Json = False
) -> None:
    """Show one parked message, whole."""
    name, number = _split(which)
    with Client(name) as service:
        row = service.get(f"/v1/parked/{number}")
    if json:
        terminal.print_json({"service": name, **row})
        return
    for field, value in row.items():
        terminal.say(f"[bold]{field:<14}[/] {terminal.plain('-' if value is None else value)}")


def retry(which: Ids = None, *, everything: Everything = False, json: Json = False) -> None:
    """Process parked messages again.

    The exit code is 1 when one still cannot be processed.
    """
    if bool(which) == everything:
        raise WrongUse("name what to retry, as zones parked list shows it, or pass --all")
    chosen = list(_open()) if everything else [_split(one) for one in which or ()]
    outcomes = [_retry(name, number) for name, number in chosen]
    if json:
        terminal.print_json(outcomes)
    else:
        for outcome in outcomes:
            words = "done" if outcome["resolved"] else f"still parked: {outcome['reason']}"
            terminal.print_line(f"{outcome['service']}/{outcome['id']} {words}")
    if not all(outcome["resolved"] for outcome in outcomes):
        raise typer.Exit(1)


def _retry(name: str, number: int) -> dict[str, Any]:
    with Client(name) as service:
        return {"service": name, **service.post(f"/v1/parked/{number}/retry")}


def _open() -> Iterator[tuple[str, int]]:
    for name in SERVICES:
        for row in _parked(name, resolved=False):
            yield name, row["id"]


def _parked(name: str, *, resolved: bool) -> Iterator[dict[str, Any]]:
    after: int | None = 0
    with Client(name) as service:
        while after is not None:
            page = service.get("/v1/parked", after=after, resolved=resolved)
            yield from page["parked"]
            after = page["next"]


def _split(which: str) -> tuple[str, int]:
    name, _, number = which.partition("/")
    if name not in SERVICES or not number.isdecimal():
        raise WrongUse(f"{which} names nothing parked: it reads like classifier/12")
    return name, int(number)
