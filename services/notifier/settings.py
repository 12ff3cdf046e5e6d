"""What the notifier can be told from outside, each from ZONES_NOTIFIER_... or ZONES_..."""

from pathlib import Path
from typing import Literal

from pydantic import Field, NameEmail, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.runtime import settings
from shared.runtime.settings import Clock
from shared.runtime.timezones import TimeZone

SHIPPED_NOTICES = Path(__file__).with_name("notices.toml")
SHIPPED_SOURCES = Path(__file__).with_name("sources.toml")


class Settings(settings.Settings):
    model_config = SettingsConfigDict(env_prefix="ZONES_NOTIFIER_")

    port: int = 8473
    clock: Clock = "wall"
    notices: Path = SHIPPED_NOTICES
    """Who is told what, and how soon an answer is owed."""
    sources: Path = SHIPPED_SOURCES
    """Whom to follow outside, and where to learn."""
    templates: Path | None = None
    """A folder whose templates go before the shipped ones: `de/announcement.j2`."""
    locale: str = "en"
    """The language of the organisation, and of members who have none of their own."""
    timezone: TimeZone = "UTC"
    """Likewise their time zone: that of mornings, weeks and working hours, too, if the rules name
    no other."""
    batch: int = Field(default=1000, ge=1)
    """Messages handled in one transaction, at most."""
    webhook_url: str | None = None
    """Where notices are posted, one at a time. None posts none."""
    webhook_secret: SecretStr | None = None
    """What they are signed with, as Standard Webhooks has it: `whsec_` and base64."""
    webhook_private: bool = False
    """Whether the address may be one of this machine or of a private network, and without TLS."""
    webhook_timeout: float = Field(default=15.0, gt=0)
    """Seconds for one attempt."""

    public_url: str | None = None
    """Where people reach this service from outside: links in messages lead there. E-mail and chat
    need it.
    """
    email_host: str | None = None
    """The SMTP server that e-mails are handed to. None sends none."""
    email_port: int | None = Field(default=None, ge=1, le=65_535)
    """587 for starttls, 465 for tls and 25 for none, if nothing else is said."""
    email_tls: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is secured. `none` is for a server on this machine."""
    email_ca: Path | None = None
    """Certificates to trust instead of the system's, in PEM."""
    email_user: str | None = None
    """As whom it is spoken to, with the password; most servers ask for both."""
    email_password: SecretStr | None = None
    email_from: NameEmail | None = None
    """`Engagement Zones <zones@a.example>`."""
    email_timeout: float = Field(default=30.0, gt=0)
    """Seconds for each step of an attempt."""
    chat: str = ""
    """The chat and push services that may be spoken to, as Apprise calls them: `ntfys,slack`."""

    @property
    def database(self) -> Path:
        return self.data / "notifier.db"
