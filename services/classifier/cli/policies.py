"""Policies: which were adopted, what is to be said against one, and the adoption of another."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer

from services.classifier.cli import words
from services.classifier.cli.words import Json, number, spoken
from shared.runtime import terminal
from shared.runtime.client import Client
from shared.runtime.errors import WrongUse

PATIENCE: Final = 3600.0
"""Seconds that the lint of a long log may take, or deciding everybody again."""

Mode = Literal["forward", "grandfather", "recompute"]

File = Annotated[
    Path,
    typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True, show_default=False),
]
MaybeFile = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FILE]", exists=True, dir_okay=False, readable=True, show_default=False
    ),
]


def commands(app: typer.Typer) -> None:
    policy = typer.Typer(
        name="policy",
        help="Show, question and adopt the rules that decide zones.",
        no_args_is_help=True,
    )
    policy.command("show")(show)
    policy.command("lint")(lint)
    policy.command("adopt")(adopt)
    app.add_typer(policy)


def show(
    *,
    version: Annotated[
        int | None,
        typer.Option("--version", metavar="N", help="Only this one.", show_default=False),
    ] = None,
    toml: Annotated[bool, typer.Option("--toml", help="Print the text itself.")] = False,
    json: Json = False,
) -> None:
    """Show which policies were adopted, by whom, and which days each governs."""
    with Client("classifier") as service:
        told = service.get("/v1/policies")
        if toml or version is not None:
            one = service.get(f"/v1/policies/{told['governing'] if version is None else version}")
    if toml:
        typer.echo(one["text"], nl=False)
    elif json:
        terminal.print_json(told if version is None else one)
    else:
        some = told["policies"] if version is None else [one]
        for line in (line for each in some for line in _shown(each, told["governing"])):
            terminal.print_line(line)
        for remark in told["remarks"]:
            terminal.print_line(remark)


def lint(file: MaybeFile = None, *, json: Json = False) -> None:
    """Say what is wrong with a policy, or odd, or worth knowing; without FILE with the one that
    governs. Exit code 1 where anything is wrong.
    """
    asked = {} if file is None else {"text": _text(file), "name": file.name}
    with Client("classifier", timeout=PATIENCE) as service:
        told = service.post("/v1/policies/lint", asked)
    if json:
        terminal.print_json(told)
    else:
        print_findings(told)
    if told["errors"]:
        raise typer.Exit(1)


def adopt(
    file: File,
    *,
    author: Annotated[str, typer.Option(metavar="WHO", help="Who decided it.", show_default=False)],
    note: Annotated[
        str | None, typer.Option(metavar="TEXT", help="And why.", show_default=False)
    ] = None,
    mode: Annotated[
        Mode,
        typer.Option(
            help="forward governs from a day on; grandfather likewise, and up to another day nobody"
            " is demoted by what is new; recompute governs every day, past ones too."
        ),
    ] = "forward",
    begin: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="DAY", help="Its first day.  [default: tomorrow]", show_default=False
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="Nobody is demoted by it until then.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Let a policy govern. Whatever is wrong with it is said before anything happens."""
    days = {"from": words.day("--from", begin), "until": words.day("--until", until)}
    text = _text(file)
    with Client("classifier", timeout=PATIENCE) as service:
        found = service.post("/v1/policies/lint", {"text": text, "name": file.name})
        if found["errors"] or not json:
            print_findings(found, but="note")
        if found["errors"]:
            raise typer.Exit(1)
        told = service.post(
            "/v1/policies", {"text": text, "author": author, "note": note, "mode": mode, **days}
        )
    if json:
        terminal.print_json(told)
        return
    for line in _shown(told, governing=0):
        terminal.print_line(line)


def print_findings(told: Mapping[str, Any], *, but: str = "") -> None:
    for each in (each for each in told["findings"] if each["severity"] != but):
        advice = f"; {each['advice']}" if each["advice"] else ""
        where = f"{told['name']}:{each['line']}: {each['severity']}"
        terminal.print_line(f"{where}: {each['words']}{advice}")
    counted = [number(told[f"{kind}s"], kind) for kind in ("error", "warning", "note")]
    terminal.print_line(f"{told['name']}: {', '.join(counted)}{_compared(told)}")


def _compared(told: Mapping[str, Any]) -> str:
    compared = told["compared"]
    if compared is None:
        return ""
    if not compared["events"]:
        return "; the log has nothing to compare it with"
    events, members = number(compared["events"], "event"), number(compared["members"], "member")
    return f", compared with {events} of {members}"


def _shown(adopted: Mapping[str, Any], governing: int) -> Iterable[str]:
    note = f": {adopted['note']}" if adopted["note"] else ""
    today = ", which governs today" if adopted["version"] == governing else ""
    yield f"policy {adopted['version']}{today}"
    yield f"  adopted by {adopted['author']}{note}"
    yield f"  {_mode(adopted)}"
    governed = [_stretch(each) for each in adopted["governs"]]
    yield f"  governs {' and '.join(governed) if governed else 'no day any more'}"


def _mode(adopted: Mapping[str, Any]) -> str:
    on = spoken(adopted["effective_on"])
    match adopted["mode"]:
        case "recompute":
            return "recompute: as if it had always been so"
        case "grandfather" if adopted["until"]:
            return (
                f"grandfather: from {on}, and up to {spoken(adopted['until'])} nobody is demoted"
                " by what is new"
            )
        case mode:
            return f"{mode}: from {on}"


def _stretch(days: Mapping[str, str | None]) -> str:
    since, until = days["from"], days["until"]
    if since is None:
        return "every day" if until is None else f"every day up to {spoken(until)}"
    return f"from {spoken(since)}" + ("" if until is None else f" up to {spoken(until)}")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise WrongUse(f"{file} is no text in UTF-8, and so no policy") from None
