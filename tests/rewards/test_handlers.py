"""Messages in, entries and rows out, on a real database."""

import itertools
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from services.rewards.domain.acts import ActRecorded, ActRetracted
from services.rewards.domain.recognitions import ArrivalGranted, EffortGranted
from services.rewards.projections.boards import parts_on
from services.rewards.projections.knowledge import clock
from services.rewards.stream.reading import activity
from shared.contracts.activity import MemberDeparted, MemberRegistered, Publish
from shared.contracts.acts import Object, Profile, Reception, Retraction, Sharing
from shared.contracts.envelope import event_key
from tests.rewards.examples import RULES, a_piece, at
from tests.rewards.messages import (
    BLOG,
    a_change,
    a_like,
    a_performance,
    a_publish,
    a_retraction,
    a_share,
    a_wish,
    an_outcome,
    stored,
)
from tests.rewards.running import a_rewards


def key(id: str) -> str:
    """Return the name of the act of an event of the blog's."""
    return event_key(BLOG, id)


async def test_five_pieces_are_a_recognition_that_names_them(tmp_path: Path) -> None:
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(*(a_publish(number) for number in range(1, 6)))

        assert await rewards.shown() == [
            {
                "id": "effort/ada/1",
                "member": "ada",
                "kind": "effort",
                "block": 1,
                "larger": False,
                "pieces": [a_piece(number) for number in range(1, 6)],
                "rule_version": 1,
                "state": "granted",
                "historical": False,
                "public": True,
            }
        ]


async def test_an_arrival_is_a_recognition_that_names_its_zone(tmp_path: Path) -> None:
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(a_change("content_consumer", "content_sharer"))

        assert await rewards.shown() == [
            {
                "id": "arrival/ada/content_sharer",
                "member": "ada",
                "kind": "arrival",
                "zone": "content_sharer",
                "pieces": [],
                "rule_version": 1,
                "state": "granted",
                "historical": False,
                "public": True,
            }
        ]


async def test_where_a_floor_puts_somebody_they_do_not_arrive(tmp_path: Path) -> None:
    """It is among the reasons that the change carries, alone or after the enrolment."""
    said = {"of": (), "days": None, "need": 1, "have": 1, "margin": 0, "met": True}
    entered = {"criterion": "content_consumer.enter", "measure": "enrolled", **said}
    floor = {"criterion": "content_creator.floor", "measure": "floor", **said}
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(
            a_change("content_consumer", "content_creator", evidence=[floor]),
            a_change(None, "content_creator", member="bob", evidence=[entered, floor]),
        )
        assert await rewards.shown() == []


async def test_the_same_piece_under_other_links_counts_once(tmp_path: Path) -> None:
    """Another platform's link to it, with its own parameters, is the piece itself."""
    links = [f"{a_piece(1)}?utm_source={platform}" for platform in "abcde"]
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(
            *(
                a_publish(1, url=link, id=link, source=f"urn:zones:platform:{link[-1]}")
                for link in links
            )
        )

        assert list((await rewards.awards()).credited) == [a_piece(1)]


async def test_without_a_url_the_platform_and_its_id_tell_pieces_apart(tmp_path: Path) -> None:
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(
            a_publish(1, url=None, id="1"),
            a_publish(1, url=None, id="2"),
            a_publish(1, url=None, id="3", source="urn:zones:platform:video"),
        )

        assert set((await rewards.awards()).credited) == {"blog:post-1", "video:post-1"}


@pytest.mark.parametrize("batch", [1, 2])
async def test_a_piece_is_theirs_who_published_it_first(tmp_path: Path, batch: int) -> None:
    """Whoever was heard of first gives the credit back when an earlier author appears."""
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(
            a_publish(1, member="bob", minute=9), a_publish(1, member="ada", minute=3), batch=batch
        )

        assert list((await rewards.awards("ada")).credited) == [a_piece(1)]
        assert not (await rewards.awards("bob")).credited


async def test_a_piece_published_again_is_theirs_from_its_first_time_on(tmp_path: Path) -> None:
    """A second platform's link to it, or a second edition, is no second piece."""
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(*(a_publish(1, id=f"e-{minute}", minute=minute) for minute in (2, 1, 3)))

        assert (await rewards.awards()).credited == {a_piece(1): (at(1), key("e-1"))}


async def test_losing_a_piece_to_its_author_adjusts_the_block(tmp_path: Path) -> None:
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(*(a_publish(number, member="bob") for number in range(1, 6)))
        await rewards.hear(a_publish(3, member="ada", minute=0))

        assert [(row["id"], row["state"]) for row in await rewards.shown()] == [
            ("effort/bob/1", "adjusted")
        ]


async def test_when_the_author_takes_it_back_the_piece_is_the_next_ones(tmp_path: Path) -> None:
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(
            a_publish(1, member="ada", minute=3),
            a_publish(1, member="bob", minute=9),
            a_retraction("ada-1", member="ada"),
        )

        assert not (await rewards.awards("ada")).credited
        assert list((await rewards.awards("bob")).credited) == [a_piece(1)]


