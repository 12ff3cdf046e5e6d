"""`zones provision`: the one place that creates and changes streams, consumers and the bucket."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from services import bus
from shared.runtime import process, runfile, terminal

if TYPE_CHECKING:
    from shared.messaging.provision import Change

Replicas = Annotated[
    int, typer.Option(min=1, max=5, envvar="ZONES_REPLICAS", help="Copies of each stream.")
]
ActivityDays = Annotated[
    int,
    typer.Option(min=1, envvar="ZONES_ACTIVITY_DAYS", help="Days that ACTIVITY keeps."),
]
Nats = Annotated[
    str | None,
    typer.Option(metavar="URL", envvar="ZONES_NATS_URL", help="Which NATS.", show_default=False),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be changed.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def commands(app: typer.Typer) -> None:
    app.command("provision")(provision)


def provision(
    *,
    nats: Nats = None,
    replicas: Replicas = 1,
    activity_days: ActivityDays = 30,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Create or correct the streams, consumers and the bucket, and show what was different."""
    changes = process.complete(
        _provision(
            nats or runfile.find().broker(),
            replicas=replicas,
            activity_age=timedelta(days=activity_days),
            dry_run=dry_run,
        )
    )
    if json:
        terminal.print_json([{"target": it.target, "change": it.words} for it in changes])
        return
    for change in changes:
        terminal.print_line(f"{change.target}: {change.words}")
    if not changes:
        terminal.print_line("everything is as it should be")


async def _provision(
    address: str, *, replicas: int, activity_age: timedelta, dry_run: bool
) -> "list[Change]":
    from shared.messaging import provision as messaging  # noqa: PLC0415 - zones --help does without
    from shared.messaging.topology import deployment  # noqa: PLC0415 - likewise

    topology = deployment(replicas=replicas, activity_age=activity_age)
    async with bus.connection(address) as client:
        return await messaging.provision(client, topology, dry_run=dry_run)
