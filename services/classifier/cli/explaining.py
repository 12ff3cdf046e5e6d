"""The reasons, in sentences that can be read aloud."""

from collections.abc import Iterable, Mapping
from typing import Any

import typer

from services.classifier.cli.words import ZONES, Json, Member, in_words, left_out, spoken
from shared.runtime import terminal
from shared.runtime.client import Client


def commands(app: typer.Typer) -> None:
    app.command("explain")(explain)


def explain(id: Member, *, json: Json = False) -> None:
    """Say why a member is where they are, and what the next zone asks for."""
    with Client("classifier") as service:
        told = service.get(f"/v1/members/{id}/explain")
    if json:
        terminal.print_json(told)
        return
    for line in _explained(told):
        terminal.say(terminal.plain(line))


def _explained(told: Mapping[str, Any]) -> Iterable[str]:
    """Yield sentences that can be read aloud, then the criteria, one a line."""
    change, today = told["last_change"], told["today"]
    if change is not None:
        yield f"{told['member']} {_became(change)}{_because(change)}."
    if told["zone"] is None:
        yield "They are in no zone at present."
        return
    yield f"On {spoken(today['day'])} they are {ZONES[told['zone']]}, {told['vitality']}."
    if today["failing_since"]:
        yield (
            f"What keeps them there is incomplete since {spoken(today['failing_since'])};"
            f" that may be so for {today['grace_days']} days."
        )
    if today["keep"]:
        yield f"To stay {ZONES[told['zone']]}:"
        yield from map(_line, today["keep"])
    if today["next"]:
        yield f"To become {ZONES[today['next']]}:"
        yield from map(_line, today["enter"])


def _became(change: Mapping[str, Any]) -> str:
    on = f"on {spoken(change['effective_on'])}"
    match change["direction"]:
        case "left":
            return f"left {on}"
        case "entered":
            return f"was enrolled {on}, as {ZONES[change['to']]}"
        case "demoted":
            return f"went back to being {ZONES[change['to']]} {on}"
        case _:
            return f"became {ZONES[change['to']]} {on}"


def _because(change: Mapping[str, Any]) -> str:
    lacking = change["direction"] == "demoted"
    reasons = [
        in_words(each)
        for each in change["evidence"]
        if each["met"] is not lacking and each["measure"] != "enrolled" and not left_out(each)
    ]
    if not reasons:
        return ""
    *others, last = reasons
    listed = f"{', '.join(others)} and {last}" if others else last
    return f" because they had {listed}"


def _line(criterion: Mapping[str, Any]) -> str:
    if left_out(criterion):
        return f"  - {in_words(criterion)}: not counted, since nobody reports it"
    return f"  {'✓' if criterion['met'] else '✗'} {in_words(criterion)}"
