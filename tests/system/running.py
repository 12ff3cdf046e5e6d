"""A whole system in a folder of its own: started, spoken to, killed in part, started again.

with started(folder) as system:
    system.zones("publish", "events.jsonl")
    system.kill("classifier")
    system.quiet()
"""

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx2

from services.__main__ import run
from shared.runtime import runfile
from shared.runtime.runfile import SERVICES, RunFile

ZONES: Final = (sys.executable, "-m", "services")
STARTING: Final = 30.0
STOPPING: Final = 20.0
PATIENCE: Final = 60.0
PORTS: Final = range(12_000, 18_000, 4)


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON is anything
        assert self.code in {0, 1}, self
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        assert self.code == 0, self
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def complaint(self) -> str:
        """The one line on standard error."""
        [line] = self.err.splitlines()
        assert line.startswith("zones: ")
        return line.removeprefix("zones: ")


def zones(*arguments: object, data: Path | None = None, stdin: str | bytes = b"") -> Said:
    """Run a command to its end, in this process: a process of its own costs half a second more."""
    return surrounded_by(surroundings(data), *arguments, stdin=stdin)


def surrounded_by(
    environment: Mapping[str, str], *arguments: object, stdin: str | bytes = b""
) -> Said:
    """Run a command to its end, in this process, with this environment and no other."""
    streams = reading(stdin.encode() if isinstance(stdin, str) else stdin)
    with ThreadPoolExecutor(1) as thread, replaced(streams, environment):
        code = thread.submit(run, [*map(str, arguments)]).result()
    return Said(code, *map(written, (streams.stdout, streams.stderr)))


class Streams(NamedTuple):
    stdin: io.TextIOWrapper
    stdout: io.TextIOWrapper
    stderr: io.TextIOWrapper


def reading(stdin: bytes = b"") -> Streams:
    return Streams(*(io.TextIOWrapper(io.BytesIO(it), "utf-8") for it in (stdin, b"", b"")))


def written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()


@contextmanager
def replaced(streams: Streams, environment: Mapping[str, str]) -> Iterator[None]:
    """Give a command for the length of a block what a process would have for itself."""
    own = {name: getattr(sys, name) for name in (*streams._fields, "excepthook")}
    surrounded = dict(os.environ)
    for name, stream in streams._asdict().items():
        setattr(sys, name, stream)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(surrounded)
        for name, it in own.items():
            setattr(sys, name, it)


def as_a_process(
    *arguments: object,
    data: Path | None = None,
    environment: Mapping[str, str] | None = None,
    patience: float = PATIENCE,
) -> Said:
    """Run a command to its end, as a process of its own."""
    done = subprocess.run(
        [*ZONES, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=patience,
        check=False,
        env=surroundings(data, environment),
    )
    return Said(done.returncode, done.stdout.decode(), done.stderr.decode())


def surroundings(data: Path | None, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment that speaks of one system at most."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ZONES_")}
    ours = {} if data is None else {"ZONES_DATA": str(data)}
    return {**clean, **ours, **(environment or {})}


