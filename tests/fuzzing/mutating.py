"""Cases with something else in them, still of much the same shape, so that they get far.

JSON is taken apart and put together again with parts exchanged; tables and headers lose, double
and exchange cells; whatever there is loses, doubles and exchanges bytes.
"""

import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from functools import cache
from typing import Any, Final

from tests.fuzzing.cases import bodies

Blind = Callable[[bytes], bytes]
"""Changes bytes about which nothing is known."""

ODD: Final[Sequence[Any]] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**53, 2**63, 2**70, -(2**64), 1e300, 1.5, 1e-9),
    *("", " ", "x\n", "\x00", "\ud800", "\u2028", "x" * 600, "x" * 3000, "🦜", "é", "#", "@"),
    *([], {}, [[]], [{}], [None], {"": None}, {"id": None}, {"type": []}),
    *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-W01-1", "2026-02-30"),
    *("https://[", "https://a:x/users/u", "https://a/@u", "http://", "urn:li:share:0", "at://"),
    *("did:plc:a", "-0", "1e5", "٣", "NaN", "%00", "a.b", "*", ">", "_org", "bluesky:a"),
)
CELLS: Final = re.compile(rb'[\n,;:=&"<>/ ]')
WORD: Final = re.compile(rb"[\w$.:/@#-]{2,}")


def mutated(case: bytes, chance: random.Random, others: Sequence[bytes], blind: Blind) -> bytes:
    """Return another case; parts of `others` may come to be in it."""
    if not case or chance.random() < 0.1:
        return blind(case)
    start, end = chance.choice([*bodies(case)])
    if start == end or chance.random() < 0.15:
        return _cells(case, chance, others)
    body = case[start:end]
    try:
        begin = next(place.start() for place in re.finditer(rb"[\[{]", body))
        said = json.loads(body[begin:])
    except (StopIteration, ValueError, RecursionError):
        changed = _cells(body, chance, others) if chance.random() < 0.8 else blind(body)
        return case[:start] + changed + case[end:]
    pool = _pool(tuple(others))
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5))):
        said = _exchanged(said, chance, pool)
    written = json.dumps(said, ensure_ascii=chance.random() < 0.7 or not _encodes(said))
    return case[:start] + body[:begin] + written.encode() + case[end:]


def blindly(chance: random.Random) -> Blind:
    """Return a way to change bytes that needs no fuzzer."""

    def change(case: bytes) -> bytes:
        changed = bytearray(case)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(changed) + 1)
            until = min(len(changed), at + chance.randint(0, 8))
            changed[at:until] = chance.choice(
                (b"", chance.randbytes(chance.randint(1, 4)), bytes(changed[at:until]) * 2)
            )
        return bytes(changed)

    return change


def _exchanged(said: Any, chance: random.Random, pool: Sequence[Any]) -> Any:  # noqa: ANN401
    places = [*_places(said)]
    if not places:
        return deepcopy(chance.choice(pool))
    inside, key = chance.choice(places)
    match chance.randrange(8):
        case 0:
            del inside[key]
        case 1:
            inside[key] = [inside[key]]
        case 2:
            inside[key] = {"id": inside[key]}
        case 3 if isinstance(inside, list):
            inside.insert(key, deepcopy(inside[key]))
        case 3:
            inside[str(chance.choice(chance.choice(places)[1:]))] = deepcopy(inside[key])
        case 4:
            other, place = chance.choice(places)
            inside[key] = deepcopy(other.get(place) if isinstance(other, dict) else None)
        case 5 | 6:
            inside[key] = deepcopy(chance.choice(ODD))
        case _:
            inside[key] = deepcopy(chance.choice(pool))
    return said


def _places(said: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - JSON is anything
    waiting = [said]
    while waiting:
        inside = waiting.pop()
        if isinstance(inside, dict | list):
            keys = [*inside] if isinstance(inside, dict) else range(len(inside))
            for key in keys:
                yield inside, key
                waiting.append(inside[key])


@cache
def _pool(others: tuple[bytes, ...]) -> Sequence[Any]:
    """Return everything that is in any of these."""
    pool: list[Any] = [*ODD]
    for case in others:
        for start, end in bodies(case):
            body = case[start:end]
            try:
                said = json.loads(body[re.search(rb"[\[{]|$", body).start() :])  # type: ignore[union-attr]
            except ValueError:
                pool += [word.decode("utf-8", "replace") for word in WORD.findall(body)]
            else:
                pool += [inside[key] for inside, key in _places(said)]
                pool += [key for _, key in _places(said) if isinstance(key, str)]
    return pool


def _cells(case: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    marks = [place.start() for place in CELLS.finditer(case)] or [0]
    at = chance.choice(marks)
    until = next((mark for mark in marks if mark > at), len(case))
    cell = case[at:until]
    match chance.randrange(5):
        case 0:
            cell = b""
        case 1:
            cell *= 2
        case 2:
            cell = cell[:1] + str(chance.choice(ODD)).encode("utf-8", "replace")
        case _:
            words = WORD.findall(chance.choice(others)) if others else []
            cell = cell[:1] + (chance.choice(words) if words else b"")
    return case[:at] + cell + case[until:]


def _encodes(said: object) -> bool:
    try:
        json.dumps(said, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
