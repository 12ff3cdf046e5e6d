"""The last change of a member, in sentences that can be read to them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from services.classifier.cli.reasons import lines
from services.classifier.cli.words import ZONES, kind_in_words, spoken

SAID: Final = {
    "member_registered": "your registration",
    "member_updated": "what your organisation said of you",
    "member_paused": "your pause",
    "member_resumed": "the end of your pause",
    "member_departed": "your departure",
}


def changed(change: Mapping[str, Any]) -> Iterator[str]:
    """Yield what was announced, and on what grounds."""
    to, on = ZONES[change["to"]], spoken(change["effective_on"])
    evidence = change["evidence"]
    floor = next((each for each in evidence if each["measure"] == "floor"), None)
    judged = [each for each in evidence if each["measure"] not in {"enrolled", "departed", "floor"}]
    match change["direction"]:
        case "left":
            yield f"You left on {on}."
        case "entered":
            again = "came back" if change["version"] > 1 else "were enrolled"
            yield f"You {again} on {on}{_with(change)}, as {to}{', having:' if judged else '.'}"
            yield from lines(judged)
        case "promoted":
            if floor is not None:
                yield f"You became {to} on {on}: the organisation has given you that place."
            else:
                yield f"You became {to} on {on}, having:"
                yield from lines(judged)
        case _:
            before = ZONES[change["from"]]
            yield f"On {on} you went on as {to}. For being {before} this was open:"
            yield from lines(each for each in judged if not each["met"])
    yield from _remarks(change)


def _remarks(change: Mapping[str, Any]) -> Iterator[str]:
    if change["corrects"] is not None:
        yield _corrects(change["corrects"])
    if change["by_policy"]:
        yield "A change of policy brought it about, so nobody was notified."
    elif change["historical"]:
        yield "It was about the past, so nobody was notified."
    if retracted := change["retracted"]:
        one = "One of these activities has" if retracted == 1 else f"{retracted} of them have"
        yield f"{one} been retracted since."
    if change["corrected_by"] is not None:
        yield f"Change {change['corrected_by']} has put this right since."


def _corrects(wrong: Mapping[str, Any]) -> str:
    was = f"change {wrong['version']}, {ZONES[wrong['to']]} from {spoken(wrong['effective_on'])} on"
    match wrong["because"]:
        case "policy":
            why = f"policy {wrong['policy_version']} was adopted as if it had always been so"
        case "retraction":
            why = f"an activity was retracted on {spoken(wrong['activity']['day'])}"
        case _:
            activity = wrong["activity"]
            why = f"{_one(activity)} was not known until then"
    return f"It put right what had been announced before ({was}), since {why}."


def _with(change: Mapping[str, Any]) -> str:
    """Say what the member was enrolled by."""
    for reason in change["evidence"]:
        if reason["measure"] == "enrolled" and reason["activities"]:
            [first] = reason["activities"]
            on = "" if first["day"] == change["effective_on"] else f" of {spoken(first['day'])}"
            return f", with {_what(first['kind'])}{on}"
    return ""


def _one(activity: Mapping[str, Any]) -> str:
    return f"{_what(activity['kind'])} of {spoken(activity['day'])}"


def _what(kind: str) -> str:
    if kind in SAID:
        return SAID[kind]
    one = kind_in_words(kind, 1)
    return f"{'an' if one[0] in 'aeiou' else 'a'} {one}"
