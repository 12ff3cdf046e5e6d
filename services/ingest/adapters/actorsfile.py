"""Reads the operator's rules about bots."""

from pathlib import Path
from typing import Final

from services.ingest.adapters.tables import Table
from services.ingest.domain.actors import ACTORS, Rule

KEYS: Final = ("why", "platform", "actors", "accounts", "exceptions")


def load(path: Path) -> tuple[Rule, ...]:
    """Raises WrongUse."""
    whole = Table.read(path, ("refuse",))
    return tuple(_rule(table) for table in whole.tables("refuse", KEYS))


def _rule(table: Table) -> Rule:
    rule = Rule(
        why=table.needed("why"),
        platform=table.text("platform") or "*",
        actors=table.texts("actors", ACTORS),
        accounts=table.texts("accounts"),
        exceptions=table.texts("exceptions"),
    )
    if not (rule.actors or rule.accounts):
        raise table.wrong("", "refuses nobody: name actors or accounts")
    return rule
