"""A piece is known by its normalised url, else by platform and id."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.activity import Publish
from shared.contracts.pieces import identity, normalised
from tests.contracts.examples import an_activity


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a",
        "HTTPS://Example.ORG/a",
        "https://example.org:443/a",
        "https://example.org:/a",
        "https://example.org/a/",
        "https://example.org/a#comments",
        "https://example.org/a?utm_source=x&UTM_medium=y",
        "https://example.org/a/?utm_campaign=spring#top",
        "https://ada:secret@example.org/a",
        " https://example.org/a",
    ],
)
def test_what_leads_to_one_page_is_one_piece(url: str) -> None:
    assert normalised(url) == "https://example.org/a"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/a", "http://example.org/a"),
        ("https://example.org/a", "https://example.org:8443/a"),
        ("https://example.org/a", "https://blog.example.org/a"),
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org/a", "https://example.org/a?id=1"),
    ],
)
def test_what_may_lead_to_two_pages_is_two_pieces(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


def test_parameters_that_tell_pages_apart_are_kept_in_their_order() -> None:
    assert normalised("https://example.org/?b=2&utm_term=x&a=1") == "https://example.org?b=2&a=1"


def test_an_address_in_brackets_stays_one() -> None:
    assert normalised("http://[2001:DB8::1]:80/a") == "http://[2001:db8::1]/a"


@pytest.mark.parametrize(
    "url", ["at://did:plc:x/app.bsky.feed.post/1", "example.org/a", "https://", "http://[oops", ""]
)
def test_what_is_no_web_address_identifies_nothing(url: str) -> None:
    """Then the platform and its own id do."""
    assert normalised(url) is None
    assert identity("bluesky", "p-1", url) == "bluesky:p-1"


def test_without_a_url_a_piece_is_known_by_platform_and_id() -> None:
    assert identity("youtube", "v-1", None) == "youtube:v-1"
    assert identity("youtube", "v-1", "https://example.org/v/") == "https://example.org/v"


ANY = st.text(max_size=9)
ADDRESSES = st.builds(
    "{}://{}{}/{}?{}#{}".format,
    st.sampled_from(["http", "HTTPS"]),
    st.sampled_from(["example.org", "Élan.example", "[::1]", "10.0.0.1"]),
    st.sampled_from(["", ":", ":80", ":443", ":8443"]),
    *[ANY] * 3,
)


@given(st.text(max_size=40) | st.builds("https://{}/{}".format, ANY, ANY) | ADDRESSES)
def test_whatever_comes_as_a_url_is_no_longer_afterwards(url: str) -> None:
    """It fits wherever it came from, and nothing that a publisher sends makes this fail."""
    assert len(normalised(url) or "") <= len(url)


@given(ADDRESSES)
def test_what_is_normalised_stays_as_it_is(url: str) -> None:
    once = normalised(url)
    assert once is not None
    assert normalised(once) == once


@pytest.mark.parametrize("platform", ["bluesky", "linkedin"])
def test_what_was_published_says_what_it_is_known_by(platform: str) -> None:
    """So every service that hears of it calls it the same."""

    def published(work: dict[str, str]) -> Publish:
        source = f"urn:zones:platform:{platform}"
        said = an_activity("publish", source=source, data={"object": work})
        return Publish.model_validate(said)

    linked = published({"id": "p-1", "url": "https://Example.org:443/a/?utm_id=7"})
    assert linked.piece == "https://example.org/a"
    assert published({"id": "p-1"}).piece == f"{platform}:p-1"
