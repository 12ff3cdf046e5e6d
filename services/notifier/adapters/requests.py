"""Requests for topics over HTTP: how each stands, and a member's answer."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel

from services.notifier.domain.requests import Reply
from services.notifier.projections import requested, shown
from shared.contracts.words import Member
from shared.eventlog.view import View

AnswerRequest = Callable[[str, str, Reply, datetime], Awaitable[bool]]
"""Takes the request's id, who, what they say, and when; answers whether that changed anything."""


class Ask(BaseModel):
    """`reply` is null while there is none."""

    member: str
    at: datetime
    reply: Reply | None


class Request(BaseModel):
    """`next_at` is when the next are asked if nobody accepts, or when it closes."""

    id: str
    topic: str
    by: str
    opened_at: datetime
    closes_at: datetime
    next_at: datetime | None
    state: Literal["open", "taken", "unanswered"]
    taken_by: str | None
    asked: list[Ask]


class Requests(BaseModel):
    """From old to new. `next` is the `after` of the next page, null on the last one."""

    requests: list[Request]
    next: str | None


class Answer(BaseModel):
    member: Member
    answer: Reply


class Answered(BaseModel):
    request: Request
    changed: bool
    """False where it was closed already, or they had said so before."""


def router(view: View, answer_request: AnswerRequest) -> APIRouter:
    """Return `/v1/requests`."""
    router = APIRouter(prefix="/v1/requests", tags=["requests"])

    @router.get("", response_model=Requests, summary="Topics that somebody would like, old to new")
    async def requests(
        open: bool = False,
        after: str | None = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> dict[str, Any]:
        found = await requested.requests(view, only_open=open, after=after, limit=limit)
        return {
            "requests": [_shown(it) for it in found],
            "next": found[-1].id if len(found) == limit else None,
        }

    @router.get("/{id:path}", response_model=Request, summary="One request, as it stands")
    async def request(id: str) -> dict[str, Any]:
        return _shown(await _found(view, id))

    @router.post(
        "/{id:path}/answers", response_model=Answered, summary="Accept a request, or decline it"
    )
    async def answer(id: str, said: Answer) -> dict[str, Any]:
        await _found(view, id)
        changed = await answer_request(id, said.member, said.answer, await shown.now(view))
        return {"request": _shown(await _found(view, id)), "changed": changed}

    return router


async def _found(view: View, id: str) -> requested.Requested:
    found = await requested.request(view, id)
    if found is None:
        raise HTTPException(404, f"there is no request {id}: `zones requests` lists them")
    return found


def _shown(request: requested.Requested) -> dict[str, Any]:
    return {**request._asdict(), "asked": [it._asdict() for it in request.asked]}
