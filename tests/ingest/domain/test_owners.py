"""Whose an account is, under whichever name, and whatever the order in which we heard of it."""

from datetime import timedelta
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.identity import (
    AccountMerged,
    AccountName,
    ActivityKept,
    ActivityReleased,
    Command,
    Event,
    Link,
    See,
    Unlink,
)
from services.ingest.domain.owners import Known, Owners, is_news
from tests.ingest.examples import NOW, an_activity

ADA, LOVELACE = AccountName("bluesky", "ada"), AccountName("bluesky", "lovelace")
ONE, TWO = AccountName("bluesky", "did:plc:1"), AccountName("bluesky", "did:plc:2")


def link(member: str = "ann", name: AccountName = ADA, *, minute: int = 0, key: str = "k") -> Link:
    return Link(name=name, member=member, at=NOW + timedelta(minutes=minute), key=key)


def unlink(
    member: str = "ann", name: AccountName = ADA, *, minute: int = 0, key: str = "k"
) -> Unlink:
    return Unlink(name=name, member=member, at=NOW + timedelta(minutes=minute), key=key)


def see(identity: AccountName = ONE, name: AccountName = ADA, *, minute: int = 0) -> See:
    return See(name=name, identity=identity, at=NOW + timedelta(minutes=minute))


def kept(account: AccountName = ADA, **instead: Any) -> ActivityKept:  # noqa: ANN401 - JSON
    event = an_activity(subject=account.account, **instead)
    return ActivityKept(account=account.account, event=event)


def after(*told: Command | ActivityKept) -> Owners:
    owners = Owners()
    for each in told:
        if isinstance(each, ActivityKept):
            owners.record(each.account, each)
        else:
            owners.hear(each)
    return owners


def owner(name: AccountName, *told: Command) -> str | None:
    return after(*told).owner(name.account)


def whose(*told: Command) -> tuple[str | None, ...]:
    owners = after(*told)
    return tuple(owners.owner(name.account) for name in (ADA, LOVELACE, ONE, TWO))


def follows(*told: Command | ActivityKept) -> list[Event]:
    """Return what follows from the last of these."""
    owners = after(*told[:-1])
    before = len(owners.entries)
    last = told[-1]
    assert not isinstance(last, ActivityKept)
    owners.hear(last)
    return [event for _, event, _ in owners.entries[before:]]


def test_an_account_that_another_member_links_later_is_theirs() -> None:
    assert owner(ADA, link("ann", minute=1), link("ben", minute=2)) == "ben"


def test_an_older_word_of_the_same_member_changes_nothing() -> None:
    assert owner(ADA, link(minute=2), unlink(minute=1)) == "ann"


def test_of_two_links_at_once_the_greater_event_key_wins() -> None:
    assert owner(ADA, link("ann", key="a"), link("ben", key="b")) == "ben"
    assert owner(ADA, link("ben", key="b"), link("ann", key="a")) == "ben"


def test_an_account_that_is_given_up_goes_back_to_whoever_claimed_it_before() -> None:
    assert owner(ADA, link("ann"), unlink("ann", minute=1)) is None
    assert owner(ADA, link("ann"), link("ben", minute=1), unlink("ben", minute=2)) == "ann"


def test_nobody_gives_up_what_is_somebody_elses() -> None:
    assert owner(ADA, link("ben"), unlink("ann", minute=1)) == "ben"


@pytest.mark.parametrize("linked", [0, 2], ids=["before it was seen", "after it was seen"])
def test_who_links_a_label_links_whoever_bears_it(linked: int) -> None:
    told = link(minute=linked), see(minute=1)

    assert owner(ONE, *told) == owner(ONE, *reversed(told)) == "ann"
    assert owner(ADA, *told) == "ann"


def test_a_member_keeps_an_account_that_is_renamed() -> None:
    owners = after(link(), see(minute=1), see(name=LOVELACE, minute=2))

    assert owners.owner(ONE.account) == owners.owner(LOVELACE.account) == "ann"
    assert owners.known(ONE.account).label == "lovelace"


def test_who_takes_over_a_label_takes_over_no_member() -> None:
    told = link(), see(ONE, minute=1), see(ONE, LOVELACE, minute=2), see(TWO, ADA, minute=3)

    assert owner(ONE, *told) == "ann"
    assert owner(TWO, *told) is None
    assert owner(ADA, *told) is None
    assert owner(TWO, *told, link("ben", minute=4)) == "ben"
    assert owner(ONE, *told, link("ben", minute=4)) == "ann"


def test_a_label_that_nobody_has_taken_over_still_means_who_had_it() -> None:
    """So a list of yesterday's handles does no harm, not even when they are taken tomorrow."""
    told: tuple[Command, ...] = (
        see(ONE, minute=1),
        see(ONE, LOVELACE, minute=2),
        link(minute=3),
        see(TWO, minute=4),
    )

    assert (owner(ONE, *told), owner(TWO, *told)) == ("ann", None)


def test_who_gives_up_a_label_gives_up_the_account_that_it_brought() -> None:
    told = link(), see(ONE, minute=1), see(ONE, LOVELACE, minute=2), see(TWO, ADA, minute=3)

    assert owner(ONE, *told, unlink(minute=4)) is None


def test_an_account_may_be_given_up_by_any_of_its_names() -> None:
    assert owner(ONE, link(), see(minute=1), unlink(name=ONE, minute=2)) is None


