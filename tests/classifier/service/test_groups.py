"""In which group a member was counted on which day."""

import asyncio
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.classifier.projections import distribution
from tests.classifier.service.examples import MONDAY, Classifier, a_classifier, an_event, at


async def counted(classifier: Classifier, number: int, *, today: bool = False) -> dict[Any, int]:
    """Return how many members each group had on a day."""
    day = at(number).date()
    told = await distribution.on_a_day(
        classifier.store, as_of=None if today else day, today=day, by_group=True
    )
    groups = {each["group"]: each["members"] for each in told["groups"]}
    assert sum(groups.values()) == told["members"]
    return groups


async def test_members_are_counted_in_the_group_that_they_had_on_that_day(tmp_path: Path) -> None:
    """From the day on which it is said; null takes them out of it; who joins later is not there."""
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(
            [
                an_event("member_registered", 1.5, group="sales"),
                an_event("view", 2, member="bob"),
                an_event("member_updated", 4.5, group="people"),
                an_event("member_paused", 6),
                an_event("member_updated", 7.5, group=None),
                an_event("member_updated", 5, member="bob", group="sales"),
                an_event("view", 9),
            ]
        )
        assert [await counted(classifier, number) for number in range(9)] == [
            {},
            {"sales": 1},
            {"sales": 1, None: 1},
            {"sales": 1, None: 1},
            {"people": 1, None: 1},
            {"people": 1, "sales": 1},
            {"people": 1, "sales": 1},
            {"sales": 1, None: 1},
            {"sales": 1, None: 1},
        ]
        assert await counted(classifier, 9, today=True) == await counted(classifier, 9)


async def test_only_what_concerns_the_member_says_something_of_their_group(tmp_path: Path) -> None:
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(
            [
                an_event("talk_given", 1, group="sales"),
                an_event("member_updated", 1, member="_org", group="sales"),
            ]
        )
        assert await counted(classifier, 1) == {None: 1}


@settings(max_examples=20, deadline=None)
@given(
    said=st.lists(
        st.tuples(
            st.sampled_from(("registered", "updated", "paused", "resumed")),
            st.sampled_from(("ada", "bob")),
            st.integers(0, 9),
            st.sampled_from((0.0, 0.5, 0.99999)),
            st.sampled_from(("sales", "people", None, "")),
        ),
        max_size=12,
    ),
    shuffled=st.randoms(),
    batch=st.integers(1, 5),
)
def test_the_latest_that_was_said_holds_in_whatever_order_it_was_heard(
    said: list[tuple[str, str, int, float, str | None]], shuffled: Random, batch: int
) -> None:
    """By time, and by key where two were said at once. What is not told of is left as it was."""
    bodies = []
    for number, (what, member, day, part, group) in enumerate(said):
        data: dict[str, Any] = {} if group == "" else {"group": group}
        kind = f"member_{what}"
        bodies.append(an_event(kind, day + part, member=member, id=f"{number}", **data))
    bodies.append(an_event("view", 9.999995, member="zoe"))
    shuffled.shuffle(bodies)

    async def heard() -> tuple[list[dict[Any, int]], list[tuple[Any, ...]]]:
        with TemporaryDirectory() as folder:
            async with a_classifier(Path(folder)) as classifier:
                await classifier.hear(bodies, batch=batch)
                log = await classifier.store.fetchall(
                    "SELECT stream, json_extract(body, '$.occurred_at'), key,"
                    " json_type(body, '$.data.group'), json_extract(body, '$.data.group')"
                    " FROM log WHERE key IS NOT NULL ORDER BY 2, 3"
                )
                return [await counted(classifier, number) for number in range(10)], log

    groups, log = asyncio.run(heard())
    for number in range(10):
        ends = (at(number + 1) - MONDAY).total_seconds() * 1000 + MONDAY.timestamp() * 1000
        latest: dict[str, str | None] = {}
        for member, when, _, told, group in log:
            if when < ends:
                latest[member] = group if told is not None else latest.get(member)
        expected: dict[Any, int] = {}
        for group in latest.values():
            expected[group] = expected.get(group, 0) + 1
        assert groups[number] == expected
