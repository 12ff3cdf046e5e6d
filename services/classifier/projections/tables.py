"""Whether the tables beside the log are what this release makes of it.

They can all be built again, so they need no migrations: where they are of another make, or
somebody has dropped or emptied them, they are.
"""

from importlib import resources
from typing import Final, NamedTuple

from shared.eventlog.beside import Tables
from shared.eventlog.log import Transaction, View

FOLD: Final = 4
"""The make of all that is kept of the log. Raise it when the same log would fold into anything
else: other zones, other rows, other snapshots. Tables of another shape are noticed without it."""

TABLES: Final = Tables(
    resources.files("services.classifier").joinpath("schema.sql").read_text("utf-8")
)

# Member streams do not begin with `_`: they are before it, or after what begins with it.
EMPTIED: Final = """
    SELECT NOT EXISTS (SELECT 1 FROM clock)
      OR NOT EXISTS (SELECT 1 FROM members) AND EXISTS (
           SELECT 1 FROM log WHERE stream < '_' UNION ALL SELECT 1 FROM log WHERE stream >= '`')
      OR NOT EXISTS (SELECT 1 FROM zone_stretches)
           AND EXISTS (SELECT 1 FROM members WHERE zone IS NOT NULL)
      OR NOT EXISTS (SELECT 1 FROM vitality_stretches)
           AND EXISTS (SELECT 1 FROM members WHERE vitality IS NOT NULL)
      OR NOT EXISTS (SELECT 1 FROM changes) AND EXISTS (SELECT 1 FROM members WHERE changes > 0)
"""


class Finding(NamedTuple):
    """Why the tables have to be built again, None if they need not; whether they can be read."""

    why: str | None = None
    readable: bool = True


async def create(transaction: Transaction) -> None:
    """Create the tables beside a log that begins."""
    await TABLES.create(transaction)
    await stamp(transaction)


async def stamp(transaction: Transaction) -> None:
    """Say of all that is in the tables that this release has made it."""
    await transaction.execute("INSERT INTO fold (id, number) VALUES (1, :number)", {"number": FOLD})


async def look(view: View) -> Finding:
    """Look at the tables beside a log."""
    differing = await TABLES.differing(view)
    if differing:
        return Finding(f"{', '.join(sorted(differing))}: missing, or of another shape", False)
    made = await view.fetchall("SELECT number FROM fold")
    if made != [(FOLD,)]:
        by = f"fold {made[0][0]}" if made else "an unknown fold"
        return Finding(f"they were made by {by}, and this release folds by {FOLD}")
    [(emptied,)] = await view.fetchall(EMPTIED)
    return Finding("somebody has emptied them", False) if emptied else Finding()
