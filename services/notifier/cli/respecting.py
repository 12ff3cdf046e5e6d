"""`zones notices`: how members want to be told, what became of what, and what is to come."""

import re
from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Annotated, Any

import typer

from services.notifier.domain.kinds import KINDS
from shared.runtime import terminal
from shared.runtime.client import Client
from shared.runtime.errors import CommandFailed, WrongUse

TOLD = ("kind", "told", "says", "stopped over")
FATES = ("kind", "about", "decided", "state", "at", "why")
COMING = ("at", "recipient", "kind", "about", "how", "state")
NEVER = "00:00-00:00"
HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
OFTEN = ("day", "week")
REFUSED = "body.kinds."
PATIENCE = 600.0
"""Seconds that a look ahead may take: it copies the database."""

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Id = Annotated[str, typer.Argument(metavar="ID", show_default=False)]
Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], metavar="DAY", show_default=False)]


def commands(notices: typer.Typer) -> None:
    notices.command("preferences")(preferences)
    notices.command("history")(history)
    notices.command("preview")(preview)


def _kinds(help: str) -> Any:  # noqa: ANN401 - Typer's
    return typer.Option(metavar="KIND", help=help, show_default=False)


def preferences(
    id: Id,
    *,
    off: Annotated[list[str] | None, _kinds("Do not tell of it.")] = None,
    on: Annotated[list[str] | None, _kinds("Tell of it as the rules say.")] = None,
    digest: Annotated[list[str] | None, _kinds("Tell of it in a digest.")] = None,
    at_once: Annotated[list[str] | None, _kinds("Tell of it at once.")] = None,
    quiet: Annotated[
        str | None,
        typer.Option(
            metavar="FROM-TO",
            help="Own quiet hours, as 20:00-08:00; 'none' for none, '' for the organisation's.",
            show_default=False,
        ),
    ] = None,
    every: Annotated[
        str | None,
        typer.Option(metavar="day|week", help="How often a digest comes.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Show how a member wants to be told, or say it. KIND options may be given several times."""
    changes = _changes({"off": off, None: on, "digest": digest, "at_once": at_once}, quiet, every)
    path = f"/v1/members/{id}/preferences"
    with Client("notifier") as service:
        known = _say(service, path, changes, id) if changes else service.get(path)
    if json:
        terminal.print_json(known)
        return
    hours = known["quiet"]
    if hours is None or hours["from"] == hours["to"]:
        told = "no quiet hours"
    else:
        whose = "own" if known["own_quiet"] else "the organisation's"
        told = f"quiet from {hours['from']} to {hours['to']} in {known['timezone']} ({whose})"
    terminal.say(terminal.plain(f"{told}; a digest every {known['digest']}"))
    terminal.print_table(TOLD, [_kind(it) for it in known["kinds"]])


def history(id: Id, *, json: Json = False) -> None:
    """List the notices to a member: sent, held or dropped, and why."""
    fates: list[dict[str, Any]] = []
    after: int | None = 0
    with Client("notifier") as service:
        while after is not None:
            page = service.get(f"/v1/members/{id}/notices", after=after, limit=1000)
            fates += page["notices"]
            after = page["next"]
    if json:
        terminal.print_json(fates)
    elif fates:
        terminal.print_table(FATES, [_fate(it) for it in fates])
    else:
        terminal.say("there has been nothing to say to them")


def preview(
    *,
    since: Annotated[
        datetime,
        typer.Option("--from", formats=["%Y-%m-%d"], metavar="DAY", show_default=False),
    ],
    to: Day,
    json: Json = False,
) -> None:
    """Show what is said to whom on these days: what was, and what will be if nothing happens."""
    if to < since:
        raise WrongUse("--to must not be before --from")
    days = {"from": f"{since:%Y-%m-%d}", "to": f"{to:%Y-%m-%d}"}
    with Client("notifier", timeout=PATIENCE) as service:
        answer = service.get("/v1/preview", **days)
    if json:
        terminal.print_json(answer["notices"])
    elif answer["notices"]:
        terminal.print_table(COMING, [_coming(it) for it in answer["notices"]])
    else:
        terminal.say("nothing was said on these days, and nothing would be")


def _changes(
    wishes: dict[str | None, list[str] | None], quiet: str | None, every: str | None
) -> dict[str, Any]:
    kinds = {kind: wish for wish, kinds in wishes.items() for kind in kinds or ()}
    if len(kinds) < sum(len(named or ()) for named in wishes.values()):
        raise WrongUse("say one thing of each kind")
    for kind in kinds:
        if kind not in KINDS:
            near = get_close_matches(kind, KINDS, n=1)
            told = f"did you mean {near[0]}?" if near else "`zones notices preferences ID` has all"
            raise WrongUse(f"there is no kind {kind}: {told}")
    changes: dict[str, Any] = {"kinds": kinds} if kinds else {}
    if quiet is not None:
        own = NEVER if quiet == "none" else quiet
        if own and not HOURS.fullmatch(own):
            raise WrongUse("--quiet must be hours as 20:00-08:00, 'none', or '' for the usual ones")
        begins, _, ends = own.partition("-")
        changes["quiet"] = {"from": begins, "to": ends} if quiet else None
    if every is not None and every not in OFTEN:
        raise WrongUse("--every must be day or week")
    if every is not None:
        changes["digest"] = every
    return changes


def _say(service: Client, path: str, changes: Mapping[str, object], id: str) -> Any:  # noqa: ANN401
    """What the rules do not let somebody want is wrong use. Raises CommandFailed."""
    try:
        return service.put(path, changes)
    except CommandFailed as error:
        if not str(error).startswith(REFUSED):
            raise
        kind, _, why = str(error).removeprefix(REFUSED).partition(": ")
        shown = f"`zones notices preferences {id}` shows how it is told"
        raise WrongUse(f"{kind} {why}; {shown}") from error


def _kind(told: dict[str, Any]) -> tuple[object, ...]:
    how = "at once, always" if told["urgent"] else told["how"].replace("_", " ")
    return told["kind"], how, "member" if told["own"] else None, ", ".join(told["stopped"]) or None


def _fate(fate: dict[str, Any]) -> tuple[object, ...]:
    return (
        fate["kind"],
        fate["about"],
        _time(fate["decided_at"]),
        "held until" if fate["state"] == "held" else fate["state"],
        _time(fate["at"]),
        (fate["why"] or "").replace("_", " ") or None,
    )


def _coming(fate: dict[str, Any]) -> tuple[object, ...]:
    return (
        _time(fate["at"]),
        fate["recipient"],
        fate["kind"],
        fate["about"],
        "digest" if fate["digest"] else "alone",
        "to come" if fate["foreseen"] else "said",
    )


def _time(instant: str) -> str:
    return instant[:16].replace("T", " ")
