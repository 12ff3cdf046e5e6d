"""Members come onto the fast track and leave it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from services.notifier.domain.audience import MemberMoved
from services.notifier.domain.kinds import Kind
from services.notifier.domain.notices import Facts, Notice
from services.notifier.domain.rules import Rules


def of_move(
    moved: MemberMoved, rules: Rules, editors: Iterable[str], now: datetime
) -> Iterator[Notice]:
    """Say that the fast track begins or ends: to the member, and to the editors."""
    promise, before = rules.promise(moved.zone), rules.promise(moved.before)
    if moved.historical or moved.by_policy or bool(promise) == bool(before):
        return
    kind: Kind = "fast_track_granted" if promise else "fast_track_ended"
    facts: Facts = (
        {"minutes": promise.minutes, "worked": promise.hours is not None} if promise else {}
    )
    if moved.zone is not None:  # who has left is not written to
        yield Notice(kind=kind, recipient=moved.member, cause=moved.cause, at=now, facts=facts)
    for editor in editors:
        yield Notice(
            kind=kind,
            recipient=editor,
            cause=moved.cause,
            at=now,
            facts=facts,
            about=moved.member,
        )
