"""How the tests are shared out among the cores."""

import pytest

INDEPENDENT = ("test_laws.py",)
"""Long tests that share nothing with their neighbours, so that each can go to any core."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests together: they share what the first of them started."""
    for item in items:
        if item.path.name not in INDEPENDENT:
            item.add_marker(pytest.mark.xdist_group(str(item.path)))
