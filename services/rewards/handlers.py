"""What comes of what was heard: acts recorded, credit given and taken, recognitions granted.

Pure: the stream brings what is known, and writes down what comes out. Each message is decided on
what the one before it has left, wherever a batch ends.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, TypeAlias

from services.rewards.domain import acts, awards, halfyears
from services.rewards.domain.acts import Act, ActRetracted, ObjectRetracted, Result
from services.rewards.domain.awards import RecordArrival
from services.rewards.domain.halfyears import PeriodClosed
from services.rewards.domain.known import Folded, Known, Object, Stored
from services.rewards.domain.periods import Calendar
from services.rewards.domain.recognitions import Occasion, Recognised, is_granted, named
from services.rewards.domain.rules import PUBLISH, Rules
from shared import clock
from shared.clock import Clock, ClockAdvanced
from shared.contracts.recognitions import period_closed_id, recognition_id
from shared.decider import fold
from shared.eventlog.entries import Entry


@dataclass(frozen=True, slots=True)
class Happening:
    """An activity: when it was, whose, and what it tells us. Most tells us only the time."""

    at: datetime
    member: str = ""
    tells: Act | ActRetracted | ObjectRetracted | awards.Describe | None = None
    occasion: Occasion | None = None


class Arrival(NamedTuple):
    """A zone change that concerns us."""

    member: str
    command: RecordArrival

    def as_history(self) -> "Arrival":
        """Return it as one that is granted, and nobody is told of, unless it was history before."""
        command = self.command
        if command.occasion.historical:
            return self
        occasion = replace(command.occasion, historical=True)
        return Arrival(self.member, replace(command, occasion=occasion, remembered=True))


Heard: TypeAlias = Happening | Arrival


def before_closing(
    heard: Sequence[Happening], now: Clock, calendar: Calendar
) -> tuple[Sequence[Happening], datetime | None]:
    """Return what can be heard before a period has to be closed, and the time that closes it."""
    for number, each in enumerate(heard):
        if clock.moves(now, each.at):
            if any(calendar.due(each.at)):
                return heard[:number], each.at
            now = Clock(mode=now.mode, now=each.at)
            calendar = replace(calendar, began=calendar.began or each.at)
    return heard, None


def hear(known: Known, heard: Iterable[Happening], rules: Rules, *, follow: bool = True) -> "Desk":
    """Take activities. Unless what is granted is to `follow`, they are recorded as what was known
    before: they grant nothing, and no time passes.
    """
    desk = Desk(known, rules, follow=follow)
    for each in heard:
        if follow:
            desk.let_pass(each.at)
        desk.hear(each)
    return desk


def arrive(known: Known, arrivals: Iterable[Arrival], rules: Rules) -> "Desk":
    desk = Desk(known, rules)
    for each in arrivals:
        desk.decide(each.member, each.command)
    return desk


def honour(known: Known, closed: PeriodClosed, rules: Rules) -> "Desk":
    """Honour whom a period that is closed honours, where that has not been done."""
    desk = Desk(known, rules)
    desk.honour(closed)
    return desk


def follow(known: Known, occasion: Occasion, rules: Rules) -> "Desk":
    """Let what is granted follow what counts, for all who are known."""
    desk = Desk(known, rules)
    for member in sorted(known.folded):
        desk.decide(member, awards.Follow(occasion=occasion))
    return desk


def advance(known: Known, now: datetime, closed: Iterable[PeriodClosed], rules: Rules) -> "Desk":
    """Let it be `now`, with the periods that are closed by it."""
    desk = Desk(known, rules)
    desk.tell_time(clock.not_before(known.clock, now))
    for each in closed:
        desk.close(each)
    return desk


class Desk:
    """What is known as it becomes, and what is to be appended. `decided` are the members' events,
    `retracted` what was taken back, `units` the pieces on which something has changed.
    """

    def __init__(self, known: Known, rules: Rules, *, follow: bool = True) -> None:
        self.known = known
        self._rules = rules
        self._awards = awards.decider(rules)
        self._follow = follow
        self._touched: set[str] = set()
        self.entries: list[Entry] = []
        self.versions = {member: it.version for member, it in known.folded.items()}
        self.decided: list[tuple[str, awards.Event]] = []
        self.units: set[str] = set()

    def let_pass(self, at: datetime) -> None:
        """Move the clock as far as something that happened `at` implies. No period is due by it."""
        if not clock.moves(self.known.clock, at):
            return
        if clock.is_told(self.known.clock.now, at):
            self.tell_time(at)
        self.known.clock = Clock(mode=self.known.clock.mode, now=at)

    def tell_time(self, now: datetime) -> None:
        self.entries.append(Entry(clock.STREAM, ClockAdvanced(at=now)))
        self.known.clock = Clock(mode=self.known.clock.mode, now=now)

    def hear(self, heard: Happening) -> None:
        self._touched.clear()
        match heard.tells:
            case Act() as act:
                self._record(act)
            case ActRetracted() as retraction:
                self._retract_act(heard.member, retraction)
            case ObjectRetracted() as retraction:
                self._retract_object(heard.member, retraction)
            case awards.Describe() as description:
                self.decide(heard.member, description)
            case None:
                return
        if self._follow and heard.occasion is not None:
            for member in sorted(self._touched):
                self.decide(member, awards.Follow(occasion=heard.occasion))

    def close(self, closed: PeriodClosed) -> None:
        """Say how a period ended, and honour those whom it honours."""
        key = period_closed_id(closed.period)
        self.entries.append(Entry(halfyears.STREAM, closed, key))
        self.honour(closed)

    def honour(self, closed: PeriodClosed) -> None:
        occasion = Occasion(
            cause=period_closed_id(closed.period),
            at=closed.at,
            on=closed.on,
            historical=closed.historical,
        )
        for standing in closed.honoured:
            honour = awards.HonourImpact(
                period=closed.period,
                place=standing.place,
                impact=standing.score,
                pieces=standing.pieces,
                occasion=occasion,
            )
            self.decide(standing.member, honour)

    def decide(self, member: str, command: awards.Command) -> None:
        version, state = self.known.folded[member]
        events = self._awards.decide(command, state)
        state = fold(self._awards.evolve, state, events)
        self.known.folded[member] = Folded(version + len(events), state)
        self.entries += [Entry(member, event, key_of(member, event)) for event in events]
        self.decided += [(member, event) for event in events]
        if events:
            self._touched.add(member)

    def _record(self, act: Act) -> None:
        """What was heard already is not heard again."""
        if (act.member, act.name) in self.known.register:
            return
        void = self.known.is_void(act)
        self.known.register.put(Stored(act, stands=not void))
        self._note(act.member, acts.ActRecorded(act=act, void=void))
        if not void:
            self._weigh(act)

    def _retract_act(self, member: str, retraction: ActRetracted) -> None:
        key = member, retraction.name
        if key in self.known.void:
            return
        self.known.void.add(key)
        self._note(member, retraction)
        stored = self.known.register.get(key)
        if stored is not None and stored.stands:
            self._withdraw(stored)

    def _retract_object(self, member: str, retraction: ObjectRetracted) -> None:
        named: Object = member, retraction.source, retraction.object, retraction.kind
        until = self.known.void_objects.get(named)
        if until is not None and until >= retraction.until:
            return
        self.known.void_objects[named] = retraction.until
        self._note(member, retraction)
        for stored in [*self.known.register.of_object(named)]:
            if stored.act.at <= retraction.until:
                self._withdraw(stored)

    def _withdraw(self, stored: Stored) -> None:
        act = stored.act
        self.known.register.put(Stored(act, stands=False))
        self._note(act.member, acts.ActWithdrawn(name=act.name, kind=act.kind))
        self._weigh(act)

    def _weigh(self, act: Act) -> None:
        """Find out what counts, now that an act stands or does not stand any more."""
        self._cap(act)
        if act.kind == PUBLISH and act.piece is not None:
            self._credit(act)
        self._affect(act)

    def _cap(self, act: Act) -> None:
        """Let the first of a day count, and no more than the rules say."""
        cap = self.known.caps.of(act.word, act.day)
        if cap is None:
            return
        standing = [*self.known.register.of_day((act.member, act.word, act.day))]
        beyond = acts.capped([it.act for it in standing], cap)
        for stored in standing:
            other = stored.act
            if stored.capped == (other.name in beyond):
                continue
            self.known.register.mark((other.member, other.name), capped=not stored.capped)
            event = acts.ActFreed if stored.capped else acts.ActCapped
            self._note(other.member, event(name=other.name, kind=other.kind))
            self._affect(other)

    def _credit(self, about: Act) -> None:
        """Give the credit for a piece, by all of its names, to whoever published it first."""
        pieces, claims = self.known.register.connected(about.names)
        names = acts.known_as(claims)
        members = {about.member, *(claim.member for claim in claims)}
        for piece in sorted(pieces):
            first = _author(piece, claims, names)
            for name in sorted(members):
                mine = first if first is not None and first.member == name else None
                self.decide(name, awards.CreditPiece(piece=piece, act=mine))
        for helped in self.known.register.helped(pieces):
            self._thank(helped.act)

    def _affect(self, act: Act) -> None:
        """Note on what an act has an effect, and credit who helped."""
        self.units |= {it for it in (act.unit, act.kind == PUBLISH and act.alias) if it}
        self._thank(act)

    def _thank(self, act: Act) -> None:
        """Credit whoever helped with what came of a piece, while it counts."""
        if act.via is None or not self._assists(act):
            return
        stored = self.known.register.get((act.member, act.name))
        stands = stored is not None and stored.stands and not stored.capped
        _, claims = self.known.register.connected(act.names)
        names = acts.known_as(claims)
        piece = None if act.piece is None else names.get(act.piece, act.piece)
        first = None if piece is None else _author(piece, claims, names)
        helper = acts.helper_of(act, None if first is None else first.member)
        credit = awards.CreditAssist(
            name=act.name, piece=piece, stands=stands and helper is not None
        )
        self.decide(act.via, credit)

    def _assists(self, act: Act) -> bool:
        return isinstance(act.tells, Result) and act.tells.outcome in self._rules.assist.of

    def _note(self, member: str, event: acts.Event) -> None:
        self.decide(member, awards.TakeNote(events=(event,)))


def _author(piece: str, claims: Iterable[Act], names: Mapping[str, str]) -> Act | None:
    """Return the act by which a piece was published first, under whatever name."""
    return acts.author_of(
        claim for claim in claims if claim.piece and names.get(claim.piece, claim.piece) == piece
    )


def key_of(member: str, event: awards.Event) -> str | None:
    """Return the name of what can be recorded only once: the log takes no second one."""
    if isinstance(event, acts.ActRecorded):
        return f"{member}/{event.act.name}"
    if isinstance(event, Recognised) and is_granted(event):
        return recognition_id(*_named(member, event))
    return None


def _named(member: str, event: Recognised) -> tuple[str, str, str]:
    kind, which = named(event)
    return kind, member, which


def id_of(member: str, event: Recognised) -> str:
    """Return the id of the recognition that an event is about."""
    return recognition_id(*_named(member, event))
