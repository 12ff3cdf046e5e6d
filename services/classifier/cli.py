"""The commands of the classifier: where members are and why, all of them, and the recount."""

import json as codec
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Annotated, Any, Final

import typer

from shared.runtime import terminal
from shared.runtime.client import Client
from shared.runtime.errors import WrongUse

ZONES: Final[Mapping[str | None, str]] = {
    "content_consumer": "a content consumer",
    "content_sharer": "a content sharer",
    "content_creator": "a content creator",
    "socially_engaged": "socially engaged",
    None: "in no zone",
}
ACTS: Final = {
    "any": "acts",
    "converse": "conversations",
    "inbound": "inbound requests",
    "publish": "published pieces",
    "speaking": "invitations to speak",
}
BAR: Final = 40
PATIENCE: Final = 600.0
"""Seconds that may pass between two lines of the recount."""

Member = Annotated[str, typer.Argument(metavar="ID", show_default=False)]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DAY", help="On that day.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
By = Annotated[
    str | None, typer.Option(metavar="group", help="Each group by itself.", show_default=False)
]


def commands(app: typer.Typer) -> None:
    app.command("member")(member)
    app.command("explain")(explain)
    app.command("distribution")(distribution)
    app.command("verify")(verify)


def exports(export: typer.Typer) -> None:
    """Add to `zones export`."""
    export.command("members")(export_members)
    export.command("changes")(export_changes)


def member(id: Member, *, as_of: AsOf = None, json: Json = False) -> None:
    """Show where a member is, and has been."""
    with Client("classifier") as service:
        told = service.get(f"/v1/members/{id}", as_of=_day(as_of))
    if json:
        terminal.print_json(told)
        return
    vitality = f", {told['vitality']}" if told["vitality"] else ""
    since = f" since {_date(told['since'])}" if told["since"] else ""
    terminal.say(terminal.plain(f"{id} is {ZONES[told['zone']]}{since}{vitality}"))
    for stretch in told["trajectory"]:
        terminal.say(terminal.plain(f"  from {_date(stretch['from'])}: {ZONES[stretch['zone']]}"))


def explain(id: Member, *, json: Json = False) -> None:
    """Say why a member is where they are, and what the next zone asks for."""
    with Client("classifier") as service:
        told = service.get(f"/v1/members/{id}/explain")
    if json:
        terminal.print_json(told)
        return
    for line in _explained(told):
        terminal.say(terminal.plain(line))


def distribution(*, as_of: AsOf = None, by: By = None, json: Json = False) -> None:
    """Show how many members are in each zone."""
    if by not in {None, "group"}:
        raise WrongUse(f"--by {by}: members can be counted by group")
    with Client("classifier") as service:
        told = service.get("/v1/distribution", as_of=_day(as_of), by=by)
    if json:
        terminal.print_json(told)
        return
    terminal.say(terminal.plain(f"{told['members']} members on {_date(told['as_of'])}"))
    _bars(told)
    for group in told.get("groups", ()):
        terminal.say(terminal.plain(f"\n{group['group'] or 'no group'}: {group['members']}"))
        _bars(group)


def export_members() -> None:
    """Print every member as a line of JSON, by id."""
    _export("members")


def export_changes() -> None:
    """Print every zone change as a line of JSON, by member and version."""
    _export("changes")


def verify(*, json: Json = False) -> None:
    """Recount every member from the log, and compare. Exit code 1 where anything differs."""
    with Client("classifier", timeout=PATIENCE) as service:
        told = map(codec.loads, service.lines("/v1/verify", method="POST"))
        result = _last(told, next(told))
    if "error" in result:
        terminal.fail(result["error"])
    if json:
        terminal.print_json(result)
    if not result["equal"]:
        terminal.fail(f"the recount differs: {result['difference']}")
    if not json:
        counted = f"{result['events']} events of {result['members']} members"
        terminal.say(f"{counted} recounted, all equal; digest {result['digest']}")


def _last(told: Iterator[dict[str, Any]], first: dict[str, Any]) -> dict[str, Any]:
    """Show how far the recount is, and return what it says at the end."""
    with terminal.progress("recounting", first.get("of")) as advance:
        done, last = 0, first
        for last in chain([first], told):
            advance(last.get("done", done) - done)
            done = last.get("done", done)
    return last


