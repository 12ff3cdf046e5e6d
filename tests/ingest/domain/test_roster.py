"""What is said so that a list of members holds, and nothing besides."""

from services.ingest.domain.identity import AccountName
from services.ingest.domain.roster import Change, Row, compare, events
from tests.ingest.examples import NOW

ADA, BOB = AccountName("bluesky", "ada"), AccountName("bluesky", "bob")
ROW = Row(line=2, member="ann", fields={"group": "lab", "locale": None}, accounts=[ADA])


def test_who_is_not_registered_is_new_with_all_that_is_said() -> None:
    change = compare(ROW, values={}, registered=False, owners={})

    assert change == Change(row=ROW, what="new", fields={"group": "lab"}, links=[ADA])
    [registered, link] = events(change, NOW)
    assert registered["type"] == "zones.activity.member_registered.v1"
    assert (registered["subject"], registered["data"]) == ("ann", {"group": "lab"})
    assert link["data"] == {"platform": "bluesky", "handle": "ada"}
    assert "ada" not in link["id"]


def test_who_departed_is_registered_again() -> None:
    row = Row(line=2, member="ann", fields={"group": "lab"})

    change = compare(row, values={"group": "lab"}, registered=False, owners={})

    [registered] = events(change, NOW)
    assert (registered["type"], registered["data"]) == ("zones.activity.member_registered.v1", {})


def test_only_what_differs_is_said() -> None:
    values = {"group": "sales", "locale": "de", "sponsor": "ben"}

    change = compare(ROW, values=values, registered=True, owners={ADA: {"ann"}})

    [updated] = events(change, NOW)
    assert change.what == "changed"
    assert updated["data"] == {"group": "lab", "locale": None}


def test_what_holds_already_is_not_said() -> None:
    change = compare(ROW, values={"group": "lab"}, registered=True, owners={ADA: {"ann"}})

    assert change == Change(row=ROW, what="unchanged", links=[])
    assert list(events(change, NOW)) == []


def test_an_account_that_is_taken_from_another_is_told_apart() -> None:
    change = compare(ROW, values={"group": "lab"}, registered=True, owners={ADA: {"ben"}, BOB: {}})

    assert (change.what, change.links, change.taken) == ("changed", [ADA], {ADA: "ben"})


def test_the_same_list_at_another_time_says_something_new() -> None:
    change = compare(ROW, values={}, registered=False, owners={})
    ids = {event["id"] for at in (NOW, NOW.replace(second=1)) for event in events(change, at)}

    assert len(ids) == 4
