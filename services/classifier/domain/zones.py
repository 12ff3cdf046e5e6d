"""The four zones, from the first to the highest. Their order is fixed; their criteria are data."""

from typing import Final

ZONES: Final = ("content_consumer", "content_sharer", "content_creator", "socially_engaged")
FIRST: Final = 0
"""Inside, a zone is its place among the four: who is higher is a comparison."""
