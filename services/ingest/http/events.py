"""`POST /v1/events`: the way in for scripts. The answer says of each event what became of it."""

import asyncio
import sqlite3
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final, Literal, TypeAlias

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from services.ingest.handlers.intake import Intake, Verdict
from services.ingest.handlers.reading import Heard
from shared.messaging.errors import BrokerUnavailable, StreamFull, UnreadableMessage

NOT_NOW: Final = (BrokerUnavailable, StreamFull, sqlite3.OperationalError)
"""What is no fault of the request: answered by `come_again`."""

Translate: TypeAlias = Callable[[Mapping[str, str], bytes], list[Any]]


class Result(BaseModel):
    """What became of one event. `index` is its place in the request, from 0."""

    index: int
    id: str | None
    status: Literal["accepted", "duplicate", "refused"]
    reason: str | None = None


class Answer(BaseModel):
    """A 202 means that whatever is accepted is on the broker's disk, and counts once."""

    accepted: int
    duplicates: int
    refused: int
    results: list[Result]


class Mailbox:
    """Bodies on their way in and through. What finds no room is told to come again."""

    def __init__(self, *, body_bytes: int, waiting_bytes: int) -> None:
        self._largest, self._room, self._taken = body_bytes, waiting_bytes, 0

    @asynccontextmanager
    async def body(self, request: Request) -> AsyncIterator[bytes]:
        """Yield a request's body, unpacked. Raises HTTPException: 400, 413, 415, 503."""
        body, before = bytearray(), 0
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > self._largest:
                    raise self._too_large()
                self._taken += len(chunk)
                before += len(chunk)
                if self._taken > self._room and self._taken > before:
                    raise _unavailable("too many requests are waiting for the broker")
            yield self._unpacked(bytes(body), request.headers.get("content-encoding", "identity"))
        except ClientDisconnect:
            raise HTTPException(400, "the body ends early") from None
        finally:
            self._taken -= before

    def _unpacked(self, body: bytes, encoding: str) -> bytes:
        match encoding.strip().lower():
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


def router(intake: Intake, translate: Translate, mailbox: Mailbox, deadline: float) -> APIRouter:
    """Return `/v1/events`. `deadline` is the seconds until an answer."""
    router = APIRouter(prefix="/v1", tags=["events"])

    @router.post(
        "/events",
        status_code=202,
        response_model=Answer,
        responses=RESPONSES,
        openapi_extra={"requestBody": {"required": True, "content": CONTENT}},
        summary="Say what happened: one event, an array, or JSON Lines",
    )
    async def events(request: Request) -> Response:
        async with mailbox.body(request) as body:
            try:
                said = translate(request.headers, body)
            except UnreadableMessage as error:
                status = 415 if error.reason == "unknown_content_type" else 400
                raise HTTPException(status, error.detail) from None
            now = datetime.now(UTC)
            try:
                async with asyncio.timeout(deadline):
                    verdicts = await intake.accept([Heard(event, now) for event in said])
            except TimeoutError:
                raise _unavailable(f"the broker has not answered in {deadline:g} seconds") from None
        return _answer(verdicts)

    return router


async def come_again(_request: Request, error: Exception) -> Response:
    """Answer when the broker or the disk is not able to take anything at present."""
    answer = _unavailable(str(error))
    body = to_json({"error": answer.detail})
    return Response(body, answer.status_code, answer.headers, "application/json")


def _unavailable(why: str) -> HTTPException:
    """Nothing is half done that sending the same again would not mend."""
    return HTTPException(503, f"send this again: {why}", {"Retry-After": "1"})


def _answer(verdicts: Sequence[Verdict]) -> Response:
    counts = Counter(verdict.status for verdict in verdicts)
    results: list[dict[str, object]] = []
    for index, verdict in enumerate(verdicts):
        told = {} if verdict.reason is None else {"reason": verdict.reason}
        results.append({"index": index, "id": verdict.id, "status": verdict.status, **told})
    body = to_json(
        {
            "accepted": counts["accepted"],
            "duplicates": counts["duplicate"],
            "refused": counts["refused"],
            "results": results,
        }
    )
    return Response(body, _status(verdicts), media_type="application/json")


def _status(verdicts: Sequence[Verdict]) -> int:
    if not verdicts or any(verdict.status != "refused" for verdict in verdicts):
        return 202
    too_large = [verdict for verdict in verdicts if (verdict.reason or "").startswith("too_large")]
    return 413 if too_large and len(verdicts) == 1 else 422


EXAMPLE: Final = {
    "specversion": "1.0",
    "id": "3l2a7",
    "source": "urn:zones:platform:bluesky",
    "type": "zones.activity.share.v1",
    "subject": "m-001",
    "time": "2026-03-01T09:30:00Z",
    "data": {"object": {"id": "post-17"}, "topics": ["hiring"]},
}
_EVENT: Final = {
    "type": "object",
    "description": "A CloudEvents 1.0 event of a type zones.activity.<kind>.v1",
    "example": EXAMPLE,
}
_EVENTS: Final = {"schema": {"type": "array", "items": _EVENT}}
_LINES: Final = {"schema": {"type": "string", "description": "One event a line"}}
CONTENT: Final = {
    "application/json": {"schema": {"oneOf": [_EVENT, _EVENTS["schema"]]}},
    "application/cloudevents+json": {"schema": _EVENT},
    "application/cloudevents-batch+json": _EVENTS,
    "application/x-ndjson": _LINES,
}
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    400: {"description": "The body cannot be read"},
    413: {"description": "The body or its only event is too large"},
    415: {"description": "The body is in no form that is understood here"},
    422: {"description": "Every event is refused", "model": Answer},
    503: {"description": "The broker cannot take this at present: send it again"},
}
