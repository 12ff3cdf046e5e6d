"""Which commands the classifier adds to `zones`."""

import typer

from services.classifier.cli import (
    explaining,
    mapping,
    members,
    policies,
    simulating,
    verifying,
)


def commands(app: typer.Typer) -> None:
    members.commands(app)
    explaining.commands(app)
    mapping.commands(app)
    simulating.commands(app)
    verifying.commands(app)
    policies.commands(app)


def exports(export: typer.Typer) -> None:
    """Add to `zones export`."""
    verifying.exports(export)
