"""Mastodon's archive and other outboxes, with every trap that real ones have."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from services.ingest.domain.activity import Sighting
from services.ingest.sources.activitystreams import translate
from tests.ingest.exports.examples import Contents, Told, in_folder, in_zip, read

ME: Final = "https://social.example/users/user-1"
PUBLIC: Final = "https://www.w3.org/ns/activitystreams#Public"
ACTOR: Final[dict[str, Any]] = {
    "@context": "https://www.w3.org/ns/activitystreams",
    "id": ME,
    "type": "Person",
    "preferredUsername": "user-1",
    "published": "2018-04-05T00:00:00Z",
}


def a_status(number: int = 1, activity: Any = None, **instead: Any) -> dict[str, Any]:  # noqa: ANN401
    where = {"to": [PUBLIC], "cc": [f"{ME}/followers"]}
    where |= {name: instead[name] for name in ("to", "cc") if name in instead}
    return {
        "id": f"{ME}/statuses/{number}/activity",
        "type": "Create",
        "actor": ME,
        "published": "2022-11-03T08:50:26Z",
        **where,
        "object": {
            "id": f"{ME}/statuses/{number}",
            "type": "Note",
            "published": "2022-11-03T08:50:26Z",
            "attributedTo": ME,
            "inReplyTo": None,
            "content": '<p>On <a href="#">#Bread</a> &amp; butter</p>',
            "tag": [{"type": "Hashtag", "name": "#Bread"}],
            **where,
            **instead,
        },
        **(activity or {}),
    }


def a_boost(of: str) -> dict[str, Any]:
    return {
        "id": f"{ME}/statuses/99/activity",
        "type": "Announce",
        "actor": ME,
        "published": "2022-11-04T08:50:26Z",
        "to": [PUBLIC],
        "object": of,
    }


def archive(*acts: Any, actor: Any = ACTOR) -> Contents:  # noqa: ANN401 - JSON
    outbox = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": "outbox.json",
        "type": "OrderedCollection",
        "totalItems": 1234,
        "orderedItems": acts,
    }
    return {"actor.json": json.dumps(actor), "outbox.json": json.dumps(outbox)}


def told(folder: Path, *acts: Any, **more: Any) -> Told:  # noqa: ANN401 - JSON
    """Read an archive, without the account that it is of."""
    found = read("mastodon", in_folder(folder, archive(*acts, **more)))
    return found._replace(events=[e for e in found.events if "link_account" not in e["type"]])


def test_the_account_is_linked_by_its_address(tmp_path: Path) -> None:
    found = read("mastodon", in_folder(tmp_path, {"actor.json": json.dumps(ACTOR)}))

    assert found.only["id"] == f"account:{ME}"
    assert found.only["time"] == "2018-04-05T00:00:00Z"
    assert found.only["data"] == {"platform": "fediverse", "handle": ME}


def test_an_account_that_has_moved_is_told(tmp_path: Path) -> None:
    new = "https://elsewhere.example/users/user-1"
    actor = {**ACTOR, "movedTo": new, "alsoKnownAs": ["https://old.example/users/user-1"]}

    first, second = told(tmp_path, actor=actor).notes
    assert f"has moved to {new}" in first
    assert "also known as https://old.example/users/user-1" in second


def test_all_items_are_read_whatever_the_total_says(tmp_path: Path) -> None:
    found = told(tmp_path, *(a_status(number) for number in range(1500)))

    assert len(found.events) == 1500


def test_a_status_has_the_id_it_has_when_it_arrives_alone(tmp_path: Path) -> None:
    """What follows from an inbox and from the archive is the same event."""
    acts = [
        a_status(1),
        a_status(2, inReplyTo=f"{ME}/statuses/1"),
        a_boost("https://other.example/users/user-2/statuses/7"),
        a_boost(f"{ME}/statuses/1"),
    ]

    for act in acts:
        [live] = translate({}, json.dumps(act).encode())
        assert isinstance(live, Sighting)
        assert told(tmp_path, act).only == live.event


def test_what_is_addressed_to_some_only_is_private(tmp_path: Path) -> None:
    found = told(
        tmp_path,
        a_status(1, to=["https://other.example/users/user-2"], cc=[]),
        a_status(2, to=[f"{ME}/followers"], cc=[]),
        a_status(3, to=[f"{ME}/followers"], cc=[PUBLIC]),
    )

    assert found.skipped == {"private": 2}
    assert found.only["id"] == f"{ME}/statuses/3"


def test_a_boost_of_oneself_is_of_oneself(tmp_path: Path) -> None:
    found = told(tmp_path, a_boost(f"{ME}/statuses/1"))

    assert found.kinds == ["share"]
    assert found.only["data"]["target"] == f"fediverse:{ME}"


def test_an_edited_status_is_of_when_it_was_written(tmp_path: Path) -> None:
    found = told(tmp_path, a_status(1, updated="2023-01-01T00:00:00Z"))

    assert found.only["time"] == "2022-11-03T08:50:26Z"


def test_favourites_have_no_time_and_are_given_none(tmp_path: Path) -> None:
    likes = {"type": "OrderedCollection", "orderedItems": ["https://other.example/@a/1"] * 3}
    files = {**archive(), "likes.json": json.dumps(likes), "bookmarks.json": "not opened"}

    found = read("mastodon", in_zip(tmp_path / "archive.zip", files))

    assert found.skipped == {"no_time": 3}
    assert found.kinds == ["link_account"]


def test_what_somebody_else_did_is_not_the_members(tmp_path: Path) -> None:
    other = "https://other.example/users/user-2"
    act = a_status(1, {"actor": other, "id": f"{other}/1/activity"}, id=f"{other}/1")
    act["object"]["attributedTo"] = other

    assert told(tmp_path, act).skipped == {"other_actor": 1}


def test_an_act_without_a_time_is_given_none(tmp_path: Path) -> None:
    like = {"id": f"{ME}#likes/1", "type": "Like", "actor": ME, "object": "https://a.example/1"}

    assert told(tmp_path, like).skipped == {"no_time": 1}


@pytest.mark.parametrize(
    "document",
    [
        {"type": "OrderedCollection", "orderedItems": [a_status()]},
        {"type": "Collection", "totalItems": 1, "items": [a_status()]},
        {"type": "OrderedCollection", "first": {"type": "OrderedCollectionPage",
                                                "orderedItems": [a_status()]}},
        [a_status()],
        a_status(),
    ],
    ids=["ordered", "unordered", "page within", "array", "alone"],
)  # fmt: skip
def test_any_collection_of_activitystreams_will_do(tmp_path: Path, document: object) -> None:
    context = {"@context": "https://www.w3.org/ns/activitystreams"}
    if isinstance(document, dict):
        document = {**context, **document}
    folder = in_folder(tmp_path, {"outbox.json": json.dumps(document)})

    assert read("activitystreams", folder).only["id"] == f"{ME}/statuses/1"


def test_a_collection_may_have_any_name(tmp_path: Path) -> None:
    path = in_folder(tmp_path, {"me.txt": archive(a_status())["outbox.json"]}) / "me.txt"

    assert read("activitystreams", path).kinds == ["post"]
    assert read("mastodon", path).kinds == ["post"]


def test_half_a_character_is_a_question_mark(tmp_path: Path) -> None:
    """Nothing with it could be written, or have an id made of it."""
    boost = {**a_boost("https://h.example/\ud800/1"), "type": "Like", "id": None}
    found = told(tmp_path, boost, a_boost("https://h.example/\U0001f99c/2"))

    assert [event["data"]["object"]["id"] for event in found.events] == [
        "https://h.example/?/1",
        "https://h.example/\U0001f99c/2",
    ]
