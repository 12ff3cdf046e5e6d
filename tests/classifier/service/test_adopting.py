"""A policy is adopted once, whole, and everybody is where it puts them, whatever happens meanwhile.

The recount is the judge: it knows the log and the dated policies, and nothing of how it came about.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from services.classifier.adapters import policyfile
from services.classifier.adapters.linting import sound
from services.classifier.domain.adopting import AdoptionRefused, Offer
from services.classifier.projections.entries import BEYOND, adoptions
from services.classifier.projections.recount import recount
from services.classifier.stream import hearing
from services.classifier.stream.adopting import Adopted, Adopting
from shared.runtime.errors import WrongUse
from tests.classifier.service.examples import (
    MONDAY,
    POLICY,
    Classifier,
    a_classifier,
    a_sharer,
    a_year,
    an_event,
    at,
    day,
)

KINDS: Final = '["like", "share", "quote", "post", "comment"]'
STRICTER: Final = POLICY.replace("days = 60, at_least = 2", "days = 20, at_least = 3")
LONGER: Final = POLICY.replace("days = 60, at_least = 2", "days = 400, at_least = 2")
EASIER: Final = POLICY.replace("at_least = 3 }", "at_least = 1 }").replace(
    "days = 30, at_least = 4", "days = 300, at_least = 1"
)

PROLIFIC: Final = POLICY.replace(
    'measure = "acts", of = ["publish"], days = 90, at_least = 3',
    'measure = "acts", of = ["publish"], days = 90, at_least = 30',
).replace("days = 30, at_least = 4", "days = 30, at_least = 40")
"""A policy by which nobody is where they were."""


def stated(text: str, **options: Any) -> Offer:  # noqa: ANN401 -- as an Offer has them
    return Offer(text=text, author="eve", **options)


async def adopt(classifier: Classifier, text: str, **options: Any) -> Adopted:  # noqa: ANN401
    adopting = Adopting(classifier.hearing, sound, policyfile.in_force)
    return await adopting.adopt(stated(text, **options))


async def differs(classifier: Classifier) -> str | None:
    """Recount everybody, as a worker does."""
    now = classifier.hearing.time.now
    async with classifier.hearing.still(), classifier.store.snapshot() as view:
        policies = policyfile.in_force(await adoptions(view))
        return (await recount(view, policies, now or 0, "", BEYOND)).difference


def on(number: int) -> date:
    return MONDAY.date() + timedelta(days=number)


async def ways(classifier: Classifier, member: str = "ada") -> list[tuple[str, str]]:
    told = await classifier.member(member)
    return [(each["from"], str(each["zone"])) for each in told["trajectory"]]


CONSUMER: Final = (day(0), "content_consumer")
SHARER: Final = (day(3), "content_sharer")


async def test_forward_governs_from_its_day_on(tmp_path: Path) -> None:
    """By the new policy three acts in 20 days are missing from day 40 on, and the grace is over
    two weeks later; days before it are as they were.
    """
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([*a_sharer(), an_event("view", 35, member="bob")])
        adopted = await adopt(classifier, STRICTER, effective_on=on(40), note="to be busy")
        assert (adopted.new, adopted.adoption.version) == (True, 2)
        assert await ways(classifier) == [CONSUMER, SHARER]
        await classifier.hear([an_event("view", 56, member="bob")])
        assert await ways(classifier) == [CONSUMER, SHARER, (day(54), "content_consumer")]
        assert await differs(classifier) is None
    async with a_classifier(tmp_path / "never") as classifier:
        await classifier.hear([*a_sharer(), an_event("view", 56, member="bob")])
        assert await ways(classifier) == [CONSUMER, SHARER]


async def test_it_begins_tomorrow_where_no_day_is_named(tmp_path: Path) -> None:
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([an_event("view", 35)])
        assert (await adopt(classifier, STRICTER)).adoption.effective_on == on(36)


async def test_recompute_is_as_if_it_had_always_been_so(tmp_path: Path) -> None:
    """Ada was a sharer up to day 22, and two weeks of grace after it. That is said at once."""
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([*a_sharer(), an_event("view", 50, member="bob")])
        before = len(await classifier.types())
        await adopt(classifier, STRICTER, mode="recompute")
        assert await ways(classifier) == [CONSUMER, SHARER, (day(35), "content_consumer")]
        assert (await classifier.types())[before:] == ["policy-adopted", "zone-changed"]
        assert await differs(classifier) is None


async def test_grandfather_demotes_nobody_before_its_end(tmp_path: Path) -> None:
    """Ada keeps what she has by the old rules; then the days of grace are counted."""
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([*a_sharer(), an_event("view", 35, member="bob")])
        await adopt(classifier, STRICTER, mode="grandfather", effective_on=on(36), until=on(45))
        for number, expected in ((59, [CONSUMER, SHARER]), (62, None)):
            await classifier.hear([an_event("view", number, member="bob")])
            last = (day(60), "content_consumer")
            assert await ways(classifier) == (expected or [CONSUMER, SHARER, last])
            assert await differs(classifier) is None


async def test_a_policy_that_looks_further_back_reads_what_was_forgotten(tmp_path: Path) -> None:
    """The facts kept reach back about five months; two acts of a year ago now keep the zone."""
    async with a_classifier(tmp_path, snapshot_every=1) as classifier:
        await classifier.hear(a_sharer())
        for number in range(30, 390, 30):
            await classifier.hear(
                [an_event("view", number), an_event("view", number, member="bob")]
            )
        assert (await ways(classifier))[-1] == (day(76), "content_consumer")
        await adopt(classifier, LONGER, mode="recompute")
        assert await ways(classifier) == [CONSUMER, SHARER]
        assert await differs(classifier) is None
        await classifier.hear([an_event("view", 420)])
        assert (await ways(classifier))[-1] == (day(416), "content_consumer")
        assert await differs(classifier) is None


@pytest.mark.parametrize("mode", ["forward", "grandfather", "recompute"])
async def test_it_is_all_the_same_when_a_policy_was_adopted(tmp_path: Path, mode: str) -> None:
    """Before its first day, that is: what comes of it depends on the days alone."""
    bodies = a_year(members=8)
    days: dict[str, Any] = {"mode": mode}
    if mode != "recompute":
        days["effective_on"] = date(2026, 1, 15)
    if mode == "grandfather":
        days["until"] = date(2026, 2, 10)
    expected: set[str] = set()
    for share in (0.3, 0.6, 0.8):
        async with a_classifier(tmp_path / f"{share}", journeys=3, snapshot_every=9) as classifier:
            half = round(len(bodies) * share)
            await classifier.hear(bodies[:half], batch=200)
            await adopt(classifier, STRICTER, **days)
            assert await differs(classifier) is None
            await classifier.hear(bodies[half:], batch=200)
            assert await differs(classifier) is None
            expected.add((await classifier.exports())[0])
    assert len(expected) == 1


@asynccontextmanager
async def half_a_year(
    folder: Path, *, journeys: int = 1000, snapshot_every: int = 40
) -> AsyncIterator[Classifier]:
    async with a_classifier(folder, journeys=journeys, snapshot_every=snapshot_every) as classifier:
        bodies = a_year(members=12)
        await classifier.hear(bodies[: len(bodies) // 2])
        yield classifier


async def rest_of_the_year(classifier: Classifier) -> None:
    bodies = a_year(members=12)
    await classifier.hear(bodies[len(bodies) // 2 :])


@pytest.mark.parametrize("mode", ["forward", "recompute"])
async def test_the_same_is_said_after_a_restart_and_a_rebuild(tmp_path: Path, mode: str) -> None:
    async with half_a_year(tmp_path / "undisturbed") as classifier:
        await adopt(classifier, EASIER, mode=mode)
        await rest_of_the_year(classifier)
        expected = await classifier.log(), await classifier.exports()
    async with half_a_year(tmp_path / "restarted", journeys=2, snapshot_every=3) as classifier:
        await adopt(classifier, EASIER, mode=mode)
    async with a_classifier(tmp_path / "restarted") as classifier:
        assert await differs(classifier) is None
        await classifier.store._writer.execute_fetchall("DROP TABLE members")
    async with a_classifier(tmp_path / "restarted") as classifier:
        assert await differs(classifier) is None
        await rest_of_the_year(classifier)
        assert (await classifier.log(), await classifier.exports()) == expected
        assert await differs(classifier) is None


@pytest.mark.parametrize("through", [0, 1, 5])
@pytest.mark.parametrize("lost", [False, True])
async def test_what_an_adoption_makes_due_is_done_after_a_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, through: int, lost: bool
) -> None:
    """Some have been decided again when the process dies; the others are, at the next start, even
    if it took the tables with it. Whatever is said then is the policy's, as if nothing had been.
    """
    monkeypatch.setattr(hearing, "REVIEWS", 2)
    async with half_a_year(tmp_path / "undisturbed") as classifier:
        await adopt(classifier, PROLIFIC, mode="recompute")
        expected = await classifier.log(), await classifier.exports()
        assert expected[1][1].count('"by_policy":true') > 2

    class Killed(Exception):
        pass

    async with half_a_year(tmp_path / "killed") as classifier:
        left = through
        reviewing = classifier.hearing._review_some

        async def mortal(transaction: Any) -> None:  # noqa: ANN401
            nonlocal left
            if (await adoptions(transaction))[-1].version == 2:
                left -= 1
                if left < 0:
                    raise Killed
            await reviewing(transaction)

        monkeypatch.setattr(classifier.hearing, "_review_some", mortal)
        with pytest.raises(Killed):
            await adopt(classifier, PROLIFIC, mode="recompute")
        if lost:
            await classifier.store._writer.execute_fetchall("DROP TABLE members")
    async with a_classifier(tmp_path / "killed") as classifier:
        await classifier.hearing.review()
        assert (await classifier.log(), await classifier.exports()) == expected
        assert await differs(classifier) is None


async def test_a_policy_is_adopted_once(tmp_path: Path) -> None:
    """Who asks again, since the answer was lost, gets it; who asks for the same otherwise, not."""
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([an_event("view", 5)])
        first = await adopt(classifier, STRICTER, note="busy")
        log = await classifier.log()
        assert await adopt(classifier, STRICTER, note="busy") == Adopted(first.adoption, new=False)
        with pytest.raises(AdoptionRefused, match="this is policy 2 already"):
            await adopt(classifier, f"# other words\n{STRICTER}", mode="recompute")
        assert await classifier.log() == log
        assert (await adopt(classifier, POLICY)).adoption.version == 3


async def test_what_is_no_good_changes_nothing(tmp_path: Path) -> None:
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([an_event("view", 5)])
        log = await classifier.log()
        for text, words in (
            (POLICY.replace('"acts"', '"act"', 1), "did you mean 'acts'"),
            (
                POLICY.replace("days = 56, at_least = 60", "days = 56, at_least = 99999"),
                "never hold",
            ),
        ):
            with pytest.raises(WrongUse, match=words):
                await adopt(classifier, text)
        with pytest.raises(AdoptionRefused, match="is not after the log's today, 2026-01-10"):
            await adopt(classifier, STRICTER, effective_on=on(5))
        assert await classifier.log() == log
        assert classifier.hearing.policies.newest.version == 1


async def test_two_who_adopt_at_once_do_it_one_after_the_other(tmp_path: Path) -> None:
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([*a_sharer(), an_event("view", 50, member="bob")])
        adopted = await asyncio.gather(
            adopt(classifier, STRICTER, mode="recompute"), adopt(classifier, LONGER)
        )
        assert {each.adoption.version for each in adopted} == {2, 3}
        assert await differs(classifier) is None


async def test_a_change_says_which_policy_made_it(tmp_path: Path) -> None:
    """That of the day on which the rule fired, not the one adopted last."""
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([*a_sharer(), an_event("view", 35, member="bob")])
        await adopt(classifier, STRICTER, effective_on=on(40))
        await classifier.hear([an_event("view", 56, member="bob")])
        _, said = await classifier.exports()
        assert '"to":"content_consumer"' in said.splitlines()[2]
        assert '"policy_version":2' in said.splitlines()[2]
        assert '"policy_version":1' in said.splitlines()[1]


async def test_by_the_wall_a_policy_begins_at_midnight(tmp_path: Path) -> None:
    async with a_classifier(tmp_path, clock="wall") as classifier:
        await classifier.hear(a_sharer())
        adopted = await adopt(classifier, EASIER.replace("active_weeks", "active_days"))
        assert adopted.adoption.effective_on == on(1)
        await classifier.hearing.advance(round(at(1.2).timestamp() * 1000))
        assert classifier.hearing.policies.today(classifier.hearing.time.now or 0).version == 2
        assert await differs(classifier) is None
