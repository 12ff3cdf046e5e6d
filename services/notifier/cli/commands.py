"""The commands of the notifier: the fast-track queue, and how people are reached."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from services.notifier.cli import drafting, reporting
from shared.runtime import terminal
from shared.runtime.client import Client
from shared.runtime.errors import WrongUse

COLUMNS = ("alert", "member", "draft", "state", "by", "raised", "promised by", "left")
DELIVERY = ("channel", "state", "attempts", "problem", "at", "next_at")
MINUTE, HOUR, DAY = 60, 3600, 86_400

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Open = Annotated[bool, typer.Option("--open", help="Leave out what is resolved.")]


def commands(app: typer.Typer) -> None:
    alerts = typer.Typer(name="alerts", help="The fast-track queue.", invoke_without_command=True)
    alerts.callback()(list_alerts)
    alerts.command("ack")(ack)
    alerts.command("report")(reporting.report)
    app.add_typer(alerts)
    drafting.commands(app)
    notices = typer.Typer(
        name="notices", help="How people are reached, and what became of it.", no_args_is_help=True
    )
    notices.command("address")(address)
    notices.command("deliveries")(deliveries)
    notices.command("webhook")(webhook)
    app.add_typer(notices)


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


def address(
    id: Annotated[str, typer.Argument(metavar="ID", show_default=False)],
    *,
    email: Annotated[
        str | None, typer.Option(help="An e-mail address; '' forgets it.", show_default=False)
    ] = None,
    chat: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="An address of Apprise's, as ntfys://HOST/TOPIC; '' forgets it.",
            show_default=False,
        ),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Forget all addresses.")] = False,
    json: Json = False,
) -> None:
    """Show where a member is to be found, or say it. The organisation is called _org."""
    if remove and (email is not None or chat is not None):
        raise WrongUse("--remove forgets all addresses: give no other with it")
    given = {"email": email, "chat": chat}
    changes = {name: said or None for name, said in given.items() if said is not None}
    path = f"/v1/members/{id}/addresses"
    with Client("notifier") as service:
        if remove:
            known = service.delete(path)
        else:
            known = service.put(path, changes) if changes else service.get(path)
    if json:
        terminal.print_json(known)
    else:
        rows = [(name, known[name]) for name in ("email", "chat")]
        terminal.print_table(("channel", "address"), rows)


def deliveries(
    id: Annotated[str, typer.Argument(metavar="NOTICE", show_default=False)],
    *,
    json: Json = False,
) -> None:
    """Show how far a notice has come over each channel."""
    with Client("notifier") as service:
        answer = service.get(f"/v1/notices/{id}/deliveries")
    if json:
        terminal.print_json(answer)
    elif answer["deliveries"]:
        rows = [
            (*(it[name] for name in DELIVERY[:4]), _maybe(it["at"]), _maybe(it["next_at"]))
            for it in answer["deliveries"]
        ]
        terminal.print_table(DELIVERY, rows)
    else:
        terminal.say("it is in the inbox, and was to go nowhere else")


def webhook(
    *,
    enable: Annotated[
        bool, typer.Option("--enable", help="Post again to a receiver that was gone.")
    ] = False,
    json: Json = False,
) -> None:
    """Show where notices are posted, and whether anybody is there."""
    with Client("notifier") as service:
        answer = service.post("/v1/webhook/enable") if enable else service.get("/v1/webhook")
    if json:
        terminal.print_json(answer)
    elif answer["host"] is None:
        terminal.say("notices are posted nowhere: ZONES_NOTIFIER_WEBHOOK_URL names a receiver")
    elif answer["enabled"]:
        terminal.say(terminal.plain(f"notices are posted to {answer['host']}"))
    else:
        gone = f"{answer['host']} said at {_time(answer['gone_at'])} that it is gone"
        terminal.say(terminal.plain(f"{gone}: nothing is posted until --enable"))


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
        alert.get("resolved_by"),
        _time(alert["raised_at"]),
        _time(alert["due_at"]),
        _left(alert["seconds_left"]),
    )


def _time(instant: str) -> str:
    return instant[:16].replace("T", " ")


def _maybe(instant: str | None) -> str | None:
    return None if instant is None else _time(instant)


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
