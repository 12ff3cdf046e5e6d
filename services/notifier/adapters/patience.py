"""How long to wait before something that did not get through is tried again."""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

LONGEST_PAUSE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Patience:
    """The pauses after the first failure, the second, and so on; after the last one nobody tries
    again.
    """

    pauses: tuple[timedelta, ...]

    def after(self, failures: int, asked_for: float | None) -> timedelta | None:
        """Return how long to wait, give or take a third, so that what failed together does not
        come back together. None is for ever.
        """
        if failures > len(self.pauses):
            return None
        jitter = random.uniform(2 / 3, 4 / 3)  # noqa: S311 - nobody gains by guessing it
        asked = timedelta(seconds=min(asked_for or 0.0, LONGEST_PAUSE.total_seconds()))
        return max(self.pauses[failures - 1] * jitter, asked)
