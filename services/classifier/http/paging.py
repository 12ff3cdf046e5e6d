"""A page after another: where the next one is stands in the answer and in its Link header."""

from typing import Annotated

from fastapi import Query, Request, Response

Limit = Annotated[int, Query(ge=1, le=1000, description="How many, at most")]


def link_next(request: Request, response: Response, **parameters: object) -> None:
    """Say where the next page is: the same question, but for these parameters."""
    url = request.url.include_query_params(**parameters)
    response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
