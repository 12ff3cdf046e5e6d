"""What the people of the generated year were told, and when: each thing once, and in peace.

Once is held of a system to which the year was played in a minute: there the notifier hears of it
before the others have said where people are, and what they have earned before it hears where they
live. All of it is held of a notifier that hears of everything at its time.
"""

import asyncio
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.notifier.domain import hours
from services.notifier.domain.audience import ORGANISATION
from services.notifier.domain.engaged import ENGAGED
from services.notifier.domain.submissions import DraftSubmitted
from services.notifier.handlers.heard import Drafted, Happening
from tests.notifier.examples import RULES
from tests.system.conftest import Told
from tests.system.living import UTC, Lived, live

ALERT = "fast_track_alert"


def said(told: Told) -> list[dict[str, Any]]:
    """Return every notice, as others read it."""
    notices: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        page = told.system.get("notifier", f"/v1/notices?after={after}&limit=1000").json()
        notices += page["notices"]
        after = page["next"]
    return notices


def timezones(told: Told) -> dict[str, ZoneInfo]:
    """Return where they are, all over the world, who were ever registered."""
    arrived = [it for it in told.events if it["type"] == "zones.activity.member_registered.v1"]
    zones = {it["subject"]: ZoneInfo(it["data"]["timezone"]) for it in arrived}
    assert len({*zones.values()}) > 2
    return zones


def test_nobody_is_told_the_same_twice(told: Told) -> None:
    """By cause, kind and recipient; and a year of 24 people has something to say to all."""
    notices = said(told)
    names = Counter((it["cause"], it["kind"], it["recipient"]) for it in notices)

    assert set(names.values()) == {1}
    assert {line["member"] for line in told.members} <= {it["recipient"] for it in notices}
    assert len({it["kind"] for it in notices}) > 10


@pytest.fixture(scope="module")
def lived(told: Told, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    return asyncio.run(live(told.system.running.broker(), tmp_path_factory.mktemp("lived")))


def test_as_it_is_lived_nobody_is_told_the_same_twice(lived: Lived) -> None:
    names = [(it.notice.cause, it.notice.kind, it.notice.recipient) for it in lived.told]

    assert len(names) > 1000
    assert set(Counter(names).values()) == {1}


def test_as_it_is_lived_nobody_is_told_more_in_a_week_than_their_zone_allows(lived: Lived) -> None:
    """By the zone that they are in when they are told. A digest is told once."""
    weeks: dict[tuple[str, str], set[str]] = {}
    full = 0
    for it in lived.told:
        who = it.notice.recipient
        if who != ORGANISATION and RULES.manners.of(it.notice.kind).counted:
            things = weeks.setdefault((who, hours.week(it.sent_at, UTC)), set())
            things.add(it.digest or it.id)
            allowed = RULES.manners.budget[lived.zone(who, it.sent_at)]
            full += len(things) == allowed
            assert len(things) <= allowed, (it, things)
    assert full


def test_as_it_is_lived_nobody_is_told_at_night_what_can_wait(told: Told, lived: Lived) -> None:
    zones = timezones(told)
    quiet = RULES.manners.quiet
    assert quiet
    for it in lived.told:
        if it.notice.recipient != ORGANISATION and not RULES.manners.of(it.notice.kind).urgent:
            assert not quiet.holds(it.sent_at, zones.get(it.notice.recipient, UTC)), it


def test_every_draft_on_the_fast_track_alerts_the_editors_at_once(lived: Lived) -> None:
    alerts = {(it.notice.cause, it.sent_at) for it in lived.told if it.notice.kind == ALERT}
    fast = 0
    for it in lived.said:
        if isinstance(it.heard, Happening) and isinstance(it.heard.tells, Drafted):
            draft = it.heard.tells.what
            if isinstance(draft, DraftSubmitted) and lived.zone(draft.member, it.at) == ENGAGED:
                assert (draft.alert_id, it.at) in alerts, draft
                fast += 1
    assert fast
