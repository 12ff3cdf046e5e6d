"""What ingest can be told from outside, each from ZONES_INGEST_... or ZONES_..."""

from pathlib import Path
from typing import Final

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.ingest.domain.settlement import Unlinked
from shared.runtime import settings

SHIPPED_ACTORS: Final = Path(__file__).with_name("actors.toml")


class Settings(settings.Settings):
    model_config = SettingsConfigDict(env_prefix="ZONES_INGEST_")

    port: int = 8470
    unlinked: Unlinked = "enrol"
    """What becomes of events from an account that nobody has linked."""
    connections: Path | None = None
    """Which platforms report here, how they sign, and who may publish."""
    actors: Path = SHIPPED_ACTORS
    """Who is a bot."""
    body_bytes: int = Field(default=8 * 1024 * 1024, ge=1)
    """The largest request, unpacked."""
    waiting_bytes: int = Field(default=64 * 1024 * 1024, ge=1)
    """Bytes of all requests that wait for the broker; further ones are told to come again."""
    deadline: float = Field(default=10.0, gt=0)
    """Seconds until a request is answered, whatever the broker does."""
    recent_keys: int = Field(default=250_000, ge=0)
    """Events that are remembered so as to answer a second sending; about 200 bytes each."""

    @property
    def database(self) -> Path:
        return self.data / "ingest.db"
