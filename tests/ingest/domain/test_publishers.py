"""Who may speak for whom, and how fast."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.publishers import Bucket, Publisher
from tests.ingest.examples import an_activity

CRM = Publisher(name="crm", sources={"crm", "urn:example:shop"})


@pytest.mark.parametrize("source", ["crm", "urn:zones:platform:crm", "urn:example:shop"])
def test_a_publisher_speaks_for_its_sources(source: str) -> None:
    assert CRM.refusal(an_activity(source=source)) is None


def test_and_for_no_other() -> None:
    refused = CRM.refusal(an_activity(source="urn:zones:platform:bluesky"))

    assert str(refused) == (
        "forbidden_source: source: crm may not speak for 'urn:zones:platform:bluesky', only for"
        " crm, urn:example:shop"
    )


@pytest.mark.parametrize("event", [17, {}, {"source": 17}, {"source": ["crm"]}])
def test_what_names_no_source_is_for_the_contract_to_refuse(event: object) -> None:
    assert CRM.refusal(event) is None


def test_as_many_as_the_burst_may_come_at_once_and_then_as_many_as_the_rate() -> None:
    bucket = Bucket(10, 30, now=0)
    bucket.take(30, now=0)

    assert bucket.wait(now=0) == 1
    assert bucket.wait(now=0.1) == 0
    bucket.take(51, now=0.1)
    assert bucket.wait(now=0.1) == 5
    assert bucket.wait(now=5.2) == 0


def test_no_request_is_too_large_for_ever() -> None:
    bucket = Bucket(1, 1, now=0)

    assert bucket.wait(now=0) == 0
    bucket.take(1000, now=0)
    assert bucket.wait(now=0) == 999
    assert bucket.wait(now=1000) == 0


@given(
    st.integers(1, 100),
    st.integers(1, 100),
    st.lists(st.tuples(st.floats(0, 5), st.integers(1, 50)), max_size=30),
)
def test_over_any_time_no_more_comes_through_than_burst_and_rate_allow(
    rate: int, burst: int, asked: list[tuple[float, int]]
) -> None:
    """But for one request, which may be larger than what is left."""
    bucket, now, through, last = Bucket(rate, burst, now=0), 0.0, 0, 0
    for pause, number in asked:
        now += pause
        if bucket.wait(now) == 0:
            bucket.take(number, now)
            through, last = through + number, number

    assert through - last <= burst + rate * now


@given(st.integers(1, 100), st.integers(1, 1000))
def test_who_waits_as_long_as_told_is_let_through(rate: int, number: int) -> None:
    bucket = Bucket(rate, 1, now=0)
    bucket.take(number + 1, now=0)

    assert bucket.wait(now=bucket.wait(now=0) + 0.001) == 0
