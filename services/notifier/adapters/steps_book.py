"""The part of notices.toml that says what interests people, and what is suggested to them."""

from typing import Annotated, Final, TypeAlias

from pydantic import Field

from services.notifier.domain.interest import WHOLE, Fading
from services.notifier.domain.steps import DigestTo, Nudging, Suggesting
from shared.contracts.words import Ordinal
from shared.runtime.rulefile import Table

MOST_DAYS: Final = 3660
MOST_HALF_LIFE: Final = 366

Days: TypeAlias = Annotated[int, Field(ge=1, le=MOST_DAYS)]
Minutes: TypeAlias = Annotated[int, Field(ge=0, le=24 * 60)]
Weight: TypeAlias = Annotated[float, Field(ge=0, le=1000)]


class Interest(Table):
    half_life_days: Annotated[int, Field(ge=1, le=MOST_HALF_LIFE)]
    declared: Weight
    least: Weight

    def fading(self) -> Fading:
        return Fading(
            half_life=self.half_life_days,
            declared=round(self.declared * WHOLE),
            least=round(self.least * WHOLE),
        )


class Suggestions(Table):
    fresh_days: Days
    share_most: Annotated[int, Field(ge=0, le=20)]
    longest_pause_days: Days
    follow_every_days: Days
    authors_of_days: Days

    def suggesting(self) -> Suggesting:
        return Suggesting(
            fresh=self.fresh_days,
            most=self.share_most,
            longest_pause=self.longest_pause_days,
            follow_every=self.follow_every_days,
            authors_of=self.authors_of_days,
        )


class Nudges(Table):
    every_days: Days
    news_days: Days
    link_after_days: Days
    dormant_after_days: Days
    bare_shares: Ordinal
    bare_within_days: Days
    link_minutes: Minutes
    dormant_minutes: Minutes
    own_words_minutes: Minutes

    def nudging(self) -> Nudging:
        return Nudging(
            every=self.every_days,
            news=self.news_days,
            link_after=self.link_after_days,
            dormant_after=self.dormant_after_days,
            bare_shares=self.bare_shares,
            bare_within=self.bare_within_days,
            link_minutes=self.link_minutes,
            dormant_minutes=self.dormant_minutes,
            own_words_minutes=self.own_words_minutes,
        )


class Digest(Table):
    to: DigestTo
