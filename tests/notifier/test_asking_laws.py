"""The laws, for what the socially engaged are asked: wherever a batch ends, and however often
something is heard, the same is asked of the same people, and once.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.notifier.adapters.consent import set_consent
from shared.contracts.activity import Happened
from shared.contracts.envelope import CloudEvent
from tests.notifier.examples import (
    NINE,
    a_notifier,
    answered,
    engaged,
    happened,
    moved,
    requested,
    submitted,
    turned,
)

LAW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DAY = timedelta(days=1)
PEOPLE = ("ann", "bob", "cyd", "dee", "eve", "fay")
NAMES = st.sampled_from(PEOPLE)
REQUESTS = st.sampled_from(["r-1", "r-2", "r-3"])
ROLES = st.lists(st.sampled_from(["editor", "coordinator"]), unique=True)
TOPICS = st.lists(st.sampled_from(["tea", "ink"]), unique=True)


@st.composite
def activities(draw: st.DrawFn) -> list[Happened]:
    """Return what is asked of a few people in ten weeks, and what else they do, mostly in order."""
    events = []
    days = draw(st.lists(st.integers(0, 280), min_size=1, max_size=16))
    for n, quarter in enumerate(sorted(days[:-2]) + days[-2:]):
        told: dict[str, Any] = {"id": f"e-{n}", "at": NINE + quarter * DAY / 4}
        name = draw(NAMES)
        match draw(st.sampled_from("rrraadstgpl")):
            case "r":
                topic = draw(st.sampled_from(["tea", "ink"]))
                by = draw(st.sampled_from(["sales", "ann", "editor"]))
                last = str((NINE + draw(st.integers(0, 80)) * DAY).date())
                until = draw(st.sampled_from([None, last]))
                events.append(requested(topic, draw(REQUESTS), by=by, until=until, **told))
            case "a":
                reply = draw(st.sampled_from(["accepted", "declined", "declined"]))
                told["historical"] = draw(st.booleans())
                events.append(answered(name, reply, draw(REQUESTS), **told))
            case "d":
                events.append(submitted(name, f"d-{n}", **told))
            case "s":
                status = draw(st.sampled_from(["paused", "resumed", "departed", "registered"]))
                events.append(happened(f"member_{status}", name, **told))
            case "t":
                events.append(happened("talk_given", name, group="press", **told))
            case "g":
                told |= {"roles": draw(ROLES)}
                told |= {"sponsor": draw(NAMES), "group": draw(st.sampled_from(["press", "lab"]))}
                events.append(happened("member_updated", name, topics=draw(TOPICS), **told))
            case "p":
                events.append(happened("share", name, topics=draw(TOPICS), **told))
            case _:
                events.append(happened("like", name, **told))
    return events


def told_by(batches: Iterable[Sequence[CloudEvent]]) -> list[tuple[str, str, bytes]]:
    """Return all of the log but its times."""

    async def tell() -> list[tuple[str, str, bytes]]:
        with TemporaryDirectory() as folder:
            async with a_notifier(Path(folder)) as notifier:
                await notifier.hears(*engaged(*PEOPLE), turned("ann", "quiet"))
                await notifier.hears(
                    *(
                        happened("member_registered", f"p-{it}", id=f"p-{it}", group="press")
                        for it in range(9)
                    ),
                    *(
                        happened("member_registered", who, id=who, sponsor="fay", topics=["tea"])
                        for who in PEOPLE[:5]
                    ),
                )
                for who in PEOPLE:
                    await set_consent(notifier.store, who, care=True)
                for batch in batches:
                    await notifier.hears(*batch)
                rows = await notifier.store.read(0, 100_000)
                return [
                    (row.stream, row.type, b"" if row.type == "care-consented" else row.body)
                    for row in rows
                ]

    return asyncio.run(tell())


@LAW
@given(activities(), st.integers(1, 17))
def test_where_a_batch_ends_makes_no_difference(events: list[Happened], size: int) -> None:
    batches = [events[start : start + size] for start in range(0, len(events), size)]

    assert told_by(batches) == told_by([[event] for event in events])


def test_what_the_classifier_says_is_taken_in_its_order_whatever_the_batch() -> None:
    said = [
        turned("bob", "quiet"),
        moved("cyd", "content_creator", frm="socially_engaged", version=5),
        turned("bob", "active"),
        turned("cyd", "dormant", zone="content_creator"),
        moved("zoe"),
        turned("ann", "active"),
    ]
    log = told_by([said])

    assert log == told_by([[it] for it in said])
    assert [type_ for _, type_, _ in log].count("became-active") == 2


@LAW
@given(activities())
def test_whatever_is_heard_again_is_asked_of_nobody_again(events: list[Happened]) -> None:
    log = told_by([events, events])

    assert log == told_by([events])
    closed = Counter(stream for stream, type_, _ in log if type_ == "request-closed")
    assert all(times == 1 for times in closed.values())
