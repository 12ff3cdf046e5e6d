"""How people read and write: their language, what their clocks show, their dates and numbers.

Who reads de-AT gets de where there is no de-AT, and English in the end.
"""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime, format_skeleton, format_time
from babel.numbers import format_decimal
from babel.units import format_unit
from jinja2 import pass_context
from jinja2.runtime import Context

LAST_RESORT: Final = "en"
HOUR_MINUTES: Final = 60


class Manner(NamedTuple):
    """How somebody writes dates and numbers, and what their clocks say."""

    locale: Locale
    zone: ZoneInfo


@lru_cache(maxsize=1000)
def locales(*tags: str | None) -> tuple[Locale, ...]:
    """Return what to look for: each tag and what it is a variety of, and English in the end. A tag
    that names no language is passed over.
    """
    return tuple(dict.fromkeys(it for tag in (*tags, LAST_RESORT) for it in varieties_of(tag)))


def varieties_of(tag: str | None) -> Iterator[Locale]:
    """Yield what a tag names, and what that is a variety of; nothing where it names no language."""
    try:
        locale = Locale.parse((tag or "").replace("_", "-"), sep="-")
    except (ValueError, UnknownLocaleError):
        return
    yield locale
    if locale.script:
        yield Locale(locale.language, script=locale.script)
    yield Locale(locale.language)


def tag_of(locale: Locale) -> str:
    return str(locale).replace("_", "-")


@pass_context
def moment(context: Context, at: datetime) -> str:
    """March 2, 2:00 PM UTC; 2. März, 15:00 MEZ; 2 mars, 15:00 UTC+01:00."""
    locale, zone = context["manner"]
    day = format_skeleton("MMMMd", at, tzinfo=zone, locale=locale)
    time = format_time(at, "short", tzinfo=zone, locale=locale)
    named = format_datetime(at, "z", tzinfo=zone, locale=locale)
    offset = format_datetime(at, "ZZZZ", tzinfo=zone, locale=locale)
    return f"{day}, {time} {named if named.isalpha() else offset}"


@pass_context
def day(context: Context, day: str) -> str:
    """March 12; 12. März: of a day as it is written in facts, 2026-03-12."""
    locale, _ = context["manner"]
    return format_skeleton("MMMMd", date.fromisoformat(day), locale=locale)


@pass_context
def number(context: Context, count: int) -> str:
    """12,521; 12.521."""
    locale, _ = context["manner"]
    return format_decimal(count, locale=locale)


@pass_context
def span(context: Context, minutes: int) -> str:
    """4 hours; 90 Minuten."""
    locale, _ = context["manner"]
    if minutes % HOUR_MINUTES:
        return format_unit(minutes, "duration-minute", locale=locale)
    return format_unit(minutes // HOUR_MINUTES, "duration-hour", locale=locale)
