"""The words that every contract uses, each with its limits.

A limit stands here once: the models enforce it, and the JSON Schemas repeat it to others.
Control characters are refused everywhere, so no id can break a line, a header or a subject.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Final, Literal, TypeVar, get_args

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

T = TypeVar("T")

ORGANISATION: Final = "_org"
"""The subject of what concerns everybody; never enrolled, never counted."""

MAX_ID: Final = 256
"""Characters that a publisher may use for an event's id."""
ROOM_FOR_A_MEMBER: Final = len("~") + 64
"""An event published again under another member is called `<id>~<member>`."""

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9999, 12, 31, tzinfo=UTC)

# Rust's `$`, like ECMAScript's and unlike Python's, is the end of the text and nothing else.
MEMBER_PATTERN: Final = "^[A-Za-z0-9-][A-Za-z0-9_-]{0,63}$"
SUBJECT_PATTERN: Final = f"^(?:{ORGANISATION}|[A-Za-z0-9-][A-Za-z0-9_-]{{0,63}})$"
PRINTABLE: Final = r"^[^\x00-\x1f\x7f-\x9f]+$"
RFC3339: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)

Member = Annotated[str, StringConstraints(pattern=MEMBER_PATTERN)]
Subject = Annotated[str, StringConstraints(pattern=SUBJECT_PATTERN)]
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=PRINTABLE)]
Id = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_ID + ROOM_FOR_A_MEMBER, pattern=PRINTABLE)
]
Ref = Annotated[str, StringConstraints(min_length=1, max_length=512, pattern=PRINTABLE)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=PRINTABLE)]
Url = Annotated[str, StringConstraints(min_length=1, max_length=2048, pattern=PRINTABLE)]

Zone = Literal["content_consumer", "content_sharer", "content_creator", "socially_engaged"]
Vitality = Literal["active", "quiet", "dormant", "paused"]
ZONES: Final[tuple[Zone, ...]] = get_args(Zone)
VITALITIES: Final[tuple[Vitality, ...]] = get_args(Vitality)


def _absent(value: object) -> bool:
    return value is None


def _not_text(value: object) -> object:
    """Take 5.0, which spreadsheets write; but neither "5" nor true, which count nothing."""
    if isinstance(value, bool | str):
        raise PydanticCustomError("whole_number", "must be a whole number")
    return value


def _within_a_day(minutes: float) -> float:
    if not 0 <= minutes <= 24 * 60:
        raise PydanticCustomError("minutes", "must be between 0 and 1440")
    return minutes


def _whole_if_it_is(value: float) -> int | float:
    return int(value) if value.is_integer() else value


def _in_full(value: object) -> object:
    """Refuse what pydantic would be kind to: Unix seconds, bare dates, times without seconds."""
    if isinstance(value, datetime) or (isinstance(value, str) and RFC3339.fullmatch(value)):
        return value
    raise PydanticCustomError("rfc3339", "must be a time with an offset, as 2026-03-01T09:30:00Z")


def _in_utc(time: datetime) -> datetime:
    """Milliseconds are what we write, so they are what we keep: what is read back is equal."""
    if not EARLIEST <= time <= LATEST:
        raise PydanticCustomError("not_our_time", "must not be before 1990, nor after 9999")
    return time.astimezone(UTC).replace(microsecond=time.microsecond // 1000 * 1000)


def _written(time: datetime) -> str:
    utc = time.astimezone(UTC).replace(tzinfo=None)
    precision = "milliseconds" if utc.microsecond // 1000 else "seconds"
    return f"{utc.isoformat(timespec=precision)}Z"


Maybe = Annotated[T | None, Field(exclude_if=_absent)]
"""What may be absent. Null is read as absent, and absent is not written."""

Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_in_full),
    AfterValidator(_in_utc),
    PlainSerializer(_written, when_used="json"),
]
Written = Annotated[AwareDatetime, PlainSerializer(_written, when_used="json")]
"""An instant read from our own hand, which writes UTC and milliseconds."""
Day = date
"""A UTC day."""

Count = Annotated[int, Field(ge=0, le=10**12), BeforeValidator(_not_text)]
Ordinal = Annotated[int, Field(ge=1, le=10**12), BeforeValidator(_not_text)]
MOST: Final = 10**15
"""What a reader in any language can still count to, one by one."""
Number = Annotated[
    float,
    Field(strict=True, ge=-MOST, le=MOST),
    PlainSerializer(_whole_if_it_is, when_used="json"),
]
Minutes = Annotated[
    float,
    Field(strict=True, json_schema_extra={"minimum": 0, "maximum": 1440}),
    AfterValidator(_within_a_day),
    PlainSerializer(_whole_if_it_is, when_used="json"),
]
Topics = Annotated[
    tuple[Word, ...],
    Field(max_length=20, exclude_if=lambda topics: not topics),
    BeforeValidator(lambda topics: () if topics is None else topics),
]


AT_FIRST_USE: Final = ConfigDict(defer_build=True)
"""Builds what validates and writes a model not before it is used: a process that starts, and all in
all, meets few of them.
"""


class Told(BaseModel):
    """What an event tells. It cannot be changed, and is deaf to what it does not know."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        allow_inf_nan=False,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        use_attribute_docstrings=True,
        **AT_FIRST_USE,
    )
