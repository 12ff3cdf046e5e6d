"""What an adoption does is told to nobody, from the classifier's log through to people."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.classifier.adapters import policyfile
from services.classifier.adapters.linting import sound
from services.classifier.domain.adopting import Offer
from services.classifier.domain.zones import ZONES
from services.classifier.projections.entries import CODEC
from services.classifier.publishing import message
from services.classifier.stream.adopting import Adopting
from services.rewards.publishing import publish
from shared.contracts.recognitions import RecognitionGranted
from shared.contracts.zones import ZONE_EVENT, ZoneChanged
from tests.classifier.service.examples import MONDAY, POLICY, Classifier, a_classifier, an_event
from tests.notifier.examples import a_notifier, editor
from tests.rewards.examples import RULES
from tests.rewards.running import a_rewards

ENGAGING = f"""{POLICY.split("[zones.socially_engaged]")[0]}[zones.socially_engaged]
grace_days = 0
enter = [{{ measure = "acts", of = ["comment"], days = 20, at_least = 1 }}]
keep = [{{ measure = "acts", of = ["comment"], days = 20, at_least = 1 }}]
"""
"""A policy by which a comment makes somebody socially engaged for twenty days."""


async def said(classifier: Classifier) -> list[ZoneChanged]:
    """Return the zone changes that the bus is told, in the order of the log."""
    rows = await classifier.store.read(0, 1_000_000)
    told = [message(row, CODEC.decode(row)) for row in rows]
    events = [ZONE_EVENT.validate_json(each.body) for each in told if each is not None]
    return [event for event in events if isinstance(event, ZoneChanged)]


async def recognised(folder: Path, changes: Sequence[ZoneChanged]) -> list[RecognitionGranted]:
    """Return what rewards says of them."""
    async with a_rewards(folder) as rewards:
        await rewards.hear(*changes)
        told = [publish(member, event, RULES) for member, event in await rewards.log()]
        return [each for each in told if isinstance(each, RecognitionGranted)]


async def told_of(
    member: str, folder: Path, events: Sequence[ZoneChanged | RecognitionGranted]
) -> list[tuple[str, str]]:
    """Return who is told what, where nothing is heard but what is about one member."""
    folder.mkdir()
    async with a_notifier(folder) as notifier:
        await notifier.hears(editor(at=MONDAY))
        await notifier.hears_one_by_one([event for event in events if event.subject == member])
        return await notifier.said()


@pytest.mark.parametrize("mode", ["recompute", "forward", "grandfather"])
async def test_whom_a_policy_lifts_hears_nothing_and_has_arrived(tmp_path: Path, mode: str) -> None:
    """Ada commented before, and is lifted by the policy; Cyd comments under it. What becomes of
    Ada afterwards is her own doing, and she is told.
    """
    days: dict[str, Any] = {"mode": mode}
    if mode == "grandfather":
        days["until"] = MONDAY.date() + timedelta(days=90)
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([an_event("comment", 1), an_event("view", 3.1, member="bob")])
        adopting = Adopting(classifier.hearing, sound, policyfile.in_force)
        await adopting.adopt(Offer(text=ENGAGING, author="eve", **days))
        await classifier.hear([an_event("comment", 4.5, member="cyd")])
        lifted = await said(classifier)
        later = [an_event("view", day, member="bob") for day in (12, 22)]
        await classifier.hear([*later, an_event("comment", 24)])
        lived = await said(classifier)

    assert [(each.subject, each.data.to, each.data.by_policy) for each in lifted[2:]] == [
        ("ada", "socially_engaged", True),
        ("cyd", "socially_engaged", False),
    ]
    recognitions = await recognised(tmp_path, lived)
    assert [(each.subject, each.data.zone, each.data.historical) for each in recognitions] == [
        *(("ada", zone, True) for zone in ZONES[1:]),
        *(("cyd", zone, False) for zone in ZONES[1:]),
    ]
    assert await told_of("ada", tmp_path / "ada", [*lifted, *recognitions]) == []
    of_cyd = await told_of("cyd", tmp_path / "cyd", [*lifted, *recognitions])
    assert {("cyd", "fast_track_granted"), ("cyd", "recognition")} <= {*of_cyd}
    assert await told_of("ada", tmp_path / "later", [*lived, *recognitions]) == [
        ("ada", "fast_track_ended"),
        ("ada", "fast_track_granted"),
        ("eddi", "fast_track_ended"),
        ("eddi", "fast_track_granted"),
    ]
