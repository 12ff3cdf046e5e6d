"""A rehearsal tells what a candidate policy would have come to, and changes nothing."""

import json
import re
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from services.classifier.adapters import policyfile
from services.classifier.adapters.candidates import Candidate, plan
from services.classifier.adapters.linting import sound
from services.classifier.adapters.policyfile import PolicyInvalid
from services.classifier.adapters.simulation import Simulating
from services.classifier.domain.adopting import Offer
from services.classifier.domain.announcements import Announcement, ZoneChanged
from services.classifier.domain.clock import MINUTE, day_of
from services.classifier.domain.rehearsal import Happened, live, name_of
from services.classifier.domain.zones import ZONES
from services.classifier.projections import answers, journeys
from services.classifier.projections.entries import CODEC
from services.classifier.stream.adopting import Adopting
from shared.runtime.errors import WrongUse
from tests.classifier.service.examples import (
    POLICY,
    Classifier,
    a_classifier,
    a_sharer,
    a_year,
    an_event,
    at,
    day,
)

STRICT: Final = POLICY.replace("at_least = 4 }", "at_least = 9 }")
"""A policy that asks for more of who wants to be a sharer."""
HARSH: Final = re.sub(
    r'(settle_minutes = |grace_days = |(?:"quote"\], days = 90|days = 56), at_least = )(\d+)',
    lambda found: found[1] + ("1" if "grace" in found[1] else str(int(found[2]) * 3)),
    STRICT,
)
"""A policy by which days close later, grace is short, and few are where they were."""


async def rehearsed(
    classifier: Classifier,
    text: str,
    **options: Any,  # noqa: ANN401 -- passed on
) -> dict[str, Any]:
    """Return the result, and see that it is told how far the rehearsal is."""
    lines = await Simulating(classifier.store).simulate(text, **{"workers": 1, **options})
    *progress, result = [line async for line in lines]
    assert progress[-1]["done"] == progress[-1]["of"] == result["members"]
    return result


async def what_came_about(classifier: Classifier) -> dict[str, Any]:
    """Count what a classifier really made of its members."""
    said: Counter[str] = Counter()
    for row in await classifier.store.read(0, 1_000_000):
        event = CODEC.decode(row)
        if isinstance(event, Announcement):
            said[name_of(event)] += 1
    zones = dict.fromkeys(ZONES, 0)
    async for page in answers.members(classifier.store, policy_version=1):
        for line in page:
            if (zone := json.loads(line)["zone"]) is not None:
                zones[zone] += 1
    return {"announced": said, "zones": zones}


def told(result: dict[str, Any], side: str) -> dict[str, Any]:
    return {
        "announced": +Counter(result[side]["announced"]),
        "zones": result["distribution"][-1][side],
    }


