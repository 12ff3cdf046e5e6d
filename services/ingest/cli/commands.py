"""Which commands ingest adds to `zones`."""

import typer

from services.ingest.cli import importing, publishing


def commands(app: typer.Typer) -> None:
    publishing.commands(app)
    importing.commands(app)
