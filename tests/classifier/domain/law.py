"""Laws: what holds of whatever is generated."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


def law(
    *strategies: st.SearchStrategy[Any], some: int = 300
) -> Callable[[Callable[..., None]], Callable[[int], None]]:
    """Make a test of a law: in 300 examples, or in `some` others, and in 10,000 where there is
    time.
    """

    def decorate(check: Callable[..., None]) -> Callable[[int], None]:
        @pytest.mark.parametrize(
            "examples",
            [some, pytest.param(10_000, marks=(pytest.mark.long, pytest.mark.timeout(7200)))],
        )
        def test(examples: int) -> None:
            settings(max_examples=examples, deadline=None)(given(*strategies)(check))()

        test.__name__ = check.__name__
        test.__doc__ = check.__doc__
        return test

    return decorate
