"""When something is tried, and tried again if it did not get through: by the clock on the wall, not
by that of the log, and not while people are to be left in peace.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.notifier.domain.kinds import ADDRESSED, Channel
from services.notifier.domain.notices import NoticeSent
from services.notifier.domain.rules import Rules
from services.notifier.projections import regards
from services.notifier.projections.knowledge import Read

LONGEST_PAUSE: Final = timedelta(days=1)
SPREAD: Final = timedelta(minutes=15)
"""Within so long of the end of quiet hours comes what waited for it."""


@dataclass(frozen=True, slots=True)
class Patience:
    """The pauses after the first failure, the second, and so on; after the last one nobody tries
    again. `rules` say what waits for the end of quiet hours.
    """

    pauses: tuple[timedelta, ...]
    rules: Rules

    def after(self, failures: int, asked_for: float | None) -> timedelta | None:
        """Return how long to wait, give or take a third, so that what failed together does not
        come back together. None is for ever.
        """
        if failures > len(self.pauses):
            return None
        jitter = random.uniform(2 / 3, 4 / 3)  # noqa: S311 - nobody gains by guessing it
        asked = timedelta(seconds=min(asked_for or 0.0, LONGEST_PAUSE.total_seconds()))
        return max(self.pauses[failures - 1] * jitter, asked)

    async def in_peace(
        self, read: Read, sent: NoticeSent, channel: Channel, at: datetime
    ) -> datetime:
        """Return when a notice may be tried from `at` on, so that nobody is rung out of their
        sleep. What needs no address of a person goes to a program, which has none.
        """
        if channel not in ADDRESSED:
            return at
        who = sent.notice.recipient
        regard = (await regards.regards(read, [who], None, ""))[who]
        over = regard.in_peace(sent.notice, self.rules, at)
        return over if over == at else over + random.random() * SPREAD  # noqa: S311 - likewise
