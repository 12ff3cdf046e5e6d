"""What authors are asked about changes to their drafts, and their answers: over HTTP for programs,
and by a signed link for people.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, HTTPException, Query, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from services.notifier.adapters.links import Links
from services.notifier.adapters.pages import nowhere, page
from services.notifier.adapters.wording import Button, Wording
from services.notifier.domain.voice import VoiceAsked
from services.notifier.projections import shown
from services.notifier.projections.asking import State, Voice, voice, voices
from services.notifier.projections.recipients import recipient
from shared.eventlog.view import View

ACCEPT: Final = "?accept=true"
SEND_BACK: Final = "?accept=false"

Answer = Callable[[VoiceAsked, bool, datetime], Awaitable[bool]]
"""Takes what was asked, whether it is accepted, and when; answers whether that changed anything."""


class Question(BaseModel):
    """`editor` changed what the draft means, and its author accepts that or sends it back. A draft
    that is approved or withdrawn closes what was asked about it.
    """

    id: str
    member: str
    draft_id: str
    editor: str | None
    title: str | None
    url: str | None
    cause: str
    edited_at: datetime
    asked_at: datetime
    state: State
    answered_at: datetime | None


class Questions(BaseModel):
    """From old to new. `next` is the `after` of the next page, null on the last one."""

    voices: list[Question]
    next: int | None


class Said(BaseModel):
    answer: Literal["accept", "send_back"]


class Answered(BaseModel):
    voice: Question
    changed: bool
    """False where it was answered or closed already."""


def router(view: View, answer: Answer) -> APIRouter:
    """Return `/v1/drafts/voices`."""
    router = APIRouter(prefix="/v1/drafts/voices", tags=["drafts"])

    @router.get("", summary="What authors were asked about their voice, from old to new")
    async def listed(
        open: bool = False,
        member: str | None = None,
        after: Annotated[int, Query(ge=0, le=1 << 62)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> Questions:
        found = await voices(view, only_open=open, member=member, after=after, limit=limit)
        return Questions(
            voices=[_question(each) for each in found],
            next=found[-1].place if len(found) == limit else None,
        )

    @router.get("/{id:path}", summary="One question to an author, and its answer")
    async def one(id: str) -> Question:
        return _question(await _found(view, id))

    @router.post("/{id:path}", summary="Answer for the author: accept a change, or send it back")
    async def say(id: str, said: Said) -> Answered:
        asked = (await _found(view, id)).asked
        changed = await answer(asked, said.answer == "accept", await shown.now(view))
        return Answered(voice=_question(await _found(view, id)), changed=changed)

    return router


def pages(view: View, links: Links, wording: Wording, answer: Answer) -> APIRouter:
    """Return `/v1/voice/{token}`, for people."""
    router = APIRouter(prefix="/v1", tags=["links"], default_response_class=HTMLResponse)

    @router.get("/voice/{token}", summary="Ask an author whether a change is theirs")
    async def ask(token: str) -> Response:
        return await shown_to_author(token, None)

    @router.post("/voice/{token}", summary="Accept a change to a draft, or send it back")
    async def say(token: str, accept: bool | None = None) -> Response:
        return await shown_to_author(token, accept)

    async def shown_to_author(token: str, accept: bool | None) -> Response:
        named = links.answered_by(token)
        found = await voice(view, named[1]) if named else None
        if found is None:
            return nowhere(wording)
        asked = found.asked
        reader = await recipient(view, asked.member)
        draft = asked.draft_id
        if found.state == "open" and accept is None:
            buttons = (Button("voice_accept", ACCEPT), Button("voice_send_back", SEND_BACK))
            return page(wording.page(reader, "voice_ask", "voice_hint", *buttons, draft=draft))
        changed = accept is not None and await answer(asked, accept, await shown.now(view))
        said = "voice_accepted" if accept else "voice_sent_back"
        return page(wording.page(reader, said if changed else "voice_over", draft=draft))

    return router


async def _found(view: View, id: str) -> Voice:
    found = await voice(view, id)
    if found is None:
        raise HTTPException(404, f"there is no question {id}: `zones drafts voices` lists them")
    return found


def _question(found: Voice) -> Question:
    asked = found.asked
    return Question(
        id=asked.id,
        member=asked.member,
        draft_id=asked.draft_id,
        editor=asked.editor,
        title=asked.title,
        url=asked.url,
        cause=asked.cause,
        edited_at=asked.edited_at,
        asked_at=asked.at,
        state=found.state,
        answered_at=found.answered_at,
    )
