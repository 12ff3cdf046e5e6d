"""Which commands ingest adds to `zones`."""

import typer

from services.ingest.cli import importing, members, publishing, sources


def commands(app: typer.Typer) -> None:
    publishing.commands(app)
    importing.commands(app)
    members.commands(app)
    sources.commands(app)
