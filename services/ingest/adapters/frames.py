"""How a Jetstream is asked, and how its frames are told apart: two versions, one way to speak."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import ClassVar, Final, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic_core import from_json
from websockets.typing import Subprotocol

COLLECTIONS: Final = (
    "app.bsky.feed.like",
    "app.bsky.feed.post",
    "app.bsky.feed.repost",
    "app.bsky.graph.follow",
)
LARGEST_RECORD: Final = 1024 * 1024
REWIND: Final = 5_000_000
"""Microseconds: times of the first version are in no strict order."""
MOST: Final = 2**63 - 1


class Frame(NamedTuple):
    """Whose it is, None where it is nobody's, and how far the stream is with it, 0 if unknown."""

    did: str | None
    cursor: int


class Ended(ConnectionError):
    """The server says that it ends the stream, and why."""


class Wire:
    """The first version: it counts in microseconds, and is told whom to follow at any time."""

    OLDEST: ClassVar[int] = 10**15
    """A time long ago, which both versions take for as far back as they can go."""

    subprotocols: Sequence[Subprotocol] | None = None

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)

    @staticmethod
    def of(url: str) -> "Wire":
        return (SecondWire if url.partition("?")[0].endswith("subscribeEvents") else Wire)(url)

    @property
    def identity(self) -> str:
        """What a cursor is valid for: all servers tell the time alike."""
        return "time"

    def address(self, dids: Collection[str], cursor: int | None) -> str:  # noqa: ARG002
        """Return the address to connect to. The server waits until it is told whom to follow."""
        return self._with([("requireHello", "true")], cursor)

    def hello(self, dids: Collection[str]) -> str | None:
        """Return what tells the server whom to follow, None where a new connection has to."""
        payload = {
            "wantedCollections": COLLECTIONS,
            "wantedDids": sorted(dids),
            "maxMessageSizeBytes": LARGEST_RECORD,
        }
        return json.dumps({"type": "options_update", "payload": payload})

    def read(self, body: bytes) -> Frame | Ended | None:
        """Return what a frame is about, None where it cannot be read."""
        try:
            said = from_json(body)
        except ValueError:
            return None
        if not isinstance(said, dict):
            return None
        if said.get("$type") == "error":
            return Ended(f"{said.get('error')}: {said.get('message')}")
        return self._frame(said)

    def rewound(self, cursor: int) -> int:
        return max(1, cursor - REWIND)

    def latest(self, now: datetime) -> int:
        """Return the farthest that can be believed."""
        return int(now.timestamp() * 1_000_000)

    def says_too_old(self, refusal: bytes) -> bool:
        """Whether the server has forgotten where we were."""
        return b"CursorTooOld" in refusal

    def _frame(self, said: dict[str, object]) -> Frame:
        return _frame(said.get("did"), said.get("time_us"))

    def _with(self, asked: list[tuple[str, str]], cursor: int | None) -> str:
        more = [*asked, *([("cursor", str(cursor))] if cursor is not None else [])]
        query = urlencode([*parse_qsl(self._url.query), *more])
        path = self._url.path if self._url.path.strip("/") else "/subscribe"
        return urlunsplit((self._url.scheme, self._url.netloc, path, query, ""))


class SecondWire(Wire):
    """The second version: it counts one by one, and is asked for somebody once and for all."""

    subprotocols = (Subprotocol("xrpc.v1.json"),)

    @property
    def identity(self) -> str:
        return self._url.netloc

    def address(self, dids: Collection[str], cursor: int | None) -> str:
        asked = [("kinds", "commit"), ("kinds", "identity")]
        asked += [("collections", name) for name in COLLECTIONS]
        asked += [("maxMessageSizeBytes", str(LARGEST_RECORD))]
        return self._with([*asked, *(("dids", did) for did in sorted(dids))], cursor)

    def hello(self, dids: Collection[str]) -> str | None:  # noqa: ARG002
        return None

    def rewound(self, cursor: int) -> int:
        """Return the next one. The server begins with the cursor itself."""
        return cursor + 1

    def latest(self, now: datetime) -> int:  # noqa: ARG002
        return MOST

    def _frame(self, said: dict[str, object]) -> Frame:
        payload = said.get("payload")
        told = payload if isinstance(payload, dict) else {}
        return _frame(told.get("did"), told.get("seq"))


def _frame(did: object, cursor: object) -> Frame:
    counted = isinstance(cursor, int) and not isinstance(cursor, bool) and 0 < cursor <= MOST
    return Frame(did if isinstance(did, str) else None, cursor if counted else 0)  # type: ignore[arg-type]
