"""`zones drafts`: what authors are asked about changes to their drafts, and their answers."""

from typing import Annotated, Any

import typer

from services.notifier.cli.paging import moment, pages
from shared.runtime import terminal
from shared.runtime.client import Client
from shared.runtime.errors import WrongUse

COLUMNS = ("question", "author", "draft", "editor", "state", "asked")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Open = Annotated[bool, typer.Option("--open", help="Only what waits for its author.")]


def commands(app: typer.Typer) -> None:
    drafts = typer.Typer(
        name="drafts", help="What authors are asked about their drafts.", no_args_is_help=True
    )
    drafts.command("voices")(voices)
    drafts.command("voice")(voice)
    app.add_typer(drafts)


def voices(*, open: Open = False, json: Json = False) -> None:
    """List the changes of meaning about which authors were asked, from old to new."""
    asked = list(pages("/v1/drafts/voices", "voices", only_open=open))
    if json:
        terminal.print_json(asked)
    elif asked:
        terminal.print_table(COLUMNS, [_row(each) for each in asked])
    else:
        terminal.say("no author is asked anything" if open else "no author has been asked anything")


def voice(
    id: Annotated[str, typer.Argument(metavar="QUESTION", show_default=False)],
    *,
    accept: Annotated[bool, typer.Option("--accept", help="The author's voice it is.")] = False,
    send_back: Annotated[
        bool, typer.Option("--send-back", help="It is to say what it said before.")
    ] = False,
    json: Json = False,
) -> None:
    """Answer for the author: the editor hears whether a change is accepted or comes back."""
    if accept == send_back:
        raise WrongUse("say either --accept or --send-back")
    said = {"answer": "accept" if accept else "send_back"}
    with Client("notifier") as service:
        answer = service.post(f"/v1/drafts/voices/{id}", said)
    if json:
        terminal.print_json(answer)
        return
    asked = answer["voice"]
    done = _state(asked) if answer["changed"] else f"{_state(asked)} already"
    terminal.say(
        terminal.plain(f"the change to the draft {asked['draft_id']} of {asked['member']}: {done}")
    )


def _row(asked: dict[str, Any]) -> tuple[object, ...]:
    return (
        asked["id"],
        asked["member"],
        asked["draft_id"],
        asked["editor"],
        _state(asked),
        moment(asked["asked_at"]),
    )


def _state(asked: dict[str, Any]) -> str:
    return str(asked["state"]).replace("_", " ")
