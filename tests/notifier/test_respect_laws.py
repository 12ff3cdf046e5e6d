"""The laws of respect: whatever is said to whom, wherever they are and whenever batches end."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.notifier.domain.acts import ActRecorded
from services.notifier.domain.alerts import AlertRaised
from services.notifier.domain.audience import (
    FIRST_ZONE,
    ActRetracted,
    MemberDescribed,
    MemberMoved,
)
from services.notifier.domain.manners import How
from services.notifier.domain.notices import Notice, NoticeSent
from services.notifier.domain.requests import AskAnswered, MembersAsked, RequestClosed
from services.notifier.domain.respect import NoticeDropped, NoticeHeld, Outcome
from services.notifier.domain.standing import DemotionForetold
from services.notifier.domain.submissions import DraftClosed
from services.notifier.domain.voice import VoiceAsked
from services.notifier.domain.waiting import DraftReceived
from services.notifier.projections import tables
from services.notifier.projections.entries import CODEC, SCHEMA, instant
from shared.contracts.envelope import CloudEvent
from shared.eventlog.log import Store
from tests.notifier.examples import (
    HOURS,
    NINE,
    RULES,
    Notifier,
    a_notifier,
    answered,
    approved,
    edited,
    editor,
    follow,
    happened,
    moved,
    published,
    recognised,
    requested,
    submitted,
)
from tests.notifier.test_projections import dumped
from tests.notifier.test_steps import due

LAW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])

NAMES = ("ann", "bob", "cyd", "dee")
CLOCKS = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "nowhere/at/all")
ZONES = ("content_consumer", "content_sharer", "content_creator", "socially_engaged", None)
SPAN = timedelta(days=40)
"""From the beginning of March, so that clocks are put on in it."""
MOST_MOMENTS = 50
SHARING = "share_suggestion"
GROUNDED = ("announcement", "draft_received", "voice_check", "topic_request", "warning")


@dataclass(frozen=True)
class Wanted:
    kinds: dict[str, How]
    quiet: str | None
    often: str


@st.composite
def wishes(draw: st.DrawFn) -> dict[str, Wanted]:
    times = st.integers(0, 95).map(lambda it: time(it // 4, it % 4 * 15).isoformat("minutes"))
    kinds = st.sampled_from(
        ["announcement", "recognition", "fast_track_alert", "warning", "share_suggestion"]
    )
    wish: st.SearchStrategy[How] = st.sampled_from(get_args(How))
    return {
        name: Wanted(
            draw(st.dictionaries(kinds, wish, max_size=2)),
            draw(st.none() | st.builds("{}-{}".format, times, times)),
            draw(st.sampled_from(["day", "day", "week"])),
        )
        for name in draw(st.lists(st.sampled_from(NAMES), unique=True))
    }


@st.composite
def streams(draw: st.DrawFn) -> list[CloudEvent]:
    """Return what happens in weeks or days, from old to new: much of it to be told to people."""
    events: list[CloudEvent] = []
    span = draw(st.sampled_from([SPAN, 60 * HOURS]))
    minutes = sorted(draw(st.lists(st.integers(0, int(span / HOURS) * 4), min_size=5, max_size=40)))
    for n, quarter in enumerate(minutes):
        name, at = draw(st.sampled_from(NAMES)), NINE + quarter * HOURS / 4
        before = draw(st.integers(max(0, n - 6), n))
        match draw(st.sampled_from("pppppprmtzsslxxacqnww")):
            case "p":
                several = [f"{n}-{piece}" for piece in range(draw(st.integers(1, 4)))]
                topics = draw(st.sampled_from([(), ("tea",)]))
                events.extend(
                    published(name, it, at=at, id=f"e-{it}", topics=topics) for it in several
                )
            case "r":
                events.append(recognised(name, block=n + 1, at=at))
            case "m":
                zone = draw(st.sampled_from(ZONES))
                events.append(moved(name, zone, version=n + 2, at=at))
            case "t":
                status = draw(st.sampled_from(["paused", "resumed", "departed"]))
                events.append(happened(f"member_{status}", name, at=at, id=f"e-{n}"))
            case "z":
                where = draw(st.sampled_from(CLOCKS))
                events.append(happened("member_updated", name, timezone=where, at=at, id=f"e-{n}"))
            case "s":
                events.append(submitted(name, f"d-{n}", at=at, id=f"e-{n}"))
            case "x":
                named = f"e-{before}-{draw(st.integers(0, 1))}"
                events.extend(
                    happened("retract", who, retracts=named, at=at, id=f"e-{n}-{who}")
                    for who in NAMES
                )
            case "a":
                events.extend(
                    approved(who, f"d-{before}", at=at, id=f"e-{n}-{who}") for who in NAMES
                )
            case "c":
                events.append(edited(name, f"d-{before}", at=at, id=f"e-{n}"))
            case "q":
                events.append(requested(request=f"r-{n}", at=at, id=f"e-{n}"))
            case "n":
                reply = draw(st.sampled_from(["accepted", "declined"]))
                events.append(answered(name, reply, f"r-{before}", at=at, id=f"e-{n}"))
            case "w":
                events.append(due(name, at=at, place=2 * n))
                if draw(st.booleans()):
                    events.append(due(name, at=at + HOURS, over=True, place=2 * n + 1))
            case _:
                events.append(happened("like", name, at=at, id=f"e-{n}"))
    return events


def batched(events: Sequence[CloudEvent], size: int) -> list[list[CloudEvent]]:
    """Cut where the stream that an event comes on is another one, too."""
    batches: list[list[CloudEvent]] = []
    for event in events:
        last = batches[-1] if batches else []
        if last and len(last) < size and last[0].source == event.source:
            last.append(event)
        else:
            batches.append([event])
    return batches


@asynccontextmanager
async def told(
    folder: str, wanted: dict[str, Wanted], events: Sequence[CloudEvent], size: int
) -> AsyncIterator[Notifier]:
    """A notifier that has heard all, and then that it is time for what waits."""
    async with a_notifier(Path(folder)) as notifier:
        for name, wish in wanted.items():
            often: Any = wish.often
            await notifier.is_told_what_is_wanted(name, wish.kinds, quiet=wish.quiet, often=often)
        following = [
            follow(who, whom, id=f"{who}-{whom}") for who in NAMES for whom in NAMES if who != whom
        ]
        caring = [
            happened("member_registered", who, id=f"first-{who}", topics=["tea"], timezone=where)
            for who, where in zip(NAMES, CLOCKS, strict=True)
        ]
        await notifier.hears(editor("dee", id="editor"), *following, *caring)
        for batch in batched(events, size):
            await notifier.hears(*batch)
        await notifier.hears(happened("like", "bob", at=NINE + SPAN, id="end"))
        for n in range(MOST_MOMENTS):
            [(until,)] = await notifier.store.fetchall("SELECT min(until) FROM unsent")
            if until is None:
                break
            await notifier.hears(happened("like", "bob", at=instant(until), id=f"end-{n}"))
        yield notifier


@LAW
@given(wishes(), streams(), st.integers(2, 12))
def test_where_a_batch_ends_makes_no_difference_to_what_is_held(
    wanted: dict[str, Wanted], events: list[CloudEvent], size: int
) -> None:
    async def log(of: int) -> list[tuple[str, str | None, bytes]]:
        with TemporaryDirectory() as folder:
            async with told(folder, wanted, events, of) as notifier:
                rows = await notifier.store.read(0, 100_000)
                return [(row.stream, row.key, row.body) for row in rows]

    assert asyncio.run(log(size)) == asyncio.run(log(1))


@LAW
@given(wishes(), streams())
def test_people_are_left_in_peace_and_everything_else_is_said_once(
    wanted: dict[str, Wanted], events: list[CloudEvent]
) -> None:
    """No more than the budget, nothing at night, nothing twice, and all that is not dropped."""

    async def tell() -> None:
        with TemporaryDirectory() as folder:
            async with told(folder, wanted, events, 7) as notifier:
                rows = await notifier.store.read(0, 100_000)
                look_at([(row.stream, CODEC.decode(row)) for row in rows], wanted)

    asyncio.run(tell())


def look_at(log: Sequence[tuple[str, Any]], wanted: dict[str, Wanted]) -> None:
    zones: dict[str, str | None] = dict.fromkeys(NAMES, FIRST_ZONE)
    clocks = dict.fromkeys(NAMES, "UTC")
    away: set[str] = set()
    letters: dict[tuple[str, str], set[str]] = {}
    fate: dict[str, str] = {}
    for stream, event in log:
        match event:
            case MemberMoved():
                zones[stream] = event.zone
            case MemberDescribed(field="timezone", value=(name,)):
                clocks[stream] = "UTC" if name == "nowhere/at/all" else name
            case MemberDescribed(field="status", value=(status,)):
                (away.discard if status == "registered" else away.add)(stream)
            case NoticeHeld():
                assert fate.get(event.id, "held") == "held"
                assert not RULES.manners.of(event.notice.kind).urgent
                fate[event.id] = "held"
            case NoticeDropped():
                assert fate.get(event.id, "held") == "held"
                fate[event.id] = "dropped"
            case NoticeSent():
                assert fate.get(event.id, "held") == "held"
                fate[event.id] = "sent"
                who, manner = event.notice.recipient, RULES.manners.of(event.notice.kind)
                if who in NAMES:
                    assert who not in away
                if manner.urgent or who == "_org":
                    continue
                assert not in_peace(event.sent_at, clocks[who], wanted.get(who))
                if manner.counted:
                    year, week, _ = event.sent_at.isocalendar()
                    told = letters.setdefault((who, f"{year}-{week}"), set())
                    told.add(event.digest or event.id)
                    assert len(told) <= RULES.manners.budget[zones[who] or FIRST_ZONE]
            case _:
                pass
    assert Counter(fate.values())["held"] == 0


@LAW
@given(wishes(), streams())
def test_what_waited_is_told_if_and_only_if_it_is_not_over(
    wanted: dict[str, Wanted], events: list[CloudEvent]
) -> None:
    """As far as the log tells at that place, read from its beginning."""

    async def tell() -> None:
        with TemporaryDirectory() as folder:
            async with told(folder, wanted, events, 7) as notifier:
                rows = await notifier.store.read(0, 100_000)
                look_for_grounds([(row.stream, CODEC.decode(row)) for row in rows])

    asyncio.run(tell())


def look_for_grounds(log: Sequence[tuple[str, Any]]) -> None:
    standing: dict[str, tuple[str, ...]] = {}
    """What a notice speaks of, by its kind and cause, or whom, and by what it stands."""
    known: set[str] = set()
    for stream, event in log:
        match event:
            case ActRecorded() if event.act.kind == "publish":
                standing[f"announcement {event.act.piece}"] = (event.act.act,)
            case ActRetracted():
                standing = {it: by for it, by in standing.items() if event.act not in by}
            case DraftReceived():
                standing[f"draft_received {event.id}"] = (stream,)
            case VoiceAsked():
                standing[f"voice_check {event.id}"] = (stream,)
            case DraftClosed():
                standing = {it: by for it, by in standing.items() if stream not in by}
            case AlertRaised():
                standing.pop(f"draft_received {event.alert.id}", None)
            case MembersAsked():
                request = stream.removeprefix("requests/")
                for who in event.members:
                    standing[f"topic_request {request} {who}"] = (stream, f"{stream} {who}")
            case AskAnswered():
                gone = f"{stream} {event.member}"
                standing = {it: by for it, by in standing.items() if gone not in by}
            case RequestClosed():
                standing = {it: by for it, by in standing.items() if stream not in by}
            case DemotionForetold():
                standing = {it: by for it, by in standing.items() if by != ("warning", stream)}
                if not event.cancelled:
                    standing[f"warning {event.cause}"] = ("warning", stream)
            case MemberMoved():
                standing = {it: by for it, by in standing.items() if by != ("warning", stream)}
            case NoticeSent() | NoticeHeld() | NoticeDropped():
                notice = event.notice
                about = f"{notice.kind} {notice.cause}"
                if notice.kind == "topic_request":
                    about += f" {notice.recipient}"
                look_for_suggestions(event, known)
                stands = about in standing and not is_suggested(notice, known)
                if event.id in known and notice.kind in GROUNDED:
                    assert not (isinstance(event, NoticeSent) and not stands)
                    assert not (isinstance(event, NoticeDropped) and event.why == "over" and stands)
                if notice.kind == "warning_over" and isinstance(event, NoticeSent):
                    assert f"sent {notice.recipient} {notice.cause}" in known
                if notice.kind == "warning" and isinstance(event, NoticeSent):
                    known.add(f"sent {notice.recipient} {notice.cause}")
                known.add(event.id)
            case _:
                pass


def look_for_suggestions(event: Outcome, known: set[str]) -> None:
    if event.notice.kind == SHARING:
        change = known.discard if isinstance(event, NoticeDropped) else known.add
        change(f"{SHARING} {event.notice.cause} {event.notice.recipient}")


def is_suggested(notice: Notice, known: set[str]) -> bool:
    """Say whether what is announced to somebody is also suggested to them."""
    suggested = f"{SHARING} {notice.cause} {notice.recipient}" in known
    return notice.kind == "announcement" and suggested


def in_peace(at: datetime, clock: str, wanted: Wanted | None) -> bool:
    begins, ends = ((wanted and wanted.quiet) or "20:00-08:00").split("-")
    shown = at.astimezone(ZoneInfo(clock)).time().isoformat("minutes")
    if begins <= ends:
        return begins <= shown < ends
    return shown >= begins or shown < ends


@LAW
@given(wishes(), streams(), st.integers(0, 40))
def test_after_a_restart_with_tables_built_again_it_goes_on_as_it_would_have(
    wanted: dict[str, Wanted], events: list[CloudEvent], stop: int
) -> None:
    async def tell() -> None:
        with TemporaryDirectory() as folder:
            async with told(folder, wanted, events[:stop], 5) as notifier:
                before = await dumped(notifier.store)
                async with notifier.store.transaction() as transaction:
                    await transaction.execute("DROP TABLE unsent")
            async with Store.open(
                Path(folder) / "notifier.db", codec=CODEC, schema=SCHEMA
            ) as store:
                await tables.catch_up(store)
                after = await dumped(store)
                del before["clock"], after["clock"]
                assert after == before

    asyncio.run(tell())
