"""Whose each event is, in the order they came."""

import json
from typing import Any

import pytest

from services.ingest.domain.identity import (
    AccountLinked,
    AccountMerged,
    AccountName,
    ActivityGiven,
    ActivityKept,
    ActivityReleased,
    Event,
    Link,
    See,
)
from services.ingest.domain.owners import Known, Owners
from services.ingest.domain.settlement import (
    NOBODYS,
    Act,
    Given,
    Outcome,
    Past,
    Repeated,
    Settlement,
    Unlinked,
    Waiting,
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
    past: dict[str, Past] | None = None,
    unlinked: Unlinked = "enrol",
) -> tuple[list[Outcome], list[tuple[str, Event, str | None]]]:
    """Return the outcomes, and what is recorded."""
    known = {account: Known(account, member) for account, member in (members or {}).items()}
    settlement = Settlement(Owners(), known, dict(past or {}), unlinked)
    return settlement.settle(acts), settlement.owners.entries


def test_what_a_member_did_is_theirs_and_leaves_nothing_behind() -> None:
    assert settled(by_member()) == ([Given("ann")], [])


def test_what_a_linked_account_did_is_its_members_and_remembered_as_theirs() -> None:
    outcomes, [(stream, event, key)] = settled(by_account(), members={ADA.account: "ann"})

    assert outcomes == [Given("ann")]
    assert (stream, key) == (f"given:{ADA.account}", "k")
    assert event == ActivityGiven(account=ADA.account, member="ann")


def test_what_an_unlinked_account_did_is_its_own_and_kept() -> None:
    outcomes, [(stream, event, key)] = settled(by_account())

    assert outcomes == [Given(ADA.account)]
    assert (stream, key) == (ADA.account, "k")
    assert event == ActivityKept(
        account=ADA.account, event=an_activity(id="k", subject=ADA.account)
    )


def test_what_was_kept_before_is_not_kept_again() -> None:
    assert settled(by_account(), past={"k": Past(ADA.account)}) == ([Given(ADA.account)], [])


@pytest.mark.parametrize("members", [{}, {ADA.account: "ben"}], ids=["nobody", "another"])
def test_what_was_said_of_a_member_is_said_of_them_again_whoever_has_the_account(
    members: dict[str, str],
) -> None:
    outcome = settled(by_account(), members=members, past={"k": Past("ann")})

    assert outcome == ([Given("ann")], [])


@pytest.mark.parametrize(
    ("unlinked", "outcome"), [("park", Waiting(ADA.account)), ("refuse", NOBODYS)]
)
def test_it_may_be_parked_or_refused_instead(unlinked: Unlinked, outcome: object) -> None:
    assert settled(by_account(), unlinked=unlinked) == ([outcome], [])


@pytest.mark.parametrize("members", [{}, {ADA.account: "ann"}], ids=["given up", "held"])
def test_what_was_kept_and_handed_over_is_a_repetition(members: dict[str, str]) -> None:
    outcome = settled(by_account(), members=members, past={"k": Past("ann", renamed=True)})

    assert outcome == ([Repeated()], [])


def test_a_link_counts_for_what_comes_after_it() -> None:
    outcomes, entries = settled(by_account("a"), linking(), by_account("b"))

    assert outcomes == [Given(ADA.account), Given("ann"), Given("ann")]
    assert [(type(event), key) for _, event, key in entries] == [
        (ActivityKept, "a"),
        (AccountLinked, "l"),
        (AccountMerged, None),
        (ActivityReleased, None),
        (ActivityGiven, "b"),
    ]


def test_what_is_taken_back_in_the_same_request_has_another_id_by_then() -> None:
    outcomes, _ = settled(by_account("a"), linking(), by_account("r", retracts=("a", "a")))

    assert outcomes[-1] == Given("ann", retracts="a~ann")


def test_a_claim_that_the_log_knows_is_said_again_and_not_recorded() -> None:
    assert settled(linking(), past={"l": Past()}) == ([Given("ann")], [])


def test_a_retraction_names_the_id_under_which_the_event_was_handed_over() -> None:
    retraction = by_account("r", retracts=("e1", "key-of-e1"))
    past = {"key-of-e1": Past("ann", renamed=True)}

    assert settled(retraction, members={ADA.account: "ann"}, past=past)[0] == [
        Given("ann", retracts="e1~ann")
    ]


@pytest.mark.parametrize("members", [{}, {ADA.account: "ben"}], ids=["nobody", "another"])
def test_a_retraction_is_said_of_whom_the_event_was_said(members: dict[str, str]) -> None:
    retraction = by_account("r", retracts=("e1", "key-of-e1"))

    outcomes, _ = settled(retraction, members=members, past={"key-of-e1": Past("ann")})

    assert outcomes == [Given("ann")]


def test_a_retraction_of_what_is_kept_is_kept_as_well() -> None:
    retraction = by_account("r", retracts=("e1", "key-of-e1"))

    outcomes, [(_, event, _)] = settled(retraction, past={"key-of-e1": Past(ADA.account)})

    assert outcomes == [Given(ADA.account)]
    assert isinstance(event, ActivityKept)


def test_any_other_retraction_stays_as_it_is() -> None:
    assert settled(by_member(retracts=("e1", "key-of-e1")))[0] == [Given("ann")]


def test_a_label_counts_for_what_comes_with_it() -> None:
    """The account was linked by its label; the act is by the identity."""
    did = AccountName("bluesky", "did:plc:1")
    body = json.dumps(an_activity(id="k", subject=did.account)).encode()
    seen = See(name=ADA, identity=did, at=NOW)
    act = Act(key="k", subject=did.account, body=body, account=did, seen=seen)

    outcomes, _ = settled(linking(), act)

    assert outcomes == [Given("ann"), Given("ann")]
