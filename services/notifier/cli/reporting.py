"""`zones alerts report`: how soon the fast track answers."""

from datetime import datetime
from typing import Annotated, Any

import typer

from shared.runtime import terminal
from shared.runtime.client import Client
from shared.runtime.errors import WrongUse

DRAFT = ("draft", "member", "answer", "by", "minutes", "of work", "promised", "kept")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
DAYS = ["%Y-%m-%d"]


def report(
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=DAYS, help="The first day.", show_default=False),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--to", formats=DAYS, help="The last day.", show_default=False),
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Report how soon drafts on the fast track are answered, and how many promises are kept."""
    if since and until and until < since:
        raise WrongUse("--to must not be before --from")
    with Client("notifier") as service:
        told = service.get("/v1/alerts/report", **{"from": _day(since), "to": _day(until)})
    if json:
        terminal.print_json(told)
        return
    if not told["promised"]:
        terminal.say("no draft was on the fast track")
        return
    terminal.say(
        f"{told['promised']} drafts: {told['answered']} answered, {told['withdrawn']} withdrawn,"
        f" {told['waiting']} waiting, {told['late']} late"
    )
    if told["share_kept"] is not None:
        terminal.say(f"{told['share_kept']:.1%} of the promises were kept")
    if told["minutes"]:
        rows = [_percentile(told, each) for each in ("p50", "p90", "p99")]
        terminal.print_table(("of the answers", "minutes", "of work"), rows)
        terminal.say("")
        terminal.print_table(DRAFT, [_row(draft) for draft in told["slowest"]])


def _percentile(told: dict[str, Any], name: str) -> tuple[object, ...]:
    share = f"{name.removeprefix('p')} %"
    return (share, told["minutes"][name], told["working_minutes"][name])


def _row(draft: dict[str, Any]) -> tuple[object, ...]:
    return (
        draft["draft_id"],
        draft["member"],
        draft["resolved"],
        draft["resolved_by"],
        draft["minutes"],
        draft["working_minutes"],
        draft["promised_minutes"],
        "yes" if draft["kept"] else "no",
    )


def _day(given: datetime | None) -> str | None:
    return None if given is None else f"{given.date()}"
