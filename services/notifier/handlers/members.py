"""What is told of members: what they are and where, what is coming, and what honours them."""

from collections.abc import Iterable

from services.notifier.domain import audience, care, fast_track, standing
from services.notifier.domain.known import Known
from services.notifier.domain.recognitions import of_recognition
from services.notifier.domain.rules import Rules
from services.notifier.handlers import drafting, timing
from services.notifier.handlers.desk import Desk
from services.notifier.handlers.heard import Recognised, Turned
from shared.decider import fold
from shared.eventlog.entries import Entry


def move(
    known: Known, moves: Iterable[audience.Move | standing.Foretold], rules: Rules
) -> list[Entry]:
    """Return what is recorded and said of zone changes, and of those to come."""
    desk = Desk(known, rules)
    for each in moves:
        match each:
            case audience.Move():
                _move(desk, each)
                timing.look_at_timers(desk)
            case standing.Foretold():
                _foretell(desk, each)
    return desk.entries


def turn(known: Known, turned: Iterable[Turned], rules: Rules) -> list[Entry]:
    """Return what is recorded of who turns quiet and who is active again."""
    desk = Desk(known, rules)
    for each in turned:
        _turn(desk, each)
    return desk.entries


def recognise(known: Known, recognised: Iterable[Recognised], rules: Rules) -> list[Entry]:
    """Return what is said of recognitions."""
    desk = Desk(known, rules)
    for told in recognised:
        if not told.historical and not known.member(told.member).departed:
            at = desk.not_before(told.at)
            desk.say(of_recognition(told.member, told.cause, told.recognition, at))
    return desk.entries


def decide(
    desk: Desk, name: str, command: audience.Command, key: str | None = None
) -> tuple[audience.Event, ...]:
    member = desk.known.member(name)
    events = audience.decide(command, member)
    desk.known.members[name] = fold(audience.evolve, member, events)
    desk.append(name, events, key)
    return events


def _move(desk: Desk, move: audience.Move) -> None:
    now = desk.not_before(move.at)
    for moved in decide(desk, move.member, move):
        assert isinstance(moved, audience.MemberMoved)  # noqa: S101 - a move moves
        editors = audience.editors(desk.known.members)
        desk.known.warned.pop(move.member, None)
        desk.say(fast_track.of_move(moved, desk.rules, editors, now))
        drafting.promise(desk, moved, now)


def _foretell(desk: Desk, foretold: standing.Foretold) -> None:
    """Record what is near and what is due, and warn of it."""
    name, what = foretold.member, foretold.what
    if foretold.key in desk.known.recorded:
        return
    desk.append(name, [what], foretold.key)
    if not isinstance(what, standing.DemotionForetold) or what.historical:
        return
    now = desk.not_before(what.at)
    member, warned = desk.known.member(name), desk.known.warned.pop(name, None)
    if not what.cancelled:
        desk.known.warned[name] = what.cause
    desk.say(standing.of_demotion(name, what, member, warned, now))


def _turn(desk: Desk, turned: Turned) -> None:
    quiet = desk.known.quiet
    if turned.key in desk.known.recorded or turned.quiet == (turned.member in quiet):
        return
    if turned.quiet:
        quiet.add(turned.member)
        desk.append(turned.member, [care.TurnedQuiet(at=turned.at)], turned.key)
    else:
        quiet.remove(turned.member)
        desk.append(turned.member, [care.BecameActive(at=turned.at)], turned.key)
