"""What is said when the notifier looks around of its own accord."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from services.notifier.domain import impact, nudges, suggestions
from services.notifier.domain.impact import Week
from services.notifier.domain.notices import Notice
from services.notifier.domain.nudges import Nudgeable
from services.notifier.domain.occasions import Occasion
from services.notifier.domain.rules import Rules
from services.notifier.domain.steps import Source
from services.notifier.domain.suggestions import Following, Sharing


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is seen: of a morning what somebody might do next, of a week what came of it."""

    sharing: Sharing = field(default_factory=Sharing)
    following: Following = field(default_factory=Following)
    nudgeable: Nudgeable = field(default_factory=Nudgeable)
    week: Week = field(default_factory=Week)
    sources: Collection[Source] = ()


def said(seen: Around, occasion: Occasion, rules: Rules) -> Iterator[Notice]:
    now = occasion.at
    match occasion.every:
        case "day":
            yield from suggestions.of_sharing(seen.sharing, now, rules.suggesting, rules.interest)
            yield from suggestions.of_following(
                seen.following, seen.sources, now, rules.suggesting, rules.interest
            )
            yield from nudges.of_nudging(
                seen.nudgeable, seen.sources, occasion.on, now, rules.nudging
            )
        case "week":
            yield from impact.of_authors(seen.week, occasion.on, now)
            yield from impact.of_organisation(seen.week, occasion.on, now)
        case "month":
            pass
