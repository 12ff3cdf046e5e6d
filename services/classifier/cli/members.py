"""Where members are: one of them, and how many in each zone."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import typer

from services.classifier.cli.words import ZONES, Json, Member, day, spoken, time
from shared.runtime import terminal
from shared.runtime.client import Client
from shared.runtime.errors import WrongUse

BAR: Final = 40

AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DAY", help="On that day.", show_default=False)
]
KnownAt = Annotated[
    str | None,
    typer.Option(
        "--known-at",
        metavar="TIME",
        help="As was known then: a day, or an instant such as 2026-03-12T09:30:00Z.",
        show_default=False,
    ),
]
By = Annotated[
    str | None, typer.Option(metavar="group", help="Each group by itself.", show_default=False)
]


def commands(app: typer.Typer) -> None:
    app.command("member")(member)
    app.command("distribution")(distribution)


def member(id: Member, *, as_of: AsOf = None, known_at: KnownAt = None, json: Json = False) -> None:
    """Show where a member is, and has been, as known now or as was known at a time."""
    with Client("classifier") as service:
        told = service.get(
            f"/v1/members/{id}", as_of=day("--as-of", as_of), known_at=time(known_at)
        )
    if json:
        terminal.print_json(told)
        return
    vitality = f", {told['vitality']}" if told["vitality"] else ""
    since = f" since {spoken(told['since'])}" if told["since"] else ""
    terminal.say(terminal.plain(f"{id} is {ZONES[told['zone']]}{since}{vitality}"))
    for stretch in told["trajectory"]:
        terminal.say(terminal.plain(f"  from {spoken(stretch['from'])}: {ZONES[stretch['zone']]}"))


def distribution(*, as_of: AsOf = None, by: By = None, json: Json = False) -> None:
    """Show how many members are in each zone."""
    if by not in {None, "group"}:
        raise WrongUse(f"--by {by}: members can be counted by group")
    with Client("classifier") as service:
        told = service.get("/v1/distribution", as_of=day("--as-of", as_of), by=by)
    if json:
        terminal.print_json(told)
        return
    terminal.say(terminal.plain(f"{told['members']} members on {spoken(told['as_of'])}"))
    _bars(told)
    for group in told.get("groups", ()):
        terminal.say(terminal.plain(f"\n{group['group'] or 'no group'}: {group['members']}"))
        _bars(group)


def _bars(counted: Mapping[str, Any]) -> None:
    for zone, count in counted["zones"].items():
        bar = "█" * round(BAR * count / max(counted["members"], 1))
        terminal.say(terminal.plain(f"  {zone:<17} {count:>6} {bar}".rstrip()))
    felt = ", ".join(f"{count} {vitality}" for vitality, count in counted["vitality"].items())
    terminal.say(terminal.plain(f"  {felt}"))
