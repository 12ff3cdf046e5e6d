"""LinkedIn's urns, as its links, exports and notifications write them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.sources.linkedin_urns import (
    Urn,
    comment_id,
    created,
    post_in,
    reaction_id,
    urn_in,
)

POST = 7094637247890620418
COMMENT = 7094977717598625792
UPDATE = "https://www.linkedin.com/feed/update/"
ENCODED = f"{UPDATE}urn%3Ali%3Aactivity%3A{POST}"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (f"urn:li:activity:{POST}", f"urn:li:activity:{POST}"),
        (f"{UPDATE}urn:li:share:{POST}", f"urn:li:share:{POST}"),
        (f"{UPDATE}urn%3Ali%3AugcPost%3A{POST}", f"urn:li:ugcPost:{POST}"),
        (f"{ENCODED}/?utm_source=share", f"urn:li:activity:{POST}"),
        (f"{UPDATE}urn%3Ali%3AgroupPost%3A1234-{POST}", f"urn:li:groupPost:1234-{POST}"),
        ("urn:li:person:u-001_A", "urn:li:person:u-001_A"),
        (f"urn:li:comment:(activity:{POST},{COMMENT})", f"urn:li:activity:{POST}"),
        (f"urn:li:comment:(urn:li:ugcPost:{POST},{COMMENT})", f"urn:li:ugcPost:{POST}"),
        (
            f"{ENCODED}?commentUrn=urn%3Ali%3Acomment%3A%28activity%3A{POST}%2C{COMMENT}%29",
            f"urn:li:activity:{POST}",
        ),
        (f"{UPDATE}urn%253Ali%253Ashare%253A{POST}", f"urn:li:share:{POST}"),
    ],
)
def test_a_link_leads_to_a_post(said: str, meant: str) -> None:
    assert str(post_in(said)) == meant


@pytest.mark.parametrize(
    "said",
    [
        f"urn:li:comment:(activity:{POST},{COMMENT})",
        f"urn:li:comment:(urn:li:activity:{POST},{COMMENT})",
        f"urn%3Ali%3Acomment%3A%28urn%3Ali%3Aactivity%3A{POST}%2C{COMMENT}%29",
        f"{UPDATE}urn:li:activity:{POST}?commentUrn=urn:li:comment:(activity:{POST},{COMMENT})",
    ],
)
def test_a_comment_has_one_urn_however_it_is_written(said: str) -> None:
    assert str(urn_in(said)) == f"urn:li:comment:(urn:li:activity:{POST},{COMMENT})"


@pytest.mark.parametrize(
    "said",
    [None, 7, [], "", "https://www.linkedin.com/in/user-1", "urn:li:", "urn:li:share:", "x" * 5000],
)
def test_what_names_nothing_is_no_urn(said: object) -> None:
    assert urn_in(said) is None
    assert post_in(said) is None


def test_an_id_tells_the_millisecond_of_its_creation() -> None:
    comment = urn_in(f"urn:li:comment:(activity:{POST},{COMMENT})")

    assert comment
    assert created(comment) == datetime(2023, 8, 9, 9, 48, 26, 187_000, tzinfo=UTC)
    in_a_group = created(Urn("groupPost", f"1234-{POST}"))
    assert in_a_group == created(Urn("activity", str(POST)))


@pytest.mark.parametrize(
    "urn",
    [
        Urn("article", str(POST)),
        Urn("linkedInArticle", str(POST)),
        Urn("person", "u-001"),
        Urn("activity", "42"),
        Urn("share", str(2**63)),
    ],
)
def test_other_ids_tell_no_time(urn: Urn) -> None:
    assert created(urn) is None


def test_push_and_export_call_a_comment_the_same() -> None:
    """The export has the second, the push the millisecond; clocks may be written anywhere."""
    post = Urn("activity", str(POST))
    pushed = datetime(2023, 8, 9, 9, 48, 26, 187_000, tzinfo=UTC)
    exported = datetime(2023, 8, 9, 9, 48, 26)  # noqa: DTZ001 - the export writes no offset
    elsewhere = pushed.astimezone(timezone(timedelta(hours=2)))

    assert comment_id(post, pushed) == f"comment:urn:li:activity:{POST}:1691574506"
    assert comment_id(post, exported) == comment_id(post, elsewhere) == comment_id(post, pushed)
    assert reaction_id(post, exported) == f"reaction:urn:li:activity:{POST}:1691574506"


@given(st.text(max_size=200) | st.builds("urn:li:{}:{}".format, st.text(), st.text()))
def test_any_text_is_read(text: str) -> None:
    urn = urn_in(text)

    assert urn is None or urn_in(str(urn)) == urn
    assert urn is None or created(urn) is None or urn.kind != "person"
