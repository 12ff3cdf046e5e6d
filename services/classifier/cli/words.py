"""How the commands put it: zones, criteria, numbers and days as people say them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final

import typer

from shared.runtime.errors import WrongUse

ZONES: Final[Mapping[str | None, str]] = {
    "content_consumer": "a content consumer",
    "content_sharer": "a content sharer",
    "content_creator": "a content creator",
    "socially_engaged": "socially engaged",
    None: "in no zone",
}
ACTS: Final = {
    "any": "acts",
    "converse": "conversations",
    "inbound": "inbound requests",
    "publish": "published pieces",
    "speaking": "invitations to speak",
}

Member = Annotated[str, typer.Argument(metavar="ID", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def in_words(criterion: Mapping[str, Any]) -> str:
    """Say what a criterion found and needs, as in `5 published pieces in 90 days (3 needed)`."""
    have, days, of = criterion["have"], criterion["days"], acts(criterion["of"])
    match criterion["measure"]:
        case "outcomes" if "any" in criterion["of"]:
            found = f"{number(have, 'outcome')} in {days} days"
        case "acts" | "outcomes":
            found = f"{number(have)} {of} in {days} days"
        case "active_days":
            found = f"{of} on {number(have, 'day')} of {days}"
        case "active_weeks":
            found = f"{of} in {number(have, 'week')} of {days} days"
        case "people":
            found = f"{of} with {number(have, 'person', 'people')} in {days} days"
        case "minutes_per_week":
            found = f"{number(have, 'minute')} a week over {days} days"
        case "accounts":
            found = number(have, "linked account")
        case "network_size":
            found = f"{number(have)} followers and connections"
        case "network_growth":
            found = f"{number(have)} more followers and connections than {days} days before"
        case measure:
            found = f"{measure}: {have}"
    return f"{found} ({criterion['need']:g} needed)"


def number(value: float, one: str = "", more: str | None = None) -> str:
    """Write `no weeks`, `1 week`, `2 weeks`, and without a unit the number alone."""
    words = f"{value:g}" if value else "no"
    unit = one if value == 1 or not one else more or f"{one}s"
    return f"{words} {unit}".rstrip()


def acts(of: Sequence[str]) -> str:
    *others, last = [ACTS.get(kind, f"{kind}s") for kind in of] or [""]
    return f"{', '.join(others)} or {last}" if others else last


def left_out(criterion: Mapping[str, Any]) -> bool:
    return bool(criterion.get("left_out"))


def day(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise WrongUse(f"--as-of {text} is no day: write it as 2026-03-12") from None


def time(text: str | None) -> str | None:
    """Return an instant with an offset, or a day, as the service takes it."""
    if text is None:
        return None
    try:
        if len(text) == len("2026-03-12"):
            return date.fromisoformat(text).isoformat()
        when = datetime.fromisoformat(text)
    except ValueError:
        when = None
    if when is None or when.tzinfo is None:
        raise WrongUse(
            f"--known-at {text} is no time: write it as 2026-03-12T09:30:00Z, or as 2026-03-12"
            " for the end of that day"
        )
    return when.isoformat()


def spoken(day: str) -> str:
    """Write a day as people say it: 12 March 2026."""
    when = date.fromisoformat(day)
    return f"{when.day} {when:%B} {when.year}"
