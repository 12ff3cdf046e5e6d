"""What a batch may ask about: a part of all that is folded, and how it becomes in its course."""

from dataclasses import dataclass, field
from datetime import date

from services.notifier.domain import audience, drafts, requests
from services.notifier.domain.announcing import Listener
from services.notifier.domain.around import Around
from services.notifier.domain.audience import Member
from services.notifier.domain.care import Concern
from services.notifier.domain.drafts import Draft
from services.notifier.domain.engaged import Engaged
from services.notifier.domain.requests import Asking
from services.notifier.domain.talks import Group
from shared.clock import Clock


@dataclass(slots=True, kw_only=True)
class Known:
    """`members` are those whom the batch concerns and all who have a role. `drafts`, by stream,
    are those that it concerns and those whose timer may run out in it. `void` are acts that were
    retracted, `recorded` are keys that the log has.
    """

    clock: Clock
    members: dict[str, Member] = field(default_factory=dict)
    drafts: dict[str, Draft] = field(default_factory=dict)
    pieces: set[str] = field(default_factory=set)
    void: set[str] = field(default_factory=set)
    recorded: set[str] = field(default_factory=set)
    listeners: tuple[Listener, ...] = ()
    """Of the piece that the batch begins with, if it does."""
    requests: dict[str, Asking] = field(default_factory=dict)
    """By stream: those that the batch concerns and those whose timer has run out."""
    engaged: Engaged = field(default_factory=Engaged)
    """Where somebody may have to be asked."""
    circles: tuple[frozenset[str], ...] = ()
    """Of the months in which nobody is to meet the same people again, on a month's occasion."""
    groups: tuple[Group, ...] = ()
    """Likewise."""
    concerns: tuple[Concern, ...] = ()
    """On a day's occasion."""
    quiet: set[str] = field(default_factory=set)
    """Who of those whom the batch concerns has turned quiet."""
    seen: dict[tuple[str, str], date] = field(default_factory=dict)
    """When something was last done, by member and platform."""
    warned: dict[str, str] = field(default_factory=dict)
    """The causes of the warnings that stand, by member, whether or not they were told."""
    around: Around = field(default_factory=Around)

    def member(self, name: str) -> Member:
        return self.members.get(name, audience.member.initial)

    def draft(self, stream: str) -> Draft:
        return self.drafts.get(stream, drafts.draft.initial)

    def request(self, stream: str) -> Asking:
        return self.requests.get(stream, requests.request.initial)
