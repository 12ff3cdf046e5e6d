"""What others made of a piece, or what came of it: parts of scores, each of which can be opened.

Pure: from the acts that stand on one piece to the parts of everybody's scores, whatever the order
in which they were heard.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

from services.rewards.domain.acts import Act, Result, Snapshot, author_of, helper_of, told_once
from services.rewards.domain.periods import period_of
from services.rewards.domain.rules import ECHOES, Rules

Role: TypeAlias = Literal["author", "assist"]
Why: TypeAlias = Literal["own", "repeated", "capped", "in_snapshot"]
"""Why something is left out: the member's own doing; the same person once more; too many on one
day; a snapshot of the platform tells of it.
"""

NEWEST: Final = 20
MEASURED: Final = ("reader", "like", "share", "comment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Of one member's score in one period, what one piece (or outcome) brought in one way.

    `count` times a weight is `score`, in thousandths of a point. `events` are the newest of those
    that count. It is `historical` if all of them were imported.
    """

    member: str
    period: str
    unit: str
    role: Role
    what: str
    count: int
    score: int
    left_out: Mapping[Why, int]
    events: tuple[str, ...]
    historical: bool


class _Place(NamedTuple):
    member: str
    period: str
    role: Role
    what: str


class _Tally:
    """What has been counted towards one part, and what not."""

    def __init__(self) -> None:
        self.count = 0
        self.left_out: Counter[Why] = Counter()
        self.acts: list[Act] = []

    def add(self, act: Act, count: int = 1) -> None:
        self.count += count
        self.acts.append(act)


def parts(
    unit: str, acts: Iterable[Act], capped: Collection[tuple[str, str]], rules: Rules
) -> tuple[Part, ...]:
    """Return the parts of all scores that a unit's standing acts amount to. `capped` are the
    members and names of those that do not count.
    """
    heard = told_once(acts)
    counting = _Counting(heard, capped, rules)
    counting.results()
    counting.snapshots()
    counting.echoes()
    return tuple(
        Part(
            member=place.member,
            period=place.period,
            unit=unit,
            role=place.role,
            what=place.what,
            count=tally.count,
            score=_score(rules, place, tally.count),
            left_out=dict(sorted(tally.left_out.items())),
            events=tuple(act.event for act in tally.acts[-NEWEST:]),
            historical=all(act.historical for act in tally.acts),
        )
        for place, tally in sorted(counting.tallies.items())
    )


def _score(rules: Rules, place: _Place, count: int) -> int:
    score = rules.impact.weights.get(place.what, 0) * count
    return score * rules.assist.percent // 100 if place.role == "assist" else score


class _Counting:
    def __init__(
        self, acts: Iterable[Act], capped: Collection[tuple[str, str]], rules: Rules
    ) -> None:
        self._acts = sorted(acts, key=lambda each: each.order)
        self._capped = capped
        self._rules = rules
        first = author_of(self._acts)
        self._author = None if first is None else first.member
        self.tallies: defaultdict[_Place, _Tally] = defaultdict(_Tally)

    def results(self) -> None:
        """Outcomes are the author's, else theirs of whom they were told; and the sharer's."""
        for act in self._acts:
            if not isinstance(act.tells, Result):
                continue
            credited = self._author or act.member
            tally = self._tally(credited, act, act.tells.outcome)
            if (act.member, act.name) in self._capped:
                tally.left_out["capped"] += 1
                continue
            tally.add(act)
            helper = helper_of(act, self._author)
            if helper is not None and act.tells.outcome in self._rules.assist.of:
                self._tally(helper, act, act.tells.outcome, "assist").add(act)

    def snapshots(self) -> None:
        """A period's share of a platform's count is the last in it minus the last one before."""
        for what in MEASURED:
            for line in self._lines(what).values():
                before = 0
                for period, (act, count) in line.items():
                    credited = self._author or act.member
                    self._tally_in(credited, period, what).add(act, count - before)
                    before = count

    def echoes(self) -> None:
        """Comments and shares are the author's, unless the platform counts them itself."""
        seen: Counter[tuple[str, str, str]] = Counter()
        counted = {what: self._lines(what) for what in ("share", "comment")}
        for act in self._acts:
            what = ECHOES.get(act.kind)
            if what is None or self._author is None:
                continue
            tally = self._tally(self._author, act, what)
            person = act.member, what, self._period(act)
            if act.member == self._author:
                tally.left_out["own"] += 1
            elif act.source in counted[what]:
                tally.left_out["in_snapshot"] += 1
            elif (act.member, act.name) in self._capped:
                tally.left_out["capped"] += 1
            elif seen[person] >= self._rules.impact.repeats:
                tally.left_out["repeated"] += 1
            else:
                seen[person] += 1
                tally.add(act)

    def _lines(self, what: str) -> dict[str, dict[str, tuple[Act, int]]]:
        """Return, by platform, the last count in each period of those that have one, in order."""
        lines: dict[str, dict[str, tuple[Act, int]]] = {}
        for act in self._acts:
            if (
                isinstance(act.tells, Snapshot)
                and (count := _measured(act.tells, what)) is not None
            ):
                lines.setdefault(act.source, {})[self._period(act)] = act, count
        return lines

    def _period(self, act: Act) -> str:
        return period_of(act.at, self._rules.timezone)

    def _tally(self, member: str, act: Act, what: str, role: Role = "author") -> _Tally:
        return self._tally_in(member, self._period(act), what, role)

    def _tally_in(self, member: str, period: str, what: str, role: Role = "author") -> _Tally:
        return self.tallies[_Place(member, period, role, what)]


def _measured(snapshot: Snapshot, what: str) -> int | None:
    match what:
        case "reader":
            return snapshot.reader
        case "like":
            return snapshot.like
        case "share":
            return snapshot.share
        case _:
            return snapshot.comment


def by_member(all_parts: Iterable[Part]) -> Iterator[tuple[str, int]]:
    """Yield everybody's score, of the parts of one period."""
    scores: Counter[str] = Counter()
    for part in all_parts:
        scores[part.member] += part.score
    yield from scores.items()
