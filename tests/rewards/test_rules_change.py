"""Rules may change: what was granted stays, and what is closed stays closed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.rewards.domain.halfyears import PeriodClosed
from services.rewards.domain.recognitions import Recognised
from services.rewards.domain.rules import Effort, First, Rules, Words
from shared.runtime.errors import WrongUse
from tests.rewards.examples import RULES
from tests.rewards.messages import a_publish, a_share
from tests.rewards.running import Rewards, a_rewards

DAY = 24 * 60
SHARES = Effort(
    kind="shares",
    words=Words(name="Shared", why="It helps."),
    of=("share",),
    every=2,
    larger_every=None,
)
LIMITED = replace(RULES, efforts=(SHARES,), caps={"share": 2})
JULY = datetime(2026, 7, 10, tzinfo=UTC)


def version(number: int, of: Rules, **changes: object) -> Rules:
    return replace(of, version=number, **changes)  # type: ignore[arg-type]


async def states(rewards: Rewards) -> dict[str, tuple[str, bool]]:
    return {row["id"]: (row["state"], row["historical"]) for row in await rewards.shown()}


async def closings(rewards: Rewards) -> list[str]:
    return [event.period for _, event in await rewards.log() if isinstance(event, PeriodClosed)]


async def test_other_rules_need_another_version(tmp_path: Path) -> None:
    """Two meanings of one version would make nonsense of what names it."""
    async with a_rewards(tmp_path, RULES):
        pass
    other = replace(RULES, impact=replace(RULES.impact, repeats=7))
    with pytest.raises(WrongUse, match="give them version 2"):
        async with a_rewards(tmp_path, other):
            pass
    async with a_rewards(tmp_path, version(2, other)):
        pass


async def test_other_words_need_none(tmp_path: Path) -> None:
    """Rules are what they do; name, why and link may be mended at any time."""
    async with a_rewards(tmp_path, RULES):
        pass
    words = Words(name="Published on", why="Thank you.", link="https://example.org/thanks")
    [effort] = RULES.efforts
    async with a_rewards(tmp_path, replace(RULES, efforts=(replace(effort, words=words),))):
        pass


async def test_a_lower_limit_takes_nothing_back(tmp_path: Path) -> None:
    """Days that are over keep the limit that they had, whatever is heard of them later."""
    async with a_rewards(tmp_path, LIMITED) as rewards:
        await rewards.hear(*(a_share(number, minute=number) for number in (1, 2)))
        assert await states(rewards) == {"shares/bob/1": ("granted", False)}
    async with a_rewards(tmp_path, version(2, LIMITED, caps={"share": 1})) as rewards:
        await rewards.hear(
            a_share(3, minute=0),
            *(a_share(number, minute=2 * DAY + number) for number in (4, 5, 6)),
        )
        assert await states(rewards) == {"shares/bob/1": ("granted", False)}
        assert (await rewards.awards("bob")).tallies["share"] == 3


async def test_without_a_limit_old_days_keep_theirs(tmp_path: Path) -> None:
    """A retraction still frees a place in them."""
    async with a_rewards(tmp_path, LIMITED) as rewards:
        await rewards.hear(*(a_share(number, minute=number) for number in (1, 2, 3)))
    async with a_rewards(tmp_path, version(2, LIMITED, caps={})) as rewards:
        await rewards.hear(
            *(a_share(number, minute=2 * DAY + number) for number in (4, 5, 6)),
        )
        bob = await rewards.awards("bob")
        assert (bob.tallies["share"], len(bob.capped)) == (5, 1)


async def test_what_new_rules_find_is_granted_as_history(tmp_path: Path) -> None:
    """To everybody at once, and nobody is told: the deeds are old."""
    first = First(name="share", words=Words(name="A first share", why="It helps."), of=("share",))
    async with a_rewards(tmp_path, RULES) as rewards:
        await rewards.hear(*(a_share(number, minute=number) for number in (1, 2)))
        assert await states(rewards) == {}
    rules = version(2, RULES, efforts=(*RULES.efforts, SHARES), firsts=(first,))
    async with a_rewards(tmp_path, rules) as rewards:
        assert await states(rewards) == {
            "shares/bob/1": ("granted", True),
            "first/bob/share": ("granted", True),
        }
        await rewards.hear(*(a_share(number, minute=number) for number in (3, 4)))
        assert (await states(rewards))["shares/bob/2"] == ("granted", False)
        versions = {
            event.block.rule_version
            for _, event in await rewards.log()
            if isinstance(event, Recognised) and hasattr(event, "block")
        }
        assert versions == {2}


@pytest.mark.parametrize("settle_days", [7, 30])
async def test_a_half_year_that_is_closed_is_not_closed_again(
    tmp_path: Path, settle_days: int
) -> None:
    """However long the rules let it settle by then."""
    async with a_rewards(tmp_path, RULES) as rewards:
        await rewards.hear(a_publish(1))
        await rewards.is_told_the_time(JULY + timedelta(days=10))
        assert await closings(rewards) == ["2026H1"]
    impact = replace(RULES.impact, settle_days=settle_days)
    async with a_rewards(tmp_path, version(2, RULES, impact=impact)) as rewards:
        await rewards.is_told_the_time(JULY + timedelta(days=60))
        assert await closings(rewards) == ["2026H1"]


async def test_a_half_year_that_settles_shorter_is_closed_all_the_same(tmp_path: Path) -> None:
    async with a_rewards(tmp_path, RULES) as rewards:
        await rewards.hear(a_publish(1))
        await rewards.is_told_the_time(JULY)
        assert await closings(rewards) == []
    impact = replace(RULES.impact, settle_days=7)
    async with a_rewards(tmp_path, version(2, RULES, impact=impact)) as rewards:
        await rewards.is_told_the_time(JULY + timedelta(days=1))
        assert await closings(rewards) == ["2026H1"]
