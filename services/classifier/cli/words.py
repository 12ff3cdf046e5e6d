"""How the commands put it: zones, criteria, numbers and days as people say them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
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
ONE: Final = {
    "any": "act",
    "converse": "conversation",
    "inbound": "inbound request",
    "link_account": "linked account",
    "network": "report of your network",
    "publish": "published piece",
    "speaking": "invitation to speak",
}
MORE: Final = {"network": "reports of your network", "speaking": "invitations to speak"}

Member = Annotated[str, typer.Argument(metavar="ID", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def in_words(criterion: Mapping[str, Any]) -> str:
    """Say what a criterion found and needs, as in `5 published pieces in 90 days (3 needed)`."""
    have, of = criterion["have"], criterion["of"]
    days = number(criterion["days"] or 0, "day")
    match criterion["measure"]:
        case "outcomes" if "any" in of:
            found = f"{number(have, 'outcome')} in {days}"
        case "acts" | "outcomes":
            found = f"{number(have)} {acts(of, have)} in {days}"
        case "active_days":
            found = f"{acts(of)} on {number(have, 'day')} of {criterion['days']}"
        case "active_weeks":
            found = f"{acts(of)} in {number(have, 'week')} of {days}"
        case "people":
            found = f"{acts(of)} with {number(have, 'person', 'people')} in {days}"
        case "minutes_per_week":
            found = f"{number(have, 'minute')} a week over {days}"
        case "accounts":
            found = number(have, "linked account")
        case "network_size":
            found = number(have, "follower or connection", "followers and connections")
        case "network_growth":
            than = "more" if have >= 0 else "fewer"
            found = f"{number(abs(have))} {than} followers and connections than {days} before"
        case measure:
            found = f"{measure}: {have}"
    return f"{found} ({criterion['need']:g} needed)"


def number(value: float, one: str = "", more: str | None = None) -> str:
    """Write `no weeks`, `1 week`, `2 weeks`, and without a unit the number alone."""
    words = f"{value:.12g}" if value else "no"
    unit = one if value == 1 or not one else more or f"{one}s"
    return f"{words} {unit}".rstrip()


def acts(of: Sequence[str], count: float = 0) -> str:
    """Return `likes or published pieces`, or of one act `like or published piece`."""
    return listed([kind_in_words(kind, count) for kind in of], "or")


def kind_in_words(kind: str, count: float) -> str:
    one = ONE.get(kind, kind.replace("_", " "))
    return one if count == 1 else MORE.get(kind, f"{one}s")


def listed(things: Sequence[str], link: str = "and") -> str:
    *others, last = things or [""]
    return f"{', '.join(others)} {link} {last}" if others else last


def left_out(criterion: Mapping[str, Any]) -> bool:
    return bool(criterion.get("left_out"))


def day(option: str, text: str | None) -> str | None:
    try:
        return None if text is None else date.fromisoformat(text).isoformat()
    except ValueError:
        raise WrongUse(f"{option} {text} is no day: write it as 2026-03-12") from None


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


def day_before(day: str) -> str:
    """Say the day before, the last one on which something holds."""
    return spoken((date.fromisoformat(day) - timedelta(days=1)).isoformat())


def spoken(day: str) -> str:
    """Write a day as people say it: 12 March 2026."""
    when = date.fromisoformat(day)
    return f"{when.day} {when:%B} {when.year}"
