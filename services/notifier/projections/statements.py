"""What the tables are written by."""

from typing import Any, NamedTuple, TypeAlias

Row: TypeAlias = dict[str, Any]


class Statement(NamedTuple):
    """What to do, and with which values. A run of one `sql` is one call."""

    sql: str
    values: Row
