"""What may be said to somebody, over HTTP: kind by kind, and by which rules it is done."""

from fastapi import APIRouter
from pydantic import BaseModel

from services.notifier.domain.kinds import KINDS, Channel, Kind
from services.notifier.domain.manners import How
from services.notifier.domain.rules import Rules


class Told(BaseModel):
    """Why and how a kind is told, and over which channels as far as they are set up. What is
    `urgent` waits for nothing, what is not `optional` nobody can switch off, and what is `counted`
    takes of the budget.
    """

    kind: Kind
    why: str
    how: How
    urgent: bool
    optional: bool
    counted: bool
    channels: list[Channel]


class Kinds(BaseModel):
    kinds: list[Told]


def router(rules: Rules) -> APIRouter:
    """Return `/v1/kinds`."""
    router = APIRouter(prefix="/v1", tags=["notices"])

    @router.get("/kinds", summary="What may be said to somebody, why, and by which rules")
    async def kinds() -> Kinds:
        return Kinds(kinds=[_told(kind, rules) for kind in KINDS])

    return router


def _told(kind: Kind, rules: Rules) -> Told:
    manner = rules.manners.of(kind)
    return Told(
        kind=kind,
        why=manner.why,
        how=manner.how,
        urgent=manner.urgent,
        optional=manner.optional,
        counted=manner.counted,
        channels=[*rules.channels[kind]],
    )
