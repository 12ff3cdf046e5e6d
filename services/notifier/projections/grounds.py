"""How things stand of which notices speak that are about to be told, read in a few questions."""

import json
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, Final

from services.notifier.domain import acts, over, requests
from services.notifier.domain.audience import FIRST_ZONE
from services.notifier.domain.drafts import Draft
from services.notifier.domain.kinds import ALERTS, Kind
from services.notifier.domain.notices import Notice
from services.notifier.domain.over import Grounds, Pairs
from services.notifier.domain.rules import Rules
from services.notifier.projections import around, knowledge, pending
from services.notifier.projections.entries import instant
from services.notifier.projections.knowledge import Read
from shared.contracts.notices import notice_id

PLATFORM: Final = "urn:zones:platform:"


async def grounds(read: Read, notices: Collection[Notice], rules: Rules, now: datetime) -> Grounds:
    """Return all that these notices ask for. Of what none of them asks, nothing is read."""
    ask = _Asking(read, notices)
    cared_for = {it.about or "" for it in ask.of("retention_care")}
    requested = [requests.stream(it.cause) for it in ask.of("topic_request")]
    return Grounds(
        promised=await ask.promised(rules),
        pieces=await ask.pieces(),
        offers=await ask.offers(now),
        shared=await ask.shared(),
        suggested=await ask.suggested(rules),
        authors=await ask.authors(),
        follows=await ask.follows(),
        drafts=await ask.drafts(),
        requests=await pending.requests(read, requested),
        talks=await ask.talks(),
        consents={it for it in cared_for if await around.consents(read, it)},
        quiet=await around.quiet(read, cared_for) if cared_for else set(),
        warned=await ask.warned(),
        told=await ask.told(),
        linked=await ask.linked(),
        used=await ask.used(),
        spoke=await ask.spoke(),
        near=await ask.near(),
    )


