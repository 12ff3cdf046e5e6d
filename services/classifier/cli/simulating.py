"""Rehearsing a policy: who would be where, and what would have been said, under another one."""

import json as codec
from pathlib import Path
from typing import Annotated, Final

import typer

from services.classifier.cli import drawing, words
from services.classifier.cli.progress import at_last
from services.classifier.cli.words import Json
from shared.runtime import terminal
from shared.runtime.client import Client
from shared.runtime.errors import WrongUse

PATIENCE: Final = 600.0
"""Seconds that may pass between two lines of the rehearsal."""
EVERYBODY: Final = 100_000

Policy = Annotated[
    Path, typer.Option("--policy", metavar="FILE", help="The candidate.", show_default=False)
]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="DAY",
        help="Let it govern from that day on, and not as if always so.",
        show_default=False,
    ),
]
Limit = Annotated[int, typer.Option(metavar="N", min=0, help="Tell of so many who would move.")]
All = Annotated[bool, typer.Option("--all", help="Tell of everybody who would move.")]


def commands(app: typer.Typer) -> None:
    app.command("simulate")(simulate)


def simulate(
    *, policy: Policy, since: From = None, limit: Limit = 20, all: All = False, json: Json = False
) -> None:
    """Rehearse a policy on the log: who would move and why. Nothing is written."""
    body = {
        "text": _read(policy),
        "name": policy.name,
        "from": words.day("--from", since),
        "limit": EVERYBODY if all else min(limit, EVERYBODY),
    }
    with Client("classifier", timeout=PATIENCE) as service:
        told = map(codec.loads, service.lines("/v1/simulate", method="POST", body=body))
        result = at_last(told, "rehearsing")
    if "error" in result:
        terminal.fail(result["error"])
    if json:
        terminal.print_json(result)
        return
    drawing.draw(result)


def _read(file: Path) -> str:
    """Return the text of a policy without fault, so that what is wrong is told by file and line."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise WrongUse(f"--policy {file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise WrongUse(f"--policy {file}: not a text in UTF-8") from None
    from services.classifier.adapters import linting  # noqa: PLC0415 - all else does without

    linting.sound(text, file.name)
    return text
