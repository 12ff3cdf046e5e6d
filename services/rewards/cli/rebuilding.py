"""`zones rewards rebuild`: a lost database is refilled from the classifier's log.

No service calls another, so the command carries it over.
"""

import json as codec
from collections.abc import Iterator
from typing import Annotated, Any, Final

import typer

from shared.runtime import terminal
from shared.runtime.client import Client
from shared.runtime.errors import CommandFailed

PAGE: Final = 1000


def rebuild(
    *, json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False
) -> None:
    """Refill a database of rewards that was lost. Nothing is granted or said twice."""
    with Client("rewards", timeout=600) as rewards:
        if not rewards.get("/v1/rebuild")["needed"]:
            raise CommandFailed("nothing is missing: a rebuild is for a database that was lost")
        brought = _bring(rewards)
        said = rewards.post("/v1/rebuild/complete")["said"]
    if json:
        terminal.print_json({"activities": brought, "said": said})
    else:
        terminal.say(f"{brought:,} activities and {said:,} recognitions are remembered again")


def _bring(rewards: Client) -> int:
    brought = 0
    with Client("classifier") as classifier, terminal.progress("activities") as advance:
        for lines in _pages(classifier):
            rewards.post("/v1/rebuild/activity", [line["event"] for line in lines])
            brought += len(lines)
            advance(len(lines))
    return brought


def _pages(classifier: Client) -> Iterator[list[dict[str, Any]]]:
    after = 0
    while page := [*map(codec.loads, classifier.lines("/v1/log", after=after, limit=PAGE))]:
        yield page
        after = page[-1]["position"]
