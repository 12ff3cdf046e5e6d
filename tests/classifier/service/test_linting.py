"""What a log has to say of a policy is read from it a little at a time."""

from pathlib import Path

import pytest

from services.classifier.adapters.policyfile import parse
from services.classifier.projections import linting
from services.classifier.projections.linting import Experience, of_log
from tests.classifier.service.examples import POLICY, Classifier, a_classifier, an_event

PUBLISHED = "acts(publish) ≥ 1 in 120 days holds on"


async def seen(classifier: Classifier, text: str = POLICY) -> Experience:
    async with classifier.store.snapshot() as view:
        return await of_log(view, parse(text, 1))


def words(experience: Experience) -> list[str]:
    return [each.words for each in experience.findings]


async def test_a_log_without_a_time_says_nothing(tmp_path: Path) -> None:
    async with a_classifier(tmp_path) as classifier:
        assert await seen(classifier) == Experience((), 0, 0, 0)


async def test_every_activity_is_counted_in_whatever_stretches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outcomes by their own words as well, and no event twice."""
    monkeypatch.setattr(linting, "STRETCH", 2)
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(
            [
                *(an_event("outcome", number, outcome="lead") for number in range(5)),
                an_event("publish", 6, object={"id": "p"}),
            ]
        )
        experience = await seen(classifier)
        assert (experience.events, experience.members) == (6, 1)
        assert "5 measurements of outcomes have arrived, and are ignored" in words(experience)
        assert "publish has never arrived" not in words(experience)
        leads = POLICY.replace("outcomes = false", "outcomes = true").replace(
            'of = ["any"], days = 180', 'of = ["download", "lead"], days = 180'
        )
        assert "download has never arrived" in words(await seen(classifier, leads))
        assert "lead has never arrived" not in words(await seen(classifier, leads))


async def test_what_is_retracted_meets_no_criterion(tmp_path: Path) -> None:
    """It has arrived all the same."""
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([an_event("publish", 1, id="p", object={"id": "p"})])
        assert not [each for each in words(await seen(classifier)) if f"{PUBLISHED} none" in each]
        await classifier.hear([an_event("retract", 2, retracts="p")])
        assert [each for each in words(await seen(classifier)) if f"{PUBLISHED} none" in each]


async def test_of_many_members_the_busiest_are_looked_at_and_some_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So what only the busy do is not said to be done by nobody."""
    monkeypatch.setattr(linting, "SAMPLE", 1)
    async with a_classifier(tmp_path) as classifier:
        views = [an_event("view", 1, member=f"m{number}") for number in range(9)]
        acts = [an_event("publish", day, member="m5", object={"id": f"{day}"}) for day in (2, 3)]
        await classifier.hear([*views, *acts])
        experience = await seen(classifier)
        assert (experience.members, experience.looked_at) == (9, 2)
        assert not [each for each in words(experience) if each.startswith(PUBLISHED)]
        monkeypatch.setattr(linting, "SAMPLE", 5)
        assert (await seen(classifier)).looked_at == 9
        monkeypatch.setattr(linting, "ENOUGH", 2)
        assert (await seen(classifier)).looked_at == 1
