"""How members want to be told, over HTTP: what the rules say of each kind, and what they say."""

from dataclasses import replace
from datetime import time
from typing import Annotated, Self

from fastapi import APIRouter, HTTPException, Path
from pydantic import BaseModel, ConfigDict, Field

from services.notifier.domain import hours
from services.notifier.domain.hours import Often, Quiet
from services.notifier.domain.kinds import KINDS, Kind
from services.notifier.domain.manners import How, Preferences
from services.notifier.domain.notices import stream
from services.notifier.domain.respect import PreferencesSet
from services.notifier.domain.rules import Rules
from services.notifier.projections import knowledge, regards, shown, tables
from services.notifier.projections.recipients import recipient
from shared.contracts.words import SUBJECT_PATTERN
from shared.eventlog.log import Entry, Store

Who = Annotated[str, Path(pattern=SUBJECT_PATTERN)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["20:00"])]


class Hours(BaseModel):
    """By the clock where the member is: over night where `to` is before `from`, never where it is
    the same.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    begins: Annotated[Clock, Field(alias="from")]
    ends: Annotated[Clock, Field(alias="to")]

    @classmethod
    def of(cls, quiet: Quiet) -> Self:
        return cls.model_validate(
            {
                "from": quiet.begins.isoformat("minutes"),
                "to": quiet.ends.isoformat("minutes"),
            }
        )

    def quiet(self) -> Quiet:
        return Quiet(begins=time.fromisoformat(self.begins), ends=time.fromisoformat(self.ends))


class Given(BaseModel):
    """What is absent stays as it was; null is what the rules say."""

    kinds: dict[Kind, How | None] = Field(default_factory=dict)
    quiet: Hours | None = None
    digest: Often | None = None


class Told(BaseModel):
    """How a kind is told. `own` where the member said so, `stopped` are the channels over which
    they want no more of it. What is urgent heeds no quiet hours and no budget.
    """

    kind: Kind
    how: How
    own: bool
    optional: bool
    urgent: bool
    stopped: list[str]


class Shown(BaseModel):
    """`quiet` are the hours that hold for the member, in their `timezone`; null for none."""

    member: str
    timezone: str
    quiet: Hours | None
    own_quiet: bool
    digest: Often
    kinds: list[Told]


def router(store: Store, rules: Rules) -> APIRouter:
    """Return `/v1/members/{member}/preferences`; `_org` has some too."""
    router = APIRouter(prefix="/v1/members", tags=["preferences"])

    async def show(member: str) -> Shown:
        wanted = await regards.preferences(store, member)
        regard = (await regards.regards(store, [member], None, ""))[member]
        stopped = await knowledge.stopped(store, [member])
        quiet = regard.quiet(rules)
        reader = await recipient(store, member)
        return Shown(
            member=member,
            timezone=hours.zone(reader.timezone, rules.rhythm.timezone).key,
            quiet=Hours.of(quiet) if quiet else None,
            own_quiet=wanted.quiet is not None,
            digest=wanted.often,
            kinds=[
                Told(
                    kind=kind,
                    how=wanted.how(kind, rules.manners.of(kind), at_once=False),
                    own=kind in wanted.kinds,
                    optional=rules.manners.of(kind).optional,
                    urgent=rules.manners.of(kind).urgent,
                    stopped=sorted(it[2] for it in stopped if it[1] == kind),
                )
                for kind in KINDS
            ],
        )

    @router.get("/{member}/preferences", summary="How a member wants to be told")
    async def preferences(member: Who) -> Shown:
        return await show(member)

    @router.put("/{member}/preferences", summary="Say how a member wants to be told")
    async def change(member: Who, given: Given) -> Shown:
        for kind, wish in given.kinds.items():
            if complaint := _complaint(kind, wish, rules):
                raise HTTPException(422, f"body.kinds.{kind}: {complaint}")
        now = await shown.now(store)
        async with store.transaction() as transaction:
            before = await regards.preferences(transaction, member)
            wanted = _changed(before, given)
            if wanted != before:
                said = PreferencesSet(preferences=wanted, at=now)
                await tables.write(transaction, [Entry(stream(member), said)])
        return await show(member)

    return router


def _complaint(kind: Kind, wish: How | None, rules: Rules) -> str | None:
    manner = rules.manners.of(kind)
    if wish and wish != "off" and manner.how == "off":
        return "is told to nobody in the organisation"
    if wish and manner.urgent:
        return "is urgent: it is told at once, at any hour"
    if wish == "off" and not manner.optional:
        return "cannot be switched off"
    return None


def _changed(before: Preferences, given: Given) -> Preferences:
    said = given.model_fields_set
    kinds: dict[str, How | None] = dict(before.kinds)
    kinds.update(given.kinds.items())
    return replace(
        before,
        kinds={kind: wish for kind, wish in kinds.items() if wish},
        quiet=(given.quiet.quiet() if given.quiet else None) if "quiet" in said else before.quiet,
        often=(given.digest or "day") if "digest" in said else before.often,
    )
