"""From entries of the log to rows, in the transaction that appends them; or from all of the log.

Every statement can be repeated: what the log says twice, the tables have once.
"""

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final, TypeAlias, assert_never, cast

from services.notifier.domain import (
    acts,
    alerts,
    audience,
    care,
    circles,
    drafts,
    kinds,
    notices,
    reach,
    requests,
    respect,
    standing,
    submissions,
    talks,
)
from services.notifier.domain.voice import VoiceAnswered, VoiceAsked
from services.notifier.domain.waiting import DraftReceived, DraftStillWaits
from services.notifier.projections import doings, drafting, engaged_tables, held
from services.notifier.projections.entries import CODEC, milliseconds
from services.notifier.projections.statements import Statement
from shared import clock
from shared.eventlog.checkpoints import Checkpoint
from shared.eventlog.entries import Recorded
from shared.eventlog.log import Entry, Store, Transaction

READER: Final = "tables"
FORM: Final = "6"
"""Changes with what the tables hold: a database with another form has them built again."""

CHUNK: Final = 1000
AT_ONCE: Final = 0
BEFORE_ALL_ELSE: Final = -1
"""When alerts are to go: ahead of all that waits already."""
OUTCOMES: Final = (notices.NoticeSent, respect.NoticeHeld, respect.NoticeDropped)
"""What becomes of notices: they come by the thousand and do not depend on each other."""
TABLES: Final = (
    *("profiles", "places", "declared", "interests", "follows", "void_acts", "void_objects"),
    *("pieces", "drafts", "alerts", "inbox", "deliveries", "stops", "gone"),
    *("acts", "seen", "offers", "accounts", "near", "asked", "warnings"),
    *("waiting", "voices"),
    *("requests", "asks", "replies", "circles", "talks", "quiet", "breaches", "consents", "cared"),
    *held.TABLES,
)

Event: TypeAlias = (
    clock.ClockStarted
    | clock.ClockAdvanced
    | audience.Event
    | audience.Heard
    | drafts.Event
    | notices.Event
    | reach.Event
    | respect.Event
    | engaged_tables.Event
    | standing.ZoneNeared
    | standing.DemotionForetold
)


async def write(transaction: Transaction, entries: Sequence[Entry]) -> None:
    """Append what has not been said, and have the tables follow."""
    said = {entry.key for entry in entries if entry.key and isinstance(entry.event, OUTCOMES)}
    again = await transaction.known(list(said)) if said else {}
    fresh = [entry for entry in entries if entry.key not in again]
    if not fresh:
        return
    rows = await transaction.append(fresh)
    events = [cast("Event", entry.event) for entry in fresh]
    await project(transaction, list(zip(rows, events, strict=True)), rows[-1].position)


async def project(
    transaction: Transaction, rows: Iterable[tuple[Recorded, Event]], position: int
) -> None:
    """Follow the log up to `position`."""
    for sql, run in groupby(_in_runs(rows), key=itemgetter(0)):
        await transaction.executemany(sql, [statement.values for statement in run])
    await transaction.save_checkpoint(Checkpoint(READER, position, FORM))


async def catch_up(store: Store) -> bool:
    """Build the tables again where they are not what the log says. Return whether they were not."""
    last = await store.last_position()
    if await store.checkpoint(READER) == Checkpoint(READER, last, FORM):
        return False
    async with store.transaction() as transaction:
        for table in TABLES:
            await transaction.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of ours
        position = 0
        while rows := await store.read(position, CHUNK):
            position = rows[-1].position
            await project(transaction, [(row, CODEC.decode(row)) for row in rows], position)
        await transaction.save_checkpoint(Checkpoint(READER, position, FORM))
    return last > 0


def _in_runs(rows: Iterable[tuple[Recorded, Event]]) -> Iterable[Statement]:
    """Where entries do not depend on each other, the runs are kept long."""
    for kind, run in groupby(rows, key=lambda each: type(each[1])):
        statements = [each for row, event in run for each in _statements(row, event)]
        if kind in OUTCOMES:
            statements.sort(key=itemgetter(0))
        yield from statements


