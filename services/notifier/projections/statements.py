"""What writes to the tables: SQL with its values."""

from typing import Any, NamedTuple


class Statement(NamedTuple):
    """What to do, and with which values. A run of one `sql` is one call."""

    sql: str
    values: dict[str, Any]
