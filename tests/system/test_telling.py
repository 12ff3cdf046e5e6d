"""What the people of the generated year were told, and when: each thing once, and in peace."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.notifier.adapters import noticebook
from services.notifier.settings import SHIPPED_NOTICES
from tests.system.conftest import Told

RULES = noticebook.load(SHIPPED_NOTICES)
UTC = ZoneInfo("UTC")
"""Where all of them are."""


def said(told: Told) -> list[dict[str, Any]]:
    """Return every notice, as others read it."""
    notices: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        page = told.system.get("notifier", f"/v1/notices?after={after}&limit=1000").json()
        notices += page["notices"]
        after = page["next"]
    return notices


def at(notice: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(notice.get("sent_at") or notice["decided_at"])


def test_nobody_is_told_the_same_twice(told: Told) -> None:
    """By cause, kind and recipient; and a year of 24 people has something to say to all."""
    notices = said(told)
    names = Counter((it["cause"], it["kind"], it["recipient"]) for it in notices)

    assert set(names.values()) == {1}
    assert {line["member"] for line in told.members} <= {it["recipient"] for it in notices}
    assert len({it["kind"] for it in notices}) > 10


def test_everybody_is_left_in_peace_at_night(told: Told) -> None:
    """What is not urgent is said between morning and evening; the organisation never sleeps."""
    quiet = RULES.manners.quiet
    assert quiet
    for notice in said(told):
        if notice["recipient"] != "_org" and not RULES.manners.of(notice["kind"]).urgent:
            assert not quiet.holds(at(notice), UTC), notice


def test_nobody_is_told_more_in_a_week_than_their_zones_allow(told: Told) -> None:
    """A digest counts once. A year in a minute is heard by the notifier before the classifier has
    said where people are, so the zone may be any that they were ever in.
    """
    zones = {
        line["member"]: {it["zone"] or "content_consumer" for it in line["trajectory"]}
        for line in told.members
    }
    weeks: dict[tuple[str, date], set[str]] = defaultdict(set)
    for notice in said(told):
        if RULES.manners.of(notice["kind"]).counted and notice["recipient"] in zones:
            day = at(notice).date()
            monday = day - timedelta(days=day.weekday())
            weeks[notice["recipient"], monday].add(notice.get("digest") or notice["id"])

    assert weeks
    for (member, monday), things in weeks.items():
        allowed = max(RULES.manners.budget[zone] for zone in zones[member])
        assert len(things) <= allowed, (member, monday, things)
