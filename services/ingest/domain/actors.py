"""Who is nobody: what machines do on a platform is no activity of a person.

Adapters say what they know of who acted, and the operator's rules judge it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.ingest.domain.activity import Sighting

ACTORS: Final = ("person", "bot", "system")
"""What a platform may say of who acted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Refuses an act for what its actor is said to be, or for the name of its account.

    `accounts` and `exceptions` are globs over the account's id and its handle: `*` is anything,
    `?` one character, and all others stand for themselves. Case does not matter.
    """

    why: str
    platform: str = "*"
    actors: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()

    def refuses(self, sighting: Sighting) -> bool:
        platform, _, account = str(sighting.event.get("subject")).partition(":")
        names = [name for name in (account, sighting.label) if name]
        return (
            matches(self.platform, platform)
            and (sighting.actor in self.actors or _any(self.accounts, names))
            and not _any(self.exceptions, names)
        )


def refusing(rules: Sequence[Rule], sighting: Sighting) -> Rule | None:
    """Return the first rule that refuses it."""
    return next((rule for rule in rules if rule.refuses(sighting)), None)


def matches(glob: str, name: str) -> bool:
    pattern = re.escape(glob).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(pattern, name, re.IGNORECASE | re.DOTALL) is not None


def _any(globs: Sequence[str], names: Sequence[str]) -> bool:
    return any(matches(glob, name) for glob in globs for name in names)
