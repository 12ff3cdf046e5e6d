"""A Jetstream on this machine: it says what it is told to say, and breaks off when told to."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

LONGEST = 15.0


class Asked(NamedTuple):
    """What one listener asked for, and what it said first, if it says anything."""

    path: str
    query: dict[str, list[str]]
    said: list[dict[str, Any]]

    @property
    def cursor(self) -> int | None:
        return int(self.query["cursor"][0]) if "cursor" in self.query else None

    @property
    def followed(self) -> list[list[str]]:
        """Whom it wanted to follow, each time it said so."""
        return [each["payload"]["wantedDids"] for each in self.said]


class Server:
    """Each connection gets the next of `plays`; after the last it is kept open in silence.

    A play is what to send; None stands for a sudden end. An HTTP status refuses the connection.
    """

    def __init__(self, plays: Sequence[Sequence[Any] | tuple[HTTPStatus, str]]) -> None:
        self.plays = list(plays)
        self.asked: list[Asked] = []
        self.port = 0

    def url(self, path: str = "/subscribe") -> str:
        return f"ws://127.0.0.1:{self.port}{path}"

    def refuse(self, connection: ServerConnection, request: Request) -> Response | None:
        if self.plays and isinstance(self.plays[0], tuple):
            self._note(request.path)
            status, body = self.plays.pop(0)
            return connection.respond(status, body)
        return None

    async def play(self, socket: ServerConnection) -> None:
        assert socket.request
        asked = self._note(socket.request.path)
        if "requireHello" in asked.query:
            asked.said.append(json.loads(await socket.recv()))
        for frame in self.plays.pop(0) if self.plays else []:
            if frame is None:
                socket.transport.abort()
                return
            await socket.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))
        async for said in socket:
            asked.said.append(json.loads(said))

    def _note(self, path: str) -> Asked:
        parts = urlsplit(path)
        asked = Asked(parts.path, parse_qs(parts.query), [])
        self.asked.append(asked)
        return asked


@asynccontextmanager
async def jetstream(*plays: Sequence[Any] | tuple[HTTPStatus, str]) -> AsyncIterator[Server]:
    server = Server(plays)
    async with serve(
        server.play, "127.0.0.1", 0, process_request=server.refuse, close_timeout=1
    ) as listening:
        [socket] = listening.sockets
        server.port = socket.getsockname()[1]
        yield server


async def until(what: Callable[[], object]) -> None:
    """Return once this is true."""
    async with asyncio.timeout(LONGEST):
        while not what():
            await asyncio.sleep(0.01)
