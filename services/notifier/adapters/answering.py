"""The links in a message that asks for a topic: a page that asks once more, and a button."""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from services.notifier.adapters.links import Links
from services.notifier.adapters.pages import nowhere, page
from services.notifier.adapters.requests import AnswerRequest
from services.notifier.adapters.wording import Button, Wording
from services.notifier.domain.requests import Reply
from services.notifier.projections import requested, shown
from services.notifier.projections.recipients import recipient
from shared.eventlog.log import Store


def router(
    store: Store, links: Links, wording: Wording, answer_request: AnswerRequest
) -> APIRouter:
    """Return `/v1/accept/{token}` and `/v1/decline/{token}`, for people."""
    router = APIRouter(prefix="/v1", tags=["links"], default_response_class=HTMLResponse)

    @router.get("/accept/{token}", summary="Ask whether to take a topic")
    async def ask_to_accept(token: str) -> Response:
        return await _of_request(links.accepted_by(token), "accept")

    @router.post("/accept/{token}", summary="Take a topic")
    async def accept(token: str) -> Response:
        return await _of_request(links.accepted_by(token), "accept", "accepted")

    @router.get("/decline/{token}", summary="Ask whether to decline a topic")
    async def ask_to_decline(token: str) -> Response:
        return await _of_request(links.declined_by(token), "decline")

    @router.post("/decline/{token}", summary="Decline a topic")
    async def decline(token: str) -> Response:
        return await _of_request(links.declined_by(token), "decline", "declined")

    async def _of_request(
        named: tuple[str, str] | None, button: str, reply: Reply | None = None
    ) -> Response:
        found = await requested.request(store, named[1]) if named else None
        if named is None or found is None:
            return nowhere(wording)
        reader = await recipient(store, named[0])
        facts = {"topic": found.topic}
        if reply is None:
            return page(
                wording.page(reader, f"{button}_ask", f"{button}_hint", Button(button), **facts)
            )
        await answer_request(found.id, reader.member, reply, await shown.now(store))
        now = await requested.request(store, found.id)
        if reply == "declined":
            said = "declined"
        else:
            said = "accepted" if now and now.taken_by == reader.member else "taken"
        return page(wording.page(reader, said, **facts))

    return router
