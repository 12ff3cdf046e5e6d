"""Each rule of 4.2 is held by an example: where one is broken, an example fails."""

from typing import Final

import pytest

from tests.classifier.domain.mutants import Mutation, complaint
from tests.classifier.domain.mutations import MUTATIONS

BATTERY: Final = (
    "test_zones",
    "test_pauses",
    "test_departures",
    "test_floors",
    "test_retractions",
    "test_dated_policies",
    "test_vitality",
    "test_measures",
    "test_announcing",
    "test_beginnings",
    "test_warnings",
)

NOTICED_BY: Final = {
    "measures": ("test_measures",),
    "evidence": ("test_measures",),
    "terms": ("test_pauses", "test_departures", "test_floors"),
    "retractions": ("test_retractions",),
    "profile": ("test_floors",),
    "reasons": ("test_announcing",),
    "facts": ("test_floors", "test_retractions"),
    "regimes": ("test_dated_policies",),
    "eras": ("test_dated_policies",),
    "policy": ("test_vitality",),
    "spells": ("test_vitality", "test_departures"),
    "announcing": ("test_announcing", "test_beginnings", "test_warnings"),
    "beginnings": ("test_beginnings",),
    "announcements": ("test_warnings",),
    "foretelling": ("test_warnings",),
    "trajectory": ("test_warnings",),
}
"""Which examples to try first: it saves time."""


def test_the_examples_hold() -> None:
    assert complaint(BATTERY) is None


@pytest.mark.parametrize(
    "mutation", MUTATIONS, ids=lambda each: f"{each.rule}: {' '.join(each.after.split())}"
)
def test_a_broken_rule_is_noticed(mutation: Mutation) -> None:
    likely = [name for name in BATTERY if name in NOTICED_BY.get(mutation.module, ())]
    assert complaint([*likely, *BATTERY], mutation) is not None
