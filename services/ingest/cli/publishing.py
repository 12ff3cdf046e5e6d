"""`zones publish`: canonical events from a file onto the bus, by way of ingest."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from services.ingest.cli.sending import Ingest, Wait, chunks, remark
from shared.runtime import terminal

if TYPE_CHECKING:
    from services.ingest.sources.jsonlines import Line

SHOWN: Final = 20
"""Refused events that are told of one by one."""

Name = Annotated[str, typer.Argument(metavar="FILE|-", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")]


def commands(app: typer.Typer) -> None:
    app.command("publish")(publish)


def publish(file: Name, *, wait: Wait = 300.0, json: Json = False) -> None:
    """Publish canonical events: JSON Lines, gzipped or not, in their order.

    What was published before is a duplicate and changes nothing, so publishing a file again is
    safe. The exit code is 1 when an event was refused.
    """
    from services.ingest.sources.jsonlines import opened  # noqa: PLC0415 - `--help` does without

    tally = Tally()
    with opened(file) as events, Ingest(wait) as ingest:
        try:
            with terminal.progress(f"publishing {events.name}", events.size) as advance:
                position = 0
                for chunk in chunks(events.lines()):
                    tally.count(chunk, ingest.post([line.text for line in chunk]))
                    advance(events.position - position)
                    position = events.position
        finally:
            if tally != Tally():
                tally.print(json=json)
    if tally.refused:
        raise typer.Exit(1)


@dataclass(slots=True)
class Tally:
    accepted: int = 0
    duplicates: int = 0
    refused: int = 0

    def count(self, chunk: Sequence["Line"], answer: dict[str, Any]) -> None:
        """Count what became of these lines, and tell of the first ones that were refused."""
        self.accepted += answer["accepted"]
        self.duplicates += answer["duplicates"]
        for result in answer["results"]:
            if result["status"] == "refused":
                self.refused += 1
                if self.refused <= SHOWN:
                    place, reason = result["index"], str(result["reason"])
                    reason = reason.replace(f"line {place + 1} is", "this is", 1)
                    remark(f"line {chunk[place].number}: {result['id'] or '-'}: {reason}")

    def print(self, *, json: bool) -> None:
        if self.refused > SHOWN:
            remark(f"and {self.refused - SHOWN} more were refused")
        if json:
            terminal.print_json(asdict(self))
        else:
            terminal.say(
                f"accepted {self.accepted}, duplicates {self.duplicates}, refused {self.refused}"
            )
