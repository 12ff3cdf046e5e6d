"""A receiver of webhooks on this machine, which verifies what it gets and answers as it is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks import Webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ANSWERS = {
    200: b"HTTP/1.1 200 OK\r\n",
    302: b"HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\n",
    410: b"HTTP/1.1 410 Gone\r\n",
    429: b"HTTP/1.1 429 Too Many Requests\r\nretry-after: 3600\r\n",
    500: b"HTTP/1.1 500 Internal Server Error\r\n",
}
HANG = 0


@dataclass(slots=True)
class Receiver:
    """`answers` are given one after the other, the last one for ever; HANG gives none."""

    url: str
    answers: list[int]
    ids: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    got: list[dict[str, Any]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: list[asyncio.Task[Any]] = field(default_factory=list)

    async def has(self, attempts: int) -> None:
        """Return when it has been called so often."""
        async with asyncio.timeout(10):
            while len(self.ids) < attempts:
                self.news.clear()
                await self.news.wait()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if task := asyncio.current_task():
            self.tasks.append(task)
        try:
            while (head := await _head(reader)) is not None:
                path, headers = head
                body = await reader.readexactly(int(headers["content-length"]))
                self.got.append(Webhook(SECRET).verify(body, headers))
                self.ids.append(headers["webhook-id"])
                self.paths.append(path)
                status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                self.news.set()
                if status == HANG:
                    await asyncio.sleep(60)
                writer.write(ANSWERS[status] + b"content-length: 0\r\n\r\n")
                await writer.drain()
        finally:
            writer.close()


async def _head(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]] | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.strip().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return first.split()[1], {name.lower(): value for name, value in headers.items()}


@asynccontextmanager
async def a_receiver(*answers: int) -> AsyncIterator[Receiver]:
    receiver = Receiver("", [*answers])
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield receiver
    finally:
        server.close()
        for task in receiver.tasks:
            task.cancel()
        await asyncio.gather(*receiver.tasks, return_exceptions=True)
        await server.wait_closed()
