"""What has not changed need not be read again: every answer from the rows carries a tag.

The rows follow from the log, so the tag is the log's last entry, and costs no work. Only while
members are due for review may they change without it; then there is no tag.
"""

from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import Depends, Header, HTTPException, Request, Response

from shared.eventlog.log import View
from shared.runtime.process import version

STATE: Final = """
    SELECT position, recorded_at, (SELECT number FROM fold),
      EXISTS (SELECT 1 FROM members WHERE due_at <= (SELECT now FROM clock))
    FROM log ORDER BY position DESC LIMIT 1
"""
CACHING: Final = {"Cache-Control": "private, no-cache"}
"""Whoever keeps an answer has to ask whether it still holds."""


def unchanged(view: View) -> Any:  # noqa: ANN401 - FastAPI has no name for it
    """Return a dependency that tags an answer, and answers 304 to who has it already."""

    async def check(
        request: Request,
        response: Response,
        if_none_match: Annotated[
            str | None, Header(description="The ETag of what is at hand already")
        ] = None,
    ) -> None:
        response.headers.update(CACHING)
        # Read before the answer is: what changes in between makes the tag too old, never too new.
        tag = await _tag(view, request)
        if tag is None:
            return
        response.headers["ETag"] = tag
        if if_none_match is not None and tag in _listed(if_none_match):
            raise HTTPException(304, headers={"ETag": tag, **CACHING})

    return Depends(check)


async def _tag(view: View, request: Request) -> str | None:
    [(position, recorded_at, fold, under_review)] = await view.fetchall(STATE)
    if under_review:
        return None
    state = (version(), fold, position, recorded_at, request.url.path, request.url.query)
    return f'"{sha256(repr(state).encode()).hexdigest()[:32]}"'


def _listed(tags: str) -> set[str]:
    """Return the tags of a header. Proxies make weak ones of ours; they say the same."""
    return {tag.strip().removeprefix("W/") for tag in tags.split(",")}
