"""What a platform posted: JSON whose every part may be missing, or something else than it should.

An adapter asks for `payload.text("comment.user.login")`. What it cannot do without and does not
find ends the reading of that item alone: `Unfit` names the path, and becomes a Refused.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_to_bytes

from services.ingest.domain.activity import Refused
from services.ingest.sources.parts import parsed, within
from services.ingest.sources.sightings import Seen
from shared.messaging.errors import UnreadableMessage

FORM: Final = "application/x-www-form-urlencoded"
IN_A_FORM: Final = b"payload="
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LINE: Final = 500
LARGEST: Final = 2**64
UNFIT: Final = "unfit"


class Unfit(Exception):
    """Something that an adapter needs is not there, or is not what it was."""


class Payload(NamedTuple):
    """A part of what was posted, and where in it that is."""

    value: Any
    place: str = ""

    def get(self, path: str) -> Any:  # noqa: ANN401 - JSON is anything
        """Return what is at `a.b.c`, None where nothing is."""
        return within(self.value, path)

    def at(self, path: str) -> "Payload":
        return Payload(self.get(path), self._where(path))

    def items(self, path: str) -> list["Payload"]:
        """Return the elements of a list. Raises Unfit where none is."""
        found = self.get(path)
        if not isinstance(found, list):
            raise self.unfit(path, "a list")
        return [Payload(each, f"{self._where(path)}.{n}") for n, each in enumerate(found)]

    def text(self, path: str) -> str:
        """Raises Unfit."""
        found = self.get(path)
        if not isinstance(found, str) or not found:
            raise self.unfit(path, "text")
        return found

    def maybe(self, path: str) -> str | None:
        found = self.get(path)
        return found if isinstance(found, str) and found else None

    def id(self, path: str) -> str:
        """Return an id as text, whether it was a number or not. Raises Unfit."""
        return self.maybe(path) or str(self.whole(path, "an id"))

    def maybe_id(self, path: str) -> str | None:
        return None if self.get(path) is None else self.id(path)

    def whole(self, path: str, what: str = "a whole number") -> int:
        """Raises Unfit."""
        found = self.get(path)
        if not isinstance(found, int) or isinstance(found, bool) or abs(found) >= LARGEST:
            raise self.unfit(path, what)
        return found

    def seconds(self, path: str) -> datetime:
        """Return the time that is so many seconds after 1970. Raises Unfit."""
        return self._since_1970(path, timedelta(seconds=1))

    def milliseconds(self, path: str) -> datetime:
        """Return the time that is so many milliseconds after 1970. Raises Unfit."""
        return self._since_1970(path, timedelta(milliseconds=1))

    def _since_1970(self, path: str, unit: timedelta) -> datetime:
        try:
            return EPOCH + self.whole(path, "a time") * unit
        except OverflowError:
            raise self.unfit(path, "a time") from None

    def unfit(self, path: str, what: str) -> Unfit:
        missing = self.get(path) is None
        return Unfit(f"{self._where(path)} {'is missing' if missing else f'is not {what}'}")

    def _where(self, path: str) -> str:
        return f"{self.place}.{path}" if self.place else path


def read(headers: Mapping[str, str], body: bytes) -> Payload:
    """Read JSON, which some send as the field `payload` of a form. Raises UnreadableMessage."""
    if headers.get("content-type", "").startswith(FORM) and body.startswith(IN_A_FORM):
        field = body.removeprefix(IN_A_FORM).partition(b"&")[0]
        body = unquote_to_bytes(field.replace(b"+", b" "))
    return Payload(parsed(body))


def header(headers: Mapping[str, str], name: str) -> str:
    """Return what a platform says of a delivery beside it. Raises UnreadableMessage."""
    if said := headers.get(name.lower(), "").strip():
        return said
    raise UnreadableMessage("no_event", f"the header {name} is missing")


def line(text: str | None) -> str | None:
    """Return a title as one line of no more characters than an event may hold."""
    said = "".join(one if one.isprintable() else " " for one in text or "")
    return " ".join(said.split())[:LINE].strip() or None


def each(items: Iterable[Payload], translate: Callable[[Payload], Iterable[Seen]]) -> list[Seen]:
    """Translate one item after the other; one that does not fit is refused by itself."""
    seen: list[Seen] = []
    for item in items:
        try:
            seen += translate(item)
        except Unfit as error:
            seen.append(Refused(reason=UNFIT, detail=str(error)))
    return seen
