"""The commands of the notifier: the fast track, drafts, topics, and how people are reached."""

import typer

from services.notifier.cli import alerting, drafting, reaching, requesting


def commands(app: typer.Typer) -> None:
    for room in (alerting, drafting, reaching, requesting):
        room.commands(app)
