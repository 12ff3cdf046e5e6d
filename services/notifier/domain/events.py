"""All that stands in the log, by what it is about."""

from typing import TypeAlias

from services.notifier.domain import (
    audience,
    care,
    circles,
    drafts,
    notices,
    reach,
    requests,
    respect,
    standing,
    talks,
)
from shared import clock

Engaged: TypeAlias = requests.Event | circles.CircleProposed | talks.Event | care.Event
"""What the socially engaged are asked, and how they are looked after."""

Event: TypeAlias = (
    clock.ClockStarted
    | clock.ClockAdvanced
    | audience.Event
    | audience.Heard
    | standing.Event
    | drafts.Event
    | Engaged
    | notices.Event
    | reach.Event
    | respect.Event
)
