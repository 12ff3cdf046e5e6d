"""What is known of a member is a function of what was said, whatever the order."""

from datetime import timedelta
from functools import reduce
from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.profiles import Profile, ProfileSaid, hear
from tests.ingest.examples import NOW


def said(kind: str = "member_updated", *, minute: int = 0, **fields: Any) -> ProfileSaid:  # noqa: ANN401
    at = NOW + timedelta(minutes=minute)
    key = f"{kind}{minute}{fields}"
    return ProfileSaid(member="ann", kind=kind, fields=fields, at=at, key=key)


def after(*told: ProfileSaid) -> Profile:
    return reduce(hear, told, Profile())


def test_the_newest_word_on_each_field_counts() -> None:
    profile = after(
        said("member_registered", group="sales", topics=["hiring"]), said(minute=1, group="lab")
    )

    assert profile.is_member
    assert profile.values == {"group": "lab", "topics": ["hiring"]}


def test_null_clears() -> None:
    assert after(said(group="sales"), said(minute=1, group=None)).values == {}


def test_who_departs_is_no_member_until_registered_again() -> None:
    told = said("member_registered"), said("member_departed", minute=1)
    again = said("member_registered", minute=2)

    assert not after().is_member
    assert not after(*told).is_member
    assert after(*told, again).is_member


anything = st.builds(
    lambda kind, minute, fields: said(kind, minute=minute, **fields),
    st.sampled_from(["member_registered", "member_updated", "member_departed"]),
    st.integers(0, 3),
    st.dictionaries(st.sampled_from(["group", "locale"]), st.none() | st.sampled_from("ab")),
)


@given(st.lists(anything, max_size=4))
def test_the_order_of_arrival_does_not_count(told: list[ProfileSaid]) -> None:
    assert len({repr(sorted_(after(*order))) for order in permutations(told)}) == 1


def sorted_(profile: Profile) -> tuple[bool, list[tuple[str, Any]]]:
    return profile.is_member, sorted(profile.values.items())
