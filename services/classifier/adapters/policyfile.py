"""Reads a policy from TOML, and says of everything that is wrong with it where and what.

policy.toml:41: unknown measure 'act': did you mean 'acts'?
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from services.classifier.domain.activities import OWN_ACTS
from services.classifier.domain.eras import dated
from services.classifier.domain.measures import ANY, FAMILIES, MEASURES, Criterion
from services.classifier.domain.policy import Policy, PolicyAdopted, Zone
from services.classifier.domain.regimes import Policies
from services.classifier.domain.zones import FIRST, ZONES
from shared.runtime.errors import WrongUse
from shared.runtime.tomllines import line_in, lines_of

SHIPPED: Final = Path(__file__).parent.parent / "policy.toml"

MOST_CRITERIA: Final = 24
"""As many as the evidence of one change may hold."""
MOST_DAYS: Final = 3660
MOST_MINUTES: Final = 10**6
WEEK: Final = 7 * 24 * 60
NEAR: Final = 150
"""The `near_minutes` of a policy that does not name them: the first ones did not."""

Place = tuple[str | int, ...]


class PolicyInvalid(WrongUse):
    """Each of the `problems` names the file and the line. Correct them and read it again."""

    def __init__(self, name: str, lines: Sequence[tuple[int, str]]) -> None:
        self.problems = tuple(f"{name}:{line}: {what}" for line, what in lines)
        super().__init__("\n".join(self.problems))
        self.lines = tuple(lines)


def load(path: Path, version: int) -> Policy:
    """Read a policy file. Raises PolicyInvalid, and OSError where there is none."""
    return parse(path.read_text(encoding="utf-8"), version, path.name)


def parse(text: str, version: int, name: str = "policy.toml") -> Policy:
    """Read the text of a policy, which `name` is the file of. Raises PolicyInvalid."""
    try:
        document, lines = tomllib.loads(text), lines_of(text)
    except RecursionError as error:
        raise PolicyInvalid(name, [(1, "not a policy: nested too deeply")]) from error
    except tomllib.TOMLDecodeError as error:
        what, _, where = str(error).partition(" (at ")
        line = re.match(r"line (\d+)", where)
        at = int(line[1]) if line else text.count("\n") + 1
        raise PolicyInvalid(name, [(at, f"not TOML: {what}")]) from error
    except ValueError as error:
        raise PolicyInvalid(name, [(1, "not a policy: a number of too many digits")]) from error
    return _Reading(name, lines).policy(document, version)


def in_force(adopted: Iterable[PolicyAdopted]) -> Policies:
    """Read the policies of a log's adoptions, each for the days that it governs."""
    return dated((each, parse(each.text, each.version)) for each in adopted)


