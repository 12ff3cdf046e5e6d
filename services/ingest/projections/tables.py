"""The tables of the directory, and how they come to have all that the log has."""

from pathlib import Path
from typing import Final

from services.ingest.projections import names, profiles
from shared.eventlog.log import Store

SCHEMA: Final = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")


async def catch_up(store: Store) -> None:
    await names.catch_up(store)
    await profiles.catch_up(store)
