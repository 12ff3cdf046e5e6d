"""Where members are to be found, over HTTP. Whoever may write may read it, and nobody else."""

from collections.abc import Callable
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from fastapi import APIRouter, HTTPException, Path
from pydantic import AfterValidator, BaseModel, EmailStr, Field
from pydantic_core import PydanticCustomError

from services.notifier.projections.recipients import Recipient, keep, recipient
from shared.contracts.words import SUBJECT_PATTERN
from shared.eventlog.log import Store

PATH = "/v1/members/"

Misfit = Callable[[str], str | None]
"""Says why nothing can be sent to an address of a chat or push service."""


def as_sent(email: str) -> str:
    """Return an address as every mail server understands it. Raises PydanticCustomError."""
    try:
        known = validate_email(email, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise PydanticCustomError("email", "{why}", {"why": str(error)}) from None
    return known.ascii_email or known.normalized


Email = Annotated[EmailStr, AfterValidator(as_sent)]
Who = Annotated[str, Path(pattern=SUBJECT_PATTERN)]
LONGEST = 2048


class Given(BaseModel):
    """What is absent stays as it was, null clears it."""

    email: Email | None = None
    chat: Annotated[str, Field(max_length=LONGEST)] | None = None
    """An address of Apprise's, such as `ntfys://ntfy.example/topic`."""


class Addresses(BaseModel):
    member: str
    email: str | None
    chat: str | None


def without_services(_address: str) -> str:
    """Say why nothing can be sent to an address where no service is listed."""
    return "no service may be spoken to: ZONES_NOTIFIER_CHAT lists them"


def router(store: Store, misfit: Misfit) -> APIRouter:
    """Return `/v1/members/{member}/addresses`; `_org` has some too."""
    router = APIRouter(prefix="/v1/members", tags=["addresses"])

    @router.get("/{member}/addresses", summary="Where a member is to be found")
    async def addresses(member: Who) -> Addresses:
        return _shown(await recipient(store, member))

    @router.put("/{member}/addresses", summary="Say where a member is to be found")
    async def change(member: Who, given: Given) -> Addresses:
        if given.chat and (complaint := misfit(given.chat)):
            raise HTTPException(422, f"body.chat: {complaint}")
        async with store.transaction() as transaction:
            before = await recipient(transaction, member)
            said = {"email": before.email, "chat": before.chat}
            said.update(given.model_dump(exclude_unset=True))
            await keep(transaction, member, said["email"], said["chat"])
        return _shown(await recipient(store, member))

    @router.delete("/{member}/addresses", summary="Forget where a member is to be found")
    async def forget(member: Who) -> Addresses:
        async with store.transaction() as transaction:
            await keep(transaction, member, None, None)
        return _shown(await recipient(store, member))

    return router


def _shown(known: Recipient) -> Addresses:
    return Addresses(member=known.member, email=known.email, chat=known.chat)
