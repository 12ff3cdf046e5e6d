"""Bodies on their way in, and what is said to those who have to come again."""

import asyncio
import sqlite3
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import Request, Response
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from shared.messaging.errors import BrokerUnavailable, StreamFull

NOT_NOW: Final = (BrokerUnavailable, StreamFull, sqlite3.OperationalError)
"""What is no fault of the request: answered by `come_again`."""


class Mailbox:
    """Bodies on their way in and through. What finds no room is told to come again."""

    def __init__(self, *, body_bytes: int, waiting_bytes: int) -> None:
        self._largest, self._room, self._taken = body_bytes, waiting_bytes, 0

    @asynccontextmanager
    async def body(self, request: Request) -> AsyncIterator[bytes]:
        """Yield a request's body, unpacked. Raises HTTPException: 400, 413, 415, 503."""
        async with self.received(request) as body:
            yield self.unpacked(request, body)

    @asynccontextmanager
    async def received(self, request: Request) -> AsyncIterator[bytes]:
        """Yield a request's body as it came; of one that says that it is too large nothing is
        read. Raises HTTPException: 400, 413, 503.
        """
        said = request.headers.get("content-length", "0")
        if said.isascii() and said.isdecimal() and int(said[:20]) > self._largest:
            raise self._too_large()
        body, before = bytearray(), 0
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > self._largest:
                    raise self._too_large()
                self._taken += len(chunk)
                before += len(chunk)
                if self._taken > self._room and self._taken > before:
                    raise unavailable("too many requests are waiting for the broker")
            yield bytes(body)
        except ClientDisconnect:
            raise HTTPException(400, "the body ends early") from None
        finally:
            self._taken -= before

    def unpacked(self, request: Request, body: bytes) -> bytes:
        """Raises HTTPException: 400, 413, 415."""
        match request.headers.get("content-encoding", "identity").strip().lower():
            case "identity":
                return body
            case "gzip" | "x-gzip":
                return self._gunzip(body)
            case _:
                raise HTTPException(
                    415, "send the body as it is or gzipped", {"Accept-Encoding": "gzip"}
                )

    def _gunzip(self, packed: bytes) -> bytes:
        """A gzip body may have several members, one behind the other."""
        unpacked = bytearray()
        try:
            while packed:
                member = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
                unpacked += member.decompress(packed, self._largest + 1 - len(unpacked))
                if len(unpacked) > self._largest:
                    raise self._too_large()
                if not member.eof:
                    raise HTTPException(400, "the gzipped body ends early")
                packed = member.unused_data
        except zlib.error as error:
            raise HTTPException(400, f"the body is not gzip: {error}") from None
        return bytes(unpacked)

    def _too_large(self) -> HTTPException:
        return HTTPException(
            413, f"a request has at most {self._largest} bytes, unpacked: send fewer events at once"
        )


@asynccontextmanager
async def within(deadline: float) -> AsyncIterator[None]:
    """Break off after so many seconds. Raises HTTPException: 503."""
    try:
        async with asyncio.timeout(deadline):
            yield
    except TimeoutError:
        raise unavailable(f"the broker has not answered in {deadline:g} seconds") from None


async def come_again(_request: Request, error: Exception) -> Response:
    """Answer when the broker or the disk is not able to take anything at present."""
    answer = unavailable(str(error))
    body = to_json({"error": answer.detail})
    return Response(body, answer.status_code, answer.headers, "application/json")


def unavailable(why: str) -> HTTPException:
    """Nothing is half done that sending the same again would not mend."""
    return HTTPException(503, f"send this again: {why}", {"Retry-After": "1"})
