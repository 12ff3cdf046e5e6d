"""`zones members`: a list of members brought in, and the accounts that are linked to them."""

import json as jsons
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from services.ingest.cli.sending import Ingest, Wait, chunks, remark
from shared.runtime import terminal
from shared.runtime.client import Client

if TYPE_CHECKING:
    from services.ingest.domain.roster import Change
    from services.ingest.sources.roster import Problem

SHOWN: Final = 50
"""Refused rows that are told of one by one."""
PAGE: Final = 1000

File = Annotated[str, typer.Argument(metavar="FILE.csv|-", show_default=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change, and send nothing.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Id = Annotated[str | None, typer.Argument(metavar="[ID]", show_default=False)]
Platform = Annotated[
    str | None, typer.Option(metavar="NAME", help="Only accounts there.", show_default=False)
]


def commands(app: typer.Typer) -> None:
    members = typer.Typer(
        name="members", help="Who the members are, and their accounts.", no_args_is_help=True
    )
    members.command("import")(import_)
    members.command("accounts")(accounts)
    app.add_typer(members)


def import_(file: File, *, dry_run: DryRun = False, wait: Wait = 300.0, json: Json = False) -> None:
    """Bring in a list of members: CSV with a first line that names its columns.

    The columns are id, group, timezone, locale, roles, sponsor, topics, public and accounts (as
    bluesky:ada.example fediverse:ada@social.example); only id is needed, and their order does not
    matter. An empty cell clears what it names, a missing column leaves it. Who is new or has
    departed is registered; who is not on the list is left alone, and so is every other account.
    The whole list is checked before anything is sent, and the exit code is 1 when a row was
    refused. Importing the same list again changes nothing.
    """
    from services.ingest.sources import roster  # noqa: PLC0415 - `--help` does without

    name, content = roster.opened(file)
    listed = roster.read(name, content)
    with Client("ingest") as ingest:
        changes = _compared(ingest, listed.rows)
    refused = list(listed.problems)
    if not dry_run and not refused:
        refused = _send(changes, wait)
    _tell(name, changes, refused, sent=not dry_run and not listed.problems, json=json)
    if refused:
        raise typer.Exit(1)


def accounts(member: Id = None, *, platform: Platform = None, json: Json = False) -> None:
    """List the accounts that are linked, of one member or of all."""
    with Client("ingest") as ingest:
        rows = list(_pages(ingest, "accounts", member=member, platform=platform))
    rows.sort(key=lambda row: (row["member"], row["platform"], row["handle"]))
    if json:
        terminal.print_json(rows)
    elif not rows:
        terminal.say("no account is linked")
    else:
        columns = ("member", "platform", "handle", "label")
        terminal.print_table(columns, [[row[column] for column in columns] for row in rows])


def _compared(ingest: Client, rows: Sequence[Any]) -> list["Change"]:
    from services.ingest.domain.identity import AccountName  # noqa: PLC0415 - see import_
    from services.ingest.domain.roster import compare  # noqa: PLC0415 - see import_

    owners: dict[AccountName, set[str]] = defaultdict(set)
    for account in _pages(ingest, "accounts"):
        for name in (account["handle"], *account["labels"]):
            owners[AccountName(account["platform"], name)].add(account["member"])
    profiles = {profile["member"]: profile for profile in _pages(ingest, "profiles")}
    nobody: dict[str, Any] = {"registered": False, "values": {}}
    return [
        compare(row, values=known["values"], registered=known["registered"], owners=owners)
        for row in rows
        for known in [profiles.get(row.member, nobody)]
    ]


def _pages(ingest: Client, what: str, **parameters: object) -> Iterator[dict[str, Any]]:
    after: str | None = ""
    while after is not None:
        page = ingest.get(f"/v1/{what}", after=after, limit=PAGE, **parameters)
        yield from page[what]
        after = page["next"]


def _send(changes: Sequence["Change"], wait: float) -> list["Problem"]:
    """Return what was refused nevertheless."""
    from services.ingest.domain.roster import events  # noqa: PLC0415 - see import_
    from services.ingest.sources.jsonlines import Line  # noqa: PLC0415 - see import_
    from services.ingest.sources.roster import Problem  # noqa: PLC0415 - see import_

    now = datetime.now(UTC)
    lines = [
        Line(change.row.line, jsons.dumps(event).encode())
        for change in changes
        for event in events(change, now)
    ]
    refused = []
    with (
        Ingest(wait, again="import the list again") as ingest,
        terminal.progress("importing members", len(lines)) as advance,
    ):
        for chunk in chunks(lines):
            answer = ingest.post([line.text for line in chunk])
            refused += [
                Problem(chunk[result["index"]].number, str(result["reason"]))
                for result in answer["results"]
                if result["status"] == "refused"
            ]
            advance(len(chunk))
    return refused


def _tell(
    name: str,
    changes: Sequence["Change"],
    refused: Sequence["Problem"],
    *,
    sent: bool,
    json: bool,
) -> None:
    counts = Counter(change.what for change in changes)
    told = {
        "new": counts["new"],
        "changed": counts["changed"],
        "unchanged": counts["unchanged"],
        "links": sum(len(change.links) for change in changes),
        "refused": len(refused),
    }
    if json:
        rows = [_row(change) for change in changes if change.what != "unchanged"]
        problems = [problem._asdict() for problem in refused]
        terminal.print_json({**told, "sent": sent, "rows": rows, "problems": problems})
        return
    if not sent:
        for change in changes:
            if change.what != "unchanged":
                terminal.say(terminal.plain(_sentence(change)))
    for problem in refused[:SHOWN]:
        remark(f"{name}:{problem.line}: {problem.what}")
    if len(refused) > SHOWN:
        remark(f"and {len(refused) - SHOWN} more rows are refused")
    words = "new {new}, changed {changed}, unchanged {unchanged}, accounts to link {links}"
    words = words if not sent else words.replace("accounts to link", "accounts linked")
    terminal.say(f"{words}, refused {{refused}}".format(**told))
    if not sent:
        terminal.say("nothing was sent" + (": mend what is refused first" if refused else ""))
    else:
        terminal.say("members who are not on the list are left alone")


def _row(change: "Change") -> dict[str, Any]:
    return {
        "line": change.row.line,
        "member": change.row.member,
        "what": change.what,
        "fields": change.fields,
        "links": [f"{name.platform}:{name.handle}" for name in change.links],
        "taken": {f"{name.platform}:{name.handle}": it for name, it in change.taken.items()},
    }


def _sentence(change: "Change") -> str:
    parts = [f"{name} {_value(value)}" for name, value in change.fields.items()]
    for link in change.links:
        taken = f" (taken from {change.taken[link]})" if link in change.taken else ""
        parts.append(f"links {link.platform}:{link.handle}{taken}")
    told = f": {', '.join(parts)}" if parts else ""
    return f"line {change.row.line}: {change.row.member} {change.what}{told}"


def _value(value: object) -> str:
    match value:
        case None:
            return "cleared"
        case bool():
            return "yes" if value else "no"
        case list():
            return "; ".join(value)
        case _:
            return str(value)
