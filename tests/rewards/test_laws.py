"""The laws: what counts is a function of the set of events, and nothing is granted twice.

The other side of each law is a brute-force count, which knows nothing of streams or states.
"""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from services.rewards.domain.awards import Awards, Granted
from services.rewards.domain.recognitions import Recognised, is_granted
from services.rewards.domain.rules import ZONES, Rules
from services.rewards.handlers import id_of
from shared.contracts.activity import Happened, Publish, Retract
from shared.contracts.zones import ZoneChanged
from tests.rewards.examples import RULES, SHIPPED, a_piece
from tests.rewards.histories import MEMBERS
from tests.rewards.histories import histories as whatever
from tests.rewards.messages import a_change, a_publish, a_retraction
from tests.rewards.recount import assists, authors, firsts
from tests.rewards.running import a_rewards

[EFFORT] = RULES.efforts
PAIRS = replace(RULES, efforts=(replace(EFFORT, every=2, larger_every=4),))
SOURCES = ("urn:zones:platform:blog", "urn:zones:platform:video")
VARIANTS = ("{}", "{}/", "{}#top", "{}?utm_source=x")

publishings = st.builds(
    lambda number, member, which, minute, source, variant: a_publish(
        number, member=member, id=f"{member}-{which}", minute=minute, source=source, url=variant
    ),
    st.integers(1, 7),
    st.sampled_from(MEMBERS),
    st.integers(1, 9),
    st.integers(1, 5),
    st.sampled_from(SOURCES),
    st.none() | st.sampled_from(VARIANTS),
)
retractions = st.builds(
    lambda member, which, of, minute, source: a_retraction(
        None if of else f"{member}-{which}", of=of, member=member, minute=minute, source=source
    ),
    st.sampled_from(MEMBERS),
    st.integers(1, 9),
    st.none() | st.integers(1, 7),
    st.integers(1, 5),
    st.sampled_from(SOURCES),
)


def distinct(events: Iterable[Publish | Retract]) -> list[Publish | Retract]:
    """One content to an event key, and urls spelled out."""
    return [*{event.key: event for event in events}.values()]


def spelled(event: Publish) -> Publish:
    piece = event.data.object
    if piece.url is None:
        return event
    url = piece.url.format(a_piece(int(piece.id.removeprefix("post-"))))
    data = event.data.model_copy(update={"object": piece.model_copy(update={"url": url})})
    return event.model_copy(update={"data": data})


histories = st.lists(publishings.map(spelled) | retractions, max_size=40).map(distinct)


def counted(events: Sequence[Happened]) -> dict[str, set[str]]:
    """Return everybody's pieces, by brute force."""
    pieces = defaultdict(set)
    for name, author in authors(events).items():
        pieces[author].add(name)
    return pieces


async def heard(
    events: Sequence[Happened | ZoneChanged], *, batch: int, kept: int = 100, rules: Rules = PAIRS
) -> tuple[dict[str, Awards], Counter[str]]:
    """Return everybody's awards, and how often each recognition was granted."""
    with TemporaryDirectory() as folder:
        async with a_rewards(Path(folder), rules, kept=kept) as rewards:
            await rewards.hear(*events, batch=batch)
            granted = Counter(
                id_of(stream, event)
                for stream, event in await rewards.log()
                if isinstance(event, Recognised) and is_granted(event)
            )
            shown = {row["id"]: row["state"] for row in await rewards.shown()}
            states = {member: await rewards.awards(member) for member in MEMBERS}
    assert shown == {
        f"effort/{member}/{it.block.number}": "granted" if it.stands else "adjusted"
        for member, awards in states.items()
        for it in blocks(awards)
    } | {
        f"{kind}/{member}/{which}": "granted" if done.stands else "adjusted"
        for member, awards in states.items()
        for (kind, which), done in awards.deeds.items()
    } | {
        f"{kind}/{member}/{zone}": "granted"
        for member, awards in states.items()
        for kind, zone in awards.arrived
    }
    return states, granted


def blocks(awards: Awards) -> Sequence[Granted]:
    return awards.blocks.get("effort", ())


