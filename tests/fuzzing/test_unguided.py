"""A few changes to every seed, the same ones in every run. `make fuzz` makes many more."""

import random

import pytest

from tests.fuzzing.mutating import blindly, mutated
from tests.fuzzing.targets import TARGETS

CHANGES = 250


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_breaks_what_reads_it(name: str) -> None:
    target, chance = TARGETS[name], random.Random(name)
    case = b""
    for number in range(len(target.seeds) + CHANGES):
        if number < len(target.seeds):
            case = target.seeds[number]
        else:
            begun = chance.choice((case, *target.seeds))
            case = mutated(begun, chance, target.seeds, blindly(chance))[: target.most]
        target.run(case)
