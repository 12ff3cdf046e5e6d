"""A batch is cut where what comes next depends on all that came before: it is heard by itself."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from services.notifier.domain import occasions, requests
from services.notifier.domain.rules import Rules
from services.notifier.handlers.heard import Answered, Happening, Published, Requested
from shared import clock
from shared.clock import Clock


def announces(heard: Happening) -> bool:
    """Say whether it may have to be announced: a batch goes no further than to the next."""
    return isinstance(heard.tells, Published) and not heard.tells.piece.historical


def runs(heard: Sequence[Happening]) -> Iterable[Sequence[Happening]]:
    """Cut a batch before everything that may have to be announced, since who listens depends on
    all that came before.
    """
    begin = 0
    for place in range(1, len(heard)):
        if announces(heard[place]):
            yield heard[begin:place]
            begin = place
    if heard:
        yield heard[begin:]


def request_of(heard: Happening) -> str | None:
    """Return the stream of the request that it is about."""
    match heard.tells:
        case Requested(asked=asked):
            return requests.stream(asked.request.id)
        case Answered(stream=stream):
            return stream
        case _:
            return None


def before_occasion(
    heard: Sequence[Happening], now: Clock, rules: Rules, asks_at: datetime | None = None
) -> tuple[Sequence[Happening], datetime | None]:
    """Return what can be heard before the next occasion or `asks_at`, when the next are asked, and
    the time that brings one. Whom a request is put to depends on all that came before, so what is
    about one is heard by itself.
    """
    for number, each in enumerate(heard):
        if clock.moves(now, each.at):
            if occasions.due(now.now, each.at, rules.rhythm) or (asks_at and asks_at <= each.at):
                return heard[:number], each.at
            now = Clock(mode=now.mode, now=each.at)
        if request_of(each) is not None:
            return heard[: number or 1], None
    return heard, None
