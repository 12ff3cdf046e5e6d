"""The journeys that were needed last, so that most batches need not load any."""

from collections import OrderedDict
from collections.abc import Iterable

from services.classifier.projections.journeys import Known


class Recent:
    """Holds up to `limit` journeys, as they are committed. What it forgets can be loaded again."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._known: OrderedDict[str, Known] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def of(self, members: Iterable[str]) -> dict[str, Known]:
        """Return those that are here."""
        known = self._known
        return {member: known[member] for member in members if member in known}

    def keep(self, journeys: Iterable[Known]) -> None:
        """Remember these best, and forget whoever was not needed for longest."""
        for each in journeys:
            self._known[each.journey.member] = each
            self._known.move_to_end(each.journey.member)
        while len(self._known) > self._limit:
            self._known.popitem(last=False)

    def clear(self) -> None:
        self._known.clear()
