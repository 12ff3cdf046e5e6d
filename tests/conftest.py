"""How the tests are shared out among the cores, and that none of them is about time."""

import gc

import pytest
from hypothesis import settings

settings.register_profile("zones", deadline=None)
settings.load_profile("zones")

INDEPENDENT = ("test_laws.py", "test_way_laws.py", "test_explaining.py", "test_mutants.py")
"""Long tests that share nothing with their neighbours, so that each can go to any core."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests together: they share what the first of them started."""
    for item in items:
        if item.path.name not in INDEPENDENT:
            item.add_marker(pytest.mark.xdist_group(str(item.path)))


def pytest_collection_finish() -> None:
    """What is imported by now stays, and need not be looked at again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