async def test_a_retraction_leaves_the_other_claims_to_the_piece(tmp_path: Path) -> None:
    """Whoever published it twice has it from the second time on."""
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(
            a_publish(1, id="first", minute=1),
            a_publish(1, id="second", minute=2),
            a_retraction("first"),
        )

        assert (await rewards.awards()).credited == {a_piece(1): (at(2), key("second"))}


@pytest.mark.parametrize("batch", [1, 2])
async def test_a_retraction_may_come_before_what_it_retracts(tmp_path: Path, batch: int) -> None:
    """What it names then never was, and is recorded as such."""
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(a_retraction("ada-1"), a_publish(1), batch=batch)

        retracted, recorded = await rewards.log()
        assert retracted == ("ada", ActRetracted(name=key("ada-1")))
        assert isinstance(recorded[1], ActRecorded)
        assert recorded[1].void
        assert not (await rewards.awards()).credited


async def test_a_retraction_by_object_takes_back_what_was_published_until_then(
    tmp_path: Path,
) -> None:
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(
            *(a_publish(number) for number in range(1, 6)),
            a_retraction(of=2, minute=99),
            a_retraction(of=4, minute=3),
        )

        assert [row["state"] for row in await rewards.shown()] == ["adjusted"]
        assert a_piece(4) in (await rewards.awards()).credited


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("order", [(3, 9), (9, 3)])
async def test_a_later_retraction_reaches_further_and_an_earlier_one_no_less(
    tmp_path: Path, order: tuple[int, int], batch: int
) -> None:
    """In either order, what counts is the latest."""
    retractions = [a_retraction(of=1, minute=minute, id=f"r-{minute}") for minute in order]
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(*retractions, a_publish(1, minute=9), batch=batch)
        assert not (await rewards.awards()).credited

        await rewards.hear(a_publish(1, minute=10, id="anew"))
        assert list((await rewards.awards()).credited) == [a_piece(1)]


async def test_by_object_only_the_same_source_is_meant(tmp_path: Path) -> None:
    """Two platforms number their posts alike."""
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(
            a_publish(1), a_retraction(of=1, source="urn:zones:platform:other", minute=9)
        )

        assert list((await rewards.awards()).credited) == [a_piece(1)]


@pytest.mark.parametrize("batch", [1, 2])
async def test_what_was_heard_already_leaves_no_trace(tmp_path: Path, batch: int) -> None:
    """Every message may come again."""
    heard = [
        a_publish(1),
        a_retraction("ada-1"),
        a_retraction(of=2, minute=9),
        a_wish(public=False),
        a_publish(2),
    ]
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(*heard, batch=batch)
        before = await rewards.log()

        await rewards.hear(*heard, *reversed(heard), batch=batch)
        assert await rewards.log() == before


async def test_a_like_that_is_taken_back_takes_no_piece_with_it(tmp_path: Path) -> None:
    """By object, a retraction speaks of one kind of act."""
    like = Retraction(object=Object(id="post-1"), kind="like")
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(a_publish(1), a_retraction(of=1, data=like))

        assert list((await rewards.awards()).credited) == [a_piece(1)]


async def test_nobody_takes_back_what_somebody_else_did(tmp_path: Path) -> None:
    """A retraction speaks of the same member and the same source."""
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(
            a_publish(1),
            a_retraction("ada-1", member="bob"),
            a_retraction("ada-1", source="urn:zones:platform:other"),
        )

        assert list((await rewards.awards()).credited) == [a_piece(1)]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
async def test_what_an_account_did_before_it_was_linked_is_its_members(
    tmp_path: Path, number: int
) -> None:
    """It is published again under the member at the same time, and the member comes first."""
    known_as = f"x-{number}"
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(
            a_publish(1, member="acct-0123456789abcdef", id=known_as),
            a_publish(1, member="zoe", id=f"{known_as}~zoe", historical=True),
        )

        assert not (await rewards.awards("acct-0123456789abcdef")).credited
        assert list((await rewards.awards("zoe")).credited) == [a_piece(1)]


@pytest.mark.parametrize("retracts", ["x", "x~zoe"])
async def test_it_is_taken_back_by_either_of_its_ids(tmp_path: Path, retracts: str) -> None:
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(
            a_publish(1, member="zoe", id="x~zoe"), a_retraction(retracts, member="zoe")
        )

        assert not (await rewards.awards("zoe")).credited


async def test_a_member_who_opted_out_is_not_to_be_named(tmp_path: Path) -> None:
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(
            a_wish(public=False),
            *(a_publish(number) for number in range(1, 6)),
            a_change("content_consumer", "content_sharer"),
        )

        granted = [
            event
            for _, event in await rewards.log()
            if isinstance(event, EffortGranted | ArrivalGranted)
        ]
        assert [event.public for event in granted] == [False, False]


