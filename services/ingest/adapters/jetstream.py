"""Listens to a Bluesky Jetstream for those whose accounts are linked, in either of its versions.

Whatever goes wrong out there, ingest goes on without it, tries again, and says so meanwhile. How
far it has come is saved once everything up to there is accepted; what comes twice changes nothing.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import Final

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from services.ingest.adapters.frames import Ended, Frame, Wire
from shared.eventlog.checkpoints import Checkpoint
from shared.eventlog.log import Store

READER: Final = "jetstream"
MOST: Final = 10_000
"""Accounts that a Jetstream follows for one listener."""
BATCH: Final = 200
GATHERING: Final = 0.05
"""Seconds in which frames that come together are taken together."""
LARGEST: Final = 4 * 1024 * 1024
"""Bytes of a frame. The server leaves out records of a quarter of this."""
STEADY: Final = 60.0
"""Seconds after which a connection has been a good one."""
SILENT: Final = "nobody with a linked account is known to it by an id that begins with did:"

Followed = Callable[[], Awaitable[Collection[str]]]
Take = Callable[[Sequence[bytes], datetime], Awaitable[object]]

log = structlog.get_logger()


class Jetstream:
    """`followed` names the accounts to listen for, by DID; what has no DID cannot be followed.
    `take` accepts what they did, or raises. `patience` is how many seconds to wait at least and at
    most before another try, and `look` how often to see whom to follow.
    """

    def __init__(
        self,
        url: str,
        store: Store,
        *,
        followed: Followed,
        take: Take,
        registry: CollectorRegistry,
        patience: tuple[float, float] = (1.0, 60.0),
        look: float = 2.0,
    ) -> None:
        self._wire = Wire.of(url)
        self._store, self._followed, self._take = store, followed, take
        self._patience, self._look = patience, look
        self._tries = 0
        self._too_old = False
        self._trouble: str | None = "it has not been reached yet"
        self._without_did = self._beyond = 0
        self._frames = Counter(
            "zones_ingest_jetstream_frames",
            "Frames that the Jetstream sent, by what became of them.",
            ["status"],
            registry=registry,
        )
        self._failed = Counter(
            "zones_ingest_jetstream_failures",
            "Connections to the Jetstream that failed or broke off.",
            ["reason"],
            registry=registry,
        )
        self._connected = Gauge(
            "zones_ingest_jetstream_connected", "1 while it is heard.", registry=registry
        )

    def remark(self) -> str | None:
        """Say what keeps it from being heard in full, for the status."""
        if self._trouble:
            return f"bluesky: the Jetstream is not heard: {self._trouble}"
        if self._beyond:
            return f"bluesky: {self._beyond} linked accounts are more than a Jetstream follows"
        if self._without_did:
            return f"bluesky: {self._without_did} linked accounts have no DID that is known"
        return None

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            began = monotonic()
            try:
                await self._listen(await self._somebody())
            except Exception as error:  # noqa: BLE001 - nothing out there may stop the service
                if monotonic() - began > STEADY:
                    self._tries = 0
                await self._wait(error)

    async def _somebody(self) -> frozenset[str]:
        """Return whom to listen for, once there is anybody: asked for nobody, it tells of all."""
        while not (dids := await self._whom()):
            self._trouble = SILENT
            await asyncio.sleep(self._look)
        return dids

    async def _whom(self) -> frozenset[str]:
        accounts = set(await self._followed())
        dids = sorted(account for account in accounts if account.startswith("did:"))
        self._without_did, self._beyond = len(accounts) - len(dids), max(0, len(dids) - MOST)
        return frozenset(dids[:MOST])

    async def _listen(self, dids: frozenset[str]) -> None:
        address = self._wire.address(dids, await self._cursor())
        async with connect(
            address, max_size=LARGEST, subprotocols=self._wire.subprotocols, max_queue=BATCH
        ) as socket:
            if hello := self._wire.hello(dids):
                await socket.send(hello)
            self._too_old, self._trouble = False, None
            self._connected.set(1)
            looked = monotonic()
            while True:
                await self._heard(await self._gathered(socket), dids)
                if monotonic() - looked < self._look:
                    continue
                now, looked = await self._whom(), monotonic()
                if now == dids:
                    continue
                hello = self._wire.hello(now) if now else None
                if hello is None:
                    return
                await socket.send(hello)
                dids = now

    async def _gathered(self, socket: ClientConnection) -> list[bytes]:
        """Return what has come, once anything has, or nothing after a while."""
        frames: list[bytes] = []
        wait = self._look
        while len(frames) < BATCH:
            try:
                async with asyncio.timeout(wait):
                    frames.append(await socket.recv(decode=False))
            except TimeoutError:
                break
            except ConnectionClosed:
                if not frames:
                    raise
                break  # what has come counts; the next call raises again
            wait = GATHERING
        return frames

    async def _heard(self, bodies: Sequence[bytes], dids: frozenset[str]) -> None:
        """Hand on what those did who are listened for, then save how far this was."""
        received_at = datetime.now(UTC)
        ended: Ended | None = None
        taken: list[bytes] = []
        reached = 0
        for body in bodies:
            match self._wire.read(body):
                case Ended() as ended:
                    break
                case Frame(did, cursor):
                    self._frames.labels("taken" if did in dids else "passed_over").inc()
                    if did in dids:
                        taken.append(body)
                    reached = max(reached, min(cursor, self._wire.latest(received_at)))
                case None:
                    self._frames.labels("unreadable").inc()
        if taken:
            await self._take(taken, received_at)
        if reached:
            self._tries = 0
            await self._save(reached)
        if ended:
            raise ended

    async def _cursor(self) -> int | None:
        """Return where to go on, None to begin with what happens now."""
        if self._too_old:
            return self._wire.OLDEST
        saved = await self._store.checkpoint(READER)
        if saved is None or saved.identity != self._wire.identity:
            return None
        return self._wire.rewound(saved.position)

    async def _save(self, reached: int) -> None:
        """Times may go back a little, but how far we were does not."""
        saved = await self._store.checkpoint(READER)
        if saved and saved.identity == self._wire.identity and saved.position >= reached:
            return
        async with self._store.transaction() as transaction:
            await transaction.save_checkpoint(Checkpoint(READER, reached, self._wire.identity))

    async def _wait(self, error: Exception) -> None:
        """Say what happened, and let some time pass: longer each time, and never for all alike."""
        self._connected.set(0)
        self._too_old = isinstance(error, InvalidStatus) and self._wire.says_too_old(
            bytes(error.response.body or b"")
        )
        self._trouble = f"{type(error).__name__}: {error}"[:300]
        self._failed.labels(type(error).__name__).inc()
        log.warning("ingest.jetstream_failed", why=self._trouble, tries=self._tries)
        least, most = self._patience
        longest = min(most, least * 2 ** min(self._tries, 16))
        self._tries += 1
        await asyncio.sleep(random.SystemRandom().uniform(longest / 2, longest))
