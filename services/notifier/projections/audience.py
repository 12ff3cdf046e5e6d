"""Who there is to be told, as tables: what members are, whom they follow, what they published."""

import json
from collections.abc import Iterable
from typing import assert_never

from services.notifier.domain import audience
from services.notifier.projections import doings
from services.notifier.projections.entries import milliseconds
from services.notifier.projections.statements import Statement
from shared.eventlog.entries import Recorded


def statements(
    row: Recorded,
    event: (
        audience.Event
        | audience.AuthorFollowed
        | audience.ActRetracted
        | audience.PieceRecorded
        | audience.HeardInVain
    ),
) -> Iterable[Statement]:
    member = row.stream
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
        case audience.HeardInVain():
            pass
        case _:
            assert_never(event)
