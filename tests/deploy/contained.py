"""The containers of the compose file as processes: what they run, and all that they are told.

A container's root is a folder in which what it mounts is linked to where a container would find
it. Names of hosts become this machine, and ports free ones; nothing else is changed.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import httpx2

from shared.messaging.server import executable
from shared.runtime.runfile import SERVICES
from tests.deploy.files import (
    DEPLOY,
    LASTING,
    environment_of_the_image,
    mounts,
    of_the_image,
    seconds,
    service,
)
from tests.nats import free_port
from tests.system.running import reading, replaced, surrounded_by

PATIENCE = 60.0
INSIDE = {"nats": 4222, "ingest": 8470, "classifier": 8471, "rewards": 8472, "notifier": 8473}
MONITOR = 8222


@dataclass(slots=True)
class Containers:
    """`told` is what `.env` says."""

    folder: Path
    told: dict[str, str]
    ports: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in INSIDE})
    monitor: int = field(default_factory=free_port)
    silent: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def key(self, owner: str, name: str) -> str:
        return (self.folder / "volumes" / f"keys-{owner}" / name).read_text().strip()

    def up(self) -> None:
        """Start what does not run, in the order of the compose file."""
        missing = [name for name in LASTING if name not in self.running]
        if not missing:
            return
        self.once("keys")
        if "nats" in missing:
            self.start("nats")
        self.once("provision")
        for name in set(missing) - {"nats"}:
            self.start(name)
        for name in LASTING:
            self.healthy(name)

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                self.command(name), env=self.environment(name), stdout=log, stderr=log
            )
        if name == "nats":
            self.healthy(name)

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        process.kill()
        process.wait()

    def stop(self, name: str) -> int:
        """Ask it to end, give it the grace that it has, and return its exit code."""
        self.running[name].send_signal(signal.SIGTERM)
        code = self.running[name].wait(seconds(service(name)["stop_grace_period"]))
        del self.running[name]
        return code

    def once(self, name: str, *arguments: str) -> str:
        """Run it to its end, and return what it printed."""
        words = self.words(name, *arguments)
        said = surrounded_by(self.environment(name), *words)
        assert said.code == 0, said
        return said.out

    def healthy(self, name: str) -> None:
        """Wait until its health check says so."""
        patience = time.monotonic() + PATIENCE
        while not self.is_healthy(name):
            if self.running[name].poll() is not None or time.monotonic() > patience:
                raise RuntimeError(f"{name}: {(self.folder / f'{name}.log').read_text()[-2000:]}")
            time.sleep(0.05)

    def is_healthy(self, name: str) -> bool:
        """Ask it as the engine would, from inside the container. A process for each question would
        take more time than the services do to start.
        """
        if name == "nats":
            *_, address = service("nats")["healthcheck"]["test"]
            here = address.replace(f":{MONITOR}", f":{self.monitor}")
            try:
                return httpx2.get(here, trust_env=False).is_success
            except httpx2.TransportError:
                return False
        [check] = of_the_image("HEALTHCHECK")
        _, _, module = check.words
        with replaced(reading(), self.environment(name)):
            return bool(import_module(module).main() == 0)

    def command(self, name: str, *arguments: str) -> list[str]:
        words = self.words(name, *arguments)
        if name == "nats":
            ports = ("--port", str(self.ports["nats"]), "--http_port", str(self.monitor))
            return [str(executable()), *words, *ports]
        return [sys.executable, "-P", "-m", "services", *words]

    def words(self, name: str, *arguments: str) -> list[str]:
        """Return the command as the compose file has it, or these arguments."""
        return [self.inside(name, it) for it in arguments or service(name)["command"]]

    def environment(self, name: str) -> dict[str, str]:
        """Return all that it is told: by its image, by the compose file, and by `.env`."""
        said = {
            variable: self.told.get(variable) if value is None else str(value)
            for variable, value in service(name, self.told).get("environment", {}).items()
        }
        image = {} if name == "nats" else environment_of_the_image()
        told = {**image, **{variable: it for variable, it in said.items() if it is not None}}
        # In a container there is one service: at the others' ports nobody listens.
        ports = {it: self.ports[it] if it == name else self.silent for it in SERVICES}
        return {
            **{variable: self.inside(name, it) for variable, it in told.items()},
            **{f"ZONES_{it.upper()}_PORT": str(port) for it, port in ports.items()},
            "PATH": os.environ["PATH"],
        }

    def inside(self, name: str, said: str) -> str:
        """Return a path as this machine knows it, and an address likewise."""
        if said.startswith("/"):
            return f"{self._root(name)}{said}"
        for host, port in INSIDE.items():
            said = re.sub(rf"(?<=//){host}:{port}\b", f"127.0.0.1:{self.ports[host]}", said)
        return said

    def _root(self, name: str) -> Path:
        root = self.folder / "containers" / name
        for source, target, _ in mounts(name):
            kept = DEPLOY / source if source.startswith(".") else self.folder / "volumes" / source
            if not source.startswith("."):
                kept.mkdir(parents=True, exist_ok=True)
            link = root / target.removeprefix("/")
            link.parent.mkdir(parents=True, exist_ok=True)
            if not link.is_symlink():
                link.symlink_to(kept.resolve())
        return root


@contextmanager
def containers(folder: Path, **told: str) -> Iterator[Containers]:
    """Leave nothing behind that was started in the block."""
    it = Containers(folder, told)
    try:
        yield it
    finally:
        for name in [*it.running]:
            it.kill(name)
