"""What an author on the fast track is promised for a draft."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.notifier.domain.working_hours import WorkingHours


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The turnaround owed to an author. Past `at_risk_percent` of it the editors hear again. It
    counts the time that is worked, all of it where there are no `hours`.
    """

    minutes: int
    at_risk_percent: int
    hours: WorkingHours | None = None

    def at_risk_at(self, since: datetime) -> datetime:
        return self._after(since, timedelta(minutes=self.minutes) * self.at_risk_percent / 100)

    def due_at(self, since: datetime) -> datetime:
        return self._after(since, timedelta(minutes=self.minutes))

    def _after(self, since: datetime, worked: timedelta) -> datetime:
        return self.hours.after(since, worked) if self.hours else since + worked
