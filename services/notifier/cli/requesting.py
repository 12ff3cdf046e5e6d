"""`zones requests`: topics that somebody would like to see covered."""

from typing import Annotated, Any
from urllib.parse import quote

import typer

from services.notifier.cli.paging import maybe, moment, pages
from shared.runtime import terminal
from shared.runtime.client import Client
from shared.runtime.errors import WrongUse

COLUMNS = ("request", "topic", "by", "state", "asked", "opened", "next")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def commands(app: typer.Typer) -> None:
    requests = typer.Typer(
        name="requests", help="Topics that were asked for.", invoke_without_command=True
    )
    requests.callback()(list_requests)
    requests.command("answer")(answer)
    app.add_typer(requests)


def list_requests(
    context: typer.Context,
    *,
    open: Annotated[bool, typer.Option("--open", help="Leave out what is closed.")] = False,
    json: Json = False,
) -> None:
    """List the topics that were asked for, from old to new, and how far each has come."""
    if context.invoked_subcommand is not None:
        return
    requests = list(pages("/v1/requests", "requests", only_open=open))
    if json:
        terminal.print_json(requests)
    elif requests:
        terminal.print_table(COLUMNS, [_row(it) for it in requests])
    else:
        terminal.say("no request is open" if open else "there have been no requests")


def answer(
    id: Annotated[str, typer.Argument(metavar="REQUEST", show_default=False)],
    *,
    member: Annotated[str, typer.Option(metavar="MEMBER", help="Who answers.")],
    accept: Annotated[
        bool | None,
        typer.Option("--accept/--decline", help="What they say.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Say for a member that they take a topic up, or that they leave it to others."""
    if accept is None:
        raise WrongUse("--accept or --decline must be given")
    said = {"member": member, "answer": "accepted" if accept else "declined"}
    with Client("notifier") as service:
        told = service.post(f"/v1/requests/{quote(id)}/answers", said)
    if json:
        terminal.print_json(told)
        return
    request = told["request"]
    taken = f"is taken by {request['taken_by'] or 'somebody'}"
    states = {"open": "is open", "unanswered": "is closed: nobody could", "taken": taken}
    how = states[request["state"]]
    before = "" if told["changed"] else ", as before"
    terminal.say(terminal.plain(f"the request {request['id']} {how}{before}"))


def _row(request: dict[str, Any]) -> tuple[object, ...]:
    taken = request["state"] == "taken" and request["taken_by"]
    asked = (f"{it['member']} ({it['reply'] or 'waiting'})" for it in request["asked"])
    return (
        *(request[name] for name in ("id", "topic", "by")),
        f"taken by {taken}" if taken else request["state"],
        ", ".join(asked) or None,
        moment(request["opened_at"]),
        maybe(request["next_at"]),
    )