async def test_news_of_a_member_that_say_nothing_of_it_leave_their_wish(tmp_path: Path) -> None:
    """What is absent stays as it was."""
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(
            a_wish(public=False), a_wish(public=None, minute=1, data=Profile(group="sales"))
        )

        assert not (await rewards.awards()).public


async def test_an_outcome_through_a_share_is_the_sharers_help(tmp_path: Path) -> None:
    """It is taken back with the outcome."""
    lead = an_outcome(of=1, via="cy")
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(a_publish(1), lead)
        [row] = await rewards.shown()
        assert (row["kind"], row["member"], row["pieces"]) == ("assist", "cy", [a_piece(1)])

        await rewards.hear(a_retraction(lead.id, source=lead.source))
        [row] = await rewards.shown()
        assert row["state"] == "adjusted"


async def test_which_outcomes_are_help_is_up_to_the_rules(tmp_path: Path) -> None:
    rules = replace(RULES, assist=replace(RULES.assist, of=("speaking",)))
    async with a_rewards(tmp_path, rules) as rewards:
        await rewards.hear(an_outcome(via="cy"), an_outcome(outcome="speaking", via="dee", of=None))

        assert [(row["member"], row["pieces"]) for row in await rewards.shown()] == [("dee", [])]


@pytest.mark.parametrize("batch", [1, 100])
@pytest.mark.parametrize("order", [*itertools.permutations(range(3))])
async def test_what_names_a_piece_without_its_address_means_that_piece(
    tmp_path: Path, order: Sequence[int], batch: int
) -> None:
    """By its id on the platform where it was published, whichever is heard of first."""
    by_id = Object(id="post-1")
    messages = [
        a_publish(1),
        a_share(member="bob").model_copy(update={"data": Sharing(object=by_id)}),
        a_performance(readers=70).model_copy(update={"data": Reception(object=by_id, readers=70)}),
    ]
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(*(messages[number] for number in order), batch=batch)
        parts = await parts_on(rewards.store, a_piece(1))
        assert {(it.member, it.what): it.count for it in parts} == {
            ("ada", "reader"): 70,
            ("ada", "share"): 1,
        }

        await rewards.hear(a_retraction("ada-1"))
        assert await parts_on(rewards.store, a_piece(1)) == []
        [readers] = await parts_on(rewards.store, "blog:post-1")
        assert (readers.member, readers.what) == ("ada", "reader")


async def test_a_member_who_departed_is_on_no_board(tmp_path: Path) -> None:
    """Until they are there again."""
    gone = MemberDeparted(
        id="gone", source="urn:zones:directory", subject="ada", time=at(70), data=Profile()
    )
    back = MemberRegistered(
        id="back", source="urn:zones:directory", subject="ada", time=at(80), data=Profile()
    )
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(a_publish(1), an_outcome(of=1), gone)
        assert await rewards.scores() == {}

        await rewards.hear(back)
        assert await rewards.scores() == {"ada": 100}


async def test_of_what_is_not_counted_only_the_time_is_read(tmp_path: Path) -> None:
    """Where events are the clock, any of them moves it."""
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(a_like())

        assert (await clock(rewards.store)).now == a_like().time


async def test_what_says_nothing_to_us_leaves_no_trace(tmp_path: Path) -> None:
    """Not in the log, and not in a retraction of something else."""
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(a_like(), a_change(None, "content_consumer"))

        assert await rewards.log() == []


async def test_what_was_rolled_back_is_not_remembered(tmp_path: Path) -> None:
    """States in memory are those of the database: the same batch can be handled again."""

    async def fail_at_the_end(event: Publish) -> None:
        async with rewards.store.transaction() as transaction:
            heard = activity(stored(event), event.to_json())
            await rewards.recognising.take(transaction, [heard])
            raise sqlite3.OperationalError("database or disk is full")

    *four, fifth = (a_publish(number) for number in range(1, 6))
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(*four)
        before = await rewards.log()

        with pytest.raises(sqlite3.OperationalError):
            await fail_at_the_end(fifth)
        assert await rewards.log() == before

        await rewards.hear(fifth)
        assert [row["id"] for row in await rewards.shown()] == ["effort/ada/1"]


async def test_members_who_do_not_fit_into_memory_are_read_again(tmp_path: Path) -> None:
    """The result is the same however few states are kept."""
    events = [
        a_publish(number, member=member, url=None, source=f"urn:zones:platform:{member}")
        for number in range(1, 11)
        for member in ("ada", "bob")
    ]
    async with a_rewards(tmp_path, kept=1) as rewards:
        await rewards.hear(*events, batch=3)

        assert [row["id"] for row in await rewards.shown()] == [
            *("effort/ada/1", "effort/ada/2"),
            *("effort/bob/1", "effort/bob/2"),
        ]
        assert len(rewards.recognising._folded) == 1


async def test_the_log_takes_no_second_grant(tmp_path: Path) -> None:
    """Should a decision ever be wrong about it, the log refuses."""
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(*(a_publish(number) for number in range(1, 6)))

        async with rewards.store.transaction() as transaction:
            assert await transaction.known(["effort/ada/1"])
