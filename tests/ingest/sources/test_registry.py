"""Every adapter is one line in the registry, and what it says can be said of another instance."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.activity import Named, Refused, Sighting, Skipped
from services.ingest.handlers.posts import Translate
from services.ingest.sources import registry
from shared.messaging.errors import UnreadableMessage

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
BUILT_IN = registry.built_in()


@pytest.mark.parametrize("name", BUILT_IN)
@given(body=JSON.map(lambda said: json.dumps(said).encode()) | st.binary(max_size=40))
def test_whatever_is_posted_to_a_source_is_answered(name: str, body: bytes) -> None:
    try:
        seen = BUILT_IN[name].translate({"content-type": "application/json"}, body)
    except UnreadableMessage:
        return
    assert all(isinstance(one, Sighting | Named | Skipped | Refused) for one in seen)


def test_a_source_that_needs_a_file_or_speaks_for_itself_is_not_built_in() -> None:
    assert "github" in BUILT_IN
    assert not {"mapping", "canonical"} & {*BUILT_IN}
    assert all(source.check is None for source in BUILT_IN.values())


def test_another_instance_names_another_platform() -> None:
    """Its accounts are others, its ids may be the same."""
    source = registry.source("town", adapter="discourse", platform="town.example")
    liked = {
        "like": {
            "post": {"id": 5, "user_id": 7, "post_type": 1, "topic_id": 1, "post_number": 2},
            "user": {"id": 8, "username": "user-8"},
        }
    }
    headers = {"x-discourse-event": "post_liked", "content-type": "application/json"}

    [like] = source.translate(headers, json.dumps(liked).encode())

    assert isinstance(like, Sighting)
    assert like.event["source"] == "urn:zones:platform:town.example"
    assert like.event["subject"] == "town.example:8"
    assert like.event["data"]["target"] == "town.example:7"


def test_so_it_is_where_an_account_is_only_named() -> None:
    def named(_headers: object, _body: bytes) -> list[Named]:
        return [Named("discourse", "8", "user-8"), Named("other", "8", "user-8")]

    translate: Translate = named
    assert registry.translated_as(translate, "discourse", "town", {}, b"") == [
        Named("town", "8", "user-8"),
        Named("other", "8", "user-8"),
    ]


@pytest.mark.parametrize("adapter", ["canonical", "mapping"])
def test_what_names_its_platform_itself_is_not_told_another(adapter: str, tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    file.write_text('platform = "x"\n[[rules]]\nkind = "post"\nby = "by"\nid = "{id}"\n')
    with pytest.raises(ValueError, match="platform: "):
        registry.source("s", adapter=adapter, platform="town", file=file)
