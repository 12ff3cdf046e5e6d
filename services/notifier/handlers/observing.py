"""What is said and proposed on an occasion: in the morning, every week, every month."""

from services.notifier.domain import around, looking_after
from services.notifier.domain.known import Known
from services.notifier.domain.occasions import Occasion
from services.notifier.domain.rules import Rules
from services.notifier.handlers import drafting, timing
from services.notifier.handlers.desk import Desk
from shared.eventlog.entries import Entry


def observe(known: Known, occasion: Occasion, rules: Rules) -> list[Entry]:
    """Return what is said on an occasion, and what is due by then."""
    desk = Desk(known, rules)
    timing.tell_time(desk, desk.not_before(occasion.at))
    timing.look_at_timers(desk)
    desk.say(around.said(known.around, occasion, rules))
    if occasion.every == "day":
        drafting.remind(desk, occasion)
    return desk.entries


def look_after_engaged(known: Known, occasion: Occasion, rules: Rules) -> list[Entry]:
    """Return what is proposed on an occasion, once all is known that was due by then."""
    desk = Desk(known, rules)
    for it in looking_after.proposals(known, occasion, rules.engaged):
        desk.append(it.stream, [it.event])
        desk.say(it.said)
    return desk.entries
