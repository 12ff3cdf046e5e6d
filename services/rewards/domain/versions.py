"""The rules that a log has gone by, one version after the other. One stream, `_rules`.

What was granted stays as it was granted, and the days that are over keep the caps they had.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from services.rewards.domain.rules import Rules, Words

STREAM: Final = "_rules"
DIGITS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesAdopted:
    """`digest` tells these rules from others, `caps` hold for the days `since` then; None: all."""

    version: int
    digest: str
    caps: Mapping[str, int]
    since: date | None


@dataclass(frozen=True, slots=True)
class Caps:
    """How much of a kind counts on a day, by the rules of that day."""

    adopted: Sequence[RulesAdopted] = ()

    def of(self, word: str, day: date) -> int | None:
        for adopted in reversed(self.adopted):
            if adopted.since is None or adopted.since <= day:
                return adopted.caps.get(word)
        return None

    def limit(self, word: str) -> bool:
        """Say whether there is a day on which this is limited."""
        return any(word in adopted.caps for adopted in self.adopted)


def adoption(rules: Rules, before: Sequence[RulesAdopted], today: date | None) -> RulesAdopted:
    """Return what is recorded of rules that are new. Their caps hold from tomorrow on, and those
    of the first rules for ever.
    """
    since = None if today is None or not before else today + timedelta(days=1)
    return RulesAdopted(
        version=rules.version, digest=digest(rules), caps=dict(rules.caps), since=since
    )


def digest(rules: Rules) -> str:
    """Tell rules by what they do, whatever they are called and however they are said."""
    silent = Words(name="", why="")
    does = replace(
        rules,
        version=0,
        efforts=tuple(replace(it, words=silent) for it in rules.efforts),
        arrivals=tuple(replace(it, words=silent) for it in rules.arrivals),
        firsts=tuple(replace(it, words=silent) for it in rules.firsts),
        impact=replace(
            rules.impact, words=silent, weights=dict(sorted(rules.impact.weights.items()))
        ),
        assist=replace(rules.assist, words=silent),
        caps=dict(sorted(rules.caps.items())),
    )
    return sha256(repr(does).encode()).hexdigest()[:DIGITS]