def a_troubled_year(members: int = 9) -> list[bytes]:
    """Return a year in which some of what happened was heard of late, and some was history."""
    chance, bodies = Random(7), a_year(members=members)
    for place in chance.sample(range(len(bodies)), len(bodies) // 10):
        bodies.append(bodies.pop(place))
    for place in chance.sample(range(len(bodies)), len(bodies) // 5):
        bodies[place] = json.dumps({**json.loads(bodies[place]), "historical": True}).encode()
    return bodies


async def test_it_tells_what_came_about_and_what_would_have(tmp_path: Path) -> None:
    """Both sides are what a classifier does that goes by those policies from the beginning."""
    bodies, seen = a_troubled_year(), []
    for name, text in (("one", POLICY), ("other", HARSH)):
        async with a_classifier(tmp_path / name, text=text) as classifier:
            await classifier.hear(bodies)
            seen.append(await what_came_about(classifier))
    assert seen[0] != seen[1]
    async with a_classifier(tmp_path / "one") as classifier:
        result = await rehearsed(classifier, HARSH)
    assert [told(result, "baseline"), told(result, "candidate")] == seen
    moved = sum(
        number
        for before, row in result["transitions"].items()
        for after, number in row.items()
        if before != after
    )
    assert 0 < moved == result["moved"] == len(result["movers"])
    for zone in ZONES:
        row = result["transitions"][zone]
        assert sum(row.values()) == seen[0]["zones"][zone]


async def test_the_policy_in_force_moves_nobody(tmp_path: Path) -> None:
    """As it is, as if always so, and as if adopted again on some day."""
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(a_troubled_year())
        for since in (None, date(1990, 1, 1), date(2025, 9, 1)):
            result = await rehearsed(classifier, f"# The same.\n{POLICY}", from_day=since)
            assert (result["moved"], result["movers"]) == (0, [])
            assert result["baseline"] == result["candidate"]
            assert all(each["baseline"] == each["candidate"] for each in result["distribution"])
            assert result["in_force"] is (since is None)


async def test_every_change_is_that_of_a_classifier_with_these_policies(tmp_path: Path) -> None:
    """Entry by entry: what, when, and why, whichever policy the log was written under. Between
    the owl and the lark, a day closes by the one policy and not by the other.
    """
    night = [
        body
        for number in range(120)
        for body in (
            *(an_event("share", number + 0.17, member="lark") for _ in range(number < 12)),
            an_event("view", number + 1.06, member="owl"),
            an_event("view", number + 1.17, member="lark"),
        )
    ]
    bodies = [*a_troubled_year(members=4), *night]
    async with a_classifier(tmp_path / "harsh", text=HARSH) as classifier:
        await classifier.hear(bodies)
        really: dict[str, list[ZoneChanged]] = defaultdict(list)
        for row in await classifier.store.read(0, 1_000_000, types=["zone-changed"]):
            event = CODEC.decode(row)
            assert isinstance(event, ZoneChanged)
            really[row.stream].append(event)
    async with a_classifier(tmp_path / "shipped") as classifier:
        await classifier.hear(bodies)
        planned = await plan(classifier.store, Candidate(HARSH), 0)
        [*_, (clock, _)] = ticks = planned.plan.ticks
        assert day_of(clock) == day_of(classifier.hearing.time.now or 0)
        for member, pasts in (await journeys.pasts(classifier.store, really)).items():
            places = await classifier.store.fetchall(
                "SELECT key, position FROM log WHERE stream = ?", [member]
            )
            where = dict(places)
            happened = [Happened(where[each.key], each) for each in pasts]
            life = live(member, happened, ticks, planned.plan.candidate)
            assert [*map(_but_clock, life.changes)] == [*map(_but_clock, really[member])]


def _but_clock(change: ZoneChanged) -> ZoneChanged:
    """Of the instant keep what decides: which days are closed by then, and which is today."""
    settled = change.decided_at - 180 * MINUTE
    return replace(change, policy_version=0, decided_at=day_of(settled) + day_of(change.decided_at))


async def test_what_was_adopted_last_is_in_force_even_where_it_did_not_govern_always(
    tmp_path: Path,
) -> None:
    """To adopt it again would change nothing; as if always so, it would."""
    bodies = a_year(members=6)
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(bodies[: len(bodies) // 2])
        adopting = Adopting(classifier.hearing, sound, policyfile.in_force)
        await adopting.adopt(Offer(text=HARSH, author="ada"))
        await classifier.hear(bodies[len(bodies) // 2 :])
        again = await rehearsed(classifier, HARSH)
        assert (again["in_force"], again["moved"]) == (True, 0)
        assert again["baseline"] == again["candidate"]
        always = await rehearsed(classifier, HARSH, from_day=date(1990, 1, 1))
        assert not always["in_force"]
        assert always["baseline"]["announced"] != always["candidate"]["announced"]


async def test_from_a_day_on_only_later_days_differ(tmp_path: Path) -> None:
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(a_year(members=6))
        result = await rehearsed(classifier, HARSH, from_day=date(2026, 1, 1))
    differs = {
        each["day"]: each["baseline"] != each["candidate"] for each in result["distribution"]
    }
    assert not any(differing for on, differing in differs.items() if on < "2026-01-01")
    assert any(differs.values())
    assert result["from"] == "2026-01-01"


async def test_nothing_is_written(tmp_path: Path) -> None:
    """Not even reviews that are due."""
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(a_year(members=5))
        classifier.hearing.time.unreviewed = True
        before = _bytes(tmp_path), await classifier.log(), await classifier.rows()
        await rehearsed(classifier, STRICT)
        assert (_bytes(tmp_path), await classifier.log(), await classifier.rows()) == before
        assert await classifier.store.last_position() == len(before[1])


async def test_it_is_the_same_whatever_the_number_of_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(a_year(members=5))
        monkeypatch.setattr("services.classifier.adapters.crew.RANGE", 2)
        results = [
            await rehearsed(classifier, STRICT, workers=workers, limit=3) for workers in (1, 3)
        ]
        assert results[0] == results[1]
        monkeypatch.setattr("services.classifier.adapters.crew.RANGE", 200)
        assert await rehearsed(classifier, STRICT, limit=3) == results[0]


async def test_who_moves_is_told_with_what_they_lack_the_largest_margin_first(
    tmp_path: Path,
) -> None:
    async with a_classifier(tmp_path) as classifier:
        more = [an_event("comment", 3.6 + n / 100, member="bob") for n in range(3)]
        await classifier.hear([*a_sharer(), *a_sharer("bob"), *more])
        result = await rehearsed(classifier, STRICT)
        assert [(each["member"], each["from"], each["to"]) for each in result["movers"]] == [
            ("ada", "content_sharer", "content_consumer"),
            ("bob", "content_sharer", "content_consumer"),
        ]
        ada, bob = result["movers"]
        [lacking] = ada["criteria"]
        assert (lacking["criterion"], lacking["need"], lacking["have"], lacking["margin"]) == (
            *("content_sharer.enter.1", 9, 4, -5),
        )
        assert (ada["margin"], bob["margin"]) == (0.5556, 0.2222)
        [only] = (await rehearsed(classifier, STRICT, limit=1))["movers"]
        assert only == ada
        assert (await rehearsed(classifier, STRICT, limit=0))["movers"] == []


def engaging(*, days: int) -> str:
    """Return a policy by which a comment makes somebody socially engaged for so many days."""
    head, _ = POLICY.split("[zones.socially_engaged]")
    return f"""{head}[zones.socially_engaged]
grace_days = 0
enter = [{{ measure = "acts", of = ["comment"], days = {days}, at_least = 1 }}]
keep = [{{ measure = "acts", of = ["comment"], days = {days}, at_least = 1 }}]
"""


async def test_what_it_would_have_set_off_is_counted(tmp_path: Path) -> None:
    """Arrivals once per member and zone, fast tracks, and drafts of those on it."""
    generous = engaging(days=2)
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(
            [
                an_event("draft_submitted", 0.1, draft_id="early"),
                an_event("draft_submitted", 0.2, draft_id="settled"),
                an_event("draft_approved", 0.3, draft_id="settled"),
                an_event("comment", 1, target="x:1"),
                an_event("draft_submitted", 1.5, draft_id="fast"),
                an_event("view", 5),
                an_event("comment", 6, target="x:1"),
                an_event("view", 9),
                an_event("draft_submitted", 9.5, draft_id="slow"),
            ]
        )
        result = await rehearsed(classifier, generous)
    assert result["baseline"]["alerts"] == {"granted": 0, "ended": 0, "drafts": 0}
    assert result["candidate"]["alerts"] == {"granted": 2, "ended": 2, "drafts": 2}
    assert result["candidate"]["arrivals"] == dict.fromkeys(ZONES[1:], 1)
    assert result["candidate"]["changes"] == {"up": 2, "down": 2}
    assert (result["baseline"]["flapping"], result["candidate"]["flapping"]) == (0, 1)


async def test_what_a_policy_does_by_beginning_would_be_told_to_nobody(tmp_path: Path) -> None:
    """It is an arrival, and a draft that is open then is on the fast track. That it begins is not
    said; that it ends is, since it does by what the member leaves undone.
    """
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(
            [
                an_event("draft_submitted", 0.1, draft_id="open"),
                an_event("comment", 1, target="x:1"),
                *(an_event("view", number, member="bob") for number in (3, 12, 22.5)),
            ]
        )
        result = await rehearsed(classifier, engaging(days=20), from_day=at(3).date())
    assert told(result, "candidate")["announced"] == {
        **told(result, "baseline")["announced"],
        "by_policy": 1,
        "demoted": 1,
        "warned": 1,
    }
    assert result["candidate"]["alerts"] == {"granted": 0, "ended": 1, "drafts": 1}
    assert result["candidate"]["arrivals"] == dict.fromkeys(ZONES[1:], 1)


async def test_what_makes_no_sense_is_refused_before_anything_begins(tmp_path: Path) -> None:
    async with a_classifier(tmp_path) as classifier:
        simulating = Simulating(classifier.store)
        with pytest.raises(WrongUse, match="nothing has been recorded yet"):
            await simulating.simulate(POLICY)
        await classifier.hear(a_sharer())
        with pytest.raises(PolicyInvalid, match=r"new.toml:\d+: unknown measure 'act'"):
            await simulating.simulate(
                POLICY.replace('measure = "acts"', 'measure = "act"', 1), name="new.toml"
            )
        with pytest.raises(WrongUse, match=f"{day(4)} is after the log's today, {day(3)}"):
            await simulating.simulate(POLICY, from_day=at(4).date())


async def test_one_rehearsal_at_a_time(tmp_path: Path) -> None:
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(a_sharer())
        simulating = Simulating(classifier.store)
        first = await simulating.simulate(STRICT)
        await anext(first)
        [line] = [line async for line in await simulating.simulate(STRICT)]
        assert line == {"error": simulating.under_way()}
        await first.aclose()
        *_, result = [line async for line in await simulating.simulate(STRICT)]
        assert result["members"] == 1


def _bytes(folder: Path) -> dict[str, bytes]:
    """Everything on disk but the index of who reads the journal."""
    files = (file for file in folder.iterdir() if not file.name.endswith("-shm"))
    return {file.name: file.read_bytes() for file in files}
