"""The inbox of a member over HTTP: what was said to them, and what of it they have read."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from services.notifier.adapters.wording import Wording, Words
from services.notifier.domain.manners import Manner, Manners
from services.notifier.domain.notices import Notice, NoticeRead, stream
from services.notifier.projections import shown, tables
from services.notifier.projections.recipients import recipient
from shared.contracts.words import SUBJECT_PATTERN
from shared.eventlog.log import Entry, Store

Recipient = Annotated[str, Path(pattern=SUBJECT_PATTERN)]
MOST: int = 1000


class Stop(BaseModel):
    """How to hear no more of a kind: `PUT` the body to the path."""

    path: str
    body: dict[str, dict[str, str]]


class Letter(BaseModel):
    """`title`, `text` and `why` are what a person reads; `cause` is what it was sent for. `stop` is
    null where the kind cannot be switched off.
    """

    id: str
    kind: str
    title: str
    text: str
    why: str
    about: str | None
    cause: str
    due_at: datetime | None
    sent_at: datetime
    read: bool
    stop: Stop | None


class Inbox(BaseModel):
    """From old to new. `next` is the `after` of the next page, null on the last one."""

    member: str
    notices: list[Letter]
    next: int | None


class Reading(BaseModel):
    ids: Annotated[list[str], Field(min_length=1, max_length=MOST)]


def router(store: Store, wording: Wording, manners: Manners) -> APIRouter:
    """Return `/v1/inbox/{member}`; `_org` has one too."""
    router = APIRouter(prefix="/v1/inbox", tags=["inbox"])

    @router.get("/{member}", response_model=Inbox, summary="What was said to a member, old to new")
    async def inbox(
        member: Recipient,
        unread: bool = False,
        after: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
    ) -> dict[str, Any]:
        only = {"is_read": False} if unread else {}
        rows = await shown.notices(store, after=after, limit=limit, recipient=member, **only)
        reader = await recipient(store, member)
        return {
            "member": member,
            "notices": [
                _letter(row, wording.words(row.sent.notice, reader), manners) for row in rows
            ],
            "next": rows[-1].position if len(rows) == limit else None,
        }

    @router.post("/{member}/read", summary="Mark notices as read")
    async def read(member: Recipient, said: Reading) -> dict[str, int]:
        return {"read": await mark_read(store, member, said.ids)}

    return router


async def mark_read(store: Store, member: str, ids: list[str]) -> int:
    """Return how many of the member's notices were unread until now."""
    async with store.transaction() as transaction:
        unread = await shown.unread(transaction, member, ids)
        entries = [Entry(stream(member), NoticeRead(id=number)) for number in unread]
        await tables.write(transaction, entries)
    return len(entries)


def _letter(row: shown.Inboxed, words: Words, manners: Manners) -> dict[str, Any]:
    notice = row.sent.notice
    return {
        "id": row.sent.id,
        "kind": notice.kind,
        **words._asdict(),
        "about": notice.about,
        "cause": notice.cause,
        "due_at": notice.due_at,
        "sent_at": row.sent.sent_at,
        "read": row.is_read,
        "stop": _stop(notice, manners.of(notice.kind)),
    }


def _stop(notice: Notice, manner: Manner) -> dict[str, Any] | None:
    if manner.urgent or not manner.optional:
        return None
    path = f"/v1/members/{notice.recipient}/preferences"
    return {"path": path, "body": {"kinds": {notice.kind: "off"}}}
