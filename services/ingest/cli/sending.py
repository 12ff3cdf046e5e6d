"""How commands send events: a thousand a request, in their order, for as long as it takes."""

import contextlib
import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple, Self

import typer

from shared.runtime import terminal
from shared.runtime.client import connection
from shared.runtime.errors import CommandFailed

if TYPE_CHECKING:
    from services.ingest.sources.jsonlines import Line

CHUNK_LINES: Final = 1000
CHUNK_BYTES: Final = 1024 * 1024
PAUSES: Final = (0.1, 0.2, 0.5, 1.0)
"""Seconds between tries, the last of them for ever."""
ANSWER_SECONDS: Final = 60.0
JUDGED: Final = {202, 413, 422}
LONGEST_PAUSE: Final = 3600
NOT_NOW: Final = {429, 502, 503, 504}

Wait = Annotated[
    float,
    typer.Option(metavar="SECONDS", min=0, help="How long to go on trying while ingest is away."),
]


def chunks(lines: Iterable["Line"]) -> Iterator[list["Line"]]:
    """Put lines together that go in one request. Those before an error go too."""
    chunk: list[Line] = []
    room = CHUNK_BYTES
    try:
        for line in lines:
            if chunk and (len(chunk) == CHUNK_LINES or len(line.text) > room):
                yield chunk
                chunk, room = [], CHUNK_BYTES
            chunk.append(line)
            room -= len(line.text)
    except CommandFailed:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


class NotNow(NamedTuple):
    """Why it is worth trying again, in `seconds` at the earliest."""

    why: str
    seconds: int = 0


class Ingest:
    """Ingest's API. It may be away for `wait` seconds, and come back elsewhere."""

    def __init__(self, wait: float, again: str = "publish the file again") -> None:
        import httpx2  # noqa: PLC0415 - a tenth of a second that `--help` need not pay

        self._wait, self._again = wait, again
        self._http = httpx2.Client(timeout=ANSWER_SECONDS, trust_env=False)
        self._address, self._headers = connection("ingest")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._http.close()

    def post(self, lines: Sequence[bytes]) -> dict[str, Any]:
        """Return the answer, however many tries that takes. Raises CommandFailed.

        Sending the same again is safe, and nothing is sent meanwhile, so the order is kept.
        """
        body, began = b"\n".join(lines), time.monotonic()
        for pause in itertools.chain(PAUSES, itertools.repeat(PAUSES[-1])):
            answer = self._try(body)
            if not isinstance(answer, NotNow):
                return answer
            asked = max(pause, answer.seconds)
            if time.monotonic() - began + asked > self._wait:
                raise CommandFailed(f"{answer.why}; {self._again} when it is back")
            if pause == PAUSES[0]:
                remark(f"{answer.why}: trying again for {self._wait:g} seconds")
            time.sleep(asked)
        raise AssertionError  # the pauses never end

    def _try(self, body: bytes) -> "dict[str, Any] | NotNow":
        """Return the answer, or why it is worth trying again, and when."""
        from httpx2 import TransportError  # noqa: PLC0415 - see above

        with contextlib.suppress(CommandFailed):  # a restart may move it; meanwhile it is nowhere
            self._address, self._headers = connection("ingest")
        headers = {**self._headers, "Content-Type": "application/x-ndjson"}
        try:
            answer = self._http.post(f"{self._address}/v1/events", content=body, headers=headers)
        except TransportError:
            return NotNow(f"ingest does not answer at {self._address}")
        try:
            said: dict[str, Any] = answer.json()
        except ValueError:
            said = {}
        if answer.status_code in JUDGED and "results" in said:
            return said
        why = str(said.get("error") or f"ingest answers {answer.status_code}")
        if answer.status_code in NOT_NOW:
            return NotNow(why, _seconds(answer.headers.get("retry-after", "")))
        raise CommandFailed(why)


def _seconds(said: str) -> int:
    """A date may stand there as well; ingest says seconds, and others may wait as we see fit."""
    return min(int(said), LONGEST_PAUSE) if said.isascii() and said.isdecimal() else 0


def remark(text: str) -> None:
    terminal.remarks().print(terminal.plain(text))
