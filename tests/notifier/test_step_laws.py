"""The laws of suggestions and nudges, over weeks in which anything may happen in any order."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise, takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.notifier.domain.notices import Notice
from shared.contracts.activity import Activity, Happened
from tests.notifier.examples import NINE, a_notifier, follow, happened
from tests.notifier.test_steps import linked, near, offered, shared, sharer

LAW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DAY = timedelta(days=1)
NAMES = st.sampled_from(["ann", "bob", "cyd", "dot"])
PIECES = st.sampled_from(["p-1", "p-2", "p-3", "p-4", "p-5"])
TOPICS = st.lists(st.sampled_from(["tea", "ink"]), min_size=1, unique=True)


@st.composite
def weeks(draw: st.DrawFn) -> list[Happened]:
    """Return what a few people do in seven weeks, mostly in the order of the days."""
    events = []
    for n in range(draw(st.integers(5, 40))):
        name = draw(NAMES)
        at = NINE + max(0, n + draw(st.integers(-3, 3))) * DAY + draw(st.integers(0, 23)) * DAY / 24
        told: dict[str, Any] = {
            "at": at,
            "id": f"e-{n}",
            "historical": draw(st.integers(0, 9)) == 0,
        }
        match draw(st.sampled_from("pposslcfrkdjtu")):
            case "p":
                piece = draw(PIECES)
                work = {"id": piece, "title": f"On {piece}"}
                events.append(happened("publish", name, object=work, topics=draw(TOPICS), **told))
            case "o":
                events.append(offered(draw(PIECES), topics=draw(TOPICS), **told))
            case "s":
                kind = draw(st.sampled_from(["share", "quote"]))
                events.append(shared(name, draw(PIECES), kind=kind, topics=draw(TOPICS), **told))
            case "l":
                events.append(happened("like", name, topics=draw(st.just([]) | TOPICS), **told))
            case "c":
                events.append(happened("comment", name, object={"id": draw(PIECES)}, **told))
            case "f":
                events.append(follow(name, draw(NAMES), **told))
            case "r":
                earlier = f"e-{draw(st.integers(0, 40))}"
                events.append(happened("retract", name, retracts=earlier, **told))
            case "k":
                about: dict[str, Any] = {"object": {"id": draw(PIECES)}, "kind": "share"}
                events.append(happened("retract", name, **about, **told))
            case "d":
                readers = draw(st.integers(0, 99))
                about = {"object": {"id": draw(PIECES)}, "readers": readers}
                events.append(happened("performance", name, **about, **told))
            case "j":
                events.append(happened("outcome", name, outcome="lead", **told))
            case "t":
                status = draw(st.sampled_from(["paused", "resumed", "departed", "registered"]))
                events.append(happened(f"member_{status}", name, topics=draw(TOPICS), **told))
            case _:
                unlink = draw(st.booleans())
                kind = "unlink_account" if unlink else "link_account"
                events.append(linked(name, "intranet", kind=kind, at=at))
    return [*events, happened("like", "zoe", at=NINE + 60 * DAY)]


class Weeks(NamedTuple):
    notices: list[Notice]
    log: list[tuple[str, bytes]]


def told_by(batches: Iterable[Sequence[Happened]]) -> Weeks:
    async def tell() -> Weeks:
        with TemporaryDirectory() as folder:
            async with a_notifier(Path(folder)) as notifier:
                for name in ("ann", "bob", "cyd"):
                    profile = happened("member_registered", name, topics=["tea"], id=f"r-{name}")
                    await notifier.hears(profile)
                    await notifier.hears(sharer(name), near(name))
                for batch in batches:
                    await notifier.hears(*batch)
                rows = await notifier.store.read(0, 100_000)
                return Weeks(
                    [it.notice for it in await notifier.notices()],
                    [(row.stream, row.body) for row in rows],
                )

    return asyncio.run(tell())


def times(notices: Iterable[Notice], *kinds: str) -> dict[str, list[datetime]]:
    """Return when each member was told something of these kinds."""
    told: dict[str, list[datetime]] = defaultdict(list)
    for notice in notices:
        if notice.kind in kinds:
            told[notice.recipient].append(notice.at)
    return told


def gaps(moments: Iterable[datetime]) -> list[timedelta]:
    several = sorted(set(moments))
    return [then - at for at, then in pairwise(several)]


@LAW
@given(weeks(), st.integers(2, 41))
def test_the_same_is_said_wherever_a_batch_ends(events: list[Happened], size: int) -> None:
    batches = [events[start : start + size] for start in range(0, len(events), size)]

    assert told_by(batches) == told_by([[event] for event in events])


@LAW
@given(weeks())
def test_nobody_is_asked_too_often(events: list[Happened]) -> None:
    """At most one whom to follow and one nudge in a week, at most three to share on a morning, and
    those less and less often while nothing is shared.
    """
    notices, _ = told_by([events])
    shared_by = {event.subject for event in events if event.kind in {"share", "quote"}}

    for kinds in (["follow_suggestion"], ["nudge", "account_dormant"]):
        for moments in times(notices, *kinds).values():
            assert len(moments) == len(set(moments))
            assert all(gap >= 7 * DAY for gap in gaps(moments))
    for member, moments in times(notices, "share_suggestion").items():
        assert max(moments.count(at) for at in moments) <= 3
        if member not in shared_by:
            pauses = gaps(moments)
            assert all(gap >= DAY * 2**n for n, gap in enumerate(pauses))


@LAW
@given(weeks())
def test_nothing_is_suggested_that_is_known(events: list[Happened]) -> None:
    """Neither own pieces nor what one had shared, nor anybody whom one follows."""
    heard = [it for it in events if isinstance(it, Activity)]
    notices, _ = told_by([heard])
    retracted = {it.subject for it in heard if it.kind == "retract"}

    asked = [(it.recipient, it.kind, it.cause) for it in notices]
    assert len(asked) == len(set(asked))
    for notice in notices:
        before = takewhile(lambda it, at=notice.at: it.time < at, heard)  # type: ignore[misc]
        done = [it for it in before if it.subject == notice.recipient]
        if notice.kind == "share_suggestion":
            assert notice.about != notice.recipient
            if notice.recipient not in retracted:
                known = {it.data["object"]["id"] for it in done if it.kind in {"share", "quote"}}
                assert notice.facts["title"] not in {f"On {piece}" for piece in known}
        if notice.kind == "follow_suggestion" and notice.recipient not in retracted:
            assert notice.about not in {it.data["target"] for it in done if it.kind == "follow"}
