"""The tables of what the socially engaged are asked, and of how they are cared for."""

from collections.abc import Iterable
from typing import assert_never

from services.notifier.domain import care, circles, requests, talks
from services.notifier.domain.alerts import AlertBreached
from services.notifier.domain.events import Engaged
from services.notifier.projections.entries import milliseconds
from services.notifier.projections.statements import Statement
from shared.eventlog.entries import Recorded


def statements(row: Recorded, event: Engaged) -> Iterable[Statement]:
    stream = row.stream
    match event:
        case (
            requests.RequestOpened()
            | requests.MembersAsked()
            | requests.EverybodyAsked()
            | requests.AskAnswered()
            | requests.RequestClosed()
        ):
            yield from _of_request(stream, event)
        case circles.CircleProposed():
            for member in event.members:
                yield Statement(
                    "INSERT OR IGNORE INTO circles (month, number, member)"
                    " VALUES (:month, :number, :member)",
                    {
                        "month": event.month.isoformat(),
                        "number": event.number,
                        "member": member,
                    },
                )
        case talks.TalkGiven():
            yield _talked(event.group, milliseconds(event.at))
        case talks.TalkSuggested():
            yield _talked(event.group, milliseconds(event.at))
            cause = talks.cause(event.group, event.month)
            yield _asked(cause, event.speaker, milliseconds(event.at))
        case care.CareConsented():
            yield Statement(
                "INSERT OR IGNORE INTO consents (member) VALUES (:member)"
                if event.care
                else "DELETE FROM consents WHERE member = :member",
                {"member": stream},
            )
        case care.TurnedQuiet():
            yield Statement(
                "INSERT OR IGNORE INTO quiet (member) VALUES (:member)", {"member": stream}
            )
        case care.BecameActive():
            yield Statement("DELETE FROM quiet WHERE member = :member", {"member": stream})
        case care.CareSuggested():
            yield Statement(
                "INSERT OR REPLACE INTO cared (member, at) VALUES (:member, :at)",
                {
                    "member": stream.removeprefix(care.stream("")),
                    "at": milliseconds(event.at),
                },
            )
        case _:
            assert_never(event)


def of_breach(event: AlertBreached) -> Statement:
    return Statement(
        "INSERT OR IGNORE INTO breaches (alert, member, at) VALUES (:alert, :member, :at)",
        {"alert": event.alert.id, "member": event.alert.member, "at": milliseconds(event.at)},
    )


def _of_request(stream: str, event: requests.Event) -> Iterable[Statement]:
    match event:
        case requests.RequestOpened():
            yield Statement(
                "INSERT OR IGNORE INTO requests"
                " (stream, id, topic, by, opened_at, closes_at, due_at, state)"
                " VALUES (:stream, :id, :topic, :by, :at, :closes_at, :closes_at, 'open')",
                {
                    "stream": stream,
                    "id": event.request.id,
                    "topic": event.request.topic,
                    "by": event.request.by,
                    "at": milliseconds(event.at),
                    "closes_at": milliseconds(event.closes_at),
                },
            )
        case requests.MembersAsked():
            yield Statement(
                "UPDATE requests SET due_at = min(closes_at, :due_at) WHERE stream = :stream",
                {"stream": stream, "due_at": milliseconds(event.answer_by)},
            )
            for member in event.members:
                yield _asked(stream, member, milliseconds(event.at))
        case requests.EverybodyAsked():
            yield Statement(
                "UPDATE requests SET due_at = closes_at WHERE stream = :stream",
                {"stream": stream},
            )
        case requests.AskAnswered():
            yield Statement(
                "INSERT OR REPLACE INTO replies (stream, member, reply)"
                " VALUES (:stream, :member, :reply)",
                {"stream": stream, "member": event.member, "reply": event.reply},
            )
        case requests.RequestClosed():
            yield Statement(
                "UPDATE requests SET due_at = NULL, state = :state, taken_by = :by"
                " WHERE stream = :stream",
                {
                    "stream": stream,
                    "state": "taken" if event.taken else "unanswered",
                    "by": event.by,
                },
            )
        case _:
            assert_never(event)


def _asked(cause: str, member: str, at: int) -> Statement:
    return Statement(
        "INSERT OR IGNORE INTO asks (cause, member, at) VALUES (:cause, :member, :at)",
        {"cause": cause, "member": member, "at": at},
    )


def _talked(group: str, at: int) -> Statement:
    return Statement(
        "INSERT INTO talks (grp, at) VALUES (:grp, :at)"
        " ON CONFLICT (grp) DO UPDATE SET at = max(at, excluded.at)",
        {"grp": group, "at": at},
    )
