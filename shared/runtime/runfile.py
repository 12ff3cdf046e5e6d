"""`run.json`: where the running system can be reached, by which every command finds it.

`zones up` writes it into the data directory, for its owner's eyes only, and removes it when it
stops. Where there is none, `ZONES_<SERVICE>_URL`, `ZONES_NATS_URL` and `ZONES_TOKEN`, or the file
that `ZONES_TOKEN_FILE` names, say the same.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from shared.runtime import secretfile
from shared.runtime.errors import CommandFailed

DEFAULT_DATA = Path("zones-data")
SERVICES = ("ingest", "classifier", "rewards", "notifier")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFile:
    """`services` holds base addresses by name, such as `http://127.0.0.1:8470`."""

    pid: int | None = None
    nats: str | None = None
    services: Mapping[str, str]
    token: str | None = None

    def write(self, data: Path) -> None:
        """Put it into the data directory in one step, readable by its owner only."""
        draft = data / "run.json.new"
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=2)
            file.write("\n")
        draft.replace(data / "run.json")

    def address(self, service: str) -> str:
        """Return the base address of a service, or say how to name it."""
        if address := self.services.get(service):
            return address
        raise CommandFailed(_nowhere(service, f"ZONES_{service.upper()}_URL"))

    def broker(self) -> str:
        """Return the address of NATS, or say how to name it."""
        if self.nats:
            return self.nats
        raise CommandFailed(_nowhere("NATS", "ZONES_NATS_URL"))


def data_directory() -> Path:
    """Return the data directory of this command: `--data` (kept in ZONES_DATA) or the usual one."""
    return Path(os.environ.get("ZONES_DATA") or DEFAULT_DATA)


def read(data: Path) -> RunFile | None:
    """Return what runs on a data directory, or None where nothing does."""
    path = data / "run.json"
    try:
        return RunFile(**json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, OSError) as error:
        raise CommandFailed(f"{path} cannot be read ({error}): stop and start `zones up`") from None


def find() -> RunFile:
    """Return how to reach the system: the data directory's `run.json`, else the environment.

    Raises CommandFailed when neither says anything.
    """
    if running := read(data_directory()):
        return running
    environment = os.environ
    services = {
        name: address.rstrip("/")
        for name in SERVICES
        if (address := environment.get(f"ZONES_{name.upper()}_URL"))
    }
    nats = environment.get("ZONES_NATS_URL")
    if not services and not nats:
        raise CommandFailed(_nowhere("it", "ZONES_INGEST_URL and the like"))
    return RunFile(nats=nats, services=services, token=secretfile.told("ZONES_TOKEN"))


def _nowhere(what: str, variable: str) -> str:
    return (
        f"nothing is known to run: {data_directory() / 'run.json'} is not there; start `zones up`,"
        f" name its data directory with --data, or set {variable} to reach {what} elsewhere"
    )
