"""The private events by the names that stand in the log, and what the tables are made with."""

from datetime import UTC, datetime
from importlib import resources
from typing import Any, Final

from services.rewards.domain import acts, awards, halfyears, memory, recognitions, versions
from shared import clock
from shared.eventlog.beside import Tables
from shared.eventlog.codec import Codec, Kind
from shared.messaging.tails import RELAY_SCHEMA

CODEC: Final[Codec[Any]] = Codec(
    [
        Kind(event=clock.ClockStarted, name="clock-started"),
        Kind(event=clock.ClockAdvanced, name="clock-advanced"),
        Kind(event=versions.RulesAdopted, name="rules-adopted"),
        Kind(event=memory.RefillBegun, name="refill-begun"),
        Kind(event=memory.RefillCompleted, name="refill-completed"),
        Kind(event=acts.ActRecorded, name="act-recorded"),
        Kind(event=acts.ActWithdrawn, name="act-withdrawn"),
        Kind(event=acts.ActCapped, name="act-capped"),
        Kind(event=acts.ActFreed, name="act-freed"),
        Kind(event=acts.ActRetracted, name="act-retracted"),
        Kind(event=acts.ObjectRetracted, name="object-retracted"),
        Kind(event=awards.PieceCredited, name="piece-credited"),
        Kind(event=awards.CreditWithdrawn, name="credit-withdrawn"),
        Kind(event=awards.AssistCredited, name="assist-credited"),
        Kind(event=awards.AssistWithdrawn, name="assist-withdrawn"),
        Kind(event=awards.MemberDescribed, name="member-described"),
        Kind(event=recognitions.EffortGranted, name="effort-granted"),
        Kind(event=recognitions.EffortAdjusted, name="effort-adjusted"),
        Kind(event=recognitions.EffortRestored, name="effort-restored"),
        Kind(event=recognitions.ArrivalGranted, name="arrival-granted"),
        Kind(event=recognitions.DeedGranted, name="deed-granted"),
        Kind(event=recognitions.DeedAdjusted, name="deed-adjusted"),
        Kind(event=recognitions.DeedRestored, name="deed-restored"),
        Kind(event=recognitions.ImpactGranted, name="impact-granted"),
        Kind(event=halfyears.PeriodClosed, name="period-closed"),
    ]
)

TABLES: Final = Tables(
    resources.files("services.rewards").joinpath("schema.sql").read_text("utf-8")
)
SCHEMA: Final = (RELAY_SCHEMA,)


def milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def instant(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)
