"""A last look at what is about to go out, since a minute or two days have passed since it was said:
it may be over by now, somebody may want it no more, or be found elsewhere.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from services.notifier.domain.kinds import Channel
from services.notifier.domain.notices import NoticeSent
from services.notifier.domain.over import is_over
from services.notifier.domain.respect import hindrance
from services.notifier.domain.rules import Rules
from services.notifier.projections import knowledge, regards, shown
from services.notifier.projections.grounds import grounds
from services.notifier.projections.knowledge import Read

STOPPED: Final = "not_wanted"
"""What a reach says of a kind that somebody wants no more of over a channel."""


class Look(NamedTuple):
    """Words for why notices cannot go out, by their ids: what is `unwanted` nobody is to be told
    any more, and what is `unreachable` fails.
    """

    unwanted: Mapping[str, str]
    unreachable: Mapping[str, str]


async def look(read: Read, those: Sequence[NoticeSent], channel: Channel, rules: Rules) -> Look:
    """Ask of notices to one recipient what was asked when they were said, and once more."""
    who = those[0].notice.recipient
    regard = (await regards.regards(read, [who], None, ""))[who]
    known = await grounds(read, [it.notice for it in those], rules, await shown.now(read))
    reach = await knowledge.reach(read, those)
    unwanted: dict[str, str] = {}
    unreachable: dict[str, str] = {}
    for sent in those:
        obstacle = reach.obstacle(sent.notice, channel)
        if why := hindrance(sent.notice, regard, rules, over=is_over(sent.notice, known)):
            unwanted[sent.id] = why
        elif obstacle == STOPPED:
            unwanted[sent.id] = obstacle
        elif obstacle:
            unreachable[sent.id] = obstacle
    return Look(unwanted, unreachable)