class _Asking:
    def __init__(self, read: Read, notices: Collection[Notice]) -> None:
        self._read = read
        self._notices = notices

    def of(self, *kinds: Kind) -> list[Notice]:
        return [it for it in self._notices if it.kind in kinds]

    async def promised(self, rules: Rules) -> set[str]:
        moved = self.of("fast_track_granted", "fast_track_ended")
        rows = await self._rows(
            "SELECT asked.value, CASE WHEN member IS NULL THEN :first ELSE zone END"
            " FROM json_each(:asked) AS asked LEFT JOIN places ON member = asked.value",
            {it.about or it.recipient for it in moved},
            first=FIRST_ZONE,
        )
        return {member for member, zone in rows if rules.promise(zone)}

    async def pieces(self) -> set[str]:
        rows = await self._rows(
            "SELECT piece FROM json_each(:asked) JOIN pieces ON piece = value WHERE EXISTS"
            " (SELECT 1 FROM acts WHERE acts.piece = pieces.piece AND kind = 'publish'"
            "  AND acts.member = author)",
            {it.cause for it in self.of("announcement", "share_suggestion")},
        )
        return {piece for (piece,) in rows}

    async def offers(self, now: datetime) -> set[str]:
        rows = await self._rows(
            "SELECT piece FROM json_each(:asked) JOIN offers ON piece = value"
            " WHERE until IS NULL OR until >= :today",
            {it.cause for it in self.of("share_suggestion")},
            today=now.date().isoformat(),
        )
        return {piece for (piece,) in rows}

    async def shared(self) -> Pairs:
        rows = await self._rows(
            "SELECT asked.value ->> 0, asked.value ->> 1 FROM json_each(:asked) AS asked"
            " WHERE EXISTS (SELECT 1 FROM acts WHERE member = asked.value ->> 0"
            "  AND kind IN ('share', 'quote', 'publish') AND piece IN"
            "  (SELECT asked.value ->> 1 UNION SELECT alias FROM acts AS own"
            "   WHERE own.kind = 'publish' AND own.piece = asked.value ->> 1))",
            {(it.recipient, it.cause) for it in self.of("share_suggestion")},
        )
        return {(member, piece) for member, piece in rows}

    async def suggested(self, rules: Rules) -> Pairs:
        """What is held is told unless it was switched off since."""
        announced = {
            notice_id(it.cause, "share_suggestion", it.recipient): (it.recipient, it.cause)
            for it in self.of("announcement")
        }
        rows = await self._rows(
            "SELECT value, inbox.id IS NOT NULL FROM json_each(:asked)"
            " LEFT JOIN inbox ON inbox.id = value LEFT JOIN unsent ON unsent.id = value"
            " WHERE inbox.id IS NOT NULL OR until IS NOT NULL",
            announced,
        )
        waits = {announced[number][0] for number, sent in rows if not sent}
        off = await knowledge.switched_off(self._read, waits, rules.manners) if waits else set()
        return {
            announced[number]
            for number, sent in rows
            if sent or (announced[number][0], "share_suggestion") not in off
        }

    async def authors(self) -> set[str]:
        rows = await self._rows(
            "SELECT asked.value FROM json_each(:asked) AS asked"
            " LEFT JOIN places ON places.member = asked.value"
            " LEFT JOIN profiles ON profiles.member = asked.value AND field = 'status'"
            " WHERE (places.member IS NULL OR zone IS NOT NULL)"
            " AND coalesce(profiles.value, '') NOT IN ('[\"departed\"]', '[\"paused\"]')"
            " AND EXISTS (SELECT 1 FROM acts JOIN pieces USING (piece)"
            "  WHERE acts.member = asked.value AND kind = 'publish' AND author = asked.value)",
            {it.about for it in self.of("follow_suggestion") if it.about},
        )
        return {author for (author,) in rows}

    async def follows(self) -> Pairs:
        suggested = self.of("follow_suggestion")
        rows = await self._rows(
            "SELECT DISTINCT member, target FROM json_each(:asked)"
            " JOIN follows ON target = value ->> 1 AND member = value ->> 0",
            {(it.recipient, it.about) for it in suggested if it.about},
        )
        return {(member, target) for member, target in rows}

    async def drafts(self) -> dict[str, Draft]:
        """Where the whole queue is asked for, all that are open."""
        named = {over.draft_of(it) for it in self.of("draft_received", "voice_check", *ALERTS)}
        if self.of("draft_queue"):
            rows = await self._read.fetchall("SELECT stream FROM drafts")
            named |= {stream for (stream,) in rows}
        return await pending.drafts(self._read, named)

    async def talks(self) -> dict[str, datetime]:
        rows = await self._rows(
            "SELECT grp, at FROM json_each(:asked) JOIN talks ON grp = value",
            {str(it.facts["group"]) for it in self.of("talk")},
        )
        return {group: instant(at) for group, at in rows}

    async def warned(self) -> dict[str, str]:
        warned = {it.recipient for it in self.of("warning", *over.ENDINGS)}
        return await knowledge.warned(self._read, warned) if warned else {}

    async def told(self) -> Pairs:
        warnings = {
            notice_id(it.cause, "warning", it.recipient): (it.recipient, it.cause)
            for it in self.of(*over.ENDINGS)
        }
        rows = await self._rows(
            "SELECT inbox.id FROM json_each(:asked) JOIN inbox ON inbox.id = value", warnings
        )
        return {warnings[number] for (number,) in rows}

    async def linked(self) -> set[str]:
        rows = await self._rows(
            "SELECT value FROM json_each(:asked) WHERE EXISTS"
            " (SELECT 1 FROM seen WHERE seen.member = value) OR EXISTS"
            " (SELECT 1 FROM accounts WHERE accounts.member = value AND linked)",
            self._nudged("account_missing"),
        )
        return {member for (member,) in rows}

    async def used(self) -> dict[tuple[str, str], date]:
        rows = await self._rows(
            "SELECT accounts.member, platform, coalesce(max(day), 1) FROM json_each(:asked)"
            " JOIN accounts ON accounts.member = value AND linked"
            " LEFT JOIN seen ON seen.member = accounts.member AND source = :platform || platform"
            " GROUP BY accounts.member, platform",
            {it.recipient for it in self.of("account_dormant")},
            platform=PLATFORM,
        )
        return {(member, platform): date.fromordinal(day) for member, platform, day in rows}

    async def spoke(self) -> dict[str, datetime]:
        rows = await self._rows(
            "SELECT member, max(heard) FROM json_each(:asked) JOIN acts ON member = value"
            " WHERE kind IN (SELECT own.value FROM json_each(:own) AS own) GROUP BY member",
            self._nudged("own_words"),
            own=json.dumps(acts.OWN_WORDS),
        )
        return {member: instant(heard) for member, heard in rows}

    async def near(self) -> dict[str, str]:
        rows = await self._rows(
            "SELECT near.member, way ->> 'next' FROM json_each(:asked)"
            " JOIN near ON near.member = value LEFT JOIN places ON places.member = value"
            " WHERE way ->> 'zone' ="
            " CASE WHEN places.member IS NULL THEN :first ELSE places.zone END",
            self._nudged("near"),
            first=FIRST_ZONE,
        )
        return dict(rows)

    def _nudged(self, what: str) -> set[str]:
        return {it.recipient for it in self.of("nudge") if it.facts["what"] == what}

    async def _rows(
        self, sql: str, asked: Iterable[object], **values: object
    ) -> list[tuple[Any, ...]]:
        names = json.dumps([*asked])
        return await self._read.fetchall(sql, {"asked": names, **values}) if names != "[]" else []
