"""How the tests are shared out among the cores, and that none of them is about time."""

import gc

import pytest
from hypothesis import settings
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

settings.register_profile("zones", deadline=None)
settings.load_profile("zones")

SHARED = {
    "tests/deploy/test_commands.py": "contained",
    "tests/system/test_kills.py": "told",
    "tests/system/test_publishing.py": "busy",
    "tests/system/test_reading.py": "told",
    "tests/system/test_refusing.py": "busy",
    "tests/system/test_starting.py": "busy",
    "tests/system/test_telling.py": "told",
}
"""Which of the shared systems the files speak to."""
LONGEST = ("tests/system/", "tests/up/", "tests/deploy/", "tests/classifier/service/")


class Sharing(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """Keeps those together on a core that share what the first of them started, the largest groups
    first. All other tests go to whichever core is free.

    `--dist loadgroup` would do, but with pytest 9.2 it does not see the groups.
    """

    def _split_scope(self, nodeid: str) -> str:
        file, _, _ = nodeid.partition("::")
        alone = file if file.startswith("tests/ingest/") else nodeid
        return SHARED.get(file, alone)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that no core waits for another at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Sharing:
    return Sharing(config, log)


def pytest_collection_finish() -> None:
    """What is imported by now stays, and need not be looked at again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
