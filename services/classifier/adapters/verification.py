"""Verifying while the service goes on: everybody is recounted, and compared with the tables.

The log is held still only until every worker has that moment before its eyes.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from hashlib import sha256
from typing import Any

from services.classifier.adapters.crew import POLITE, Stillness, WorkerDied, crew
from shared.eventlog.log import Store


async def verify(
    store: Store, still: Stillness, *, workers: int | None = None, polite: int = POLITE
) -> AsyncGenerator[dict[str, Any], None]:
    """Yield `{"done", "of"}` in members as it goes, and at last the result: `{"events", "members",
    "digest", "equal"}`, with the first `difference` in words if there is one. Where it cannot be
    completed, the last is `{"error"}`.
    """
    events = members = 0
    digest, difference = sha256(), None
    try:
        async with crew("recount", store, still=still, workers=workers, polite=polite) as started:
            recounting, total = started
            async with aclosing(recounting.share_out()) as answers:
                async for said, lines in answers:
                    events += said["events"]
                    members += said["members"]
                    digest.update(lines)
                    difference = difference or said["difference"]
                    yield {"done": members, "of": total}
    except WorkerDied as death:
        yield {"error": f"{death}; verify again"}
        return
    result = {
        "events": events,
        "members": members,
        "digest": digest.hexdigest(),
        "equal": difference is None,
    }
    yield result if difference is None else {**result, "difference": difference}
