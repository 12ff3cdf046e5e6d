"""Histories out of which impact comes: a few members, a few pieces, two half-years."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from shared.contracts.activity import (
    Comment,
    Happened,
    MemberDeparted,
    MemberUpdated,
    Outcome,
    Performance,
    Publish,
    Quote,
    Retract,
    Share,
)

MEMBERS = ("ada", "bob", "cy", "dee")
SOURCES = ("urn:zones:platform:blog", "urn:zones:platform:video")
URLS = (None, "https://example.org/{}", "https://example.org/{}/?utm_source=x")
HALF = datetime(2026, 7, 1, tzinfo=UTC)
CONTRACTS: dict[str, type[Happened]] = {
    "publish": Publish,
    "share": Share,
    "quote": Quote,
    "comment": Comment,
    "performance": Performance,
    "outcome": Outcome,
    "retract": Retract,
    "member_updated": MemberUpdated,
    "member_departed": MemberDeparted,
}

moments = st.integers(-6, 5).map(lambda steps: HALF + timedelta(hours=6 * steps))
objects = st.builds(
    lambda number, url: {"id": f"post-{number}", "url": url and url.format(number)},
    st.integers(1, 3),
    st.sampled_from(URLS),
)
numbers = st.sampled_from([0, 10, 20])
results = st.sampled_from(["lead", "conversation", "download"])
somebody = st.none() | st.sampled_from([*MEMBERS, "blog:stranger"])


def told(**data: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(data)


DATA: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "publish": told(object=objects),
    "share": told(object=objects),
    "quote": told(object=objects),
    "comment": told(object=objects),
    "performance": told(object=objects, readers=numbers, shares=st.none() | numbers),
    "outcome": told(object=st.none() | objects, outcome=results, via=somebody),
    "member_updated": told(public=st.none() | st.booleans()),
    "member_departed": st.just({}),
}
RETRACTABLE = ("publish", "share", "quote", "comment", "outcome", "performance")


def an_event(
    kind: str, data: dict[str, Any], *, number: int, member: str, source: str, at: datetime
) -> Happened:
    return CONTRACTS[kind].model_validate(
        {
            "id": f"e-{number}",
            "source": "urn:zones:directory" if kind.startswith("member_") else source,
            "subject": member,
            "time": at,
            "data": {name: value for name, value in data.items() if value is not None},
        }
    )


def a_retraction(of: Happened, *, by_object: bool, hours: int) -> Retract:
    """So many hours after what it takes back, or before."""
    on = getattr(of.data, "object", None) if by_object else None  # type: ignore[attr-defined]
    said = {"retracts": of.id} if on is None else {"object": {"id": on.id}, "kind": of.kind}
    return Retract.model_validate(
        {
            "id": f"{of.id}-retracted-{by_object}-{hours}",
            "source": of.source,
            "subject": of.subject,
            "time": of.time + timedelta(hours=hours),
            "data": said,
        }
    )


def happenings(kinds: Collection[str]) -> st.SearchStrategy[Happened]:
    return st.sampled_from(sorted(kinds)).flatmap(
        lambda kind: st.builds(
            lambda data, number, member, source, at: an_event(
                kind, data, number=number, member=member, source=source, at=at
            ),
            DATA[kind],
            st.integers(1, 40),
            st.sampled_from(MEMBERS),
            st.sampled_from(SOURCES),
            moments,
        )
    )


def distinct(events: Iterable[Happened]) -> list[Happened]:
    """One content to an event key."""
    return [*{event.key: event for event in events}.values()]


@st.composite
def some(draw: st.DrawFn, *, least: int = 20, most: int = 40) -> list[Happened]:
    """A few kinds of things happen, which gets further with each, and some of it is taken back."""
    kinds = draw(st.sets(st.sampled_from([*DATA]), min_size=1, max_size=4)) | {"publish"}
    happened = distinct(draw(st.lists(happenings(kinds), min_size=least, max_size=most)))
    retractable = [event for event in happened if event.kind in RETRACTABLE]
    retractions = st.lists(
        st.builds(
            a_retraction,
            st.sampled_from(retractable or happened),
            by_object=st.booleans(),
            hours=st.sampled_from([-6, 0, 6]),
        ),
        max_size=6,
    )
    return distinct([*happened, *(draw(retractions) if retractable else ())])


histories = some()
