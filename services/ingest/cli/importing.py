"""`zones import`: what a platform gave a member of theirs becomes activity, by way of ingest."""

import json as jsons
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from services.ingest.cli.sending import Ingest, Wait, chunks
from services.ingest.domain.activity import MEMBER, Refused, Sighting, Skipped
from shared.runtime import terminal
from shared.runtime.errors import WrongUse

if TYPE_CHECKING:
    from services.ingest.sources.exports.parts import Note
    from services.ingest.sources.jsonlines import Line
    from services.ingest.sources.sightings import Seen

CONFLICT: Final = "id_conflict"
ALIASES: Final = {"twitter": "x"}

Platform = Annotated[
    Literal["linkedin", "x", "twitter", "mastodon", "activitystreams", "youtube"],
    typer.Argument(
        metavar="PLATFORM",
        show_default=False,
        help="linkedin, x, mastodon, youtube, or activitystreams for any other outbox.",
    ),
]
Path = Annotated[
    str, typer.Argument(metavar="PATH", show_default=False, help="A folder, a zip, or one file.")
]
MemberOption = Annotated[
    str,
    typer.Option("--member", metavar="ID", show_default=False, help="Whose export it is."),
]
Historical = Annotated[
    bool,
    typer.Option(
        "--historical/--live", help="As history, of which nobody is told; or as if it were news."
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]


def commands(app: typer.Typer) -> None:
    app.command("import")(import_)


def import_(
    platform: Platform,
    path: Path,
    *,
    member: MemberOption,
    historical: Historical = True,
    dry_run: DryRun = False,
    wait: Wait = 300.0,
    json: Json = False,
) -> None:
    """Import what a platform gave a member who asked for all of theirs.

    Importing again, in parts or a newer export of the same account, adds only what is new. No
    message, address or text is sent on, and private messages are not even opened. The exit code
    is 1 when something was refused.
    """
    from services.ingest.sources.exports import (  # noqa: PLC0415 - `--help` does without
        files,
        readers,
    )

    if not MEMBER.fullmatch(member):
        raise WrongUse(f"{member} is no member id: up to 64 letters, digits, _ and -")
    platform_ = ALIASES.get(platform, platform)
    summary = Summary(dry_run=dry_run)
    with files.opened(path) as export:
        seen = readers.read(platform_, export)
        lines = _lines(_told(seen, summary), member, historical=historical)
        try:
            with terminal.progress(f"importing {path}", readers.size(platform_, export)) as advance:
                position = 0
                for answer in _answered(chunks(lines), wait, dry_run=dry_run):
                    summary.count(answer)
                    advance(export.position - position)
                    position = export.position
        finally:
            if summary != Summary(dry_run=dry_run):
                summary.print(json=json)
    if summary.refused:
        raise typer.Exit(1)


@dataclass(slots=True)
class Summary:
    """`taken` counts what was sent by kind. `skipped` counts by reason and sentence, `refusals` by
    reason alone: `why` has an example of each.
    """

    dry_run: bool = False
    accepted: int = 0
    duplicates: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    why: dict[str, str] = field(default_factory=dict)

    @property
    def refused(self) -> int:
        return self.refusals.total()

    def refuse(self, reason: str, detail: str) -> None:
        self.refusals[reason] += 1
        self.why.setdefault(reason, detail)

    def count(self, answer: dict[str, Any]) -> None:
        """Count what ingest made of these."""
        self.accepted += answer["accepted"]
        self.duplicates += answer["duplicates"]
        for result in answer["results"]:
            if result["status"] == "refused":
                reason, _, detail = str(result["reason"]).partition(": ")
                self.refuse(reason, f"{result['id'] or '-'}: {detail}")
        if self.refusals[CONFLICT]:
            self.why[CONFLICT] = (
                "they are known already and were told otherwise: by the platform itself, or"
                " imported for somebody else"
            )

    def print(self, *, json: bool) -> None:
        if json:
            terminal.print_json(self._json())
            return
        verb = "would be sent" if self.dry_run else "accepted"
        terminal.say(
            f"{verb} {self.accepted}, duplicates {self.duplicates}, refused {self.refused}"
        )
        if self.taken:
            kinds = ", ".join(f"{number} {kind}" for kind, number in self.taken.most_common())
            terminal.say(f"taken: {kinds}")
        for (reason, detail), number in self.skipped.most_common():
            terminal.say(terminal.plain(f"skipped {number}: {reason}: {detail}"))
        for reason, number in self.refusals.most_common():
            terminal.say(terminal.plain(f"refused {number}: {reason}: {self.why[reason]}"))
        for note in self.notes:
            terminal.say(terminal.plain(f"note: {note}"))

    def _json(self) -> dict[str, Any]:
        skipped: Counter[str] = Counter()
        for (reason, _), number in self.skipped.items():
            skipped[reason] += number
        return {
            "accepted": self.accepted,
            "duplicates": self.duplicates,
            "refused": self.refused,
            "skipped": dict(skipped.most_common()),
            "refusals": dict(self.refusals.most_common()),
            "taken": dict(self.taken.most_common()),
            "notes": self.notes,
            "dry_run": self.dry_run,
        }


def _told(seen: Iterable["Seen | Note"], summary: Summary) -> Iterator[Sighting]:
    """Yield each act once, and count everything else. Exports repeat themselves."""
    known: set[bytes] = set()
    for one in seen:
        match one:
            case Sighting():
                name = str(one.event["id"]).encode(errors="replace")
                digest = blake2b(name, digest_size=16).digest()
                if digest in known:
                    summary.skipped["repeated", "the export has it more than once"] += 1
                else:
                    known.add(digest)
                    summary.taken[_kind(one)] += 1
                    yield one
            case Skipped():
                summary.skipped[one.reason, one.detail] += 1
            case Refused():
                summary.refuse(one.reason, one.detail)
            case _:
                summary.notes.append(one.text)


def _lines(acts: Iterable[Sighting], member: str, *, historical: bool) -> Iterator["Line"]:
    from services.ingest.sources.exports.parts import OF_OWNER  # noqa: PLC0415 - see import_
    from services.ingest.sources.jsonlines import Line  # noqa: PLC0415 - see import_

    own = f"~{blake2b(member.encode(), digest_size=4).hexdigest()}"
    for number, act in enumerate(acts, 1):
        event = {**act.event, "subject": member}
        if (known := str(event["id"])).endswith(OF_OWNER):
            event["id"] = known.removesuffix(OF_OWNER) + own
        if historical:
            event["historical"] = True
        # Half a character is somebody's cutting, and no UTF-8.
        yield Line(number, jsons.dumps(event, ensure_ascii=False).encode(errors="replace"))


def _answered(
    lots: Iterable[list["Line"]], wait: float, *, dry_run: bool
) -> Iterator[dict[str, Any]]:
    if dry_run:
        for lot in lots:
            yield _judged(lot)
        return
    with Ingest(wait, "import it again") as ingest:
        for lot in lots:
            yield ingest.post([line.text for line in lot])


def _judged(lot: Sequence["Line"]) -> dict[str, Any]:
    """Say what ingest would make of these, as far as that depends on them alone."""
    from services.ingest.handlers.reading import Heard, read  # noqa: PLC0415 - see import_

    now, refused = datetime.now(UTC), []
    for line in lot:
        event = jsons.loads(line.text)
        if isinstance(said := read(Heard(event, now)), Refused):
            refused.append({"status": "refused", "id": event["id"], "reason": str(said)})
    return {"accepted": len(lot) - len(refused), "duplicates": 0, "results": refused}


def _kind(act: Sighting) -> str:
    return str(act.event["type"]).removeprefix("zones.activity.").removesuffix(".v1")
