"""What the log refuses, and why."""

from collections.abc import Collection
from pathlib import Path


class EventLogError(Exception):
    """Everything the log itself refuses; what SQLite refuses stays a `sqlite3.Error`."""


class DatabaseInUse(EventLogError):
    """Another process owns the database. One process at a time writes a log."""

    def __init__(self, path: Path, owner: str) -> None:
        super().__init__(f"{path} is in use by process {owner}: stop that one first")
        self.path = path
        self.owner = owner


class DatabaseTooNew(EventLogError):
    """A later release wrote the database in a format this one does not know."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(
            f"{path} has database format {found}, this release reads up to {known}:"
            " start a newer release"
        )
        self.path = path


class ForeignDatabase(EventLogError):
    """The file belongs to another program. We do not add our tables to it."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is not an event log: give another path")
        self.path = path


class DuplicateKey(EventLogError):
    """An entry has a key that the log knows already, or that the same batch has twice."""

    def __init__(self, keys: Collection[str]) -> None:
        super().__init__(f"already in the log: {', '.join(sorted(keys))}")
        self.keys = frozenset(keys)


class WrongVersion(EventLogError):
    """A stream is not at the version its writer expected: what was decided may be stale."""

    def __init__(self, stream: str, expected: int, actual: int) -> None:
        super().__init__(f"stream {stream} is at version {actual}, not {expected}")
        self.stream = stream
        self.expected = expected
        self.actual = actual


class TransactionOver(EventLogError):
    """The transaction has ended, or a statement in it failed and it can only be rolled back."""


class UnknownType(EventLogError):
    """No kind is registered for the event, or for the name in the log."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no event type {name!r} is registered")
        self.name = name


class UnknownSchema(EventLogError):
    """The event was written with a schema that this release does not know."""

    def __init__(self, name: str, found: int, known: int) -> None:
        super().__init__(f"event type {name!r} has schema {found}, this release reads 1 to {known}")
        self.name = name
