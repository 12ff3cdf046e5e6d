"""What rewards can be told from outside, each from ZONES_REWARDS_... or ZONES_..."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.runtime import settings
from shared.runtime.settings import Clock

SHIPPED_RULES = Path(__file__).with_name("rules.toml")


class Settings(settings.Settings):
    model_config = SettingsConfigDict(env_prefix="ZONES_REWARDS_")

    port: int = 8472
    clock: Clock = "wall"
    rules: Path = SHIPPED_RULES
    """What is recognised, and how it is said."""
    batch: int = Field(default=500, ge=1)
    """Messages in one transaction, at most."""
    kept: int = Field(default=20_000, ge=1)
    """Streams whose folded state stays in memory; one for each member."""

    @property
    def database(self) -> Path:
        return self.data / "rewards.db"
