"""What members did, have and are told to expect, as tables. What was taken back is not in them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final, assert_never

from services.notifier.domain import acts, notices, standing
from services.notifier.projections.entries import milliseconds
from services.notifier.projections.statements import Row, Statement

ASKING: Final = ("share_suggestion", "follow_suggestion", "nudge", "account_dormant")
"""Kinds that ask for something: not too often, and not the same twice."""

STANDS: Final = (
    " WHERE NOT EXISTS (SELECT 1 FROM void_acts WHERE act = :act) AND NOT EXISTS"
    " (SELECT 1 FROM void_objects WHERE member = :member AND kind = :kind"
    " AND source = :source AND object = :object AND until >= :at)"
)


def of_doing(member: str, event: acts.Event | acts.ObjectRetracted) -> Iterable[Statement]:
    match event:
        case acts.ActRecorded():
            yield _act(member, event, {"suggestion": event.suggestion})
            values = {**_of(member, event.act), "day": event.act.at.toordinal()}
            for topic in event.topics:
                yield Statement(
                    "INSERT OR IGNORE INTO interests (topic, member, day, act)"
                    f" SELECT :topic, :member, :day, :act {STANDS}",
                    {**values, "topic": topic},
                )
            yield seen(member, event.act.source, event.act.at)
        case acts.ReceptionMeasured():
            counts = {it: getattr(event, it) for it in ("readers", "likes", "shares", "comments")}
            yield _act(member, event, {it: n for it, n in counts.items() if n is not None})
        case acts.OutcomeReported():
            yield _act(member, event, {"outcome": event.outcome})
        case acts.ObjectRetracted():
            yield from _retraction(member, event)
        case acts.ContentOffered():
            yield Statement(
                "INSERT OR REPLACE INTO offers (piece, kind, at, historical, title, url, topics,"
                " until) VALUES (:piece, :kind, :at, :historical, :title, :url, :topics, :until)",
                {
                    **asdict(event),
                    "at": milliseconds(event.at),
                    "topics": json.dumps(event.topics),
                    "until": event.until and event.until.isoformat(),
                },
            )
        case acts.AccountLinked():
            yield Statement(
                "INSERT INTO accounts (member, platform, account, linked, at, key)"
                " VALUES (:member, :platform, :account, :linked, :at, :key)"
                " ON CONFLICT (member, platform, account) DO UPDATE SET linked = excluded.linked,"
                " at = excluded.at, key = excluded.key"
                " WHERE (excluded.at, excluded.key) > (at, key)",
                {"member": member, **asdict(event), "at": milliseconds(event.at)},
            )
        case _:
            assert_never(event)


def of_retracted_act(member: str, act: str) -> Iterable[Statement]:
    """The name of an act begins with its member's: nobody takes back what another did."""
    values = {"member": member, "act": act}
    yield Statement("DELETE FROM acts WHERE act = :act AND member = :member", values)
    yield Statement("DELETE FROM interests WHERE act = :act AND member = :member", values)


def seen(member: str, source: str, at: datetime) -> Statement:
    """Remember when something was last done on a platform, whether or not it was taken back."""
    return Statement(
        "INSERT INTO seen (member, source, day) VALUES (:member, :source, :day)"
        " ON CONFLICT (member, source) DO UPDATE SET day = max(day, excluded.day)",
        {"member": member, "source": source, "day": at.toordinal()},
    )


def of_standing(member: str, event: standing.Event) -> Iterable[Statement]:
    match event:
        case standing.ZoneNeared():
            yield Statement(
                "INSERT OR REPLACE INTO near (member, at, way) VALUES (:member, :at, :way)",
                {
                    "member": member,
                    "at": milliseconds(event.at),
                    "way": json.dumps({**asdict(event), "at": event.at.isoformat()}),
                },
            )
        case standing.DemotionForetold() if not event.historical:
            yield Statement(
                "INSERT OR REPLACE INTO warnings (member, cause, stands)"
                " VALUES (:member, :cause, :stands)",
                {"member": member, "cause": event.cause, "stands": not event.cancelled},
            )
        case standing.DemotionForetold():
            pass
        case _:
            assert_never(event)


def of_notice(id: str, notice: notices.Notice) -> Iterable[Statement]:
    """Remember what somebody is asked for, be it now or later."""
    if notice.kind in ASKING:
        yield Statement(
            "INSERT OR IGNORE INTO asked (id, member, kind, cause, at, pause)"
            " VALUES (:id, :member, :kind, :cause, :at, :pause)",
            {
                "id": id,
                "member": notice.recipient,
                "kind": notice.kind,
                "cause": notice.cause,
                "at": milliseconds(notice.at),
                "pause": notice.facts.get("pause"),
            },
        )


def no_warning(member: str) -> Statement:
    return Statement("DELETE FROM warnings WHERE member = :member", {"member": member})


def _act(member: str, event: acts.Recorded, told: Mapping[str, Any]) -> Statement:
    return Statement(
        "INSERT OR IGNORE INTO acts (act, member, kind, source, object, piece, alias, at, heard,"
        " historical, told) SELECT :act, :member, :kind, :source, :object, :piece, :alias, :at,"
        f" :heard, :historical, :told {STANDS}",
        {
            **_of(member, event.act),
            "heard": milliseconds(event.heard),
            "told": json.dumps({it: value for it, value in told.items() if value is not None}),
        },
    )


def _of(member: str, act: acts.Act) -> Row:
    return {**asdict(act), "member": member, "at": milliseconds(act.at)}


def _retraction(member: str, event: acts.ObjectRetracted) -> Iterable[Statement]:
    values = {**asdict(event), "member": member, "until": milliseconds(event.until)}
    yield Statement(
        "INSERT INTO void_objects (member, kind, source, object, until)"
        " VALUES (:member, :kind, :source, :object, :until)"
        " ON CONFLICT (member, kind, source, object)"
        " DO UPDATE SET until = max(until, excluded.until)",
        values,
    )
    those = "member = :member AND object = :object AND source = :source AND at <= :until"
    if event.kind == "follow":
        yield Statement(f"DELETE FROM follows WHERE {those}", values)  # noqa: S608 - ours
        return
    these = f"SELECT act FROM acts WHERE kind = :kind AND {those}"  # noqa: S608 - ours
    yield Statement(
        f"DELETE FROM interests WHERE member = :member AND act IN ({these})",  # noqa: S608 - ours
        values,
    )
    yield Statement(f"DELETE FROM acts WHERE act IN ({these})", values)  # noqa: S608 - ours
