"""`zones notices`: how people are reached, and what became of it."""

from typing import Annotated

import typer

from services.notifier.cli import respecting, ruling
from services.notifier.cli.paging import maybe, moment
from shared.runtime import terminal
from shared.runtime.client import Client
from shared.runtime.errors import WrongUse

DELIVERY = ("channel", "state", "attempts", "problem", "at", "next_at")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def commands(app: typer.Typer) -> None:
    notices = typer.Typer(
        name="notices", help="How people are reached, and what became of it.", no_args_is_help=True
    )
    notices.command("address")(address)
    notices.command("deliveries")(deliveries)
    notices.command("webhook")(webhook)
    notices.command("kinds")(ruling.kinds)
    respecting.commands(notices)
    notices.command("consent")(consent)
    app.add_typer(notices)


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
            (*(it[name] for name in DELIVERY[:4]), maybe(it["at"]), maybe(it["next_at"]))
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
        gone = f"{answer['host']} said at {moment(answer['gone_at'])} that it is gone"
        terminal.say(terminal.plain(f"{gone}: nothing is posted until --enable"))


def consent(
    id: Annotated[str, typer.Argument(metavar="ID", show_default=False)],
    *,
    care: Annotated[
        bool | None,
        typer.Option(
            "--care/--no-care",
            help="Whether the member's sponsor may hear how they are.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Show whether a member's sponsor may hear how they are, or say it for the member."""
    path = f"/v1/members/{id}/consent"
    with Client("notifier") as service:
        known = service.get(path) if care is None else service.put(path, {"care": care})
    if json:
        terminal.print_json(known)
    else:
        may = "may hear" if known["care"] else "does not hear"
        terminal.say(terminal.plain(f"the sponsor of {known['member']} {may} how they are"))
