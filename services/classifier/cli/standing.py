"""How a member stands on a day, in sentences that can be read to them: what keeps them where they
are and for how long, and what the next zone asks for.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from services.classifier.cli.reasons import bare, lines
from services.classifier.cli.words import ZONES, day_before, left_out, number, spoken

FELT: Final = {
    "active": "and active",
    "quiet": "and it has been quiet around you of late",
    "dormant": "and it has been quiet around you for a while",
    "paused": "and taking a pause",
}


def nowhere(member: str, today: Mapping[str, Any]) -> Iterator[str]:
    departed = today["departed"]
    if departed is None:
        yield (
            f"On {spoken(today['day'])} {member} was not there yet; the first that is known of"
            f" them is of {spoken(today['enrolled_on'])}."
        )
        return
    yield f"{member} has left, on {spoken(departed['since'])}."
    if departed["merged_into"]:
        yield f"What they did goes on as {departed['merged_into']}'s."
    yield (
        "Nothing is decided meanwhile. Whoever comes back starts as a content consumer, and what"
        " is recent enough counts at once."
    )


def head(member: str, today: Mapping[str, Any]) -> str:
    tense = "you are" if today["open"] else "you were"
    new = today["since"] == today["day"]
    since = "from this day on" if new else f"since {spoken(today['since'])}"
    return (
        f"{member}, on {spoken(today['day'])} {tense} {ZONES[today['zone']]}, {since},"
        f" {FELT[today['vitality']]}."
    )


def stands(today: Mapping[str, Any]) -> Iterator[str]:
    """Yield what holds the member in their zone, and what would end it."""
    yield from _pause(today)
    if today["floor"] is not None:
        yield _floor(today["floor"], today["zone"])
    keep, zone = today["keep"], ZONES[today["zone"]]
    if any(option["criteria"] for option in keep["options"]):
        yield f"What keeps you {zone}:" if today["open"] else f"What kept you {zone} that day:"
        yield from _options(keep)
    if (spared := today["spared"]) is not None:
        yield (
            f"By policy {today['policy']['version']} alone that would be too little. Up to"
            f" {spoken(spared['until'])} you may keep the zone by policy"
            f" {spared['policy_version']} as well, and you do."
        )
    if not today["open"]:
        yield "Seen from that day, as if nothing had happened since:"
    yield from _ahead(today)


def leads_on(today: Mapping[str, Any]) -> Iterator[str]:
    """Yield why the member is not in the next zone."""
    following = today["next"]
    if following is None:
        yield "No zone lies further on: you have arrived."
        return
    zone = ZONES[following["zone"]]
    if following["holds"]:
        waiting = "; it is decided after your pause" if today["paused_since"] else ""
        yield f"You have all that being {zone} asks for{waiting}:"
    else:
        opened = _unmet(following)
        yield f"Being {zone} asks for this, of which {_are(opened)} open:"
    yield from lines(following["enter"]["criteria"])
    for required in following["requires"]:
        whole = "which is there" if required["holds"] else "which is incomplete"
        if required["zone"] == today["zone"]:
            yield f"And for what keeps you {ZONES[today['zone']]}, {whole}: see above."
        else:
            yield f"And for what keeps one {ZONES[required['zone']]}, {whole}:"
            yield from _options(required)


def rules(today: Mapping[str, Any]) -> Iterator[str]:
    """Yield which policy governs, which ones are to come, and what does not count."""
    governing = today["policy"]
    since = "" if governing["from"] is None else f" since {spoken(governing['from'])}"
    yield f"The rules are those of policy {governing['version']}{since}, {_adopted(governing)}."
    for policy in today["coming"]:
        yield (
            f"From {spoken(policy['from'])} on policy {policy['version']} governs,"
            f" {_adopted(policy)}. {_turns(policy)}"
        )
    if retracted := today["retracted"]:
        do = "does" if retracted == 1 else "do"
        yield (
            f"{number(retracted, 'activity', 'activities')} of yours"
            f" {'was' if retracted == 1 else 'were'} retracted and {do} not count."
        )


def _pause(today: Mapping[str, Any]) -> Iterator[str]:
    fresh = "nothing is decided, and afterwards the days of grace begin anew"
    if today["paused_since"] is not None:
        yield f"You are paused since {spoken(today['paused_since'])}: meanwhile {fresh}."
    elif today["pauses_from"] is not None:
        yield f"Your pause begins on {spoken(today['pauses_from'])}: then {fresh}."


def _floor(floor: Mapping[str, Any], zone: str) -> str:
    until = "" if floor["until"] is None else f" up to {spoken(floor['until'])}"
    if floor["without"] == floor["zone"] or floor["zone"] != zone:
        return (
            f"You are where you are by what you did; besides, the organisation lets you not fall"
            f" below being {ZONES[floor['zone']]}{until}."
        )
    return (
        f"The organisation holds this place for you{until}; by what you did alone you would be"
        f" {ZONES[floor['without']]}. A place that is held is not earned: it is no arrival, and"
        " meets nothing that another zone requires."
    )


def _options(kept: Mapping[str, Any]) -> Iterator[str]:
    first, *others = kept["options"]
    others = [option for option in others if option["criteria"] != first["criteria"]]
    if others:
        yield f"  by policy {first['policy_version']}, which governs:"
    yield from lines(first["criteria"])
    for option in others:
        yield f"  or else, for a time, by policy {option['policy_version']}:"
        yield from lines(option["criteria"])


def _ahead(today: Mapping[str, Any]) -> Iterator[str]:
    loss, turn, failing = today["loss"], today["turn"], today["failing_since"]
    if today["zone"] == "content_consumer":
        yield "Nothing can take the first zone away from you."
    elif loss is not None:
        yield from _loss(loss, today)
    elif failing is not None:
        yield f"It is incomplete since {spoken(failing)}; as things stand that ends by itself."
    elif today["paused_since"] is None and turn is None:
        yield "As things stand, no day that passes takes this zone away from you."
    if turn is not None and loss is None:
        yield f"As things stand, {_turn(turn)}."


def _loss(loss: Mapping[str, Any], today: Mapping[str, Any]) -> Iterator[str]:
    on, last = spoken(loss["on"]), day_before(loss["on"])
    then = f"from {on} on you are {ZONES[loss['to']]} if nothing happens"
    if today["failing_since"] is None:
        yield (
            f"If nothing happens, that holds up to {day_before(loss['fails_from'])}. From"
            f" {spoken(loss['fails_from'])} on this is open:"
        )
        yield from (f"  · {bare(each)}" for each in loss["missing"])
        if loss["grace_left"]:
            days = number(loss["grace_left"], "day")
            yield f"Then come {days} of grace, up to {last}; {then}."
        else:
            yield f"No grace is given: {then}."
    elif loss["grace_left"] > 1:
        yield (
            f"It is incomplete since {spoken(today['failing_since'])}. {loss['grace_left']} days"
            f" of grace are left with this one, up to {last}; {then}."
        )
    elif loss["grace_left"] == 1:
        yield (
            f"It is incomplete since {spoken(today['failing_since'])}, and this is the last day of"
            f" grace; {then}."
        )
    else:
        yield (
            f"It is incomplete since {spoken(today['failing_since'])}, and the grace is over. When"
            f" the day has closed, {then}."
        )
    yield "Whatever completes it before that day keeps you where you are; and every zone leads on."


def _unmet(following: Mapping[str, Any]) -> int:
    criteria = following["enter"]["criteria"]
    unmet = sum(not each["met"] and not left_out(each) for each in criteria)
    return unmet + sum(not required["holds"] for required in following["requires"])


def _are(count: int) -> str:
    return f"{count} {'is' if count == 1 else 'are'}"


def _adopted(policy: Mapping[str, Any]) -> str:
    note = f": {policy['note']}" if policy["note"] else ""
    return f"adopted by {policy['author']}{note}"


def _turns(policy: Mapping[str, Any]) -> str:
    turn, otherwise = policy["turn"], policy["otherwise"]
    if turn == otherwise:
        return "As things stand, it changes nothing about your zone."
    if turn is None:
        return f"If nothing happens, with it your zone stays; without it {_turn(otherwise)}."
    without = "your zone stays"
    if otherwise is not None:
        same = turn["to"] == otherwise["to"]
        without = f"from {spoken(otherwise['on'])} on" if same else _turn(otherwise)
    return f"If nothing happens, with it {_turn(turn)}, and without it {without}."


def _turn(turn: Mapping[str, Any]) -> str:
    return f"you are {ZONES[turn['to']]} from {spoken(turn['on'])} on"
