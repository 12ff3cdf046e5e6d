"""A platform that no adapter knows, read by rules that an operator writes: data, and no code.

docs/howto/map-a-platform.md shows a whole one.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from services.ingest.domain.activity import Refused, Sighting, Skipped
from services.ingest.handlers.posts import Translate
from services.ingest.sources import mappingfile
from services.ingest.sources.expressions import Scope, Template
from services.ingest.sources.mappingfile import MappingFile, Rule
from services.ingest.sources.mappingparts import Condition, Filling
from services.ingest.sources.payload import LARGEST, UNFIT, Unfit, line, read
from services.ingest.sources.sightings import Seen, sighting, topics

COUNTED: Final = frozenset(
    {
        *("minutes", "text_length", "value", "public"),
        *("followers", "connections", "readers", "likes", "shares", "comments"),
    }
)
"""Data that is no text. A number anywhere else is an id, or a name that looks like one."""
UNMAPPED: Final = Skipped("unmapped", "no rule of the mapping speaks of this")


def load(path: Path) -> Translate:
    """Return how to translate by this file. Raises MappingInvalid."""
    return mapping(mappingfile.load(path))


def mapping(file: MappingFile) -> Translate:
    """Return how to translate by these rules."""

    def translate(headers: Mapping[str, str], body: bytes) -> list[Seen]:
        """Raises UnreadableMessage: `malformed`."""
        whole = read(headers, body).value
        try:
            items = file.items.value(Scope(whole, whole, headers))
        except Unfit as error:
            return [Refused(reason=UNFIT, detail=str(error))]
        if items is None:
            return [Refused(reason=UNFIT, detail=f"{file.items.source} is missing")]
        if not isinstance(items, list):
            return [_seen(file, Scope(items, whole, headers), "")]
        return [
            _seen(file, Scope(item, whole, headers), f"item {number}: ")
            for number, item in enumerate(items, 1)
        ]

    return translate


def _seen(file: MappingFile, scope: Scope, place: str) -> Seen:
    try:
        rule = next((rule for rule in file.rules if _all_hold(rule.when, scope)), None)
        if rule is None:
            return UNMAPPED
        if rule.skip:
            return Skipped(rule.skip.reason, rule.skip.detail)
        return _sighting(file.platform, rule, scope)
    except Unfit as error:
        return Refused(reason=UNFIT, detail=f"{place}{error}")


def _sighting(platform: str, rule: Rule, scope: Scope) -> Sighting:
    data = {name: _filled(name, value, scope) for name, value in rule.data.items()}
    if "topics" in data:
        data["topics"] = topics(data["topics"] if isinstance(data["topics"], list) else ())
    if rule.undo:
        data["retracts"] = rule.undo.text(scope)
    who = rule.by or rule.member
    seen = sighting(
        rule.kind or "retract",
        platform=platform,
        id=rule.id.text(scope) if rule.id else f"{data['retracts']}#undo",
        by=who.text(scope) if who else "",
        time=rule.time.read(scope) if rule.time else None,
        label=_words(rule.label.value(scope)) if rule.label else None,
        actor=_actor(rule, scope),
        data=data,
    )
    if rule.member:
        seen.event["subject"] = rule.member.text(scope)
    return seen


def _filled(name: str, filling: Filling, scope: Scope) -> Any:  # noqa: ANN401 - JSON is anything
    match filling:
        case Template():
            if name == "id":
                return filling.text(scope)
            value = filling.value(scope)
            return value if name in COUNTED or isinstance(value, list | dict) else _words(value)
        case Mapping():
            inner = {key: _filled(key, value, scope) for key, value in filling.items()}
            return {key: value for key, value in inner.items() if value not in (None, "")}
        case list():
            values = [_filled(name, value, scope) for value in filling]
            return [value for value in values if value not in (None, "")]
        case _:
            return filling


def _words(value: object) -> str | None:
    """Titles come in several lines, and ids as numbers."""
    if isinstance(value, int) and abs(value) >= LARGEST:
        raise Unfit("a number is too large")
    return None if value is None else line(str(value))


def _actor(rule: Rule, scope: Scope) -> str:
    if rule.bot and _all_hold(rule.bot, scope):
        return "bot"
    return "system" if rule.system and _all_hold(rule.system, scope) else "person"


def _all_hold(conditions: Sequence[Condition], scope: Scope) -> bool:
    return all(condition.holds(scope) for condition in conditions)
