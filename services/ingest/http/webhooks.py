"""`POST /v1/webhooks/<source>`: the way in for platforms, each in its own words.

A platform sends again what it gets no 2xx for. So a 202 also tells of what can never be taken: it
is parked, and sending it again would change nothing.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.exceptions import HTTPException

from services.ingest.handlers.intake import Verdict
from services.ingest.handlers.posts import WEBHOOKS, Post, Source
from services.ingest.handlers.reports import Reports
from services.ingest.http.events import Result, told
from services.ingest.http.mailbox import Mailbox, within
from services.ingest.http.publishers import Publishers

PATH: Final = "/v1/webhooks/"


class Receipt(BaseModel):
    """What became of a report. A 202 means that everything in it is taken, known, deliberately
    left out, or parked with its reason.
    """

    accepted: int
    duplicates: int
    refused: int
    skipped: int
    results: list[Result]


def router(
    reports: Reports, mailbox: Mailbox, publishers: Publishers, deadline: float
) -> APIRouter:
    """Return the webhooks and the list of sources. `deadline` is the seconds until an answer."""
    router = APIRouter(prefix="/v1", tags=["webhooks"])

    @router.post(
        "/webhooks/{source}",
        status_code=202,
        response_model=Receipt,
        responses=RESPONSES,
        openapi_extra={"requestBody": {"required": True, "content": CONTENT}},
        summary="Say what happened in the words of a platform",
    )
    async def webhook(source: str, request: Request) -> Response:
        known = _known(reports, source)
        publisher = publishers.admitted(request)
        if publisher and not known.check and not publisher.speaks_for(source):
            raise HTTPException(403, f"{publisher.name} may not speak for {source}")
        async with mailbox.received(request) as sent:
            now, headers = datetime.now(UTC), _headers(request)
            why = known.check(_target(request), headers, sent, now) if known.check else None
            if why:
                reports.turn_away(known)
                raise HTTPException(401, why, {"WWW-Authenticate": "Signature"})
            body = mailbox.unpacked(request, sent)
            post = Post(
                source=known,
                headers=headers,
                body=body,
                received_at=now,
                reader=WEBHOOKS,
                subject=f"{WEBHOOKS}.v1.{source}",
                key=sha256(body).hexdigest(),
            )
            async with within(deadline):
                [verdicts] = await reports.take([post])
            publishers.count(publisher, len(verdicts))
        return _receipt(verdicts)

    @router.get("/webhooks/{source}", summary="Prove to LinkedIn that this address is ours")
    async def challenged(
        source: str, challenge: Annotated[str, Query(alias="challengeCode")]
    ) -> dict[str, str]:
        known = _known(reports, source)
        answer = known.challenge(challenge) if known.challenge else None
        if answer is None:
            raise HTTPException(404, f"{source} is asked for no such proof")
        return {"challengeCode": challenge, "challengeResponse": answer}

    @router.get("/sources", summary="Who may report, and which bots are refused")
    async def sources() -> dict[str, Any]:
        return {
            "sources": [
                {"name": one.name, "adapter": one.adapter, "signed": one.check is not None}
                for one in reports.sources.values()
            ],
            "actors": [
                {
                    "why": rule.why,
                    "platform": rule.platform,
                    "actors": rule.actors,
                    "accounts": rule.accounts,
                    "exceptions": rule.exceptions,
                    "refused": number,
                }
                for rule, number in reports.rules
            ],
        }

    return router


def _known(reports: Reports, name: str) -> Source:
    source = reports.sources.get(name)
    if source is None:
        known = ", ".join(sorted(reports.sources))
        raise HTTPException(404, f"no source is called {name[:64]!r} here: there are {known}")
    return source


def _headers(request: Request) -> dict[str, str]:
    """Return the headers by their lower-case names, as one where a name is repeated."""
    return {name: ", ".join(request.headers.getlist(name)) for name in request.headers}


def _target(request: Request) -> str:
    """Return path and query as they were sent."""
    path, query = request.scope["raw_path"], request.scope["query_string"]
    return str((path + b"?" + query if query else path).decode("latin-1"))


def _receipt(verdicts: Sequence[Verdict]) -> Response:
    counts = Counter(verdict.status for verdict in verdicts)
    body = {
        "accepted": counts["accepted"],
        "duplicates": counts["duplicate"],
        "refused": counts["refused"],
        "skipped": counts["skipped"],
        "results": told(verdicts),
    }
    return Response(to_json(body), 202, media_type="application/json")


CONTENT: Final = {
    "application/json": {"schema": {"description": "As the platform sends it"}},
    "application/x-www-form-urlencoded": {
        "schema": {
            "type": "object",
            "properties": {"payload": {"type": "string", "description": "The same, as a form"}},
        }
    },
}
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    400: {"description": "The body ends early or cannot be unpacked"},
    401: {"description": "The signature is missing or wrong"},
    403: {"description": "The token is of a publisher who may not speak for this source"},
    404: {"description": "No source has this name"},
    413: {"description": "The body is too large"},
    415: {"description": "The body is packed in a way that is not understood here"},
    429: {"description": "Too many events a second: send it again after Retry-After"},
    503: {"description": "The broker cannot take this at present: send it again"},
}
