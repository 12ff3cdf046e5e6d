"""What a command of ingest's came to."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple


class Ended(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.out)


Command = Callable[..., Awaitable[Ended]]
