"""The directory: what is said of one name, and what is seen."""

from datetime import timedelta

import pytest

from services.ingest.domain.identity import (
    Account,
    AccountLinked,
    AccountName,
    AccountNamed,
    AccountUnlinked,
    Event,
    Link,
    See,
    Unlink,
    directory,
)
from shared.decider import fold
from tests.ingest.examples import NOW

ADA = AccountName("bluesky", "ada")
DID = AccountName("bluesky", "did:plc:1")


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


def given_(*history: Event) -> Account:
    return fold(directory.evolve, directory.initial, history)


def test_an_account_is_known_by_a_hash_of_platform_and_handle() -> None:
    assert ADA.account == "acct-0f567d86e259c9b0"
    assert len({ADA.account, AccountName("mastodon", "ada").account}) == 2


def test_a_member_links_an_account() -> None:
    assert directory.decide(link(), given_()) == (linked(),)


def test_saying_it_again_changes_nothing() -> None:
    assert directory.decide(link(), given_(linked())) == ()


def test_an_older_word_is_kept_as_well_for_names_pass_from_one_to_another() -> None:
    assert directory.decide(link(minute=1), given_(linked(minute=2))) == (linked(minute=1),)


def test_an_account_is_seen_under_a_label() -> None:
    see = See(name=ADA, identity=DID, at=NOW)
    [named] = directory.decide(see, given_())

    assert named == AccountNamed(
        account=ADA.account, platform="bluesky", label="ada", identity="did:plc:1", at=NOW
    )
    assert directory.decide(see, given_(named)) == ()


def test_what_is_its_own_label_has_none() -> None:
    assert directory.decide(See(name=ADA, identity=ADA, at=NOW), given_()) == ()


@pytest.mark.parametrize("text", ["ada", ":ada", "bluesky:", "https://x.example/ada", "a b:c"])
def test_an_account_needs_a_platform_and_a_handle(text: str) -> None:
    assert AccountName.read(text) is None


def test_an_unlinking_is_an_event_too() -> None:
    [event] = directory.decide(unlink(minute=1), given_(linked()))

    assert isinstance(event, AccountUnlinked)
