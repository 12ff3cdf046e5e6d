"""Which policies were adopted, what is to be said against one, and the adoption of another."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import date
from typing import Annotated, Any, Final, Protocol, TypeAlias

from fastapi import APIRouter, HTTPException, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from services.classifier.domain.adopting import AdoptionRefused, Offer
from services.classifier.domain.policy import Mode, PolicyAdopted
from services.classifier.domain.regimes import ALWAYS, Policies
from services.classifier.http import shapes
from services.classifier.http.members import Governing
from services.classifier.http.unchanged import unchanged
from services.classifier.projections import answers
from services.classifier.projections.entries import adoptions
from services.classifier.publishing import instant
from shared.contracts.words import Line
from shared.eventlog.log import View
from shared.runtime.errors import WrongUse
from shared.runtime.health import Health

Text = Annotated[str, Field(max_length=64 * 1024, description="A whole policy, in TOML")]
Number = Annotated[int, Path(ge=1, le=10**12)]

Lint: TypeAlias = Callable[[str, str], Awaitable[dict[str, Any]]]
"""Answers what is to be said against the text of a policy, which has a name."""

NAME: Final = "policy.toml"


class Adopt(Protocol):
    """Adopts what is offered, and answers when everybody has been decided again: the adoption,
    and whether it is new.
    """

    async def __call__(self, offer: Offer) -> tuple[PolicyAdopted, bool]: ...


class Questioned(BaseModel):
    """Without a text, the policy that governs today is meant."""

    model_config = ConfigDict(extra="forbid")

    text: Text | None = None
    name: Annotated[str, Field(max_length=200)] = NAME


class Offered(BaseModel):
    """Who adopts which policy, how, and from which day on: tomorrow, if none is named."""

    model_config = ConfigDict(extra="forbid")

    text: Text
    author: Line
    note: Line | None = None
    mode: Mode = "forward"
    effective_on: Annotated[date | None, Field(alias="from")] = None
    until: date | None = None

    def offer(self) -> Offer:
        return Offer(**dict(self))


def router(view: View, policies: Governing, lint: Lint, health: Health) -> APIRouter:
    """Return `/v1/policies`, but for the adoption."""
    router = APIRouter(prefix="/v1/policies", tags=["policies"])

    @router.get(
        "",
        summary="The policies adopted so far, and which days each governs",
        response_model=shapes.Policies,
    )
    async def listed() -> dict[str, Any]:
        async with view.snapshot() as moment:
            now = await answers.clock(moment)
            adopted = await adoptions(moment)
        governing = policies()
        return {
            "today": None if now is None else answers.date_of(now),
            "governing": (governing.newest if now is None else governing.today(now)).version,
            "policies": [told(each, governing) for each in adopted],
            "remarks": health.remarks,
        }

    @router.get(
        "/{version}",
        summary="One of them, with its text",
        response_model=shapes.Policy,
        dependencies=[unchanged(view)],
    )
    async def shown(version: Number) -> dict[str, Any]:
        adopted = await _adopted(view, version)
        return {**told(adopted, policies()), "text": adopted.text}

    @router.post(
        "/lint",
        summary="What is to be said against a policy, and what the log has to say",
        response_model=shapes.Lint,
    )
    async def linted(question: Questioned) -> dict[str, Any]:
        if question.text is not None:
            return await lint(question.text, question.name)
        now = await answers.clock(view)
        governing = policies()
        version = (governing.newest if now is None else governing.today(now)).version
        return await lint((await _adopted(view, version)).text, f"policy {version}")

    return router


def adoption(policies: Governing, adopt: Adopt) -> APIRouter:
    """Return the adoption at `/v1/policies`."""
    router = APIRouter(prefix="/v1/policies", tags=["policies"])

    @router.post(
        "",
        summary="Adopt a policy, and decide everybody again",
        status_code=201,
        response_model=shapes.Adoption,
        responses={
            200: {"model": shapes.Adoption, "description": "It was adopted before, just so"},
            409: {"description": "It cannot be adopted so: the sentence says why"},
        },
    )
    async def adopted(offered: Offered, response: Response) -> dict[str, Any]:
        try:
            policy, new = await adopt(offered.offer())
        except WrongUse as invalid:
            raise HTTPException(422, str(invalid)) from invalid
        except AdoptionRefused as refused:
            raise HTTPException(409, str(refused)) from refused
        if not new:
            response.status_code = 200
        return told(policy, policies())

    return router


def told(adopted: PolicyAdopted, policies: Policies) -> dict[str, Any]:
    """Return an adoption as it is shown, with the stretches of days that it governs."""
    return {
        "version": adopted.version,
        "mode": adopted.mode,
        "effective_on": adopted.effective_on,
        "until": adopted.until,
        "author": adopted.author,
        "note": adopted.note,
        "decided_at": instant(adopted.decided_at),
        "governs": list(_governed(adopted.version, policies)),
    }


def _governed(version: int, policies: Policies) -> Iterable[dict[str, date | None]]:
    """Yield the first and the last day of each stretch; null where there is none."""
    regimes = policies.regimes
    for place, regime in enumerate(regimes):
        before = regimes[place - 1].policy.version if place else 0
        if regime.policy.version != version or before == version:
            continue
        after = (each.from_day for each in regimes[place:] if each.policy.version != version)
        end = next(after, None)
        yield {
            "from": None if regime.from_day == ALWAYS else date.fromordinal(regime.from_day),
            "until": None if end is None else date.fromordinal(end - 1),
        }


async def _adopted(view: View, version: int) -> PolicyAdopted:
    for adopted in await adoptions(view):
        if adopted.version == version:
            return adopted
    raise HTTPException(404, f"there is no policy {version}")
