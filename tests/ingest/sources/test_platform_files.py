"""What platforms really said: every file is translated, skipped or refused, and none breaks off.

Two forms of one act are one act: of the same kind, as long, on the same topics, about the same
object of the same person's, taking back the same. Where the forms are of two platforms, it counts
whether both are about something: each platform has its own names for it, and whose it is can be
told by an address on its own platform only.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from services.ingest.domain.activity import Named, Refused, Sighting, Skipped
from services.ingest.sources import activitystreams, bluesky
from shared.messaging.errors import UnreadableMessage
from tests.ingest.sources.saying import Act, Json, Translate, acts, heard

FOLDER: Final = Path(__file__).parents[4] / "shared" / "data" / "platforms"
STREAMS: Final = FOLDER / "activitystreams2-test-documents"
FORMS: Final = FOLDER / "granary-crossformat"
JETSTREAM: Final = FOLDER / "bluesky-jetstream"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="needs ../shared/data")

UNREADABLE: Final = {
    "bad-character-set.json",
    "event_with_rsvps.as.json",
    "note_with_whitespace.as.json",
    "vocabulary-ex196-jsonld.json",
}
"""No JSON: on purpose, or by a control character in a text."""
DID: Final = "did:plc:user1aaaaaaaaaaaaaaaaaaaa"
SOMEBODY: Final = "https://social.example/users/user-1"
EXCEPTIONS: Final = {
    **dict.fromkeys(
        ("like.bsky-from-as", "repost.bsky-from-as", "quote.bsky-from-as"),
        "the original is not on Bluesky, so the record is about an empty address",
    ),
    "note.bsky-from-as": "the summary was written into the text",
}
"""Forms that do say something else, and why."""


def seen(translate: Translate, body: bytes, name: str) -> Counter[str]:
    """Return how often what became of the body, and let ingest read it all."""
    try:
        all_of_it = translate({}, body)
    except UnreadableMessage:
        assert name in UNREADABLE
        return Counter(["unreadable"])
    assert all_of_it, name
    outcomes: Counter[str] = Counter()
    for one in all_of_it:
        match one:
            case Sighting():
                heard(one)
                outcomes["seen"] += 1
            case Named():
                outcomes["named"] += 1
            case Skipped() | Refused():
                assert one.detail
                outcomes[one.reason] += 1
    return outcomes


def test_jetstream_lines_of_production_are_what_they_were_counted_to_be() -> None:
    kinds: Counter[str] = Counter()
    for line in (JETSTREAM / "expected_v1.jsonl").read_bytes().splitlines():
        kinds.update(
            one if isinstance(one, str) else one.kind for one in acts(bluesky.translate, line)
        )

    assert kinds == {
        "like": 105,
        "share": 15,
        "post": 9,
        "comment": 8,
        "follow": 6,
        "retract": 4,
        "foreign": 3,
        "identity": 1,
        "account": 1,
    }


def test_a_file_of_lines_is_read_at_once() -> None:
    body = (JETSTREAM / "golden_v1.jsonl").read_bytes()

    assert seen(bluesky.translate, body, "golden_v1.jsonl") == {
        "seen": 4,
        "foreign": 3,
        "profile": 1,
        "identity": 1,
        "account": 1,
    }


@pytest.mark.parametrize("folder", [STREAMS, FORMS])
def test_every_document_is_translated_skipped_or_refused(folder: Path) -> None:
    """Those too that are wrong on purpose."""
    outcomes: Counter[str] = Counter()
    for file in sorted(folder.rglob("*.json")):
        outcomes += seen(activitystreams.translate, file.read_bytes(), file.name)

    assert outcomes["seen"] > 20
    assert "unreadable" in outcomes


def forms() -> Iterator[tuple[str, str]]:
    """Yield which file is another form of which."""
    names = {file.name.removesuffix(".json") for file in FORMS.glob("*.json")}
    for name in sorted(names):
        base, _, form = name.partition(".")
        first, second = f"{base}.as", f"{base}.as2"
        match form:
            case "as2" if first in names:
                yield name, first
            case "as2" if f"{base}.as-from-as2" in names:
                yield name, f"{base}.as-from-as2"
            case "as2-from-as":
                yield name, first
            case "bsky":
                yield name, f"{base}.as-from-bsky" if f"{base}.as-from-bsky" in names else first
            case "bsky-from-as":
                yield name, first
                if second in names:
                    yield name, second
            case _:
                pass


@pytest.mark.parametrize(("form", "other"), list(forms()) if FOLDER.is_dir() else [])
def test_two_forms_of_one_act_are_one_act(form: str, other: str) -> None:
    """An act needs an actor and an id. A form that lacks them is given them."""
    if {f"{form}.json", f"{other}.json"} & UNREADABLE:
        pytest.skip("no JSON")
    one, two = (_acts(name) for name in (form, other))
    if "bsky" in form:
        one, two = [_unnamed(each) for each in one], [_unnamed(each) for each in two]

    assert (one == two) == (form not in EXCEPTIONS), (one, two)


def _acts(name: str) -> list[Json]:
    said = json.loads((FORMS / f"{name}.json").read_bytes())
    if "bsky" in name.partition(".")[2] and "from-bsky" not in name:
        return [_compared(each) for each in acts(bluesky.translate, _as_a_line(said))]
    return [_compared(each) for each in acts(activitystreams.translate, _completed(said))]


def _completed(said: Json | list[Json]) -> Json | list[Json]:
    """Give a document an actor, or an author, and an id, where it has none."""
    if not isinstance(said, dict):
        return said
    acted = "verb" in said or said.get("objectType") == "activity" or "actor" in said
    who = "actor" if acted or said.get("type") in ("Like", "Announce", "Create") else "author"
    named = {key: said[key] for key in ("actor", "author", "attributedTo") if said.get(key)}
    return {"id": "tag:social.example,2026:1", **({} if named else {who: SOMEBODY}), **said}


def _as_a_line(said: Json) -> Json:
    """Put a record, or a post as an application shows it, into the stream that it came by."""
    post = said.get("post") or {"record": said}
    record, collection = post["record"], str(post["record"]["$type"])
    if "reason" in said:
        record, collection = {"subject": {"uri": post["uri"]}}, "app.bsky.feed.repost"
    commit = {"operation": "create", "collection": collection, "rkey": "1", "record": record}
    return {"did": DID, "kind": "commit", "time_us": 1783175888090631, "commit": commit}


def _compared(act: Act | str) -> Json:
    if isinstance(act, str):
        return {"kind": None, "reason": act}
    about = act.data.get("object", {}).get("id") or act.data.get("in_reply_to")
    return {
        "act": act.kind,
        "about": "itself" if about == act.id else about,
        "target": act.data.get("target"),
        **{field: act.data.get(field) for field in ("text_length", "topics", "kind", "retracts")},
    }


def _unnamed(act: Json) -> Json:
    """Leave whether something is named, where each platform has its own names."""
    about = act.get("about")
    return {**act, "about": about if about == "itself" else bool(about), "target": None}
