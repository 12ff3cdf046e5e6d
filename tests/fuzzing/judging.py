"""What has to be true of whatever an adapter or a reader of exports says of anything."""

from datetime import UTC, datetime
from typing import Any, Final

from pydantic_core import to_json

from services.ingest.adapters import actorsfile
from services.ingest.domain.activity import Named, Refused, Sighting, Skipped
from services.ingest.domain.actors import refusing
from services.ingest.handlers.directory import _sight
from services.ingest.handlers.reading import Heard, Said, read
from services.ingest.settings import SHIPPED_ACTORS

NOW: Final = datetime(2026, 7, 4, 14, 40, tzinfo=UTC)
RULES: Final = actorsfile.load(SHIPPED_ACTORS)


def judge(seen: object) -> None:
    """Assert that ingest can accept or refuse it, say why, and write that down."""
    match seen:
        case Sighting(event, label):
            refusing(RULES, seen)
            _answered({"time": NOW.isoformat(), **event}, label)
            _answered({**event, "subject": "m-017"}, None)
        case Named():
            to_json([*seen])
            _sight(seen, NOW)
        case Skipped() | Refused():
            _explained(seen)
        case _:
            raise AssertionError(f"nobody knows what this is: {type(seen)}")


def judge_event(event: object) -> None:
    """Assert it of what may be anything: canonical events come unread."""
    if isinstance(event, Refused):
        _explained(event)
    else:
        _answered(event, None)


def _answered(event: Any, label: str | None) -> None:  # noqa: ANN401 - JSON is anything
    said = read(Heard(event, NOW, label))
    if isinstance(said, Said):
        to_json([said.event.id, said.mentions, said.act.key, said.act.subject, label])
    else:
        _explained(said)


def _explained(why: Skipped | Refused) -> None:
    assert why.reason.replace("_", "").isalpha(), why
    assert "\n" not in why.detail, why
    to_json([why.reason, why.detail])
