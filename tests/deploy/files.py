"""What lies in deploy/, as data."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[2]
DEPLOY: Final = ROOT / "deploy"
COMPOSE: Final = DEPLOY / "compose.yaml"
DOCKERFILE: Final = DEPLOY / "Dockerfile"
EXAMPLE: Final = DEPLOY / ".env.example"
VARIABLE: Final = re.compile(r"\$\{(\w+):-([^}]*)\}")
SETTING: Final = re.compile(r"^#([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)

LASTING: Final = ("nats", "ingest", "classifier", "rewards", "notifier")
ONCE: Final = ("keys", "provision")
TOOLS: Final = ("zones", "archive")
EVERYTHING: Final = (*LASTING, *ONCE, *TOOLS)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One of a Dockerfile, its lines joined."""

    word: str
    rest: str

    @property
    def words(self) -> list[str]:
        """What the exec form lists."""
        listed: list[str] = json.loads(self.rest[self.rest.index("[") :])
        return listed


def compose(environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the compose file with its merges done and its variables at these values, or at their
    defaults.
    """
    known = environment or {}
    return _loaded(VARIABLE.sub(lambda it: known.get(it[1]) or it[2], COMPOSE.read_text()))


@cache
def _loaded(text: str) -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load(text)
    return told


def service(name: str, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    told: dict[str, Any] = compose(environment)["services"][name]
    return told


def mounts(name: str) -> list[tuple[str, str, bool]]:
    """Return what a container mounts, where, and whether it may write there."""
    split = [it.split(":") for it in service(name).get("volumes", ())]
    return [(source, target, rest != ["ro"]) for source, target, *rest in split]


@cache
def instructions() -> list[list[Instruction]]:
    """Return the instructions of the Dockerfile by stage; the first are before any stage."""
    text = re.sub(r"^\s*#.*\n", "", DOCKERFILE.read_text(), flags=re.MULTILINE)
    stages: list[list[Instruction]] = [[]]
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        if line.strip():
            word, _, rest = line.partition(" ")
            if word == "FROM":
                stages.append([])
            stages[-1].append(Instruction(word, rest.strip()))
    return stages


def of_the_image(word: str) -> list[Instruction]:
    """Return the instructions of the last stage that begin so."""
    return [it for it in instructions()[-1] if it.word == word]


def environment_of_the_image() -> dict[str, str]:
    [told] = of_the_image("ENV")
    return dict(re.findall(r"(\w+)=(\S+)", told.rest))


def example() -> dict[str, str]:
    """Return what .env.example shows, and would set if the # before it were taken away."""
    return dict(SETTING.findall(EXAMPLE.read_text()))


def seconds(duration: str) -> int:
    assert duration.endswith("s")
    return int(duration.removesuffix("s"))


def bytes_of(size: str) -> int:
    """Return a size as compose, NATS or Go write it."""
    number, unit = re.fullmatch(r"(\d+)([kmgKMG])?i?B?", size).groups()  # type: ignore[union-attr]
    return int(number) << 10 * " kmg".index((unit or " ").lower())
