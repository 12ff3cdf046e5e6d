"""`POST /v1/events`: the way in for scripts. The answer says of each event what became of it."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.exceptions import HTTPException

from services.ingest.handlers.intake import Intake, Verdict
from services.ingest.handlers.posts import Translate
from services.ingest.handlers.reading import Heard
from services.ingest.http.mailbox import Mailbox, within
from services.ingest.http.publishers import Publishers
from shared.messaging.errors import UnreadableMessage

STATUS: Final = {"unknown_content_type": 415, "too_many": 413}
"""Why a body cannot be read, as HTTP says it. All else is a 400."""


class Result(BaseModel):
    """What became of one event. `index` is its place in the request, from 0."""

    index: int
    id: str | None
    status: Literal["accepted", "duplicate", "refused", "skipped"]
    reason: str | None = None


class Answer(BaseModel):
    """A 202 means that whatever is accepted is on the broker's disk, and counts once."""

    accepted: int
    duplicates: int
    refused: int
    results: list[Result]


def router(
    intake: Intake,
    translate: Translate,
    mailbox: Mailbox,
    publishers: Publishers,
    deadline: float,
) -> APIRouter:
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
        publisher = publishers.admitted(request)
        async with mailbox.body(request) as body:
            try:
                said = translate(request.headers, body)
            except UnreadableMessage as error:
                raise HTTPException(STATUS.get(error.reason, 400), error.detail) from None
            publishers.count(publisher, len(said))
            now = datetime.now(UTC)
            heard = [
                Heard(event, now, refused=publisher.refusal(event) if publisher else None)
                for event in said
            ]
            async with within(deadline):
                verdicts = await intake.accept(heard)
        return _answer(verdicts)

    return router


def _answer(verdicts: Sequence[Verdict]) -> Response:
    counts = Counter(verdict.status for verdict in verdicts)
    body = to_json(
        {
            "accepted": counts["accepted"],
            "duplicates": counts["duplicate"],
            "refused": counts["refused"],
            "results": told(verdicts),
        }
    )
    return Response(body, _status(verdicts), media_type="application/json")


def told(verdicts: Sequence[Verdict]) -> list[dict[str, object]]:
    """Return what a `Result` says of each."""
    results: list[dict[str, object]] = []
    for index, verdict in enumerate(verdicts):
        why = {} if verdict.reason is None else {"reason": verdict.reason}
        results.append({"index": index, "id": verdict.id, "status": verdict.status, **why})
    return results


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
    413: {"description": "The body or its only event is too large, or there are too many"},
    415: {"description": "The body is in no form that is understood here"},
    422: {"description": "Every event is refused", "model": Answer},
    429: {"description": "Too many events a second: send it again after Retry-After"},
    503: {"description": "The broker cannot take this at present: send it again"},
}
