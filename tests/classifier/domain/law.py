"""Laws: what holds of whatever is generated."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


def law(
    *strategies: st.SearchStrategy[Any], costly: bool = False
) -> Callable[[Callable[..., None]], Callable[[int], None]]:
    """Make a test of a law: in 300 examples, or 100 where one takes long, and in 10,000 where there
    is time.
    """
    some, many = 100 if costly else 300, 10_000

    def decorate(check: Callable[..., None]) -> Callable[[int], None]:
        @pytest.mark.parametrize(
            "examples",
            [some, pytest.param(many, marks=(pytest.mark.long, pytest.mark.timeout(7200)))],
        )
        def test(examples: int) -> None:
            settings(max_examples=examples, deadline=None)(given(*strategies)(check))()

        test.__name__ = check.__name__
        test.__doc__ = check.__doc__
        return test

    return decorate
