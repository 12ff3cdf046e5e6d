"""Named examples: what people do on one Monday morning, and a notifier that hears of it."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from services.notifier.adapters import noticebook
from services.notifier.adapters.inbox import _letter
from services.notifier.adapters.wording import Wording
from services.notifier.domain.audience import Move
from services.notifier.domain.hours import Often, Quiet
from services.notifier.domain.manners import How, Preferences
from services.notifier.domain.notices import NoticeSent
from services.notifier.domain.requests import Reply
from services.notifier.domain.respect import Outcome, PreferencesSet
from services.notifier.domain.rules import Rules
from services.notifier.domain.steps import Source
from services.notifier.domain.voice import VoiceAsked
from services.notifier.handlers.heard import Happening
from services.notifier.projections import shown, tables
from services.notifier.projections.entries import CODEC, SCHEMA
from services.notifier.projections.recipients import recipient
from services.notifier.settings import SHIPPED_NOTICES
from services.notifier.stream import reading
from services.notifier.stream.batches import Notifying
from services.notifier.stream.reading import Heard
from shared.contracts.activity import Activity, Happened
from shared.contracts.envelope import CloudEvent, subject_of
from shared.contracts.recognitions import Recognition, RecognitionGranted
from shared.contracts.zones import (
    ClassifierSays,
    VitalityChange,
    VitalityChanged,
    ZoneChange,
    ZoneChanged,
)
from shared.eventlog.log import Entry, Store
from shared.runtime.clock import start
from shared.runtime.settings import Clock

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOURS = timedelta(hours=1)
WORDING = Wording()
RULES: Rules = noticebook.load(SHIPPED_NOTICES, reachable=frozenset())
SLEEPLESS: Rules = replace(RULES, manners=replace(RULES.manners, quiet=None))
"""For whoever looks at the wall: nobody knows at what time tests run."""

_numbers = count(1)


def happened(
    said: str,
    member: str,
    /,
    *,
    at: datetime = NINE,
    id: str | None = None,
    historical: bool = False,
    platform: str = "intranet",
    **told: Any,  # noqa: ANN401 - an event's data
) -> Happened:
    return Activity(
        id=id or f"event-{next(_numbers)}",
        source=f"urn:zones:platform:{platform}",
        type=f"zones.activity.{said}.v1",
        subject=member,
        time=at,
        historical=historical,
        data=told,
    )


def read(said: CloudEvent) -> Heard | None:
    """Return what the notifier reads off the bus."""
    match said:
        case Happened():
            stored = f"activity.v1.0.{said.kind}.{said.subject}"
            return reading.activity(stored, said.to_json())
        case ClassifierSays():
            return reading.zone(subject_of(said), said.to_json())
        case _:
            return reading.recognition(subject_of(said), said.to_json())


def happenings(*said: Happened) -> list[Happening]:
    """Return of activities what the handlers take."""
    return [it for it in map(read, said) if isinstance(it, Happening)]


def moves(*said: ZoneChanged) -> list[Move]:
    """Likewise."""
    return [it for it in map(read, said) if isinstance(it, Move)]


def editor(name: str = "eddi", **rest: Any) -> Happened:  # noqa: ANN401
    return happened("member_registered", name, roles=["editor"], **rest)


def coordinator(name: str = "cora", *, at: datetime = NINE) -> Happened:
    return happened("member_registered", name, at=at, roles=["coordinator"])


def submitted(member: str = "ann", draft: str = "d-1", **rest: Any) -> Happened:  # noqa: ANN401
    return happened("draft_submitted", member, draft_id=draft, **rest)


def approved(member: str = "ann", draft: str = "d-1", **rest: Any) -> Happened:  # noqa: ANN401
    return happened("draft_approved", member, draft_id=draft, **rest)


def edited(
    member: str = "ann",
    draft: str = "d-1",
    *,
    kind: str = "meaning",
    editor: str | None = "eddi",
    **rest: Any,  # noqa: ANN401
) -> Happened:
    told: dict[str, Any] = {"edit_kind": kind, **({"editor": editor} if editor else {}), **rest}
    return happened("draft_edited", member, draft_id=draft, **told)


def withdrawn(member: str = "ann", draft: str = "d-1", **rest: Any) -> Happened:  # noqa: ANN401
    return happened("draft_withdrawn", member, draft_id=draft, **rest)


def follow(member: str, target: str = "ann", **rest: Any) -> Happened:  # noqa: ANN401
    return happened("follow", member, target=target, **rest)


def published(
    member: str = "ann",
    piece: str = "p-1",
    *,
    url: str | None = None,
    topics: Sequence[str] = (),
    **rest: Any,  # noqa: ANN401
) -> Happened:
    work = {"id": piece, "kind": "article", "title": "On waiting"} | ({"url": url} if url else {})
    return happened("publish", member, object=work, topics=list(topics), **rest)


def moved(
    member: str = "ann",
    to: str | None = "socially_engaged",
    *,
    frm: str | None = "content_creator",
    version: int = 4,
    at: datetime = NINE,
    historical: bool = False,
    by_policy: bool = False,
) -> ZoneChanged:
    return ZoneChanged.of(
        ZoneChange.model_validate(
            {
                "member": member,
                "zone": to,
                "since": at.date(),
                "vitality": "active",
                "version": version,
                "from": frm,
                "to": to,
                "direction": "promoted" if to == "socially_engaged" else "demoted",
                "effective_on": at.date(),
                "decided_at": at,
                "policy_version": 1,
                "historical": historical,
                "by_policy": by_policy,
            }
        )
    )


def entered(member: str, *, at: datetime = NINE) -> ZoneChanged:
    return moved(member, "content_consumer", frm=None, version=1, at=at)


def recognised(
    member: str = "ann",
    *,
    block: int = 1,
    at: datetime = NINE,
    public: bool = False,
    historical: bool = False,
) -> RecognitionGranted:
    return RecognitionGranted.of(
        Recognition(
            id=f"effort/{member}/{block}",
            member=member,
            kind="effort",
            block=block,
            rule_version=1,
            name="Five pieces",
            why="Five pieces are a body of work.",
            state="granted",
            effective_on=at.date(),
            decided_at=at,
            public=public,
            historical=historical,
        )
    )


def requested(
    topic: str = "tea",
    request: str = "r-1",
    *,
    by: str = "sales",
    **rest: Any,  # noqa: ANN401
) -> Happened:
    until = rest.pop("until", None)
    last = {"until": until} if until else {}
    return happened(
        "topic_requested", "_org", request_id=request, topic=topic, by=by, **last, **rest
    )


def answered(
    member: str,
    answer: str = "accepted",
    request: str = "r-1",
    **rest: Any,  # noqa: ANN401
) -> Happened:
    return happened("topic_answered", member, request_id=request, answer=answer, **rest)


def engaged(*members: str) -> list[ZoneChanged]:
    """Return that these have become socially engaged, long before they do anything else."""
    return [moved(member, at=NINE) for member in members]


def turned(
    member: str,
    vitality: str,
    *,
    at: datetime = NINE,
    zone: str = "socially_engaged",
    historical: bool = False,
) -> VitalityChanged:
    change = {
        "member": member,
        "zone": zone,
        "since": at.date(),
        "version": 4,
        "from": "active",
        "vitality": vitality,
        "effective_on": at.date(),
        "decided_at": at,
        "policy_version": 1,
        "historical": historical,
    }
    return VitalityChanged.of(VitalityChange.model_validate(change), place=next(_numbers))


def without(*kinds: str) -> Rules:
    """Return the rules of an organisation that tells nobody of these kinds."""
    off = {kind: replace(RULES.manners.of(kind), how="off") for kind in kinds}
    return replace(RULES, manners=replace(RULES.manners, kinds={**RULES.manners.kinds, **off}))


class Notifier:
    """A notifier on a database of its own, told things one batch after the other."""

    def __init__(self, store: Store, rules: Rules, sources: Collection[Source] = ()) -> None:
        self.store = store
        self.wall = datetime.min.replace(tzinfo=UTC)
        """Later than what it hears, when it hears it long afterwards."""
        self.notifying = Notifying(rules, sources, wall=lambda: self.wall)

    async def hears(self, *batch: CloudEvent) -> None:
        heard = [read(each) for each in batch]
        while heard:
            async with self.store.transaction() as transaction:
                taken = await self.notifying.take(transaction, heard)
            heard = heard[taken:]

    async def hears_one_by_one(self, batch: Iterable[CloudEvent]) -> None:
        for each in batch:
            await self.hears(each)

    async def is_told_the_time(self, now: datetime) -> None:
        async with self.store.transaction() as transaction:
            await self.notifying.advance(transaction, now)

    async def is_told_what_is_wanted(
        self,
        member: str,
        kinds: Mapping[str, How] | None = None,
        *,
        quiet: str | None = None,
        often: Often = "day",
    ) -> None:
        """`quiet` is written 20:00-08:00."""
        hours = quiet and [time.fromisoformat(it) for it in quiet.split("-")]
        wanted = Preferences(
            kinds=kinds or {},
            quiet=Quiet(begins=hours[0], ends=hours[1]) if hours else None,
            often=often,
        )
        async with self.store.transaction() as transaction:
            said = PreferencesSet(preferences=wanted, at=NINE)
            await tables.write(transaction, [Entry(f"notices/{member}", said)])

    async def outcomes(self, member: str | None = None) -> list[Outcome]:
        """Return what became of notices, in the order of the log."""
        rows = await self.store.read(
            0, 100_000, types=["notice-sent", "notice-held", "notice-dropped"]
        )
        outcomes = [self.store.codec.decode(row) for row in rows]
        return [it for it in outcomes if member in {None, it.notice.recipient}]

    async def acknowledges(self, stream: str, by: str | None, now: datetime) -> bool:
        async with self.store.transaction() as transaction:
            return await self.notifying.acknowledge(transaction, stream, by, now)

    async def speaks(self, asked: VoiceAsked, accepted: bool, now: datetime) -> bool:
        async with self.store.transaction() as transaction:
            return await self.notifying.answer_for_voice(
                transaction, asked, accepted=accepted, now=now
            )

    async def answers(self, request: str, member: str, reply: Reply, now: datetime) -> bool:
        async with self.store.transaction() as transaction:
            return await self.notifying.answer(transaction, request, member, reply, now)

    async def notices(self) -> list[NoticeSent]:
        return [row.sent for row in await shown.notices(self.store, after=0, limit=1000)]

    async def said(self) -> list[tuple[str, str]]:
        """Return who is told what, now or when it is time, sorted."""
        rows = await self.store.read(0, 100_000, types=["notice-sent", "notice-held"])
        said = {it.id: it.notice for it in map(self.store.codec.decode, rows)}
        return sorted((it.recipient, it.kind) for it in said.values())

    async def lets_pass(self, hours: float) -> None:
        """Hear of something that concerns nobody, so long after nine."""
        await self.hears(happened("like", "nobody", at=NINE + hours * HOURS))

    async def letters(self, member: str) -> list[dict[str, Any]]:
        rows = await shown.notices(self.store, after=0, limit=1000, recipient=member)
        reader = await recipient(self.store, member)
        manners = self.notifying.rules.manners
        return [_letter(row, WORDING.words(row.sent.notice, reader), manners) for row in rows]

    async def alerts(self) -> list[str]:
        """Return the names of what was said of alerts, in the order of the log."""
        rows = await self.store.read(0, 100_000)
        return [row.type for row in rows if row.type.startswith("alert-")]


@asynccontextmanager
async def a_notifier(
    folder: Path,
    *,
    clock: Clock = "events",
    rules: Rules = RULES,
    sources: Collection[Source] = (),
) -> AsyncIterator[Notifier]:
    async with Store.open(folder / "notifier.db", codec=CODEC, schema=SCHEMA) as store:
        await tables.catch_up(store)
        await start(store, clock, tables.write)
        yield Notifier(store, rules, sources)
