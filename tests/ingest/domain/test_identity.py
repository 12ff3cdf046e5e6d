"""The directory: whose an account is, whatever the order in which we heard of it."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.identity import (
    Account,
    AccountLinked,
    AccountMerged,
    AccountName,
    AccountUnlinked,
    ActivityKept,
    ActivityReleased,
    Command,
    Event,
    Link,
    Unlink,
    directory,
)
from shared.decider import fold
from tests.ingest.examples import NOW, an_activity

ADA = AccountName("bluesky", "ada")


def link(member: str = "ann", *, minute: int = 0, key: str = "k") -> Link:
    return Link(name=ADA, member=member, at=NOW + timedelta(minutes=minute), key=key)


def unlink(member: str = "ann", *, minute: int = 0, key: str = "k") -> Unlink:
    return Unlink(name=ADA, member=member, at=NOW + timedelta(minutes=minute), key=key)


def linked(member: str = "ann", *, minute: int = 0, key: str = "k") -> AccountLinked:
    return AccountLinked(
        account=ADA.account,
        platform="bluesky",
        handle="ada",
        member=member,
        at=NOW + timedelta(minutes=minute),
        key=key,
    )


def kept(**instead: Any) -> ActivityKept:  # noqa: ANN401 - JSON
    return ActivityKept(account=ADA.account, event=an_activity(subject=ADA.account, **instead))


def given_(*history: Event) -> Account:
    return fold(directory.evolve, directory.initial, history)


def after(*commands: Command) -> Account:
    account = directory.initial
    for command in commands:
        account = fold(directory.evolve, account, directory.decide(command, account))
    return account


def test_an_account_is_known_by_a_hash_of_platform_and_handle() -> None:
    assert ADA.account == "acct-0f567d86e259c9b0"
    assert len({ADA.account, AccountName("mastodon", "ada").account}) == 2


def test_a_member_links_an_account() -> None:
    assert directory.decide(link(), given_()) == (linked(),)


def test_saying_it_again_changes_nothing() -> None:
    assert directory.decide(link(), given_(linked())) == ()


def test_an_older_word_of_the_same_member_changes_nothing() -> None:
    assert directory.decide(link(minute=1), given_(linked(minute=2))) == ()
    assert directory.decide(unlink(minute=1), given_(linked(minute=2))) == ()


def test_an_account_that_another_member_links_later_is_theirs() -> None:
    assert after(link("ann", minute=1), link("ben", minute=2)).member == "ben"


def test_of_two_links_at_once_the_greater_event_key_wins() -> None:
    assert after(link("ann", key="a"), link("ben", key="b")).member == "ben"
    assert after(link("ben", key="b"), link("ann", key="a")).member == "ben"


def test_an_account_that_is_given_up_goes_back_to_whoever_claimed_it_before() -> None:
    assert after(link("ann"), unlink("ann", minute=1)).member is None
    assert after(link("ann"), link("ben", minute=1), unlink("ben", minute=2)).member == "ann"


def test_nobody_gives_up_what_is_somebody_elses() -> None:
    assert after(link("ben"), unlink("ann", minute=1)).member == "ben"


commands = st.builds(
    lambda kind, member, minute: kind(
        member, minute=minute, key=f"{kind.__name__}{member}{minute}"
    ),
    st.sampled_from([link, unlink]),
    st.sampled_from(["ann", "ben"]),
    st.integers(0, 3),
)


@given(st.lists(commands, max_size=5))
def test_whose_an_account_is_does_not_depend_on_the_order_of_arrival(said: list[Command]) -> None:
    assert len({after(*order).member for order in permutations(said)}) == 1


def test_what_an_account_did_before_it_was_linked_is_handed_over_as_history() -> None:
    """It is published again for the member, and the account's own id departs."""
    [first, merged, *released] = directory.decide(link(), given_(kept(id="e1"), kept(id="e2")))

    assert first == linked()
    assert merged == AccountMerged(account=ADA.account, member="ann", at=NOW)
    assert released == [
        ActivityReleased(
            account=ADA.account,
            event=an_activity(id=f"{id}~ann", subject="ann", historical=True),
        )
        for id in ("e1", "e2")  # noqa: A001 - CloudEvents' own word
    ]


def test_it_is_handed_over_once() -> None:
    history = (kept(), *directory.decide(link(), given_(kept())))

    assert directory.decide(link("ben", minute=1), given_(*history)) == (linked("ben", minute=1),)


def test_what_it_does_after_it_was_given_up_waits_for_the_next() -> None:
    account = fold(directory.evolve, after(link(), unlink(minute=1)), [kept(id="e3")])

    [_, merged, released] = directory.decide(link("ben", minute=2), account)

    assert isinstance(merged, AccountMerged)
    assert isinstance(released, ActivityReleased)
    assert released.event["id"] == "e3~ben"


def test_an_older_link_hands_it_over_to_whoever_holds_the_account() -> None:
    history = (linked("ben", minute=5), kept())

    [_, merged, *_] = directory.decide(link("ann", minute=1), given_(*history))

    assert isinstance(merged, AccountMerged)
    assert merged.member == "ben"


@pytest.mark.parametrize("text", ["ada", ":ada", "bluesky:", "https://x.example/ada", "a b:c"])
def test_an_account_needs_a_platform_and_a_handle(text: str) -> None:
    assert AccountName.read(text) is None


def test_an_unlinking_is_an_event_too() -> None:
    [event] = directory.decide(unlink(minute=1), given_(linked()))

    assert isinstance(event, AccountUnlinked)
