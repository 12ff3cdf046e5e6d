"""Criteria as people say them: what there is, what is needed, what is open, and what counted."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from services.classifier.cli.words import (
    in_words,
    kind_in_words,
    left_out,
    listed,
    number,
    spoken,
)


def lines(criteria: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield from map(line, criteria)


def line(criterion: Mapping[str, Any]) -> str:
    """Return a line of a list. What is open has no cross: it is no failure."""
    if left_out(criterion):
        return f"  - {in_words(criterion)}: left out, since nobody reports it"
    mark = "✓" if criterion["met"] else "·"
    return (
        f"  {mark} {in_words(criterion)}{_open(criterion)}{_lasting(criterion)}{_said(criterion)}"
    )


def bare(criterion: Mapping[str, Any]) -> str:
    """Return what there is, what is needed, and what is open."""
    return f"{in_words(criterion)}{_open(criterion)}"


def counted(activities: Sequence[Mapping[str, Any]]) -> str:
    """Say which activities counted: `3 shares and 1 comment, 5 to 8 January 2026`."""
    kinds = Counter(each["kind"] for each in activities)
    acts = [f"{count} {kind_in_words(kind, count)}" for kind, count in kinds.most_common()]
    return f"{listed(acts)}, {_between(activities[0]['day'], activities[-1]['day'])}"


def _open(criterion: Mapping[str, Any]) -> str:
    if criterion["met"]:
        return ""
    missing = -criterion["margin"]
    match criterion["measure"]:
        case "active_days":
            more = number(missing, "more day", "more days")
        case "active_weeks":
            more = number(missing, "more week", "more weeks")
        case "people":
            more = number(missing, "more person", "more people")
        case "minutes_per_week":
            more = number(missing, "more minute a week", "more minutes a week")
        case _:
            more = f"{number(missing)} more"
    return f", {more} to go"


def _lasting(criterion: Mapping[str, Any]) -> str:
    until = criterion.get("until")
    return "" if until is None else f", up to {spoken(until)}"


def _said(criterion: Mapping[str, Any]) -> str:
    said = ""
    if activities := criterion["activities"]:
        newest = "the newest " if criterion["events"] > len(activities) else ""
        said = f": {newest}{counted(activities)}"
    if retracted := criterion.get("retracted"):
        said += f"; {retracted} more {'was' if retracted == 1 else 'were'} retracted"
    return said


def _between(first: str, last: str) -> str:
    if first == last:
        return f"on {spoken(first)}"
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    if begin.year != end.year:
        return f"{spoken(first)} to {spoken(last)}"
    month = "" if begin.month == end.month else f" {begin:%B}"
    return f"{begin.day}{month} to {spoken(last)}"
