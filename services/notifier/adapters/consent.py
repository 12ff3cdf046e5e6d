"""Whether a member's sponsor may hear how the member is, over HTTP: the member decides."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from services.notifier.domain.care import CareConsented
from services.notifier.projections import around, tables
from shared.contracts.words import MEMBER_PATTERN
from shared.eventlog.log import Entry, Store

Who = Annotated[str, Path(pattern=MEMBER_PATTERN)]


class Given(BaseModel):
    care: bool


class Consent(BaseModel):
    member: str
    care: bool


def router(store: Store) -> APIRouter:
    """Return `/v1/members/{member}/consent`."""
    router = APIRouter(prefix="/v1/members", tags=["consent"])

    @router.get("/{member}/consent", summary="Whether a sponsor may hear how a member is")
    async def consent(member: Who) -> Consent:
        return Consent(member=member, care=await around.consents(store, member))

    @router.put("/{member}/consent", summary="Say whether a sponsor may hear how a member is")
    async def change(member: Who, given: Given) -> Consent:
        await set_consent(store, member, care=given.care)
        return Consent(member=member, care=given.care)

    return router


async def set_consent(store: Store, member: str, *, care: bool) -> None:
    """Remember it. Saying the same again says nothing."""
    async with store.transaction() as transaction:
        if await around.consents(transaction, member) != care:
            consented = CareConsented(care=care, at=datetime.now(UTC))
            await tables.write(transaction, [Entry(member, consented)])
