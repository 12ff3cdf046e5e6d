"""A small push towards the next step, at most one a week: of all that would help, what costs the
least effort.
"""

from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple, TypeAlias

from services.notifier.domain.kinds import Kind
from services.notifier.domain.notices import Fact, Facts, Notice
from services.notifier.domain.standing import ZoneNeared
from services.notifier.domain.steps import Nudging, Source
from services.notifier.domain.suggestions import Item

DAY: Final = timedelta(days=1)
MONTHS: Final = 3
A_MINUTE: Final = 1.0
"""Nothing takes less: where somebody has no figure for an act, its estimate is 0."""

Since: TypeAlias = tuple[str, str, datetime]
"""A member, what is meant, and since when it is so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nudgeable:
    """Of members who are there. `unlinked` are those without an account, by their registration;
    `accounts` are platforms on which they have one, by when it was last used; `bare` are those who
    only share, by how often they did. `near` is by member, `trainings` are from new to old, `known`
    are members and causes, `off` what they want nothing of, and `nudged` is when they were nudged
    last.
    """

    unlinked: Collection[Since] = ()
    accounts: Collection[Since] = ()
    bare: Mapping[str, int] = field(default_factory=dict)
    near: Mapping[str, ZoneNeared] = field(default_factory=dict)
    trainings: Collection[Item] = ()
    known: AbstractSet[tuple[str, str]] = frozenset()
    off: AbstractSet[tuple[str, Kind]] = frozenset()
    nudged: Mapping[str, datetime] = field(default_factory=dict)


class _Push(NamedTuple):
    minutes: float
    notice: Notice


def of_nudging(
    known: Nudgeable, sources: Collection[Source], on: date, now: datetime, rules: Nudging
) -> Iterator[Notice]:
    """Nudge everybody whom something may help, to what costs them least."""
    pushes: dict[str, list[_Push]] = {}
    for push in _pushes(known, sources, on, rules, now):
        member = push.notice.recipient
        nudged = known.nudged.get(member)
        rests = nudged is not None and round((now - nudged) / DAY) < rules.every
        wanted = (member, push.notice.kind) not in known.off
        if wanted and not rests and (member, push.notice.cause) not in known.known:
            pushes.setdefault(member, []).append(push)
    for _, offered in sorted(pushes.items()):
        yield min(offered, key=lambda it: (max(it.minutes, A_MINUTE), it.notice.cause)).notice


def _pushes(
    known: Nudgeable, sources: Collection[Source], on: date, rules: Nudging, now: datetime
) -> Iterator[_Push]:
    for member, _, since in known.unlinked:
        if _is_news(since, rules.link_after, now, rules):
            cause = f"account_missing/{since.date()}"
            yield _push(rules.link_minutes, member, cause, now, what="account_missing")
    for member, platform, since in known.accounts:
        if _is_news(since, rules.dormant_after, now, rules):
            yield _Push(
                rules.dormant_minutes,
                _notice(
                    "account_dormant",
                    member,
                    f"account_dormant/{platform}/{since.date()}",
                    now,
                    {"platform": platform, "days": rules.dormant_after},
                ),
            )
    quarter = f"{on.year}Q{(on.month - 1) // MONTHS + 1}"
    for member, shares in known.bare.items():
        if shares >= rules.bare_shares:
            cause = f"own_words/{quarter}"
            yield _push(rules.own_words_minutes, member, cause, now, what="own_words", acts=shares)
    for member, near in known.near.items():
        if now - near.at < rules.news * DAY:
            yield _near(member, near, known, sources, now)


def _near(
    member: str,
    near: ZoneNeared,
    known: Nudgeable,
    sources: Collection[Source],
    now: datetime,
) -> _Push:
    """With a training that is offered, else a group in which it is learned."""
    helps = [("training", it.title, it.url) for it in known.trainings if it.title]
    helps += [("group", it.name, it.url) for it in sources if it.zone == near.next]
    how, name, url = helps[0] if helps else (None, None, None)
    return _push(
        near.minutes,
        member,
        near.cause,
        now,
        what="near",
        next=near.next,
        act=near.kind,
        acts=near.acts,
        steps=near.steps,
        minutes=near.step_minutes,
        help=how,
        name=name,
        url=url,
    )


def _push(effort: float, member: str, cause: str, now: datetime, **facts: Fact) -> _Push:
    empty: Facts = dict.fromkeys(
        ("what", "next", "act", "acts", "steps", "minutes", "help", "name", "url")
    )
    return _Push(effort, _notice("nudge", member, cause, now, {**empty, **facts}))


def _notice(kind: Kind, member: str, cause: str, now: datetime, facts: Facts) -> Notice:
    return Notice(kind=kind, recipient=member, cause=cause, at=now, facts=facts)


def _is_news(since: datetime, days: int, now: datetime, rules: Nudging) -> bool:
    """Say whether something has been so for just so many days, and not much longer."""
    return since + days * DAY <= now < since + (days + rules.news) * DAY