@given(histories, st.randoms(use_true_random=False), st.integers(1, 9), st.sampled_from([1, 100]))
@settings(max_examples=30, deadline=None)
def test_what_counts_depends_on_the_events_and_on_nothing_else(
    events: list[Publish | Retract], rng: random.Random, batch: int, kept: int
) -> None:
    """Not on the order in which they are heard, on repetitions, batches, or memory."""
    shuffled = [*events, *rng.choices(events, k=len(events) // 3)] if events else []
    rng.shuffle(shuffled)

    states, granted = asyncio.run(heard(shuffled, batch=batch, kept=kept))

    pieces = counted(events)
    for member, awards in states.items():
        assert set(awards.credited) == pieces[member]
        standing = [it.block.number for it in blocks(awards) if it.stands]
        assert standing == [*range(1, len(pieces[member]) // 2 + 1)]
        assert {it.block.number for it in blocks(awards) if it.block.larger} == {
            it.block.number for it in blocks(awards) if it.block.number % 2 == 0
        }
        named = [piece for it in blocks(awards) if it.stands for piece in it.block.pieces]
        assert len(named) == len(set(named)) == 2 * len(standing)
    assert set(granted.values()) <= {1}


@given(st.permutations(range(1, 14)), st.integers(1, 14))
@settings(max_examples=20, deadline=None)
def test_whatever_the_order_everything_is_named_once(order: list[int], batch: int) -> None:
    """Thirteen pieces are six blocks of two, and twelve of the pieces are named."""
    states, granted = asyncio.run(heard([a_publish(number) for number in order], batch=batch))

    named = [piece for it in blocks(states["ada"]) for piece in it.block.pieces]
    assert len(set(named)) == len(named) == 12
    assert granted == Counter({f"effort/ada/{number}": 1 for number in range(1, 7)})


changes = st.lists(
    st.tuples(
        st.sampled_from(MEMBERS), st.sampled_from([None, *ZONES]), st.booleans(), st.booleans()
    ),
    max_size=30,
)


@given(changes, st.integers(1, 9))
@settings(max_examples=40, deadline=None)
def test_everybody_arrives_in_a_zone_once(
    moves: list[tuple[str, str | None, bool, bool]], batch: int
) -> None:
    """In those that a change which is not historical, or a policy, has led to or past, on the way
    up.
    """
    where: dict[str, str | None] = {}
    expected: set[str] = set()
    events = []
    for version, (member, to, historical, by_policy) in enumerate(moves, start=1):
        previous = where.get(member)
        where[member] = to
        if previous == to:
            continue
        change = a_change(
            previous,
            to,
            member=member,
            version=version,
            historical=historical,
            by_policy=by_policy,
        )
        events.append(change)
        if (by_policy or not historical) and to is not None:
            above = 0 if previous is None else ZONES.index(previous)
            expected |= {
                f"arrival/{member}/{zone}"
                for zone in ZONES[1:]
                if above < ZONES.index(zone) <= ZONES.index(to)
            }

    _, granted = asyncio.run(heard([*events, *events], batch=batch))

    assert granted == Counter(dict.fromkeys(expected, 1))


@given(whatever, st.randoms(use_true_random=False), st.integers(1, 9))
@settings(max_examples=30, deadline=None)
def test_firsts_and_assists_stand_while_there_is_something_they_are_for(
    events: list[Happened], rng: random.Random, batch: int
) -> None:
    """Each is granted once, in whatever order things are heard, and follows what counts."""
    shuffled = [*events, *rng.choices(events, k=len(events) // 3)]
    rng.shuffle(shuffled)
    rules = replace(SHIPPED, caps={"share": 1, "lead": 1})

    states, granted = asyncio.run(heard(shuffled, batch=batch, rules=rules))

    due = {*firsts(events, rules), *assists(events, rules)}
    assert {
        (member, kind, which)
        for member, awards in states.items()
        for (kind, which), done in awards.deeds.items()
        if done.stands
    } == {each for each in due if each[0] in MEMBERS}
    assert set(granted.values()) <= {1}
