"""Explaining: working out an explanation from what the member did, and from nothing else.

So any day can be asked about: one that is over as if nothing had happened since, with what is known
now of the days up to it.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from services.classifier.domain import spells, standings
from services.classifier.domain.activities import Activity
from services.classifier.domain.clock import FOREVER, Span
from services.classifier.domain.evidence import by_time
from services.classifier.domain.explanation import (
    Coming,
    Explanation,
    Floor,
    Loss,
    Spared,
    Turn,
)
from services.classifier.domain.facts import Facts, fold
from services.classifier.domain.judging import Kept, Option, Past, entering, keeping
from services.classifier.domain.policy import Policy
from services.classifier.domain.profile import FLOOR
from services.classifier.domain.regimes import Policies
from services.classifier.domain.retractions import netted
from services.classifier.domain.standings import Standing
from services.classifier.domain.terms import (
    floor_on,
    floored_by,
    paused_since,
    presence,
    terms_on,
)
from services.classifier.domain.zones import FIRST, ZONES

TOP: Final = len(ZONES) - 1


def explained(
    activities: Iterable[Activity], policies: Policies, now: int, day: int
) -> Explanation:
    """Explain how who did all this stands on `day`, which is not after the clock's today.

    On a day that is over, what was done later is left out, and what was retracted later as well.
    """
    span = policies.span_at(now)
    past = _past(activities, day if day < span.today else FOREVER)
    return _Asked(past, policies, Span(min(day, span.closed), day)).answer()


def _past(activities: Iterable[Activity], day: int) -> Past:
    whole = sorted(activities, key=by_time)
    net = netted(whole).left
    counting = {each.key for each in net}
    left = [each for each in net if each.day <= day]
    retracted = [each for each in whole if each.key not in counting and each.day <= day]
    enrolled_on = min((each.day for each in whole), default=FOREVER)
    return Past(left, retracted, fold(left)._replace(enrolled_on=enrolled_on))


class _Asked:
    """A question about the last day of a span."""

    def __init__(self, past: Past, policies: Policies, span: Span) -> None:
        self._past = past
        self._facts = past.facts
        self._policies = policies
        self._span = span
        self._day = span.today
        self._regime = policies.on(span.today)
        self._standings = self._decided(past.facts)

    def answer(self) -> Explanation:
        facts, day, policies = self._facts, self._day, self._policies
        since = _since(self._standings)
        zone = self._standings[-1].zone if self._standings else None
        felt = spells.decide((), facts, policies, facts.enrolled_on, self._span)
        policy = self._regime.policy
        retracted = len(self._past.retracted)
        if zone is None:
            return Explanation(
                day=day,
                enrolled_on=facts.enrolled_on,
                zone=None,
                since=since,
                vitality=None,
                policy=policy,
                governs_from=self._governs_from(),
                departed=self._said(presence(facts, day).key) if self._standings else None,
                retracted=retracted,
            )
        turn = self._turn(policies)
        keep = keeping(self._regime, zone, self._past, day)
        loss = None
        if turn is not None and turn.to is not None and turn.to < zone:
            loss = self._loss(zone, turn)
        enter, requires = self._next(zone)
        paused = terms_on(facts, day).paused
        return Explanation(
            day=day,
            enrolled_on=facts.enrolled_on,
            zone=zone,
            since=since,
            vitality=felt[-1].vitality,
            policy=policy,
            governs_from=self._governs_from(),
            paused_since=paused_since(facts, day) if paused else None,
            pauses=not paused and terms_on(facts, day + 1).paused,
            floor=self._floor(),
            keep=keep,
            failing_since=self._failing_since(loss),
            spared=self._spared(keep),
            turn=turn,
            loss=loss,
            enter=enter,
            requires=requires,
            coming=tuple(self._coming()),
            retracted=retracted,
        )

    def _decided(self, facts: Facts) -> tuple[Standing, ...]:
        return standings.decide((), facts, self._policies, facts.enrolled_on, self._span)

    def _said(self, key: str) -> Activity | None:
        return next((each for each in self._past.left if each.key == key), None)

    def _next(self, zone: int) -> tuple[Option | None, tuple[Kept, ...]]:
        if zone == TOP:
            return None, ()
        regime, past, day = self._regime, self._past, self._day
        required = regime.policy.zones[zone + 1].requires
        return entering(regime, zone + 1, past, day), tuple(
            keeping(regime, ZONES.index(name), past, day) for name in required
        )

    def _floor(self) -> Floor | None:
        last_day, zone = floor_on(self._facts, self._day)
        if zone == FIRST:
            return None
        profile = {name: said for name, said in self._facts.profile.items() if name != FLOOR}
        return Floor(
            zone,
            last_day if last_day < FOREVER - 1 else None,
            self._said(floored_by(self._facts, self._day)),
            self._decided(self._facts._replace(profile=profile))[-1].zone,
        )

    def _spared(self, keep: Kept) -> Spared | None:
        """Say who keeps the zone, where the policy that governs would not."""
        if keep.options[0].holds or not keep.holds:
            return None
        holding = [option.policy for option in keep.options if option.holds]
        return max((Spared(each, self._spares_until(each)) for each in holding), key=_until)

    def _spares_until(self, policy: Policy) -> int:
        """Return the last day in a row on which a zone may be kept by `policy`."""
        until = self._policies.until(self._day)
        while until < FOREVER:
            regime = self._policies.on(until)
            if policy not in (regime.policy, *regime.mild):
                break
            until = self._policies.until(until)
        return until - 1

    def _turn(self, policies: Policies) -> Turn | None:
        foreseen = standings.foreseen(self._standings, self._facts, policies, self._span)
        turn = next(foreseen, None)
        return None if turn is None else Turn(turn.from_day, turn.zone)

    def _loss(self, zone: int, turn: Turn) -> Loss:
        fails_from = self._failing_on(turn.day - 1) or turn.day
        kept = keeping(self._policies.on(fails_from), zone, self._past, fails_from)
        missing = tuple(each for each in kept.options[0].judged if not each.holds)
        return Loss(turn, fails_from, missing)

    def _failing_since(self, loss: Loss | None) -> int | None:
        if loss is not None and loss.fails_from <= self._day:
            return loss.fails_from
        return self._failing_on(self._day)

    def _failing_on(self, day: int) -> int | None:
        """Return since when the zone's `keep` fails on a day not before the last that closed, if
        every day closes and nothing happens.
        """
        closed = standings.place(self._standings, self._span.closed + 1)
        standing = self._standings[closed - 1] if closed else None
        ahead = standings.ahead(self._standings, self._facts, self._policies, self._span)
        for coming in ahead:
            if coming.from_day > day:
                break
            standing = coming
        return None if standing is None else standing.failing_since

    def _governs_from(self) -> int:
        """Return the first day of the row of days that the policy governs."""
        regimes = self._policies.regimes
        first = self._regime
        for regime in reversed(regimes[: regimes.index(first)]):
            if regime.policy != first.policy:
                break
            first = regime
        return first.from_day

    def _coming(self) -> Iterable[Coming]:
        regimes = self._policies.regimes
        begin = [
            place
            for place, regime in enumerate(regimes)
            if regime.from_day > self._day and regime.policy != regimes[place - 1].policy
        ]
        for place, after in pairwise([*begin, len(regimes)]):
            yield Coming(
                regimes[place].policy,
                regimes[place].from_day,
                self._turn(Policies(regimes[:after], regimes[place].policy)),
                self._turn(Policies(regimes[:place], regimes[place].policy)),
            )


def _since(decided: Sequence[Standing]) -> int | None:
    since = None
    for standing in reversed(decided):
        if standing.zone != decided[-1].zone:
            break
        since = standing.from_day
    return since


def _until(spared: Spared) -> int:
    return spared.until
