"""A rehearsal, drawn: who would be where, how many were where on the way, and who would move."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from services.classifier.cli.words import in_words, number, spoken
from shared.runtime import terminal

LEVELS: Final = "▁▂▃▄▅▆▇█"
SIDES: Final = ("baseline", "candidate")
CALLED: Final = {"baseline": "in force", "candidate": "candidate"}
LACKING: Final = {
    "baseline": "since the policy in force asks for more:",
    "candidate": "since the candidate asks for more:",
}
ANNOUNCED: Final = {
    "entered": "entered",
    "promoted": "promoted",
    "demoted": "demoted",
    "left": "left",
    "vitality": "changes of vitality",
    "warned": "warnings",
    "averted": "warnings taken back",
    "neared": "how near the next zone is",
    "historical": "silent, since long past",
    "by_policy": "silent, since a policy began",
}
ALERTS: Final = {
    "granted": "fast tracks granted",
    "ended": "fast tracks ended",
    "drafts": "fast-track alerts",
}
SILENT: Final = (
    "So much each would have set off on the way. Whom the adoption itself would move is told"
    " nothing, and arrives uncelebrated."
)


def draw(told: Mapping[str, Any]) -> None:
    """Print the result of a rehearsal."""
    for line in _opening(told):
        terminal.print_line(line)
    terminal.print_line("")
    _transitions(told["transitions"])
    terminal.print_line("")
    for line in _charts(told["distribution"]):
        terminal.print_line(line)
    terminal.print_line("")
    terminal.print_table(("", *CALLED.values()), [*_compared(told)])
    if not told["in_force"]:
        terminal.print_line(SILENT)
    if told["movers"]:
        terminal.print_line("")
        shown = len(told["movers"])
        terminal.print_line(
            f"{shown} of {told['moved']} who would move, the largest margins first:"
        )
        for mover in told["movers"]:
            under = LACKING[mover["lacking_under"]]
            terminal.print_line(f"  {mover['member']}: {mover['from']} → {mover['to']}, {under}")
            for criterion in mover["criteria"]:
                terminal.print_line(f"    {'✓' if criterion['met'] else '✗'} {in_words(criterion)}")


def _opening(told: Mapping[str, Any]) -> Iterable[str]:
    read = f"{number(told['events'], 'event')} of {number(told['members'], 'member')}"
    when = f"up to {spoken(told['today'])}, entry {told['position']} of the log"
    yield f"Rehearsed on {read}, {when}."
    if told["in_force"]:
        yield (
            "This is the newest policy already, so nothing differs;"
            " --from 1990-01-01 rehearses it for every day there has been."
        )
    elif told["from"]:
        yield f"The candidate governs from {spoken(told['from'])} on."
    moved = told["moved"]
    yield f"{number(moved, 'member').capitalize()} would be in another zone today."


def _transitions(transitions: Mapping[str, Mapping[str, int]]) -> None:
    """Print the zones today as rows, and the zones under the candidate as columns."""
    columns = [
        zone
        for zone, row in transitions.items()
        if zone != "none" or any(row.values()) or any(each["none"] for each in transitions.values())
    ]
    rows = [[zone, *(transitions[zone][after] or None for after in columns)] for zone in columns]
    terminal.print_table(("today ↓  candidate →", *columns), rows)


def _charts(days: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    first, last = days[0], days[-1]
    yield f"Members in each zone from {spoken(first['day'])} to {spoken(last['day'])}:"
    for zone in last["baseline"]:
        lines = {side: [day[side][zone] for day in days] for side in SIDES}
        most = max(map(max, lines.values()))
        if not most:
            continue
        for side, counts in lines.items():
            name = zone if side == "baseline" else ""
            yield f"  {name:<17} {CALLED[side]:<9} {_spark(counts, most)} {counts[-1]}"


def _spark(counts: Sequence[int], most: int) -> str:
    top = len(LEVELS) - 1
    return "".join(LEVELS[-(-count * top // most)] for count in counts)


def _compared(told: Mapping[str, Any]) -> Iterable[tuple[str, int, int]]:
    one, other = (told[side] for side in SIDES)
    for way in ("up", "down"):
        yield f"changes {way}", one["changes"][way], other["changes"][way]
    flapping = f"members back and forth within {told['flap_days']} days"
    yield flapping, one["flapping"], other["flapping"]
    for name, words in ANNOUNCED.items():
        if one["announced"][name] or other["announced"][name]:
            yield f"announced: {words}", one["announced"][name], other["announced"][name]
    for zone in one["arrivals"]:
        yield f"first arrivals: {zone}", one["arrivals"][zone], other["arrivals"][zone]
    for name, words in ALERTS.items():
        yield words, one["alerts"][name], other["alerts"][name]
