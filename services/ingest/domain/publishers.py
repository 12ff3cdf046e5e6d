"""What a publisher may say, and how much of it: for which sources, and how many events a second."""

from collections.abc import Collection
from dataclasses import dataclass
from math import ceil
from typing import Final

from services.ingest.domain.activity import Refused

PLATFORM: Final = "urn:zones:platform:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """`rate` is in events a second and None for any; `burst` is how many may come at once."""

    name: str
    sources: Collection[str]
    rate: float | None = None
    burst: float = 0

    def speaks_for(self, source: object) -> bool:
        """`crm` stands for the platform of that name as well."""
        return isinstance(source, str) and not {source, source.removeprefix(PLATFORM)}.isdisjoint(
            self.sources
        )

    def refusal(self, event: object) -> Refused | None:
        """Say that the event is of a source that is somebody else's. Of what says no source, the
        contract knows more.
        """
        source = event.get("source") if isinstance(event, dict) else None
        if not isinstance(source, str) or self.speaks_for(source):
            return None
        return Refused(
            reason="forbidden_source",
            detail=f"source: {self.name} may not speak for {source[:64]!a}, only for"
            f" {', '.join(sorted(self.sources))}",
        )


class Bucket:
    """Fills up by `rate` a second, to `burst` at most. Whoever finds something in it may take more
    than there is, so that no request is too large for ever; the next one waits until it is back.
    """

    def __init__(self, rate: float, burst: float, *, now: float) -> None:
        self._rate, self._burst = rate, max(burst, 1.0)
        self._left, self._at = self._burst, now

    def wait(self, now: float) -> int:
        """Return the whole seconds until something can be taken, 0 for at once."""
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        return 0 if self._left > 0 else max(1, ceil(-self._left / self._rate))

    def take(self, number: int, now: float) -> None:
        self.wait(now)
        self._left -= number
