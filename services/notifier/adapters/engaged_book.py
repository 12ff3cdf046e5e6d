"""The part of notices.toml that says what the socially engaged are asked."""

from datetime import timedelta
from typing import Annotated, TypeAlias

from pydantic import Field

from services.notifier.domain.engaged_rules import (
    CareRules,
    CircleRules,
    EngagedRules,
    RequestRules,
    TalkRules,
)
from shared.runtime.rulefile import Table

Days: TypeAlias = Annotated[int, Field(ge=1, le=3660)]
Months: TypeAlias = Annotated[int, Field(ge=1, le=120)]
Some: TypeAlias = Annotated[int, Field(ge=1, le=100)]


class Asks(Table):
    recent_days: Days


class TopicRequest(Table):
    at_once: Some
    answer_days: Days
    lasts_days: Days


class Circle(Table):
    apart_months: Months


class Talk(Table):
    at_least_members: Annotated[int, Field(ge=1, le=100_000)]
    below_percent: Annotated[int, Field(ge=1, le=100)]
    again_after_months: Months
    at_once: Some
    rest_days: Days


class RetentionCare(Table):
    breaches: Some
    within_days: Days
    again_after_days: Days


def engaged_rules(
    asks: Asks, request: TopicRequest, circle: Circle, talk: Talk, care: RetentionCare
) -> EngagedRules:
    return EngagedRules(
        recent=timedelta(days=asks.recent_days),
        requests=RequestRules(
            at_once=request.at_once,
            answer_within=timedelta(days=request.answer_days),
            lasts=timedelta(days=request.lasts_days),
        ),
        circles=CircleRules(apart_months=circle.apart_months),
        talks=TalkRules(
            at_least_members=talk.at_least_members,
            below_percent=talk.below_percent,
            again_after_months=talk.again_after_months,
            at_once=talk.at_once,
            rest=timedelta(days=talk.rest_days),
        ),
        care=CareRules(
            breaches=care.breaches,
            within=timedelta(days=care.within_days),
            again_after=timedelta(days=care.again_after_days),
        ),
    )
