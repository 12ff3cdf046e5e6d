"""What is proposed of its own accord: circles and talks every month, and care every morning."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from services.notifier.domain import care, circles, talks
from services.notifier.domain.engaged_rules import EngagedRules
from services.notifier.domain.known import Known
from services.notifier.domain.notices import Notice
from services.notifier.domain.occasions import Occasion


class Proposal(NamedTuple):
    """What is recorded, in which stream, and to whom it is said."""

    stream: str
    event: circles.CircleProposed | talks.TalkSuggested | care.CareSuggested
    said: Iterable[Notice]


Proposals: TypeAlias = Iterator[Proposal]


def proposals(known: Known, occasion: Occasion, rules: EngagedRules) -> Proposals:
    match occasion.every:
        case "month":
            yield from _of_a_month(known, occasion, rules)
        case "day":
            for member, seen in care.suggested(
                known.concerns, known.members, rules.care, occasion.at
            ):
                yield Proposal(care.stream(member), seen, [care.of_care(member, seen)])
        case "week":
            pass


def _of_a_month(known: Known, occasion: Occasion, rules: EngagedRules) -> Proposals:
    month, at = occasion.on, occasion.at
    for circle in circles.proposed(known.engaged, known.circles, month, at):
        yield Proposal(circles.stream(month), circle, circles.of_circle(circle))
    for talk in talks.suggested(known.groups, known.engaged, known.members, rules, month, at):
        yield Proposal(talks.stream(talk.group), talk, talks.of_talk(talk))
