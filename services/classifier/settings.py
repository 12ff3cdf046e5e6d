"""What the classifier can be told from outside, each from ZONES_CLASSIFIER_... or ZONES_..."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.runtime import settings
from shared.runtime.settings import Clock


class Settings(settings.Settings):
    model_config = SettingsConfigDict(env_prefix="ZONES_CLASSIFIER_")

    port: int = 8471
    clock: Clock = "wall"
    policy: Path | None = None
    """The file that becomes policy 1 when the log begins, the shipped one unless another is named;
    later it is only compared."""
    batch: int = Field(default=1000, ge=1)
    """Entries in one transaction, at most."""
    journeys: int = Field(default=10_000, ge=1)
    """Members whose folded state is kept in memory."""
    snapshot_every: int = Field(default=40, ge=1)
    """Entries of a member after which the folded state is written down again."""

    verify_hours: float = Field(default=24.0, ge=0.0)
    """Hours between two recounts that nobody has asked for; 0 is never."""

    @property
    def database(self) -> Path:
        return self.data / "classifier.db"
