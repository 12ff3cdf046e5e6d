"""What a retraction costs: mostly no more than an act does, whatever else a member has done."""

from collections.abc import Collection, Iterable
from pathlib import Path

import pytest

from services.classifier.domain.activities import Activity
from services.classifier.domain.journey import Journey, refold
from services.classifier.domain.regimes import Policies
from services.classifier.projections import journeys
from services.classifier.projections.entries import Read
from tests.classifier.service.examples import Classifier, a_classifier, a_sharer, an_event, day

LATE = 300
"""So many days after everything else, nothing of it is remembered."""


class Counting:
    """Counts whose past is read, and who is folded again."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.read: list[str] = []
        self.folded = 0
        pasts = journeys.pasts

        async def reading(read: Read, members: Collection[str]) -> dict[str, list[Activity]]:
            self.read += members
            return await pasts(read, members)

        def folding(
            journey: Journey, policies: Policies, activities: Iterable[Activity], now: int
        ) -> Journey:
            self.folded += 1
            return refold(journey, policies, activities, now)

        monkeypatch.setattr(journeys, "pasts", reading)
        monkeypatch.setattr("services.classifier.handlers.refold", folding)


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    return Counting(monkeypatch)


async def a_long_life(classifier: Classifier) -> None:
    early = [an_event("view", on, id=f"early-{on}") for on in range(40)]
    late = [an_event("view", LATE + on, id=f"late-{on}") for on in range(40)]
    await classifier.hear([*early, *late])


def retracting(*ids: str) -> list[bytes]:
    return [an_event("retract", LATE + 40, id=f"undo-{each}", retracts=each) for each in ids]


@pytest.mark.parametrize("unremembered", [False, True])
async def test_a_retraction_of_what_is_remembered_reads_no_past(
    tmp_path: Path, counting: Counting, *, unremembered: bool
) -> None:
    """Nor does one of what nobody has seen, or what comes after it."""
    async with a_classifier(tmp_path, journeys=1 - unremembered, snapshot_every=7) as classifier:
        await a_long_life(classifier)
        for said in (
            *retracting("late-20", "never seen", "late-20"),
            an_event("retract", LATE + 40, id="about", object={"id": "o"}, kind="view"),
            an_event("view", 3, id="never seen"),
        ):
            await classifier.hear([said])
        assert counting.read == []
        assert counting.folded == 0


async def test_a_burst_of_old_retractions_folds_the_member_once(
    tmp_path: Path, counting: Counting
) -> None:
    async with a_classifier(tmp_path) as classifier:
        await a_long_life(classifier)
        await classifier.hear(retracting(*(f"early-{on}" for on in range(30))))
        assert counting.read == ["ada"]
        assert counting.folded == 1
        await classifier.hear(retracting("early-35"))
        assert counting.folded == 2


async def test_who_was_folded_again_is_read_from_a_new_snapshot(tmp_path: Path) -> None:
    """And not from the whole log whenever somebody asks."""
    async with a_classifier(tmp_path, journeys=0) as classifier:
        await a_long_life(classifier)
        await classifier.hear(retracting("early-1"))
        [(version,)] = await classifier.store.fetchall("SELECT version FROM snapshots")
        [(newest,)] = await classifier.store.fetchall(
            "SELECT max(version) FROM log WHERE stream = 'ada'"
        )
        assert version == newest


async def test_what_is_retracted_is_told_from_what_came_after(tmp_path: Path) -> None:
    """Read from a snapshot and the log behind it, a retraction undoes what was there before it,
    and what has the same name and came later has never counted.
    """
    async with a_classifier(tmp_path, journeys=0, snapshot_every=1_000_000) as classifier:
        await classifier.hear(a_sharer())
        await classifier.hear(
            [
                an_event("retract", 4, id="undo", retracts="again"),
                an_event("share", 0.5, id="again", target="x:9"),
                an_event("retract", 4, id="undo-2", retracts="ada-share-3.5"),
                an_event("share", 0.6, id="ada-share-3.5~ada", target="x:3"),
            ]
        )
        for number in range(3):
            await classifier.hear([an_event("view", 4, id=f"v-{number}")])
            told = await classifier.member("ada")
            assert told["zone"] == "content_consumer"
            assert [each["from"] for each in told["trajectory"]] == [day(0)]


async def test_what_two_retractions_in_a_batch_speak_of_is_taken_out_once(tmp_path: Path) -> None:
    """By its id and by its object, whichever is heard first."""
    by_id = an_event("retract", 4, id="undo", retracts="ada-share-3.5")
    by_object = an_event("retract", 4, id="undo-2", object={"id": "o"}, kind="share")
    for number, both in enumerate(([by_id, by_object], [by_object, by_id])):
        folder = tmp_path / str(number)
        folder.mkdir()
        async with a_classifier(folder) as classifier:
            *others, _ = a_sharer()
            await classifier.hear([*others, an_event("share", 3.5, object={"id": "o"})])
            assert (await classifier.member("ada"))["zone"] == "content_sharer"
            await classifier.hear(both)
            assert (await classifier.member("ada"))["zone"] == "content_consumer"