def _statements(row: Recorded, event: Event) -> Iterable[Statement]:
    match event:
        case clock.ClockStarted():
            values = {"mode": event.mode, "now": event.at and milliseconds(event.at)}
            yield Statement(
                "INSERT OR IGNORE INTO clock (id, mode, now) VALUES (1, :mode, :now)", values
            )
        case clock.ClockAdvanced():
            yield Statement(
                "UPDATE clock SET now = max(coalesce(now, 0), :now)",
                {"now": milliseconds(event.at)},
            )
        case audience.MemberDescribed() | audience.MemberMoved():
            yield from _of_member(row.stream, event)
        case audience.AuthorFollowed() | audience.ActRetracted() | audience.PieceRecorded():
            yield from _of_act(row.stream, event)
        case (
            acts.ActRecorded()
            | acts.ReceptionMeasured()
            | acts.OutcomeReported()
            | acts.ObjectRetracted()
            | acts.ContentOffered()
            | acts.AccountLinked()
        ):
            yield from doings.of_doing(row.stream, event)
        case standing.ZoneNeared() | standing.DemotionForetold():
            yield from doings.of_standing(row.stream, event)
        case (
            submissions.DraftSubmitted()
            | submissions.DraftClosed()
            | DraftReceived()
            | DraftStillWaits()
            | VoiceAsked()
            | VoiceAnswered()
            | alerts.AlertRaised()
            | alerts.AlertAtRisk()
            | alerts.AlertBreached()
            | alerts.AlertResolved()
        ):
            yield from _of_draft(row, event)
            if isinstance(event, alerts.AlertBreached):
                yield engaged_tables.of_breach(event)
        case (
            notices.NoticeSent()
            | notices.NoticeDelivered()
            | notices.NoticeFailed()
            | notices.NoticeRead()
        ):
            yield from _of_notice(row, event)
            if isinstance(event, notices.NoticeSent):
                yield from held.of_sent(event)
        case respect.NoticeHeld() | respect.NoticeDropped():
            yield held.of_unsent(row, event)
            if isinstance(event, respect.NoticeHeld):
                yield from doings.of_notice(event.id, event.notice)
        case respect.PreferencesSet():
            yield held.of_preferences(row.stream.removeprefix(notices.stream("")), event)
        case reach.KindStopped() | reach.KindResumed():
            yield _of_stop(row.stream.removeprefix(notices.stream("")), event)
        case reach.ReceiverGone() | reach.ReceiverBack():
            yield _of_receiver(event)
        case (
            requests.RequestOpened()
            | requests.MembersAsked()
            | requests.EverybodyAsked()
            | requests.AskAnswered()
            | requests.RequestClosed()
            | circles.CircleProposed()
            | talks.TalkGiven()
            | talks.TalkSuggested()
            | care.CareConsented()
            | care.TurnedQuiet()
            | care.BecameActive()
            | care.CareSuggested()
        ):
            yield from engaged_tables.of_engaged(row.stream, event)
        case _:
            assert_never(event)


def _of_member(member: str, event: audience.Event) -> Iterable[Statement]:
    match event:
        case audience.MemberDescribed():
            yield Statement(
                "INSERT OR REPLACE INTO profiles (member, field, value, at, key)"
                " VALUES (:member, :field, :value, :at, :key)",
                {
                    "member": member,
                    "field": event.field,
                    "value": json.dumps(event.value),
                    "at": milliseconds(event.at),
                    "key": event.key,
                },
            )
            if event.field == "topics":
                yield Statement("DELETE FROM declared WHERE member = :member", {"member": member})
                for topic in event.value:
                    yield Statement(
                        "INSERT OR IGNORE INTO declared (topic, member) VALUES (:topic, :member)",
                        {"topic": topic, "member": member},
                    )
        case audience.MemberMoved():
            yield Statement(
                "INSERT OR REPLACE INTO places (member, zone, version)"
                " VALUES (:member, :zone, :version)",
                {"member": member, "zone": event.zone, "version": event.version},
            )
            yield doings.no_warning(member)
        case _:
            assert_never(event)


def _of_act(
    member: str,
    event: audience.AuthorFollowed | audience.ActRetracted | audience.PieceRecorded,
) -> Iterable[Statement]:
    match event:
        case audience.AuthorFollowed():
            yield Statement(
                "INSERT OR IGNORE INTO follows (act, member, target, source, object, at)"
                " SELECT :act, :member, :target, :source, :object, :at WHERE NOT EXISTS"
                " (SELECT 1 FROM void_acts WHERE act = :act) AND NOT EXISTS"
                " (SELECT 1 FROM void_objects WHERE member = :member AND kind = 'follow'"
                " AND source = :source AND object = :object AND until >= :at)",
                {
                    "act": event.act,
                    "member": member,
                    "target": event.target,
                    "source": event.source,
                    "object": event.object,
                    "at": milliseconds(event.at),
                },
            )
            yield doings.seen(member, event.source, event.at)
        case audience.ActRetracted():
            yield Statement(
                "INSERT OR IGNORE INTO void_acts (act) VALUES (:act)", {"act": event.act}
            )
            yield Statement(
                "DELETE FROM follows WHERE act = :act AND member = :member",
                {"act": event.act, "member": member},
            )
            yield from doings.of_retracted_act(member, event.act)
        case audience.PieceRecorded():
            yield Statement(
                "INSERT OR IGNORE INTO pieces (piece, author, at, historical, title, url, topics)"
                " VALUES (:piece, :author, :at, :historical, :title, :url, :topics)",
                {
                    "piece": event.piece,
                    "author": event.member,
                    "at": milliseconds(event.at),
                    "historical": event.historical,
                    "title": event.title,
                    "url": event.url,
                    "topics": json.dumps(event.topics),
                },
            )
        case _:
            assert_never(event)


