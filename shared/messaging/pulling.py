"""An open line to a durable consumer: asks for messages ahead of need, notices when it goes dead.

nats-py's own `fetch` costs five turns of the event loop a message; a callback costs none. A line
is good for one connection and one reset of the consumer, and has an inbox of its own, so that
nothing meant for an earlier line can reach it.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.messaging.api import generation
from shared.messaging.delivery import Delivery, delivered
from shared.messaging.topology import Reader

HEARTBEAT_SECONDS = 2
EXPIRES_SECONDS = 30
SILENCE_SECONDS = 2.5 * HEARTBEAT_SECONDS
POLL_SECONDS = 0.1

HEARTBEAT = "100"
EXPIRED = {"404", "408"}
COMPLETED = ("batch completed", "message size exceeds maxbytes")


class LineBroken(Exception):
    """The line is of no more use. What it delivered and nobody has handled will come again."""


class Line:
    """At most one request is open at a time; the next one goes out while this one's are handled.

    `scanned` is the stream sequence up to which the broker has looked for us, told by heartbeats:
    up to there, everything for us has been taken.
    """

    def __init__(self, client: Client, reader: Reader, inbox: str, size: int) -> None:
        self._client = client
        self._reader = reader
        self._inbox = inbox
        self._size = size
        self._generation = generation(client)
        self._awaited = 0
        self._heard: list[Delivery] = []
        self._turns = 0
        self.scanned = 0
        self._heard_at = 0.0
        self._ended: str | None = None
        self._news = asyncio.Event()

    async def take(self) -> list[Delivery]:
        """Return what has come, waiting until something has: nothing at all when only `scanned`
        has moved. Raises LineBroken.
        """
        loop = asyncio.get_running_loop()
        waiting_since, scanned = loop.time(), self.scanned
        while not self._heard and scanned == self.scanned:
            self._check()
            if not self._awaited:
                await self._ask()
            if loop.time() - max(waiting_since, self._heard_at) > SILENCE_SECONDS:
                raise LineBroken("the broker has gone silent")
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._news.wait()
        self._check()
        taken, self._heard = self._heard[: self._size], self._heard[self._size :]
        if not self._awaited and len(self._heard) < self._size:
            await self._ask()
        return taken

    async def acknowledge(self, delivery: Delivery) -> None:
        """Tell the broker, and wait for nothing: a lost ack only means a later reset."""
        with contextlib.suppress(nats.errors.Error):
            await self._client.publish(delivery.ack)

    async def hear(self, message: Msg) -> None:
        """Take in what arrives at the inbox: a message, a heartbeat, or the end of a request."""
        self._heard_at = asyncio.get_running_loop().time()
        if message.reply.startswith("$JS.ACK."):
            self._heard.append(delivered(message))
            self._turns += 1
            self._awaited -= 1
            self._news.set()
            return
        headers = message.headers or {}
        status = headers.get("Status")
        if status == HEARTBEAT:
            self._note(headers)
            return
        self._awaited = 0
        description = headers.get("Description", f"status {status}")
        if status not in EXPIRED and not description.lower().startswith(COMPLETED):
            self._ended = description
        self._news.set()

    def _note(self, heartbeat: Mapping[str, str]) -> None:
        if heartbeat.get("Nats-Last-Consumer") == str(self._turns) and not self._heard:
            self.scanned = int(heartbeat.get("Nats-Last-Stream", self.scanned))
            self._news.set()

    def _check(self) -> None:
        if self._ended:
            raise LineBroken(f"the broker ended it: {self._ended}")
        if self._generation is None or generation(self._client) != self._generation:
            raise LineBroken("the connection is another one")

    async def _ask(self) -> None:
        self._awaited = self._size
        self._heard_at = asyncio.get_running_loop().time()
        request = {
            "batch": self._size,
            "expires": EXPIRES_SECONDS * 10**9,
            "idle_heartbeat": int(HEARTBEAT_SECONDS * 10**9),
        }
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self._reader.stream}.{self._reader.durable}"
        try:
            await self._client.publish(subject, json.dumps(request).encode(), self._inbox)
        except nats.errors.Error as error:
            raise LineBroken(str(error)) from error


@asynccontextmanager
async def line(client: Client, reader: Reader, *, size: int) -> AsyncIterator[Line]:
    """Open a line, on which nothing is asked for before the first `take`. Raises LineBroken."""
    inbox = client.new_inbox()
    opened = Line(client, reader, inbox, size)
    try:
        subscription = await client.subscribe(inbox, cb=opened.hear)
    except nats.errors.Error as error:
        raise LineBroken(str(error)) from error
    try:
        yield opened
    finally:
        with contextlib.suppress(nats.errors.Error):
            await subscription.unsubscribe()
