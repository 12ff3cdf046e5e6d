"""Whose each event is, in the order they came."""

import json
from typing import Any

import pytest

from services.ingest.domain.identity import (
    Account,
    AccountLinked,
    AccountMerged,
    AccountName,
    ActivityKept,
    ActivityReleased,
    Link,
)
from services.ingest.domain.settlement import (
    NOBODYS,
    Act,
    Given,
    Repeated,
    Settlement,
    Unlinked,
    Waiting,
    settle,
)
from tests.ingest.examples import NOW, an_activity

ADA = AccountName("bluesky", "ada")


def by_member(key: str = "k", member: str = "ann", **instead: Any) -> Act:  # noqa: ANN401
    return Act(key=key, subject=member, body=b"{}", **instead)


def by_account(key: str = "k", **instead: Any) -> Act:  # noqa: ANN401
    body = json.dumps(an_activity(id=key, subject=ADA.account)).encode()
    return Act(key=key, subject=ADA.account, body=body, account=ADA, **instead)


def linking(key: str = "l", member: str = "ann") -> Act:
    claim = Link(name=ADA, member=member, at=NOW, key=key)
    return Act(key=key, subject=member, body=b"{}", claim=claim)


def settled(
    *acts: Act,
    members: dict[str, str] | None = None,
    known: tuple[str, ...] = (),
    unlinked: Unlinked = "enrol",
) -> Settlement:
    accounts = {act.claim.name.account: Account() for act in acts if act.claim}
    return settle(acts, members=members or {}, accounts=accounts, known=known, unlinked=unlinked)


def test_what_a_member_did_is_theirs_and_leaves_nothing_behind() -> None:
    settlement = settled(by_member())

    assert settlement == Settlement(outcomes=[Given("ann")])


def test_what_a_linked_account_did_is_its_members() -> None:
    settlement = settled(by_account(), members={ADA.account: "ann"})

    assert settlement == Settlement(outcomes=[Given("ann")])


def test_what_an_unlinked_account_did_is_its_own_and_kept() -> None:
    settlement = settled(by_account())

    assert settlement.outcomes == [Given(ADA.account)]
    [(stream, event, key)] = settlement.entries
    assert (stream, key) == (ADA.account, "k")
    assert event == ActivityKept(
        account=ADA.account, event=an_activity(id="k", subject=ADA.account)
    )


def test_what_was_kept_before_is_not_kept_again() -> None:
    assert settled(by_account(), known=("k",)) == Settlement(outcomes=[Given(ADA.account)])


@pytest.mark.parametrize(
    ("unlinked", "outcome"), [("park", Waiting(ADA.account)), ("refuse", NOBODYS)]
)
def test_it_may_be_parked_or_refused_instead(unlinked: Unlinked, outcome: object) -> None:
    assert settled(by_account(), unlinked=unlinked).outcomes == [outcome]


def test_what_was_kept_and_handed_over_is_a_repetition() -> None:
    settlement = settled(by_account(), members={ADA.account: "ann"}, known=("k",))

    assert settlement.outcomes == [Repeated()]


def test_a_link_counts_for_what_comes_after_it() -> None:
    settlement = settled(by_account("a"), linking(), by_account("b"))

    assert settlement.outcomes == [Given(ADA.account), Given("ann"), Given("ann")]
    assert [type(event) for _, event, _ in settlement.entries] == [
        ActivityKept,
        AccountLinked,
        AccountMerged,
        ActivityReleased,
    ]
    assert [key for _, _, key in settlement.entries] == ["a", "l", None, None]
    assert settlement.owners == {ADA: "ann"}


def test_a_claim_that_the_log_knows_is_said_again_and_not_recorded() -> None:
    settlement = settled(linking(), known=("l",))

    assert settlement == Settlement(outcomes=[Given("ann")])


def test_a_retraction_names_the_id_under_which_the_event_was_handed_over() -> None:
    retraction = by_account("r", retracts=("e1", "key-of-e1"))

    settlement = settled(retraction, members={ADA.account: "ann"}, known=("key-of-e1",))

    assert settlement.outcomes == [Given("ann", retracts="e1~ann")]


def test_any_other_retraction_stays_as_it_is() -> None:
    assert settled(by_member(retracts=("e1", "key-of-e1"))).outcomes == [Given("ann")]
