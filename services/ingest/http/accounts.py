"""`GET /v1/accounts` and `/v1/profiles`: what the directory knows of accounts and members.

Handles are here and nowhere else, so this is for whoever may read at ingest.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from services.ingest.projections import answers
from shared.eventlog.log import View

Member = Annotated[str | None, Query(max_length=64, description="Only of this member")]
Platform = Annotated[str | None, Query(max_length=64, description="Only accounts there")]
After = Annotated[str, Query(max_length=64, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=1000)]


class Shape(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)


class Account(Shape):
    account: str
    """What everybody else knows it by."""
    platform: str
    handle: str
    """Its identity, which never changes; what it was linked by, until that has been seen."""
    member: str
    label: str | None
    """What it is called at present."""
    labels: list[str]
    """Everything that it was ever called, as far as we heard."""


class Accounts(Shape):
    accounts: list[Account]
    next: str | None
    """What to ask for `after` to go on from here; null at the end."""


class Profile(Shape):
    member: str
    registered: bool
    """Whether they were registered, and have not departed since."""
    values: dict[str, Any]
    """What was said of them and holds at present, by field."""


class Profiles(Shape):
    profiles: list[Profile]
    next: str | None
    """What to ask for `after` to go on from here; null at the end."""


def router(view: View) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["accounts"])

    @router.get("/accounts", summary="The accounts that are linked", response_model=Accounts)
    async def accounts(
        member: Member = None, platform: Platform = None, after: After = "", limit: Limit = 100
    ) -> dict[str, Any]:
        found = await answers.linked(
            view, member=member, platform=platform, after=after, limit=limit + 1
        )
        page = [one._asdict() for one in found[:limit]]
        return {"accounts": page, "next": page[-1]["account"] if len(found) > limit else None}

    @router.get("/profiles", summary="What was said of members", response_model=Profiles)
    async def profiles(
        member: Member = None, after: After = "", limit: Limit = 100
    ) -> dict[str, Any]:
        found = await answers.profiles(view, member=member, after=after, limit=limit + 1)
        page = [
            {"member": name, "registered": profile.is_member, "values": profile.values}
            for name, profile in found[:limit]
        ]
        return {"profiles": page, "next": page[-1]["member"] if len(found) > limit else None}

    return router
