"""What every service can be told from outside: where its data is, where NATS is, where to listen.

A service's own prefix says more than the common one: `ZONES_REWARDS_NATS_URL` is for rewards
alone, `ZONES_NATS_URL` for whoever has nothing of their own. Each may lie in a file instead, which
the variable with `_FILE` at its end names: `ZONES_TOKEN_FILE`.
"""

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any, Literal, Self, TypeAlias

from pydantic import AwareDatetime, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from shared.runtime import secretfile
from shared.runtime.errors import WrongUse

COMMON = "ZONES_"
ALONE = ("host", "port")
"""Two services cannot listen on one address, so these are never common."""

Clock: TypeAlias = Literal["wall", "events"] | AwareDatetime
"""What time it is: the wall's, the largest of any event so far, or one instant for ever."""


class Settings(BaseSettings):
    """What every service has. A subclass gives its prefix, its port, and what it alone needs."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    data: Path = Path("zones-data")
    """The data directory; the service's database is a file in it."""
    nats_url: str = "nats://127.0.0.1:4222"
    nats_password: SecretStr | None = None
    """What the broker knows the user of the service's own name by, where the address has none."""
    host: str = "127.0.0.1"
    port: int
    token: str | None = None
    """A bearer token that may do everything."""
    tokens: str | None = None
    """Tokens that may do less: `TOKEN=read+publish,...`."""
    parked_days: int = Field(default=30, ge=1)
    """Days for which what could not be processed is kept, resolved or not."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings, file_secret_settings
        own = str(cls.model_config.get("env_prefix", ""))
        return (
            init_settings,
            env_settings,
            _Files(settings_cls, own),
            _Common(settings_cls, env_prefix=COMMON),
            _Files(settings_cls, COMMON, never=ALONE),
        )

    @classmethod
    def from_environment(cls) -> Self:
        """Read the environment, or say in one line which variable makes no sense."""
        try:
            return cls()
        except ValidationError as error:
            field = error.errors()[0]["loc"][0]
            told = [each["msg"] for each in error.errors() if each["loc"][0] == field]
            raise WrongUse(f"{cls._named(str(field))}: {', or '.join(told)}") from None

    @classmethod
    def _named(cls, field: str) -> str:
        """Return the variable by which a field was set: its own, or the one that all share."""
        own = f"{cls.model_config.get('env_prefix', '')}{field}".upper()
        common = f"{COMMON}{field}".upper()
        return common if own not in os.environ and common in os.environ else own


class _Common(EnvSettingsSource):
    """The environment once more, under the prefix that all services share."""

    def __call__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__call__().items() if name not in ALONE}


class _Files(PydanticBaseSettingsSource):
    """What lies in files that the environment names, under one prefix."""

    def __init__(
        self, settings_cls: type[BaseSettings], prefix: str, *, never: Collection[str] = ()
    ) -> None:
        super().__init__(settings_cls)
        self._prefix, self._never = prefix, never

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[str | None, str, bool]:
        del field
        return secretfile.told(f"{self._prefix}{field_name}".upper()), field_name, False

    def __call__(self) -> dict[str, Any]:
        told = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
            if name not in self._never
        }
        return {name: value for name, value in told.items() if value is not None}