class _Reading:
    """Reads on after a problem, to name them all at once."""

    def __init__(self, name: str, lines: Mapping[Place, int]) -> None:
        self._name = name
        self._lines = lines
        self._problems: list[tuple[int, str]] = []

    def policy(self, document: dict[str, Any], version: int) -> Policy:
        top = self._table(
            document,
            (),
            ("warn_days", "historical_after_days", "settle_minutes"),
            ("near_minutes", "vitality", "reports", "minutes", "zones"),
        )
        zones = self._table(top.get("zones", {}), ("zones",), ZONES[1:])
        vitality = self._table(
            top.get("vitality", {}), ("vitality",), ("active_days", "quiet_days")
        )
        policy = Policy(
            version=version,
            zones=(Zone(name=ZONES[FIRST]), *self._zones(zones)),
            minutes=self._minutes(top.get("minutes", {})),
            reports=self._reports(top.get("reports", {})),
            warn_days=self._number(top, (), "warn_days"),
            historical_after_days=self._number(top, (), "historical_after_days"),
            settle_minutes=self._number(top, (), "settle_minutes", most=24 * 60),
            near_minutes=self._number({"near_minutes": NEAR, **top}, (), "near_minutes", most=WEEK),
            active_days=self._number(vitality, ("vitality",), "active_days"),
            quiet_days=self._number(vitality, ("vitality",), "quiet_days"),
        )
        if policy.quiet_days < policy.active_days:
            self._problem(("vitality", "quiet_days"), "quiet_days is less than active_days")
        self._check(policy)
        if self._problems:
            raise PolicyInvalid(self._name, sorted(self._problems))
        return policy

    def _zones(self, zones: dict[str, Any]) -> Iterable[Zone]:
        keeps: dict[str, tuple[Criterion, ...]] = {}
        for name in ZONES[1:]:
            at: Place = ("zones", name)
            lower = ZONES[1 : ZONES.index(name)]
            zone = self._table(
                zones.get(name, {}),
                at,
                ("enter", "keep", "grace_days") if name in zones else (),
                ("requires", "keep_of"),
            )
            also = self._words(zone.get("keep_of", []), (*at, "keep_of"), lower, "lower zone")
            own = self._criteria(zone.get("keep", []), (*at, "keep"))
            keeps[name] = (*own, *(each for below in also for each in keeps[below]))
            yield Zone(
                name=name,
                enter=self._criteria(zone.get("enter", []), (*at, "enter")),
                keep=keeps[name],
                requires=self._words(
                    zone.get("requires", []), (*at, "requires"), lower, "lower zone"
                ),
                grace_days=self._number(zone, at, "grace_days") if name in zones else 0,
            )

    def _criteria(self, entries: object, at: Place) -> tuple[Criterion, ...]:
        if not isinstance(entries, list):
            self._problem(at, "must be a list of criteria")
            return ()
        read = (self._criterion(entry, (*at, place)) for place, entry in enumerate(entries))
        return tuple(criterion for criterion in read if criterion is not None)

    def _criterion(self, entry: object, at: Place) -> Criterion | None:
        if not isinstance(entry, dict) or "measure" not in entry:
            self._problem(at, 'each entry must be a criterion, as { measure = "acts", ... }')
            return None
        name = self._word(entry["measure"], (*at, "measure"), MEASURES, "measure")
        if name is None:
            return None
        measure = MEASURES[name]
        needs = ["measure", "at_least", *["of"] * bool(measure.of), *["days"] * measure.days]
        criterion = self._table(entry, at, needs, what=f" of {name}")
        of: tuple[str, ...] = ()
        if "of" in criterion and measure.of:
            of = self._words(criterion["of"], (*at, "of"), (*measure.of, ANY), "kind")
            if not criterion["of"]:
                self._problem((*at, "of"), "of must name at least one kind")
        _, zone, side, place = at
        return Criterion(
            name=f"{zone}.{side}.{int(place) + 1}",
            measure=name,
            at_least=self._number(criterion, at, "at_least", least=1, most=10**12),
            of=of,
            days=self._number(criterion, at, "days", least=1) if measure.days else 0,
        )

    def _minutes(self, table: object) -> dict[str, int]:
        minutes = self._table(table, ("minutes",), (), OWN_ACTS)
        for kind, value in minutes.items():
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not 0 <= value <= MOST_MINUTES:
                self._problem(("minutes", kind), f"{kind} must be a number of minutes")
                minutes = {**minutes, kind: 0}
        return {kind: round(value * 60) for kind, value in minutes.items()}

    def _reports(self, table: object) -> frozenset[str]:
        reports = self._table(table, ("reports",), (), FAMILIES)
        for family, value in reports.items():
            if not isinstance(value, bool):
                self._problem(("reports", family), f"{family} must be true or false")
        return frozenset(family for family, fed in reports.items() if fed is True)

    def _check(self, policy: Policy) -> None:
        """What no single value shows: that a zone is decided by something."""
        for place, zone in enumerate(policy.zones[1:], start=1):
            at: Place = ("zones", zone.name)
            if zone.enter and all(policy.leaves_out(each) for each in zone.enter):
                self._problem((*at, "enter"), f"nothing decides who enters {zone.name}: {UNFED}")
            if not zone.enter and (*at, "enter") in self._lines:
                self._problem((*at, "enter"), f"everybody would be in {zone.name}: none is given")
            if zone.keep and all(policy.leaves_out(each) for each in zone.keep):
                self._problem((*at, "keep"), f"nothing decides who keeps {zone.name}: {UNFED}")
            if len(policy.entering(place)) > MOST_CRITERIA or len(zone.keep) > MOST_CRITERIA:
                self._problem(at, f"{zone.name} has more than {MOST_CRITERIA} criteria")

    def _table(
        self,
        value: object,
        at: Place,
        needed: Collection[str],
        optional: Collection[str] = (),
        what: str = "",
    ) -> dict[str, Any]:
        """Return what is known of a table; what is unknown or missing is a problem."""
        if not isinstance(value, dict):
            self._problem(at, f"{at[-1]} must be a table")
            return {}
        known = (*needed, *optional)
        for key in value:
            if key not in known:
                self._problem((*at, key), f"unknown key {key!r}{what}{_nearest(key, known)}")
        for key in needed:
            if key not in value:
                self._problem(at, f"{'.'.join(map(str, (*at, key)))} is missing")
        return {key: value[key] for key in value if key in known}

    def _number(
        self, table: dict[str, Any], at: Place, key: str, least: int = 0, most: int = MOST_DAYS
    ) -> int:
        value = table.get(key, least)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self._problem((*at, key), f"{key} must be a whole number from {least} to {most}")
            return least
        return value

    def _words(self, values: object, at: Place, known: Iterable[str], what: str) -> tuple[str, ...]:
        if not isinstance(values, list):
            self._problem(at, f"{at[-1]} must be a list")
            return ()
        known = tuple(known)
        words = (self._word(value, (*at, place), known, what) for place, value in enumerate(values))
        return tuple(dict.fromkeys(word for word in words if word is not None))

    def _word(self, value: object, at: Place, known: Iterable[str], what: str) -> str | None:
        known = tuple(known)
        if isinstance(value, str) and value in known:
            return value
        self._problem(at, f"unknown {what} {value!r}{_nearest(str(value), known)}")
        return None

    def _problem(self, at: Place, what: str) -> None:
        self._problems.append((line_in(self._lines, at), what))


UNFED: Final = "the measurements are not reported"


def _nearest(word: str, known: Iterable[str]) -> str:
    known = tuple(known)
    near = get_close_matches(word, known, n=1)
    if near:
        return f": did you mean {near[0]!r}?"
    return f": there are {', '.join(known)}" if known else ": there are none"
