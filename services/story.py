"""A year as a story: what is heard of people, a line each, and where everybody is in the end."""

from collections import Counter
from datetime import date
from typing import Any

from services import watch
from services.feed import Event
from shared.runtime import terminal

WIDEST = 60
ZONES = {
    "content_consumer": ("consumers", "white"),
    "content_sharer": ("sharers", "cyan"),
    "content_creator": ("creators", "green"),
    "socially_engaged": ("engaged", "magenta"),
}
NOUNS = {
    "acts": "acts",
    "active_days": "active days",
    "active_weeks": "active weeks",
    "people": "people talked to",
    "minutes_per_week": "minutes a week",
}
MARKS = {
    "dormant": ("z", "dim yellow"),
    "active": ("○", "dim green"),
    "entered": ("·", "dim"),
    "promoted": ("▲", "green"),
    "demoted": ("▼", "yellow"),
    "granted": ("★", "magenta"),
    "adjusted": ("☆", "dim magenta"),
    "period_closed": ("★", "bold magenta"),
    "raised": ("!", "bold red"),
    "at_risk": ("…", "red"),
    "breached": ("✗", "bold red"),
    "resolved": ("✓", "dim green"),
}
FIRSTS = {
    "share": "a first share",
    "own_words": "a first time in own words",
    "piece": "a first piece",
}
UNTOLD = {"quiet", "adopted", "warning", "cancelled", "near"}
"""What is heard too often, or concerns the member alone. It is counted."""
COMING_AND_GOING = {"entered": "joins the journey", "left": "leaves"}


class Story:
    """What was heard so far, and how it is told."""

    def __init__(self) -> None:
        self.zone_of: dict[str, str] = {}
        self.heard: Counter[str] = Counter()
        self.dormant: set[str] = set()
        self.month = ""

    def hear(self, event: Event) -> bool:
        """Tell one event. Always asks for more."""
        told = event["data"]
        noun, what = event["type"].split(".")[1:3]
        word = told["vitality"] if noun == "vitality" else told.get("direction") or what
        if word == "warning" and told["cancelled"]:
            word = "cancelled"
        self.heard[f"{noun}.{word}"] += 1
        if word in UNTOLD or (noun == "vitality" and not self._turns(event["subject"], word)):
            return True
        when = date.fromisoformat(str(event["time"])[:10])
        if (month := f"{when:%B %Y}") != self.month:
            self.month = month
            terminal.say(f"\n[bold]{month:<16}[/] {self._zones()}")
        if event["type"] == "zones.zone.changed.v1":
            self.zone_of[event["subject"]] = told["to"]
        mark, colour = MARKS.get(word, ("·", "white"))
        said = f"{when.day:>2} {when:%b}  {mark} {watch.named(event):<6} {_words(event, told)}"
        terminal.say(f"[{colour}]{terminal.plain(said)}[/]")
        return True

    def sum_up(self) -> None:
        """Say where everybody is now, and what it took."""
        terminal.say("\n[bold]Where everybody is now[/]")
        counts = Counter(self.zone_of.values())
        scale = max(1.0, max(counts.values(), default=0) / WIDEST)
        for zone, (name, colour) in ZONES.items():
            bar = "█" * round(counts[zone] / scale)
            terminal.say(f"  {name:<10} [{colour}]{bar}[/] {counts[zone]}")
        heard = self.heard
        terminal.say(
            f"\n  {heard['zone.promoted']} moves up, {heard['zone.demoted']} moves down, "
            f"{heard['recognition.granted']} recognitions, "
            f"{heard['alert.raised']} fast-track drafts "
            f"({heard['alert.breached']} kept waiting too long), "
            f"{heard['vitality.dormant']} times somebody fell silent"
        )
        terminal.say(
            f"  {heard['zone.warning']} warnings of a move down, {heard['zone.cancelled']} of them "
            f"taken back; {heard['zone.near']} times somebody heard how near the next zone is"
        )

    def _turns(self, member: str, vitality: str) -> bool:
        """Say whether somebody has just fallen silent, or come back from it."""
        silent = member in self.dormant
        (self.dormant.add if vitality == "dormant" else self.dormant.discard)(member)
        return silent is not (vitality == "dormant")

    def _zones(self) -> str:
        counts = Counter(self.zone_of.values())
        return "   ".join(
            f"[{colour}]{counts[zone]} {name}[/]" for zone, (name, colour) in ZONES.items()
        )


def _words(event: Event, told: dict[str, Any]) -> str:
    kind = event["type"]
    if kind == "zones.zone.changed.v1":
        return _moved(told)
    if kind == "zones.vitality.changed.v1":
        return "is back" if told["vitality"] == "active" else "has been silent for a month"
    if kind == "zones.recognition.period_closed.v1":
        return _closed(told)
    if kind.startswith("zones.recognition."):
        return _earned(told)
    return _alerted(kind, told)


def _moved(told: dict[str, Any]) -> str:
    to = str(told["to"]).replace("_", " ")
    if told["direction"] in COMING_AND_GOING:
        return COMING_AND_GOING[told["direction"]]
    up = told["direction"] == "promoted"
    reasons = [
        _reason(it, up=up)
        for it in told["evidence"]
        if it["met"] is up and not it.get("left_out") and it["measure"] in NOUNS
    ]
    return f"{'becomes' if up else 'is now'} {to:<18} {', '.join(reasons[:4])}"


def _reason(it: dict[str, Any], *, up: bool) -> str:
    """Put it as `4 acts in 30 days` where it was reached, `1 of 2 acts in 60 days` where not."""
    noun = NOUNS[it["measure"]]
    if it["measure"] == "acts":
        noun = (
            "pieces" if it["of"] == ["publish"] else "acts" if "like" in it["of"] else "with words"
        )
    have = f"{it['have']:g}" if up else f"{it['have']:g} of {it['need']:g}"
    return (
        f"{have} {noun}"
        if it["measure"] == "minutes_per_week"
        else f"{have} {noun} in {it['days']} days"
    )


def _earned(told: dict[str, Any]) -> str:
    match told:
        case {"state": "adjusted"}:
            return f"is recognised no more: {told['id']}"
        case {"zone": zone}:
            what = f"arrived as {str(zone).replace('_', ' ')}"
        case {"first": first}:
            what = FIRSTS.get(first, f"a first {first}")
        case {"block": block}:
            what = f"{block * 5} original pieces{', the larger one' if told['larger'] else ''}"
        case {"period": period}:
            what = f"place {told['place']} of {period}, {told['impact']:g} points of impact"
        case _:
            what = "something came of a share of theirs"
    return f"is recognised: {what}"


def _closed(told: dict[str, Any]) -> str:
    first = ", ".join(it["member"] for it in told["places"] if it["place"] == 1)
    return f"{told['period']} is closed, {told['honoured']} are honoured, first {first or 'nobody'}"


def _alerted(kind: str, told: dict[str, Any]) -> str:
    draft = told.get("draft_id")
    due = str(told.get("due_at"))[11:16]
    return {
        "raised": f"fast track: {draft} waits for the editors, promised by {due}",
        "at_risk": f"fast track: half the time for {draft} is gone",
        "breached": f"fast track: the promise for {draft} is broken, the coordinators are told",
        "resolved": f"fast track: {draft} is done",
    }[kind.split(".")[-2]]
