"""The part of notices.toml that says of each kind why, how and over which channels it is told.

notices.toml:127: kinds.circle: must say in a sentence why somebody is told: why = "..."
"""

from typing import Annotated, Final, Literal, Self, TypeAlias, get_args

from pydantic import AfterValidator, BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from services.notifier.domain.kinds import CONFIDENTIAL, KINDS, Kind
from services.notifier.domain.manners import How, Manner
from shared.contracts.words import Line
from shared.runtime.rulefile import Table, nearest

Outgoing: TypeAlias = Literal["email", "chat", "webhook"]
OUTGOING: Final[tuple[Outgoing, ...]] = get_args(Outgoing)


class Rule(Table):
    why: Line
    how: How = "at_once"
    urgent: bool = False
    optional: bool = True
    counted: bool = True
    channels: tuple[Outgoing, ...]

    @model_validator(mode="before")
    @classmethod
    def _says_why(cls, said: object) -> object:
        if isinstance(said, dict) and not str(said.get("why", "")).strip():
            raise PydanticCustomError(
                "why", 'must say in a sentence why somebody is told: why = "..."'
            )
        return said

    @model_validator(mode="after")
    def _is_of_one_mind(self) -> Self:
        if self.urgent and self.how != "at_once":
            raise PydanticCustomError(
                "urgent",
                "is urgent and told at once: how must not be '{how}'",
                {"how": self.how},
            )
        if self.how == "off" and not self.optional:
            raise PydanticCustomError("not_optional", "is not optional: how must not be 'off'")
        return self

    def manner(self) -> Manner:
        return Manner(
            why=self.why,
            how=self.how,
            urgent=self.urgent,
            optional=self.optional,
            counted=self.counted,
        )


def _every_kind(said: object) -> object:
    """Kinds are compared with kinds before anything is said of what is within."""
    if not isinstance(said, dict):
        return said
    if unknown := [kind for kind in said if kind not in KINDS]:
        raise PydanticCustomError(
            "unknown_key",
            "there is no kind '{key}'{hint}",
            {"key": unknown[0][:64], "hint": nearest(unknown[0], KINDS)},
        )
    if missing := [kind for kind in KINDS if kind not in said]:
        raise PydanticCustomError(
            "no_rule",
            "must say of each kind why and how it is told: there is no [kinds.{kind}]",
            {"kind": missing[0]},
        )
    return said


def _in_confidence(said: dict[Kind, Rule]) -> dict[Kind, Rule]:
    if told := [kind for kind in CONFIDENTIAL if "webhook" in said[kind].channels]:
        raise PydanticCustomError(
            "confidential", "must not post {kind} to a webhook", {"kind": told[0]}
        )
    return said


Kinds = Annotated[dict[Kind, Rule], BeforeValidator(_every_kind), AfterValidator(_in_confidence)]
