"""The commands of rewards: who was recognised, who has what impact, and what to do when lost."""

import typer

from services.rewards.cli.rebuilding import rebuild
from services.rewards.cli.recognised import export_recognitions, recognitions
from services.rewards.cli.standing import impact, leaderboard


def commands(app: typer.Typer) -> None:
    app.command("recognitions")(recognitions)
    app.command("leaderboard")(leaderboard)
    app.command("impact")(impact)
    rewards = typer.Typer(
        name="rewards", help="What the operator of rewards may need.", no_args_is_help=True
    )
    rewards.command("rebuild")(rebuild)
    app.add_typer(rewards)


def exports(export: typer.Typer) -> None:
    """Add to `zones export`."""
    export.command("recognitions")(export_recognitions)
