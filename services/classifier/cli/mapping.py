"""The map, in sentences that can be read to the member: how far it is, and how to get there."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby, islice
from typing import Annotated, Any, Final

import typer

from services.classifier.cli import words
from services.classifier.cli.words import (
    ZONES,
    Json,
    Member,
    day_before,
    in_words,
    kind_in_words,
    left_out,
    listed,
    number,
    spoken,
)
from shared.runtime import terminal
from shared.runtime.client import Client

MOST: Final = 8
"""As many lines show up to which day acts count."""
AN_HOUR: Final = 60

By = Annotated[
    str | None,
    typer.Option("--by", metavar="DAY", help="Be there up to that day.", show_default=False),
]


def commands(app: typer.Typer) -> None:
    app.command("map")(show)


def show(id: Member, *, by: By = None, json: Json = False) -> None:
    """Show a member the shortest way to the next zone, and how long what they did counts."""
    with Client("classifier") as service:
        told = service.get(f"/v1/members/{id}/map", by=words.day("--by", by))
    if json:
        terminal.print_json(told)
        return
    for line in _drawn(told, by):
        terminal.print_line(line)


def _drawn(told: Mapping[str, Any], by: str | None) -> Iterator[str]:
    if told["wayless"] == "not_enrolled":
        yield f"{told['member']} begins with what happens first; nothing has happened yet."
        return
    if told["zone"] is None:
        yield f"{told['member']} has left. Whoever comes back finds a new map."
        return
    yield f"{told['member']}, you are {ZONES[told['zone']]} since {spoken(told['since'])}."
    if told["way"] is None:
        yield _wayless(told)
    else:
        yield from _way(told, told["way"], by)
    yield from _asked(told)
    yield from _ahead(told)


def _wayless(told: Mapping[str, Any]) -> str:
    match told["wayless"]:
        case "arrived":
            return "You have arrived: no zone lies further on."
        case "paused":
            return "You are paused. Take your time: the way on is drawn when you are back."
        case _:
            return (
                f"The rules of today leave no way to being {ZONES[told['next']]}."
                " That is up to the rules and not to you: `zones policy lint` tells more."
            )


def _way(told: Mapping[str, Any], way: Mapping[str, Any], by: str | None) -> Iterator[str]:
    zone, on = ZONES[told["next"]], spoken(way["on"])
    if way["steps"]:
        steps = listed([_acts(step["kind"], step["acts"]) for step in way["steps"]])
        there = "that is all acts can do, by" if way["beyond"] else "you can be there on"
        yield f"You are {steps} away from being {zone}: {_effort(way['minutes'])}; {there} {on}."
    elif not way["beyond"]:
        yield f"You have all it takes to be {zone}."
    else:
        yield f"You have done all that acts can do to be {zone}."
    if by is not None and not way["in_time"]:
        yield f"Up to {spoken(by)} there are too few days for it: this is the way of least effort."
    if not way["cheapest"]:
        yield "It leads there; with rules of this size there may be a shorter one."
    if way["beyond"]:
        yield "What acts alone do not bring, and has to come as well:"
        yield from (f"  {in_words(each)}" for each in way["beyond"])
    if way["steps"]:
        yield "It takes:"
        yield from (f"  {each}" for each in _steps(way["steps"]))
        yield "For example:"
        yield from _weeks(way["plan"])


def _steps(steps: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Days that several kinds share are told by the plan."""
    alone = {what: sum(what in step for step in steps) == 1 for what in ("days", "weeks")}
    for step in steps:
        parts = [f"{_acts(step['kind'], step['acts'])} ({number(step['minutes'], 'minute')})"]
        if people := step.get("people"):
            some = "" if people == step["acts"] else f"{people} of them "
            parts.append(f"{some}with {'somebody' if people == 1 else 'people'} new to you")
        for what, alone_in_it in alone.items():
            if alone_in_it and what in step:
                one = what.removesuffix("s")
                on = "on" if what == "days" else "in"
                parts.append(f"{on} {number(step[what], one)} without any yet")
        yield ", ".join(parts)


def _weeks(plan: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    def monday(doing: Mapping[str, Any]) -> date:
        day = date.fromisoformat(doing["day"])
        return day - timedelta(days=day.weekday())

    for week, of_week in groupby(plan, key=monday):
        days = []
        for day, of_day in groupby(of_week, key=lambda doing: doing["day"]):
            acts = listed([_acts(doing["kind"], doing["acts"]) for doing in of_day])
            days.append(f"{acts} on {date.fromisoformat(day):%A}")
        yield f"  week of {spoken(week.isoformat())}: {', '.join(days)}"


def _asked(told: Mapping[str, Any]) -> Iterator[str]:
    counted = [each for each in told["asked"] if not left_out(each)]
    met = [each for each in counted if each["met"]]
    if met:
        yield f"What you have already, for being {ZONES[told['next']]}:"
        yield from (f"  ✓ {in_words(each)}" for each in met)
    if len(met) < len(counted):
        yield "What is open:" if met else f"What being {ZONES[told['next']]} asks for:"
        yield from (
            f"  · {in_words(each)}, {-each['margin']:g} to go"
            for each in counted
            if not each["met"]
        )


def _ahead(told: Mapping[str, Any]) -> Iterator[str]:
    if (demotion := told["demotion"]) is not None:
        yield (
            f"If nothing happens you are {ZONES[told['zone']]} up to {day_before(demotion['day'])},"
            f" and {ZONES[demotion['to']]} from {spoken(demotion['day'])};"
            " each new act can move that day, and every zone leads on."
        )
    else:
        yield "Even if nothing happens, you lose nothing."
    if told["counting"]:
        yield "What you did counts, the first to run out first:"
        yield from _lasting(told["counting"], told["counted"])


def _lasting(counting: Sequence[Mapping[str, Any]], of: int) -> Iterator[str]:
    def lasts(act: Mapping[str, Any]) -> tuple[str, ...]:
        ends = [end["day"] for end in act["ends"]]
        return min(ends), act["day"], act["kind"], max(ends)

    shown = 0
    for key, alike in islice(groupby(sorted(counting, key=lasts), key=lasts), MOST):
        first, day, kind, last = key
        acts = len([*alike])
        longer = f", for part of it up to {day_before(last)}" if last > first else ""
        yield f"  {_acts(kind, acts)} of {spoken(day)}: up to {day_before(first)}{longer}"
        shown += acts
    if of > shown:
        yield f"  and {of - shown} more, with the days of each: --json"


def _effort(minutes: float) -> str:
    exactly = number(minutes, "minute")
    if minutes < 2 * AN_HOUR:
        return f"{exactly} of work"
    return f"{exactly}, about {round(minutes / AN_HOUR)} hours of work"


def _acts(kind: str, count: int) -> str:
    return f"{number(count)} {kind_in_words(kind, count)}"
