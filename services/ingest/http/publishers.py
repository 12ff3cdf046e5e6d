"""Who is publishing, and whether it is their turn. Whoever has no name of their own may say all."""

import time
from collections.abc import Sequence

from fastapi import Request
from starlette.exceptions import HTTPException

from services.ingest.domain.publishers import Bucket, Publisher


class Publishers:
    """`named` are those who have a token of their own."""

    def __init__(self, named: Sequence[Publisher] = ()) -> None:
        self._named = {publisher.name: publisher for publisher in named}
        now = time.monotonic()
        self._buckets = {
            publisher.name: Bucket(publisher.rate, publisher.burst, now=now)
            for publisher in named
            if publisher.rate is not None
        }

    def admitted(self, request: Request) -> Publisher | None:
        """Return who it is, before anything of the request is read. Raises HTTPException: 429."""
        publisher = self._named.get(getattr(request.state, "caller", None) or "")
        bucket = self._buckets.get(publisher.name) if publisher else None
        if publisher and bucket and (seconds := bucket.wait(time.monotonic())):
            raise HTTPException(
                429,
                f"{publisher.name} may send {publisher.rate:g} events a second: send this again"
                f" in {seconds} seconds",
                {"Retry-After": str(seconds)},
            )
        return publisher

    def count(self, publisher: Publisher | None, events: int) -> None:
        """Note how many a request had. What was more than was left keeps the next one waiting."""
        if publisher and (bucket := self._buckets.get(publisher.name)):
            bucket.take(events, time.monotonic())
