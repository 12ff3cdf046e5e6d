"""What became of the notices to a member, over HTTP: what waits or was dropped, too, and why."""

from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from services.notifier.domain.kinds import CONFIDENTIAL
from services.notifier.domain.notices import NoticeSent
from services.notifier.domain.respect import NoticeDropped, NoticeHeld, Outcome
from services.notifier.projections import history
from shared.contracts.words import SUBJECT_PATTERN
from shared.eventlog.view import View

Who = Annotated[str, Path(pattern=SUBJECT_PATTERN)]
MOST = 1000


class Fate(BaseModel):
    """How a notice stands. `at` is when it was sent or dropped, or until when it is held; `why` it
    is held or dropped, a word. What is sent together has the same `digest`.
    """

    id: str
    kind: str
    recipient: str
    about: str | None
    cause: str
    state: Literal["sent", "held", "dropped"]
    decided_at: datetime
    at: datetime
    why: str | None = None
    digest: str | None = None
    channels: list[str] = []

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        match outcome:
            case NoticeSent():
                return cls._of(
                    outcome,
                    "sent",
                    at=outcome.sent_at,
                    digest=outcome.digest,
                    channels=[*outcome.channels],
                )
            case NoticeHeld():
                return cls._of(outcome, "held", at=outcome.until, why=outcome.why)
            case NoticeDropped():
                return cls._of(outcome, "dropped", at=outcome.at, why=outcome.why)

    @classmethod
    def _of(cls, outcome: Outcome, state: str, **told: object) -> Self:
        said = outcome.notice
        return cls.model_validate(
            {
                "id": outcome.id,
                "kind": said.kind,
                "recipient": said.recipient,
                "about": said.about,
                "cause": said.cause,
                "state": state,
                "decided_at": said.at,
                **told,
            }
        )


class History(BaseModel):
    """In the order of their last change. `next` is the `after` of the next page, null on the last
    one.
    """

    member: str
    notices: list[Fate]
    next: int | None


def router(view: View) -> APIRouter:
    """Return `/v1/members/{member}/notices`; `_org` has some too."""
    router = APIRouter(prefix="/v1/members", tags=["notices"])

    @router.get("/{member}/notices", summary="What became of the notices to a member")
    async def of_member(
        member: Who,
        after: Annotated[int, Query(ge=0, le=1 << 62)] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
    ) -> History:
        rows = await history.of_member(view, member, after=after, limit=limit)
        return History(
            member=member,
            notices=[
                Fate.of(outcome) for _, outcome in rows if outcome.notice.kind not in CONFIDENTIAL
            ],
            next=rows[-1][0] if len(rows) == limit else None,
        )

    return router
