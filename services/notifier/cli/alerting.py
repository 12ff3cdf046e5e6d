"""`zones alerts`: the fast-track queue."""

from typing import Annotated, Any

import typer

from services.notifier.cli import reporting
from services.notifier.cli.paging import moment, pages
from shared.runtime import terminal
from shared.runtime.client import Client

COLUMNS = ("alert", "member", "draft", "state", "by", "raised", "promised by", "left")
MINUTE, HOUR, DAY = 60, 3600, 86_400

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Open = Annotated[bool, typer.Option("--open", help="Leave out what is resolved.")]


def commands(app: typer.Typer) -> None:
    alerts = typer.Typer(name="alerts", help="The fast-track queue.", invoke_without_command=True)
    alerts.callback()(list_alerts)
    alerts.command("ack")(ack)
    alerts.command("report")(reporting.report)
    app.add_typer(alerts)


def list_alerts(context: typer.Context, *, open: Open = False, json: Json = False) -> None:
    """List the drafts on the fast track, from old to new, and what is left of each promise."""
    if context.invoked_subcommand is not None:
        return
    alerts = list(pages("/v1/alerts", "alerts", only_open=open))
    if json:
        terminal.print_json(alerts)
    elif alerts:
        terminal.print_table(COLUMNS, [_row(alert) for alert in alerts])
    else:
        terminal.say("no draft waits" if open else "there have been no alerts")


def ack(
    id: Annotated[str, typer.Argument(metavar="ALERT", show_default=False)],
    *,
    by: Annotated[
        str | None, typer.Option(metavar="MEMBER", help="Who takes it up.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Take up a draft: its alert is resolved."""
    with Client("notifier") as service:
        answer = service.post(f"/v1/alerts/{id}/ack", {"by": by})
    if json:
        terminal.print_json(answer)
        return
    alert = answer["alert"]
    done = "is taken up" if answer["changed"] else f"was {alert['resolved']} already"
    kept = "within the promise" if alert["kept"] else "later than promised"
    terminal.say(
        terminal.plain(f"the draft {alert['draft_id']} of {alert['member']} {done}, {kept}")
    )


def _row(alert: dict[str, Any]) -> tuple[object, ...]:
    return (
        alert["id"],
        alert["member"],
        alert["draft_id"],
        alert.get("resolved") or alert["state"].replace("_", " "),
        alert.get("resolved_by"),
        moment(alert["raised_at"]),
        moment(alert["due_at"]),
        _left(alert["seconds_left"]),
    )


def _left(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    span = abs(round(seconds))
    if span >= DAY:
        words = f"{span // DAY} d {span % DAY // HOUR} h"
    elif span >= HOUR:
        words = f"{span // HOUR} h {span % HOUR // MINUTE} min"
    else:
        words = f"{span // MINUTE} min"
    return words if seconds >= 0 else f"{words} late"
