"""What came of pieces in a week."""

import json
from datetime import datetime, timedelta
from typing import Final

from services.notifier.domain import impact
from services.notifier.domain.impact import Echo, Piece, Week
from services.notifier.domain.rules import Rules
from services.notifier.projections.entries import milliseconds
from services.notifier.projections.knowledge import Read
from services.notifier.projections.looking import here

WEEK: Final = timedelta(days=7)


async def week(read: Read, now: datetime, rules: Rules) -> Week:
    """Return what was heard in the week before `now`: what is heard on the occasion itself, or is
    late by then, belongs to the week to come.
    """
    zones = await here.everybody(read)
    span = {"since": milliseconds(now - WEEK), "now": milliseconds(now)}
    heard = await read.fetchall(
        "SELECT kind, member, source, piece, told FROM acts WHERE heard >= :since AND heard < :now"
        " AND NOT historical AND kind IN ('share', 'quote', 'comment', 'publish', 'performance',"
        "  'outcome') ORDER BY act",
        span,
    )
    pieces = await _week_pieces(read, {it[3] for it in heard if it[3]}, span)
    names = {name for piece in pieces for name in piece.names}
    counts = await read.fetchall(
        "SELECT piece, source, heard < :since OR historical, told FROM json_each(:names)"
        " JOIN acts ON piece = value WHERE kind = 'performance' AND heard < :now"
        " ORDER BY at, act",
        {**span, "names": json.dumps(sorted(names))},
    )
    return Week(
        pieces=pieces,
        echoes=[
            Echo(kind, member, source, piece)
            for kind, member, source, piece, _ in heard
            if kind in impact.ECHOES
        ],
        results=[
            Echo(json.loads(told)["outcome"], member, source, piece)
            for kind, member, source, piece, told in heard
            if kind == "outcome"
        ],
        counts=[
            impact.Count(piece, source, bool(before), json.loads(told))
            for piece, source, before, told in counts
        ],
        there=zones.keys(),
        everybody=zones.keys() if rules.digest_to == "everybody" else (),
    )


async def _week_pieces(read: Read, names: set[str], span: dict[str, int]) -> list[Piece]:
    rows = await read.fetchall(
        "SELECT pieces.piece, author, title, url, json_group_array(alias), pieces.historical,"
        " NOT pieces.historical AND min(heard) >= :since"
        " FROM pieces JOIN acts ON acts.piece = pieces.piece"
        " AND kind = 'publish' AND acts.member = author WHERE pieces.piece IN ("
        "  SELECT piece FROM acts WHERE kind = 'publish' AND (piece IN"
        "   (SELECT value FROM json_each(:names)) OR alias IN"
        "   (SELECT value FROM json_each(:names))))"
        " GROUP BY pieces.piece ORDER BY pieces.piece",
        {**span, "names": json.dumps(sorted(names))},
    )
    return [
        Piece(
            *(piece, author, title, url),
            names=frozenset({piece, *(it for it in json.loads(aliases) if it)}),
            historical=bool(historical),
            fresh=bool(fresh),
        )
        for piece, author, title, url, aliases, historical, fresh in rows
    ]
