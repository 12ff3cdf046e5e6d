"""The commands of the notifier: the fast-track queue."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from shared.runtime import terminal
from shared.runtime.client import Client

COLUMNS = ("alert", "member", "draft", "state", "raised", "promised by", "left")
MINUTE, HOUR, DAY = 60, 3600, 86_400

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Open = Annotated[bool, typer.Option("--open", help="Leave out what is resolved.")]


def commands(app: typer.Typer) -> None:
    alerts = typer.Typer(name="alerts", help="The fast-track queue.", invoke_without_command=True)
    alerts.callback()(list_alerts)
    alerts.command("ack")(ack)
    app.add_typer(alerts)


def list_alerts(context: typer.Context, *, open: Open = False, json: Json = False) -> None:
    """List the drafts on the fast track, from old to new, and what is left of each promise."""
    if context.invoked_subcommand is not None:
        return
    alerts = list(_alerts(only_open=open))
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


def _alerts(*, only_open: bool) -> Iterator[dict[str, Any]]:
    after: str | None = None
    with Client("notifier") as service:
        while True:
            page = service.get("/v1/alerts", open=only_open, after=after, limit=1000)
            yield from page["alerts"]
            after = page["next"]
            if after is None:
                return


def _row(alert: dict[str, Any]) -> tuple[object, ...]:
    return (
        alert["id"],
        alert["member"],
        alert["draft_id"],
        alert.get("resolved") or alert["state"].replace("_", " "),
        _time(alert["raised_at"]),
        _time(alert["due_at"]),
        _left(alert["seconds_left"]),
    )


def _time(instant: str) -> str:
    return instant[:16].replace("T", " ")


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