def test_an_identity_is_never_taken_for_somebodys_label() -> None:
    """On some platforms a handle may look like another account's number."""
    told: list[Command] = [see(ONE, ADA), link("ann", ONE), see(TWO, ONE, minute=1)]

    assert {owner(ONE, *order) for order in permutations(told)} == {"ann"}
    assert {owner(TWO, *order) for order in permutations(told)} == {None}


moments = st.integers(0, 4)
claims = st.builds(
    lambda kind, member, name, minute: kind(
        member, name, minute=minute, key=f"{kind.__name__}{member}{name}{minute}"
    ),
    st.sampled_from([link, link, unlink]),
    st.sampled_from(["ann", "ben"]),
    st.sampled_from([ADA, LOVELACE, ONE]),
    moments,
)
sights = st.builds(
    lambda identity, name, minute: see(identity, name, minute=minute),
    st.sampled_from([ONE, TWO]),
    st.sampled_from([ADA, LOVELACE]),
    moments,
)


@given(
    st.lists(claims, max_size=3),
    st.lists(sights, max_size=2, unique_by=lambda sight: (sight.identity, sight.name)),
)
def test_whose_an_account_is_does_not_depend_on_the_order_of_arrival(
    claimed: list[Command], seen: list[See]
) -> None:
    everything = [*claimed, *seen]
    assert len({whose(*order) for order in permutations(everything)}) == 1


@given(st.lists(claims, max_size=4), st.lists(sights, max_size=6), st.randoms())
def test_nor_on_when_the_claims_arrive_among_what_is_seen(
    claimed: list[Command], seen: list[See], dice: Random
) -> None:
    seen = sorted(seen, key=lambda sight: sight.at)
    mixed: list[Command] = [*seen]
    for each in claimed:
        mixed.insert(dice.randint(0, len(mixed)), each)
    assert whose(*claimed, *seen) == whose(*seen, *claimed) == whose(*mixed)


@given(st.lists(st.one_of(claims, sights), max_size=6))
def test_what_is_no_news_changes_nothing(told: list[Command]) -> None:
    owners = after(*told)
    names = {name.account: owners.known(name.account) for name in (ADA, LOVELACE, ONE, TWO)}
    for each in told:
        if isinstance(each, See) and not is_news(each, names):
            owners.hear(each)
    assert names == {account: owners.known(account) for account in names}


def test_that_one_is_called_as_before_is_no_news() -> None:
    owners = after(see(minute=1))
    names = {name.account: owners.known(name.account) for name in (ADA, ONE)}

    assert not is_news(see(minute=2), names)
    assert is_news(see(name=LOVELACE, minute=2), names)
    assert is_news(see(TWO, minute=2), names)
    assert names[ADA.account] == Known(ONE.account, None, None, see(minute=1).at)


def test_what_an_account_did_before_it_was_linked_is_handed_over_as_history() -> None:
    """It is published again for the member, and the account's own id departs."""
    [_, merged, *released] = follows(kept(id="e1"), kept(id="e2"), link())

    assert merged == AccountMerged(account=ADA.account, member="ann", at=NOW)
    assert released == [
        ActivityReleased(
            account=ADA.account,
            event=an_activity(id=f"{id}~ann", subject="ann", historical=True),
        )
        for id in ("e1", "e2")  # noqa: A001 - CloudEvents' own word
    ]


def test_it_is_handed_over_once() -> None:
    [_] = follows(kept(), link(), link("ben", minute=1))


def test_what_it_does_after_it_was_given_up_waits_for_the_next() -> None:
    [_, merged, released] = follows(link(), unlink(minute=1), kept(id="e3"), link("ben", minute=2))

    assert isinstance(merged, AccountMerged)
    assert isinstance(released, ActivityReleased)
    assert released.event["id"] == "e3~ben"


def test_an_older_link_hands_it_over_to_whoever_holds_the_account() -> None:
    [_, merged, *_] = follows(link("ben", minute=5), kept(), link("ann", minute=1))

    assert isinstance(merged, AccountMerged)
    assert merged.member == "ben"


def test_what_was_kept_under_the_identity_is_handed_over_when_its_label_is_known() -> None:
    [_, merged, released] = follows(link(), kept(ONE, id="e1"), see())

    assert merged == AccountMerged(account=ONE.account, member="ann", at=NOW)
    assert isinstance(released, ActivityReleased)
    assert (released.event["id"], released.event["subject"]) == ("e1~ann", "ann")


def test_what_was_kept_under_a_label_is_handed_to_whoever_bears_it() -> None:
    """As long as nobody has linked that, it is kept there."""
    [_, merged, released, again] = follows(kept(ADA, id="e1"), see())
    assert merged == AccountMerged(account=ADA.account, member=ONE.account, at=NOW)
    assert isinstance(released, ActivityReleased)
    assert released.event["subject"] == ONE.account
    assert isinstance(again, ActivityKept)
    assert again.account == ONE.account

    [_, merged, released] = follows(
        kept(ADA, id="e1"), see(), link("ann", LOVELACE), see(name=LOVELACE, minute=1)
    )
    assert merged == AccountMerged(account=ONE.account, member="ann", at=see(minute=1).at)
    assert isinstance(released, ActivityReleased)
    assert (released.event["id"], released.event["subject"]) == ("e1~ann", "ann")