@dataclass(slots=True)
class System:
    """`zones up` on one data directory and on ports that it keeps when it is started again.

    `patience` is how many seconds a command, or all that comes of it, may take.
    """

    data: Path
    clock: str = "events"
    port: int = 0
    patience: float = PATIENCE
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when everything is ready."""
        self.port = self.port or free_ports()
        self.data.mkdir(parents=True, exist_ok=True)
        log = self.data.with_suffix(".log")
        arguments = ["up", "--data", self.data, "--port", self.port, "--clock", self.clock]
        with log.open("ab") as told:
            self.process = subprocess.Popen(
                [*ZONES, *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                env=surroundings(None),
            )
        patience = time.monotonic() + STARTING
        while (found := runfile.read(self.data)) is None or found.pid != self.process.pid:
            if self.process.poll() is not None or time.monotonic() > patience:
                self.stop()
                raise RuntimeError(f"the system does not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> int:
        """End it in order, and return its exit code."""
        assert self.process
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOPPING)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait()

    def kill_everything(self) -> None:
        """End it as a power cut would. What it has started dies with it."""
        assert self.process
        started = list(self.pids().values())
        self.process.kill()
        self.process.wait()
        _wait(lambda: not any(alive(pid) for pid in started), "everything to be gone")

    def kill(self, name: str) -> int:
        """Kill a service, or `nats`, without a last word. Return the pid that is gone."""
        _wait(lambda: name in self.pids(), f"{name} to run")
        pid = self.pids()[name]
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return pid

    def pids(self) -> dict[str, int]:
        """Return the processes that the supervisor has started, by name."""
        assert self.process
        found = {}
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for pid in map(int, children.read_text().split()):
            with contextlib.suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
                if "serve" in words:
                    found[words[words.index("serve") + 1]] = pid
                elif "nats-server" in words[0]:
                    found["nats"] = pid
        return found

    @property
    def running(self) -> RunFile:
        running = runfile.read(self.data)
        assert running
        return running

    def zones(self, *arguments: object, stdin: str | bytes = b"") -> Said:
        """Run a command on this system."""
        return zones(*arguments, data=self.data, stdin=stdin)

    def get(self, service: str, path: str) -> httpx2.Response:
        return httpx2.get(f"{self.running.address(service)}{path}", trust_env=False)

    def post(self, *events: Mapping[str, Any]) -> httpx2.Response:
        """Post events to ingest, as JSON Lines."""
        body = "\n".join(map(json.dumps, events))
        headers = {"Content-Type": "application/x-ndjson"}
        address = f"{self.running.address('ingest')}/v1/events"
        return httpx2.post(address, content=body, headers=headers, trust_env=False)

    def quiet(self) -> None:
        """Wait until everything that was published has had all its effects.

        The services are asked in the order in which they hear of each other.
        """
        for name in SERVICES:
            _wait(partial(self._done, name), f"{name} to be done", self.patience)

    def _done(self, name: str) -> bool:
        try:
            return bool(self.get(name, "/v1/status").json()["lag"] == 0)
        except (httpx2.HTTPError, ValueError, KeyError):
            return False


@contextmanager
def started(data: Path, *, clock: str = "events", patience: float = PATIENCE) -> Iterator[System]:
    """Run a system for the length of a block."""
    system = System(data, clock, patience=patience)
    system.start()
    try:
        yield system
    finally:
        system.stop()


def alive(pid: int) -> bool:
    """Say whether a process is there and has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def free_ports() -> int:
    """Return the first of four ports in a row that nobody listens on."""
    first = os.getpid() % len(PORTS)
    for start in (*PORTS[first:], *PORTS[:first]):
        if all(_free(start + number) for number in range(4)):
            return int(start)
    raise RuntimeError("no four ports in a row are free")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _wait(done: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    until = time.monotonic() + patience
    while not done():
        if time.monotonic() > until:
            raise TimeoutError(f"waited {patience:.0f} s for {what}")
        time.sleep(0.05)


def exported(system: System) -> dict[str, str]:
    """Return all that can be exported, and the digest of the recount."""
    everything = {}
    for what in ("members", "changes", "recognitions"):
        said = system.zones("export", what)
        assert said.code == 0, said
        everything[what] = said.out
    everything["digest"] = system.zones("verify", "--json").json["digest"]
    return everything


def differences(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """Return the first line in which each pair of exports differs."""
    found = []
    for what in one:
        pairs = zip_longest(one[what].splitlines(), other[what].splitlines(), fillvalue="nothing")
        found += [f"{what}: {a} | {b}" for a, b in islice((p for p in pairs if p[0] != p[1]), 1)]
    return found


def lines(events: Sequence[Mapping[str, Any]]) -> str:
    """Write events as JSON Lines."""
    return "".join(json.dumps(event) + "\n" for event in events)
