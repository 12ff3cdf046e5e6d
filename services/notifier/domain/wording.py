"""What the words of each kind may count on: a case of it for each turn that they may take.

The words themselves are templates, and are made where a person reads them, in that person's
language. They are tried on these cases before anybody is told anything.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from services.notifier.domain import examples
from services.notifier.domain.examples import URL
from services.notifier.domain.kinds import Kind
from services.notifier.domain.notices import Fact, Notice


def _case(kind: Kind, *, about: str | None = None, due: bool = False, **facts: Fact) -> Notice:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    return Notice(
        kind=kind,
        recipient="m-001",
        cause="an-event",
        at=at,
        facts=facts,
        about=about,
        due_at=at.replace(hour=13) if due else None,
    )


CASES: Final = (
    _case("fast_track_granted", minutes=240, worked=False),
    _case("fast_track_granted", minutes=90, worked=True, about="m-002"),
    _case("fast_track_ended"),
    _case("fast_track_ended", about="m-002"),
    *(
        _case(kind, about="m-002", due=True, draft="d-1", title=title, url=url, minutes=minutes)
        for kind in ("fast_track_alert", "fast_track_at_risk", "fast_track_breached")
        for title, url, minutes in ((None, None, 90), ("On waiting", "https://a.example/1", 240))
    ),
    _case("announcement", about="m-002", title=None, url=None, topic=None, acts=0),
    *(
        _case("announcement", about="m-002", title="On tea", url=URL, topic="tea", acts=acts)
        for acts in (1, 3)
    ),
    *(
        case
        for title, url in ((None, None), ("On waiting", "https://a.example/1"))
        for case in (
            _case("draft_received", about="m-002", due=True, draft="d-1", title=title, url=url),
            _case("voice_check", about=title and "m-002", draft="d-1", title=title, url=url),
            *(
                _case("voice_answer", about="m-002", accepted=it, draft="d-1", title=title, url=url)
                for it in (True, False)
            ),
        )
    ),
    *(
        _case("draft_queue", count=1, overdue=overdue, drafts="d-1, m-002", more=0)
        for overdue in (0, 1)
    ),
    _case("draft_queue", count=7, overdue=2, drafts="On tea (d-1), m-002\n\nd-2, m-003", more=2),
    _case("topic_request", topic="tea", by="sales", until=None, days=3),
    _case("topic_request", topic="tea", by="m-002", until="2026-03-31", days=1),
    _case("topic_result", topic="tea", taken=False),
    _case("topic_result", topic="tea", taken=True),
    _case("topic_result", about="m-002", topic="tea", taken=True),
    _case("circle", topic="tea", others="m-002, m-003, m-004"),
    _case("talk", group="press", topic=None, coordinators=None),
    _case("talk", about="m-002", group="press", topic="tea", coordinators="m-003"),
    _case("retention_care", about="m-002", quiet=True, late=False),
    _case("retention_care", about="m-002", quiet=False, late=True),
    _case("retention_care", about="m-002", quiet=True, late=True),
    _case("recognition", what="first_piece", name=None, reason=None, link=None),
    _case("recognition", about="m-002", what="effort", name=None, reason=None, link=None),
    _case("recognition", what="effort", name="Five", reason="So.", link="https://a.example/2"),
    *(replace(_case(kind, about=about), facts=facts) for kind, about, facts in examples.cases()),
)
