"""What an explanation says of the policies that govern, governed, and are to come."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from services.classifier.adapters import policyfile
from services.classifier.adapters.linting import sound
from services.classifier.domain.adopting import Offer
from services.classifier.stream.adopting import Adopting
from tests.classifier.service.examples import (
    MONDAY,
    POLICY,
    Classifier,
    a_classifier,
    a_sharer,
    an_event,
    day,
)
from tests.classifier.service.reader import reading

S: Final = "likes, shares, quotes, posts or comments"
STRICTER: Final = POLICY.replace("days = 60, at_least = 2", "days = 20, at_least = 3")


async def adopt(classifier: Classifier, text: str, **options: Any) -> None:  # noqa: ANN401
    adopting = Adopting(classifier.hearing, sound, policyfile.in_force)
    await adopting.adopt(Offer(text=text, author="eve", **options))


def on(number: int) -> date:
    return MONDAY.date() + timedelta(days=number)


async def test_a_policy_to_come_says_what_it_would_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([*a_sharer(), an_event("view", 35, member="bob")])
        await adopt(classifier, STRICTER, effective_on=on(40), note="to be busy")
    async with reading(tmp_path, capsys, monkeypatch) as reader:
        [coming] = (await reader.told("ada"))["today"]["coming"]
        assert coming == {
            "version": 2,
            "from": day(40),
            "author": "eve",
            "note": "to be busy",
            "mode": "forward",
            "turn": {"on": day(54), "to": "content_consumer"},
            "otherwise": {"on": day(76), "to": "content_consumer"},
        }
        lines = await reader.reads("ada")
        assert lines[-1] == (
            "From 14 February 2026 on policy 2 governs, adopted by eve: to be busy. If nothing"
            " happens, with it you are a content consumer from 28 February 2026 on, and without it"
            " from 22 March 2026 on."
        )
        assert lines[-2].startswith("The rules are those of policy 1, ")
        assert (await reader.reads("bob"))[-1] == (
            "From 14 February 2026 on policy 2 governs, adopted by eve: to be busy. As things"
            " stand, it changes nothing about your zone."
        )


async def test_who_is_spared_keeps_a_zone_by_the_policy_of_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both ways to keep it are told, and up to which day there are two."""
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([*a_sharer(), an_event("view", 35, member="bob")])
        await adopt(classifier, STRICTER, mode="grandfather", effective_on=on(40), until=on(55))
        await classifier.hear([an_event("view", 45, member="bob")])
    async with reading(tmp_path, capsys, monkeypatch) as reader:
        today = (await reader.told("ada"))["today"]
        assert today["spared"] == {"policy_version": 1, "until": day(55)}
        options = today["keep"]["options"]
        assert [(each["policy_version"], each["holds"]) for each in options] == [
            (2, False),
            (1, True),
        ]
        assert (today["policy"]["version"], today["policy"]["from"]) == (2, day(40))
        assert (today["loss"]["fails_from"], today["loss"]["on"]) == (day(56), day(70))
        lines = await reader.reads("ada")
        place = lines.index("What keeps you a content sharer:")
        assert lines[place + 1 : place + 6] == [
            "  by policy 2, which governs:",
            f"  · no {S} in 20 days (3 needed), 3 more to go",
            "  or else, for a time, by policy 1:",
            f"  ✓ 4 {S} in 60 days (2 needed), up to 7 March 2026: 4 shares, 5 to 8 January 2026",
            (
                "By policy 2 alone that would be too little. Up to 1 March 2026 you may keep"
                " the zone by policy 1 as well, and you do."
            ),
        ]
        assert lines[-1] == (
            "The rules are those of policy 2 since 14 February 2026, adopted by eve."
        )


async def test_two_policies_that_keep_a_zone_alike_are_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    harder_to_enter = POLICY.replace("days = 30, at_least = 4", "days = 30, at_least = 5")
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([*a_sharer(), an_event("view", 35, member="bob")])
        await adopt(
            classifier, harder_to_enter, mode="grandfather", effective_on=on(40), until=on(55)
        )
        await classifier.hear([an_event("view", 45, member="bob")])
    async with reading(tmp_path, capsys, monkeypatch) as reader:
        lines = await reader.reads("ada")
        place = lines.index("What keeps you a content sharer:")
        assert lines[place + 1].startswith(f"  ✓ 4 {S} in 60 days")
        assert not any("or else" in line for line in lines)


async def test_a_policy_that_put_a_change_right_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the change that was put right says by which."""
    easier = POLICY.replace("days = 30, at_least = 4", "days = 30, at_least = 5")
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([*a_sharer(), an_event("view", 10, member="bob")])
        await adopt(classifier, easier, mode="recompute")
    async with reading(tmp_path, capsys, monkeypatch) as reader:
        told = await reader.told("ada")
        assert (told["last_change"]["corrects"]["because"], told["zone"]) == (
            "policy",
            "content_consumer",
        )
        lines = await reader.reads("ada")
        [corrects] = [line for line in lines if line.startswith("It put right what had been")]
        assert corrects.endswith("since policy 2 was adopted as if it had always been so.")
        assert "A change of policy brought it about, so nobody was notified." in lines
