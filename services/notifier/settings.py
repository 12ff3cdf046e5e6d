"""What the notifier can be told from outside, each from ZONES_NOTIFIER_... or ZONES_..."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.runtime import settings
from shared.runtime.settings import Clock

SHIPPED_NOTICES = Path(__file__).with_name("notices.toml")


class Settings(settings.Settings):
    model_config = SettingsConfigDict(env_prefix="ZONES_NOTIFIER_")

    port: int = 8473
    clock: Clock = "wall"
    notices: Path = SHIPPED_NOTICES
    """Who is told what, and how soon an answer is owed."""
    templates: Path | None = None
    """A folder whose templates go before the shipped ones: `de/announcement.j2`."""
    locale: str = "en"
    """The language of the organisation, and of members who have none of their own."""
    timezone: str = "UTC"
    """Likewise their time zone."""
    batch: int = Field(default=1000, ge=1)
    """Messages handled in one transaction, at most."""
    webhook_url: str | None = None
    """Where notices are posted, one at a time. None posts none."""
    webhook_secret: SecretStr | None = None
    """What they are signed with, as Standard Webhooks has it: `whsec_` and base64."""
    webhook_private: bool = False
    """Whether the address may be one of this machine or of a private network, and without TLS."""
    webhook_attempts: int = Field(default=10, ge=1)
    """After so many nobody tries again."""
    webhook_timeout: float = Field(default=15.0, gt=0)
    """Seconds for one attempt."""
    webhook_pause: float = Field(default=5.0, gt=0)
    """Seconds after the first failed attempt; each further pause is three times as long, up to
    half a day, more or less a third."""

    @property
    def database(self) -> Path:
        return self.data / "notifier.db"
