"""`zones up`: the broker and the four services as processes on this machine, on one data directory.

The supervisor opens the services' ports itself and hands them down, so that they stay the same,
and connections wait rather than fail, while a service is being restarted. The broker is the first
to start and the last to stop.
"""

import asyncio
import os
import secrets
import socket
import sys
import time
import tomllib
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from services import directory, embedded, supervision
from services.supervision import Kept, Program
from shared.messaging.permissions import ADMINISTRATOR, authorization
from shared.runtime import listener, process, secretfile, terminal
from shared.runtime.access import Access
from shared.runtime.errors import WrongUse
from shared.runtime.runfile import DEFAULT_DATA, SERVICES, RunFile

HOST = "127.0.0.1"
PORT = 8470
READY = "GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n"
PATIENCE = 15.0
"""Seconds a service has to become ready; after them the others go on without it."""
LAST_PORT = 65_535 - len(SERVICES) + 1

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        envvar="ZONES_DATA",
        help="Where everything is kept.",
        show_default=str(DEFAULT_DATA),
    ),
]
Demo = Annotated[bool, typer.Option("--demo", help="Play a generated organisation's year.")]
Clock = Annotated[
    str | None,
    typer.Option(
        metavar="wall|events|TIME",
        envvar="ZONES_CLOCK",
        help="What time it is: the wall's, the newest event's, or one instant for ever.",
        show_default="wall; events with --demo",
    ),
]
Nats = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Use a NATS that is there already.", show_default=False),
]
Port = Annotated[
    int, typer.Option(min=0, max=LAST_PORT, help="The first of four ports; 0 takes free ones.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was asked for. `nats` is None for a broker of our own; port 0 means any four."""

    data: Path
    clock: str
    nats: str | None
    port: int
    demo: bool


def commands(app: typer.Typer) -> None:
    app.command("up")(up)


def up(
    *,
    data: Data = None,
    demo: Demo = False,
    clock: Clock = None,
    nats: Nats = None,
    port: Port = PORT,
) -> None:
    """Run everything on this machine until Ctrl-C."""
    setting = clock_setting(clock or ("events" if demo else "wall"))
    with ExitStack() as stack:
        if data is None and demo:
            data = stack.enter_context(directory.passing())
            terminal.print_line(f"the data is in {data}, which is removed when this ends")
        elif data is not None and demo and (data / "classifier.db").exists():
            raise WrongUse(
                f"the demo wants a history of its own, and {data} has one:"
                " name an empty directory with --data, or none (and unset ZONES_DATA)"
            )
        data = data or DEFAULT_DATA
        process.run(_run(Plan(data=data, clock=setting, nats=nats, port=port, demo=demo)))


def clock_setting(clock: str) -> str:
    """Return the setting as the services read it. Raises WrongUse for what is no clock."""
    if clock in {"wall", "events"}:
        return clock
    try:
        instant = datetime.fromisoformat(clock)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise WrongUse(
            f"--clock {clock} is no clock: it is wall, events, or a time with an offset such as"
            " 2026-03-12T09:00:00+01:00"
        )
    return instant.isoformat()


async def _run(plan: Plan) -> None:
    began = time.monotonic()
    token = _token()
    async with AsyncExitStack() as stack:
        lock = stack.enter_context(directory.owned(plan.data))
        (plan.data / "run.json").unlink(missing_ok=True)  # of a system that was killed
        sockets = stack.enter_context(_listening(plan.port))
        if plan.nats is None:
            opening = _broker(plan.data, lock, guests=token is None)
            nats = await stack.enter_async_context(opening)
        else:
            nats = dict.fromkeys((*SERVICES, ADMINISTRATOR), plan.nats)
        programs = [_service(plan, name, sockets[name], nats[name], lock) for name in SERVICES]
        addresses = {name: listener.address(sockets[name]) for name in SERVICES}
        preparing = embedded.prepare(nats[ADMINISTRATOR])
        late = await stack.enter_async_context(
            _kept(programs, addresses, preparing, patience=PATIENCE)
        )
        running = RunFile(
            pid=os.getpid(), nats=nats[ADMINISTRATOR], services=addresses, token=token
        )
        stack.enter_context(_written(running, plan.data))
        ready = f"up without {', '.join(late)}" if late else "ready"
        terminal.print_line(f"{ready} in {time.monotonic() - began:.1f} s; Ctrl-C stops everything")
        if plan.demo:
            from services import demo  # noqa: PLC0415 - nobody else needs it

            await demo.play(running, str(plan.data))
        await asyncio.Event().wait()


def _token() -> str | None:
    """Return the token for our own commands, made up where there are only lesser ones."""
    if token := secretfile.told("ZONES_TOKEN"):
        return token
    if not secretfile.told("ZONES_TOKENS") and not _publishers():
        return None
    os.environ["ZONES_TOKEN"] = secrets.token_urlsafe(24)
    return os.environ["ZONES_TOKEN"]


def _publishers() -> bool:
    """Whether the connections name any, with tokens of their own. What is wrong ingest will say."""
    if not (path := os.environ.get("ZONES_INGEST_CONNECTIONS")):
        return False
    try:
        return bool(tomllib.loads(Path(path).read_text(encoding="utf-8")).get("publishers"))
    except (OSError, ValueError):
        return False


@asynccontextmanager
async def _broker(data: Path, lock: int, *, guests: bool) -> AsyncIterator[dict[str, str]]:
    """Keep a broker of our own, and yield the address at which each user is let in."""
    port = embedded.free_port()
    passwords = {user: secrets.token_urlsafe(24) for user in (*SERVICES, ADMINISTRATOR)}
    program = embedded.program(
        data, port, authorization=authorization(passwords, guests=guests), descriptors=[lock]
    )
    async with _kept([program], {program.name: embedded.address(port)}):
        yield {user: embedded.address(port, user, word) for user, word in passwords.items()}


@asynccontextmanager
async def _kept(
    programs: list[Program],
    addresses: Mapping[str, str],
    *besides: Coroutine[None, None, None],
    patience: float | None = None,
) -> AsyncIterator[list[str]]:
    """Start programs, say when each is ready, and keep them running until the block ends. Yield
    what is not ready in time. It says why: it may wait for a command that has to find it running.

    What they wait for is done `besides`, while they start.
    """
    began = time.monotonic()
    kept = [Kept(program, terminal.print_line) for program in programs]
    late: list[str] = []

    async def announced(one: Kept) -> None:
        name = one.program.name
        try:
            async with asyncio.timeout(patience):
                await one.first_ready.wait()
            told = f"{time.monotonic() - began:.1f} s"
        except TimeoutError:
            late.append(name)
            told = f"is not ready: {await _excuse(addresses[name])}"
        terminal.print_line(f"{name:<11} {addresses[name]:<28} {told}")

    async with asyncio.TaskGroup() as tasks:
        keeping = [tasks.create_task(one.keep()) for one in kept]
        try:
            await asyncio.gather(*besides, *(announced(one) for one in kept))
            yield late
        finally:
            for task in keeping:
                task.cancel()


async def _excuse(address: str) -> str:
    """Return what a service says of why it is not ready."""
    import httpx2  # noqa: PLC0415 - nobody else needs it

    try:
        async with httpx2.AsyncClient(timeout=2, trust_env=False) as client:
            return "; ".join((await client.get(f"{address}/readyz")).json()["reasons"])
    except (httpx2.HTTPError, ValueError, KeyError):
        return "it does not answer"


def _service(plan: Plan, name: str, taken: socket.socket, nats: str, lock: int) -> Program:
    prefix = f"ZONES_{name.upper()}_"
    settings = {"DATA": str(plan.data.absolute()), "NATS_URL": nats, "CLOCK": plan.clock}
    address = listener.address(taken)
    return Program(
        name=name,
        command=(sys.executable, "-P", "-m", "services", "serve", name),
        log=plan.data / "logs" / f"{name}.log",
        ready=lambda: supervision.answers(address, READY, " 200 "),
        environment={
            **{f"ZONES_{key}": value for key, value in settings.items()},
            **{f"{prefix}{key}": value for key, value in settings.items()},
            f"{prefix}HOST": HOST,
            f"{prefix}PORT": str(taken.getsockname()[1]),
            listener.INHERITED: str(taken.fileno()),
        },
        descriptors=(lock, taken.fileno()),
    )


@contextmanager
def _listening(first: int) -> Iterator[dict[str, socket.socket]]:
    """Open a socket for each service. Raises CommandFailed when a port is taken."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                listener.listen(HOST, first and first + index, access=Access())
            )
            for index, name in enumerate(SERVICES)
        }


@contextmanager
def _written(running: RunFile, data: Path) -> Iterator[None]:
    running.write(data)
    try:
        yield
    finally:
        (data / "run.json").unlink(missing_ok=True)
