"""Why an event is refused, in a sentence that tells its publisher what to mend.

A reason names fields, limits and kinds. It repeats nothing that an event tells of a person.
"""

from difflib import get_close_matches
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shared.contracts.words import MEMBER_PATTERN, PRINTABLE, SUBJECT_PATTERN

REASONS: Final = 3
"""Nobody reads more at a time."""

A_DAY: Final = "must be a day, as 2026-03-01"
A_TIME: Final = "must be a time with an offset, as 2026-03-01T09:30:00Z"
WHOLE: Final = "must be a whole number"
PLAINLY: Final = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "date_from_datetime_inexact": A_DAY,
    "date_from_datetime_parsing": A_DAY,
    "date_parsing": A_DAY,
    "date_type": A_DAY,
    "datetime_from_date_parsing": A_TIME,
    "datetime_parsing": A_TIME,
    "datetime_type": A_TIME,
    "dict_type": "must be an object",
    "finite_number": "must be a finite number",
    "float_type": "must be a number",
    "int_from_float": WHOLE,
    "int_parsing": WHOLE,
    "int_parsing_size": "is too large",
    "int_type": WHOLE,
    "json_invalid": "is not JSON",
    "missing": "is missing",
    "model_attributes_type": "must be an object",
    "model_type": "must be an object",
    "string_too_short": "must not be empty",
    "string_type": "must be text",
    "string_unicode": "must be text",
    "timezone_aware": A_TIME,
    "tuple_type": "must be a list",
    "union_tag_not_found": "is missing",
}
PATTERNS: Final = {
    MEMBER_PATTERN: "must be 1 to 64 letters, digits, - or _, and not begin with _",
    SUBJECT_PATTERN: "must be 1 to 64 letters, digits, - or _, and not begin with _",
    PRINTABLE: "must not hold control characters",
}


def reason(error: ValidationError) -> str:
    """Say in one line what is wrong with an event: `data.minutes: must be between 0 and 1440`."""
    problems = list(dict.fromkeys(_sentence(detail) for detail in error.errors(include_url=False)))
    more = len(problems) - REASONS
    return "; ".join(problems[:REASONS]) + (f"; and {more} more" if more > 0 else "")


def _sentence(detail: ErrorDetails) -> str:
    place = _place(detail)
    return f"{place}: {problem(detail)}" if place else f"the event {problem(detail)}"


def _place(detail: ErrorDetails) -> str:
    if detail["type"].startswith("union_tag"):
        return "type"
    parts = [str(part) for part in detail["loc"]]
    if parts and parts[0].startswith("zones."):
        del parts[0]  # Within a union a place begins with the type, which the event has said.
    return ".".join(parts)


def problem(detail: ErrorDetails) -> str:
    """Say what is wrong, without where."""
    said: dict[str, Any] = detail.get("ctx", {})
    match detail["type"]:
        case "string_too_long":
            return f"must not be longer than {said['max_length']} characters"
        case "too_long":
            return f"must not hold more than {said['max_length']} items"
        case "string_pattern_mismatch":
            return PATTERNS.get(said["pattern"], "must be lower-case letters, digits and _")
        case "greater_than_equal":
            return f"must not be less than {said['ge']}"
        case "less_than_equal":
            return f"must not be more than {said['le']}"
        case "literal_error":
            return f"must be {said['expected']}{_nearest(detail['input'], said['expected'])}"
        case "union_tag_invalid":
            return _unknown(said["tag"], said["expected_tags"])
        case known if known in PLAINLY:
            return PLAINLY[known]
        case _:  # What our own models say, they say plainly.
            return detail["msg"][:1].lower() + detail["msg"][1:]


def _nearest(said: object, expected: str) -> str:
    words = expected.replace(" or ", ", ").replace("'", "").split(", ")
    near = get_close_matches(str(said).lower(), words, n=1)
    return f"; did you mean '{near[0]}'?" if near and len(words) > 1 else ""


def _unknown(said: str, expected: str) -> str:
    """Kinds are compared with kinds: whole types all look alike."""
    kinds = {_kind(each): each for each in expected.replace("'", "").split(", ")}
    near = get_close_matches(_kind(said.lower()), kinds, n=1)
    hint = f"did you mean '{kinds[near[0]]}'?" if near else "docs/schemas lists what there is"
    return f"there is no {said[:64]!a}; {hint}"


def _kind(type: str) -> str:
    return type.removeprefix("zones.activity.").rpartition(".v")[0] or type