def _of_draft(row: Recorded, event: drafts.Event) -> Iterable[Statement]:
    match event:
        case submissions.DraftSubmitted():
            yield Statement(
                "INSERT OR IGNORE INTO drafts (stream, member) VALUES (:stream, :member)",
                {"stream": row.stream, "member": event.member},
            )
        case submissions.DraftClosed():
            yield Statement("DELETE FROM drafts WHERE stream = :stream", {"stream": row.stream})
            yield from drafting.closed(row.stream)
        case DraftReceived() | DraftStillWaits() | VoiceAsked() | VoiceAnswered():
            yield from drafting.statements(row, event)
        case (
            alerts.AlertRaised()
            | alerts.AlertAtRisk()
            | alerts.AlertBreached()
            | alerts.AlertResolved()
        ):
            if isinstance(event, alerts.AlertRaised):
                yield drafting.left(row.stream)
            due = drafts.next_at(drafts.evolve(drafts.draft.initial, event))
            yield Statement(
                "INSERT OR REPLACE INTO alerts (id, stream, raised_at, due_at, is_open, position)"
                " VALUES (:id, :stream, :raised_at, :due_at, :is_open, :position)",
                {
                    "id": event.alert.id,
                    "stream": row.stream,
                    "raised_at": milliseconds(event.alert.raised_at),
                    "due_at": due and milliseconds(due),
                    "is_open": not isinstance(event, alerts.AlertResolved),
                    "position": row.position,
                },
            )
        case _:
            assert_never(event)


def _of_notice(
    row: Recorded,
    event: (
        notices.NoticeSent | notices.NoticeDelivered | notices.NoticeFailed | notices.NoticeRead
    ),
) -> Iterable[Statement]:
    match event:
        case notices.NoticeSent():
            yield from doings.of_notice(event.id, event.notice)
            yield Statement(
                "INSERT OR IGNORE INTO inbox (id, position, recipient, kind, is_read)"
                " VALUES (:id, :position, :recipient, :kind, 0)",
                {
                    "id": event.id,
                    "position": row.position,
                    "recipient": event.notice.recipient,
                    "kind": event.notice.kind,
                },
            )
            first = event.notice.kind in kinds.ALERTS
            for channel in event.channels:
                if channel != "inbox":
                    yield Statement(
                        "INSERT OR IGNORE INTO deliveries (id, channel, state, attempts, next_at)"
                        " VALUES (:id, :channel, 'waiting', 0, :next_at)",
                        {
                            "id": event.id,
                            "channel": channel,
                            "next_at": BEFORE_ALL_ELSE if first else AT_ONCE,
                        },
                    )
        case notices.NoticeDelivered():
            yield _done(event, "delivered", None)
        case notices.NoticeFailed():
            yield _done(event, "failed", event.problem)
        case notices.NoticeRead():
            yield Statement("UPDATE inbox SET is_read = 1 WHERE id = :id", {"id": event.id})
        case _:
            assert_never(event)


def _done(
    event: notices.NoticeDelivered | notices.NoticeFailed, state: str, problem: str | None
) -> Statement:
    return Statement(
        "UPDATE deliveries SET state = :state, attempts = :attempts, problem = :problem, at = :at,"
        " next_at = NULL WHERE id = :id AND channel = :channel",
        {
            "state": state,
            "attempts": event.attempts,
            "problem": problem,
            "at": milliseconds(event.at),
            "id": event.id,
            "channel": event.channel,
        },
    )


def _of_stop(member: str, event: reach.KindStopped | reach.KindResumed) -> Statement:
    values = {"member": member, "kind": event.kind, "channel": event.channel}
    match event:
        case reach.KindStopped():
            return Statement(
                "INSERT OR IGNORE INTO stops (member, kind, channel)"
                " VALUES (:member, :kind, :channel)",
                values,
            )
        case reach.KindResumed():
            return Statement(
                "DELETE FROM stops WHERE member = :member AND kind = :kind AND channel = :channel",
                values,
            )
        case _:
            assert_never(event)


def _of_receiver(event: reach.ReceiverGone | reach.ReceiverBack) -> Statement:
    match event:
        case reach.ReceiverGone():
            return Statement(
                "INSERT OR REPLACE INTO gone (channel, receiver, at)"
                " VALUES (:channel, :receiver, :at)",
                {
                    "channel": event.channel,
                    "receiver": event.receiver,
                    "at": milliseconds(event.at),
                },
            )
        case reach.ReceiverBack():
            return Statement(
                "DELETE FROM gone WHERE channel = :channel", {"channel": event.channel}
            )
        case _:
            assert_never(event)
