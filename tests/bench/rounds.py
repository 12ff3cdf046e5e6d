"""One round: a fresh broker with the whole corpus on its stream, and everybody reads it in turn.

All are timed alike and from outside, by what the broker says of their durable consumer: from the
first delivery to the last acknowledgement. The classifier's time goes on until it has nothing left
to relay, by its own account.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import httpx2
from nats.aio.client import Client

from services.classifier.settings import Settings
from shared.messaging import api, wire
from shared.messaging.errors import Refused
from shared.messaging.provision import provision
from shared.messaging.topology import CLASSIFIER_ACTIVITY, Reader, Topology
from tests.bench.corpus import Corpus
from tests.nats import connected, free_port, nats_server

BARE: Final = "bare"
CLASSIFIER: Final = "classifier"
PULL: Final = "faststream-pull"
PUSH: Final = "faststream-push"
CONTENDERS: Final = (BARE, CLASSIFIER, PULL, PUSH)

BATCH: Final = int(Settings.model_fields["batch"].default)
PER_MESSAGE: Final = 10_000
"""Messages after which a per-message subscriber has shown how fast it is."""
POLL: Final = 0.01
PATIENCE: Final = 300.0


class Ended(Exception):
    """A process that is being timed has ended by itself."""


class Pace(NamedTuple):
    """Events per second, and the microseconds of processor time that each has cost its reader."""

    rate: float
    cost: float


@dataclass(frozen=True, slots=True)
class Round:
    """`paces` are by contender; `said` is how much the classifier had to say."""

    paces: Mapping[str, Pace]
    said: int


async def play(corpus: Corpus, folder: Path, order: Sequence[str]) -> Round:
    """Let each contender read the corpus, one after the other, in this order."""
    shutil.rmtree(folder, ignore_errors=True)
    async with nats_server(folder / "nats") as server, connected(server.url) as client:
        readers = tuple(
            Reader(durable=name, stream="ACTIVITY") for name in CONTENDERS if name != PUSH
        )
        await provision(client, Topology(readers=(*Topology().readers, *readers)))
        await _load(client, corpus)
        paces = {}
        for name in order:
            paces[name] = await _pace(client, server.url, corpus, folder / name, name)
        zones = await api.stream_info(client, "ZONES")
        return Round(paces, zones.last if zones else 0)


async def _load(client: Client, corpus: Corpus) -> None:
    limit = wire.BATCH_LIMIT
    for start in range(0, len(corpus.messages), limit):
        batch = corpus.messages[start : start + limit]
        answer = await wire.send_batch(client, "ACTIVITY", batch, 30)
        if answer is None or isinstance(answer, Refused):
            raise RuntimeError(f"the broker does not take the corpus: {answer}")


async def _pace(client: Client, url: str, corpus: Corpus, folder: Path, name: str) -> Pace:
    folder.mkdir(parents=True)
    everything = len(corpus.messages)
    count = everything if name in {BARE, CLASSIFIER} else min(PER_MESSAGE, everything)
    port = free_port()
    durable, arguments = {
        BARE: (BARE, ["tests.bench.bare", url, BARE, str(folder), str(BATCH)]),
        CLASSIFIER: (CLASSIFIER_ACTIVITY.durable, ["services", "serve", "classifier"]),
        PULL: (PULL, ["tests.bench.plain", url, PULL, "pull"]),
        PUSH: (PUSH, ["tests.bench.plain", url, PUSH, "push"]),
    }[name]
    environment = {
        "ZONES_DATA": str(folder),
        "ZONES_CLASSIFIER_NATS_URL": url,
        "ZONES_CLASSIFIER_PORT": str(port),
        "ZONES_CLASSIFIER_CLOCK": "events",
    }
    with running(folder, arguments, environment) as process:
        async with asyncio.timeout(PATIENCE):
            began = await _first_delivered(client, durable, process)
            await _acknowledged(client, durable, count, process)
            if name == CLASSIFIER:
                await _relayed(port)
        return began.pace(count)


@dataclass(frozen=True, slots=True)
class Began:
    """The moment at which a process had its first message, and the time it had spent by then."""

    pid: int
    at: float
    spent: float

    @classmethod
    def now(cls, pid: int) -> Self:
        return cls(pid, time.monotonic(), _spent(pid))

    def pace(self, count: int) -> Pace:
        spent = _spent(self.pid) - self.spent
        return Pace(count / (time.monotonic() - self.at), spent / count * 1e6)


def _spent(pid: int) -> float:
    """Return the seconds of processor time of a process and all its threads."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(
    folder: Path, arguments: Sequence[str], environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a module as a process for the length of a block; its log is in `folder`."""
    with (folder / "process.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            env=os.environ | environment,
            stdout=log,
            stderr=log,
        )
        try:
            yield process
        except Ended as ended:
            words = (folder / "process.log").read_text().splitlines() or ["it said nothing"]
            raise Ended(f"{ended}: {words[-1]}") from None
        finally:
            process.kill()
            process.wait()


async def _first_delivered(client: Client, durable: str, process: subprocess.Popen[bytes]) -> Began:
    while True:
        answer = await _consumer(client, durable, process)
        if answer and answer["delivered"]["consumer_seq"]:
            return Began.now(process.pid)


async def _acknowledged(
    client: Client, durable: str, count: int, process: subprocess.Popen[bytes]
) -> None:
    while True:
        answer = await _consumer(client, durable, process)
        if answer and answer["ack_floor"]["stream_seq"] >= count:
            return


async def _consumer(
    client: Client, durable: str, process: subprocess.Popen[bytes]
) -> dict[str, Any] | None:
    await asyncio.sleep(POLL)
    if process.poll() is not None:
        raise Ended(f"what reads {durable} has ended by itself")
    return await api.found(client, f"CONSUMER.INFO.ACTIVITY.{durable}")


async def _relayed(port: int) -> None:
    address = f"http://127.0.0.1:{port}/v1/status"
    async with httpx2.AsyncClient(trust_env=False) as http:
        while (await http.get(address)).json()["lag"] != 0:
            await asyncio.sleep(POLL)
