"""The largest message that a contract allows, made from its JSON Schema.

A field without a limit has no largest value, so making one is itself a test.
"""

from typing import Any

from shared.contracts.words import MEMBER_PATTERN, PRINTABLE, SUBJECT_PATTERN

FOUR_BYTES = "😀"
LONGEST = {
    MEMBER_PATTERN: "m" * 64,
    SUBJECT_PATTERN: "m" * 64,
    r"^[a-z][a-z0-9_]{0,31}$": "k" * 32,
    r"^[0-9]{4}H[12]$": "2026H1",
}
FORMATS = {"date": "2026-03-01", "date-time": "2026-03-01T09:30:00.123Z"}
LONG_NUMBER = -0.0012345678901234567


def largest(schema: dict[str, Any], root: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 -- JSON
    root = root or schema
    match schema:
        case {"$ref": ref}:
            return largest(root["$defs"][ref.rpartition("/")[2]], root)
        case {"const": value}:
            return value
        case {"enum": values}:
            return max(values, key=len)
        case {"anyOf": [choice, {"type": "null"}]}:
            return largest(choice, root)
        case {"type": "object", "patternProperties": {r"^[a-z][a-z0-9_]{0,31}$": values}}:
            count = schema["maxProperties"]
            return {f"k{n:031}": largest(values, root) for n in range(count)}
        case {"type": "object"}:
            return {name: largest(each, root) for name, each in schema["properties"].items()}
        case {"type": "array"}:
            return [largest(schema["items"], root)] * schema["maxItems"]
        case {"type": "string", "pattern": pattern} if pattern == PRINTABLE:
            return FOUR_BYTES * schema["maxLength"]
        case {"type": "string", "pattern": pattern}:
            return LONGEST[pattern]
        case {"type": "string"}:
            return FORMATS[schema["format"]]
        case {"type": "integer"}:
            return schema["maximum"]
        case {"type": "number", "maximum": _}:
            return LONG_NUMBER if schema["minimum"] < 0 else -LONG_NUMBER
        case {"type": "boolean"}:
            return True
        case _:
            raise AssertionError(schema)
