"""What notices say. Plain sentences, each with the reason why it was sent.

No place on the journey is bad, and nobody is shamed: what has ended was earned, what is late is
late and not somebody's fault.
"""

from dataclasses import dataclass
from datetime import datetime

from services.notifier.domain.alerts import Alert, Promise
from services.notifier.domain.audience import PieceRecorded

HOUR_MINUTES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """`why` says why this person gets it."""

    title: str
    text: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """Name, why and link are the rule's own words, where it has any."""

    kind: str
    name: str | None = None
    why: str | None = None
    link: str | None = None


def granted(promise: Promise) -> Words:
    return Words(
        title="You are on the fast track",
        text="From now on the editors take up every draft of yours at once, and owe you an answer"
        f" within {_span(promise.minutes)}.",
        why="You get this because you are now socially engaged.",
    )


def granted_to(member: str, promise: Promise) -> Words:
    return Words(
        title=f"{member} is on the fast track",
        text=f"Drafts by {member} come before all others from now on, and are answered within"
        f" {_span(promise.minutes)}.",
        why="You get this because you are an editor.",
    )


def ended() -> Words:
    return Words(
        title="Your drafts take the ordinary way again",
        text="The fast track follows how much is going on around you, and it is a little quieter"
        " now. Your drafts are as welcome as ever, promises already given stay, and the fast"
        " track comes back when you do.",
        why="You get this because you were on the fast track.",
    )


def ended_for(member: str) -> Words:
    return Words(
        title=f"Drafts by {member} take the ordinary way again",
        text=f"What was promised to {member} for drafts that are open stays promised.",
        why="You get this because you are an editor.",
    )


def raised(alert: Alert) -> Words:
    return Words(
        title=f"A draft by {alert.member} waits for an editor",
        text=f"{_draft(alert)} was submitted. It is on the fast track: an answer was promised by"
        f" {_moment(alert.due_at)}.",
        why=f"You get this because you are an editor and {alert.member} is socially engaged.",
    )


def at_risk(alert: Alert) -> Words:
    return Words(
        title=f"A draft by {alert.member} still waits",
        text=f"{_draft(alert)} has no answer yet. One was promised by {_moment(alert.due_at)};"
        " taking it up, or acknowledging it, is enough for now.",
        why="You get this because you are an editor, and a good part of the promised time is over.",
    )


def breached(alert: Alert) -> Words:
    return Words(
        title=f"A draft by {alert.member} waits longer than promised",
        text=f"{_draft(alert)} was to have an answer by {_moment(alert.due_at)}. Please see that"
        " somebody takes it up, and tells the author.",
        why="You get this because you look after what was promised to authors.",
    )


def announced(piece: PieceRecorded, topic: str | None) -> Words:
    title = f"“{piece.title}”" if piece.title else "a new piece"
    because = f"you follow {piece.member}" if topic is None else f"you care about {topic}"
    return Words(
        title=f"{piece.member} has published {title}",
        text=f"It is new, and you may like to read it{f': {piece.url}' if piece.url else '.'}",
        why=f"You get this because {because}.",
    )


def recognised(recognition: Recognition) -> Words:
    name = recognition.name or recognition.kind.replace("_", " ").capitalize()
    link = f" More about it: {recognition.link}" if recognition.link else ""
    return Words(
        title=f"Recognised: {name}",
        text=(recognition.why or "What you do has been noticed. Thank you for it.") + link,
        why="You get this because it is yours.",
    )


def _draft(alert: Alert) -> str:
    if alert.work and alert.work.title:
        return f"“{alert.work.title}” ({alert.draft_id})"
    return f"Draft {alert.draft_id}"


def _span(minutes: int) -> str:
    if minutes % HOUR_MINUTES:
        return f"{minutes} minutes"
    hours = minutes // HOUR_MINUTES
    return "an hour" if hours == 1 else f"{hours} hours"


def _moment(at: datetime) -> str:
    return f"{at:%H:%M} UTC on {at.day} {at:%B}"