def _export(what: str) -> None:
    with Client("classifier") as service:
        for line in service.lines(f"/v1/export/{what}"):
            typer.echo(line)


def _explained(told: Mapping[str, Any]) -> Iterable[str]:
    """Yield sentences that can be read aloud, then the criteria, one a line."""
    change, today = told["last_change"], told["today"]
    if change is not None:
        yield f"{told['member']} {_became(change)}{_because(change)}."
    if told["zone"] is None:
        yield "They are in no zone at present."
        return
    yield f"On {_date(today['day'])} they are {ZONES[told['zone']]}, {told['vitality']}."
    if today["failing_since"]:
        yield (
            f"What keeps them there is incomplete since {_date(today['failing_since'])};"
            f" that may be so for {today['grace_days']} days."
        )
    if today["keep"]:
        yield f"To stay {ZONES[told['zone']]}:"
        yield from map(_line, today["keep"])
    if today["next"]:
        yield f"To become {ZONES[today['next']]}:"
        yield from map(_line, today["enter"])


def _became(change: Mapping[str, Any]) -> str:
    on = f"on {_date(change['effective_on'])}"
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
        _words(each)
        for each in change["evidence"]
        if each["met"] is not lacking and each["measure"] != "enrolled" and not _left_out(each)
    ]
    if not reasons:
        return ""
    *others, last = reasons
    listed = f"{', '.join(others)} and {last}" if others else last
    return f" because they had {listed}"


def _line(criterion: Mapping[str, Any]) -> str:
    if _left_out(criterion):
        return f"  - {_words(criterion)}: not counted, since nobody reports it"
    return f"  {'✓' if criterion['met'] else '✗'} {_words(criterion)}"


def _words(criterion: Mapping[str, Any]) -> str:
    """Say what a criterion found and needs, as in `5 published pieces in 90 days (3 needed)`."""
    have, days, acts = criterion["have"], criterion["days"], _acts(criterion["of"])
    match criterion["measure"]:
        case "acts" | "outcomes":
            found = f"{_number(have)} {acts} in {days} days"
        case "active_days":
            found = f"{acts} on {_number(have, 'day')} of {days}"
        case "active_weeks":
            found = f"{acts} in {_number(have, 'week')} of {days} days"
        case "people":
            found = f"{acts} with {_number(have, 'person', 'people')} in {days} days"
        case "minutes_per_week":
            found = f"{_number(have, 'minute')} a week over {days} days"
        case "accounts":
            found = _number(have, "linked account")
        case "network_size":
            found = f"{_number(have)} followers and connections"
        case "network_growth":
            found = f"{_number(have)} more followers and connections than {days} days before"
        case measure:
            found = f"{measure}: {have}"
    return f"{found} ({criterion['need']:g} needed)"


def _number(value: float, one: str = "", more: str | None = None) -> str:
    """Write `no weeks`, `1 week`, `2 weeks`, and without a unit the number alone."""
    words = f"{value:g}" if value else "no"
    unit = one if value == 1 or not one else more or f"{one}s"
    return f"{words} {unit}".rstrip()


def _acts(of: Sequence[str]) -> str:
    *others, last = [ACTS.get(kind, f"{kind}s") for kind in of] or [""]
    return f"{', '.join(others)} or {last}" if others else last


def _left_out(criterion: Mapping[str, Any]) -> bool:
    return bool(criterion.get("left_out"))


def _bars(counted: Mapping[str, Any]) -> None:
    for zone, count in counted["zones"].items():
        bar = "█" * round(BAR * count / max(counted["members"], 1))
        terminal.say(terminal.plain(f"  {zone:<17} {count:>6} {bar}".rstrip()))
    felt = ", ".join(f"{count} {vitality}" for vitality, count in counted["vitality"].items())
    terminal.say(terminal.plain(f"  {felt}"))


def _day(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise WrongUse(f"--as-of {text} is no day: write it as 2026-03-12") from None


def _date(day: str) -> str:
    """Write a day as people say it: 12 March 2026."""
    when = date.fromisoformat(day)
    return f"{when.day} {when:%B} {when.year}"
