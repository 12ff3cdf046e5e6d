"""Talks: where few in a group are socially engaged, somebody who is may tell them of it.

A speaker is suggested to a group and a group to a speaker. Whether there is a talk, they settle
between themselves.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from services.notifier.domain.audience import ORGANISATION, Member, having
from services.notifier.domain.engaged import ENGAGED, Engaged
from services.notifier.domain.engaged_rules import EngagedRules, TalkRules
from services.notifier.domain.notices import Notice

MONTHS = 12
PERCENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkGiven:
    """To a group, by whom is in whose stream it is."""

    group: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkSuggested:
    """`topic` is what speaker and group share, if anything; `to` are who can see to it."""

    group: str
    month: date
    speaker: str
    topic: str | None
    to: tuple[str, ...]
    at: datetime


Event: TypeAlias = TalkGiven | TalkSuggested


def stream(group: str) -> str:
    return f"talks/{group}"


def cause(group: str, month: date) -> str:
    return f"talk/{month:%Y-%m}/{group}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Its members who are there, and when there was a talk last or one was suggested."""

    name: str
    members: Mapping[str, Member]
    last: datetime | None = None

    @property
    def percent(self) -> float:
        engaged = sum(it.zone == ENGAGED for it in self.members.values())
        return engaged * PERCENT / len(self.members)

    def is_due(self, rules: TalkRules, month: date) -> bool:
        if len(self.members) < rules.at_least_members or self.percent >= rules.below_percent:
            return False
        return self.last is None or _months(self.last, month) >= rules.again_after_months


def suggested(
    groups: Iterable[Group],
    engaged: Engaged,
    coordinators: Mapping[str, Member],
    rules: EngagedRules,
    month: date,
    at: datetime,
) -> Iterator[TalkSuggested]:
    """Yield the talks of a month: first for the groups with the fewest, and each with a speaker of
    its own. `coordinators` has all who have a role.
    """
    due = [group for group in groups if group.is_due(rules.talks, month)]
    left = rules.talks.at_once
    for group in sorted(due, key=lambda it: (it.percent, it.name)):
        chosen = _speaker(group, engaged, rules, at) if left else None
        if chosen is None:
            continue
        speaker, topic = chosen
        engaged = engaged.ask([speaker], at)
        left -= 1
        to = _to(group, coordinators)
        yield TalkSuggested(
            group=group.name, month=month, speaker=speaker, topic=topic, to=to, at=at
        )


def _speaker(
    group: Group, engaged: Engaged, rules: EngagedRules, at: datetime
) -> tuple[str, str | None] | None:
    """Return who may speak, and on what: somebody from elsewhere. Whoever shares a topic with the
    group comes before all others, and then who was asked least.
    """
    speakers = {
        who: it.cares
        for who, it in engaged.willing("talk").items()
        if who not in group.members and not engaged.asks(who, at - rules.talks.rest)
    }
    cares = Counter(topic for it in group.members.values() for topic in it.cares)
    shared = {
        who: min(theirs & cares.keys(), key=lambda topic: (-cares[topic], topic))
        for who, theirs in speakers.items()
        if theirs & cares.keys()
    }
    first = engaged.least_asked(shared or speakers, at - rules.recent)
    return (first[0], shared.get(first[0])) if first else None


def _to(group: Group, members: Mapping[str, Member]) -> tuple[str, ...]:
    """Return who sees to a talk: the group's coordinators, else all, else the organisation."""
    all_of_them = having("coordinator", members)
    own = tuple(who for who in all_of_them if who in group.members)
    return own or all_of_them or (ORGANISATION,)


def _months(then: datetime, month: date) -> int:
    return (month.year - then.year) * MONTHS + month.month - then.month


def of_talk(talk: TalkSuggested) -> Iterator[Notice]:
    """Suggest a talk to the speaker, and to who can see to it. The cause is the group's month."""
    named = ", ".join(who for who in talk.to if who != ORGANISATION) or None
    facts = {"group": talk.group, "topic": talk.topic, "coordinators": named}
    for recipient in (talk.speaker, *talk.to):
        yield Notice(
            kind="talk",
            recipient=recipient,
            cause=cause(talk.group, talk.month),
            at=talk.at,
            facts=facts,
            about=None if recipient == talk.speaker else talk.speaker,
        )
