"""The rules of a mapping, checked as a whole when they are read: every field, expression and word.

intranet.toml: rules.2.data: unknown key 'text_lenght': did you mean 'text_length'?
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Self, get_args

from pydantic import (
    BaseModel,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo

from services.ingest.sources.expressions import Expression, Scope, Template, nearest
from services.ingest.sources.mappingparts import (
    Condition,
    Filling,
    Fillings,
    Moment,
    Place,
    Reason,
    Table,
    Text,
    wrong,
)
from shared.contracts.activity import AnyActivity, kind_of
from shared.contracts.acts import Object
from shared.contracts.refusals import reason
from shared.contracts.words import Line
from shared.runtime.errors import WrongUse

KINDS: Final = {
    kind_of(event.model_fields["type"].default): event.model_fields["data"].annotation
    for event in get_args(get_args(AnyActivity)[0])
}
"""What the data of each kind may hold."""


class MappingInvalid(WrongUse):
    """Nothing is translated by rules of which a part makes no sense."""


class Skip(Table):
    """Why what a rule speaks of is none of our business: a word to count by, and a sentence."""

    reason: Reason
    detail: Line


class Rule(Table):
    """Of one sort of item: that it is an act of this `kind`, that it undoes one, or to skip it."""

    when: tuple[Condition, ...] = ()
    kind: str | None = None
    undo: Text | None = None
    skip: Skip | None = None
    id: Text | None = None
    by: Text | None = None
    member: Text | None = None
    label: Text | None = None
    time: Moment = None
    bot: tuple[Condition, ...] = ()
    system: tuple[Condition, ...] = ()
    data: Fillings = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if [self.kind, self.undo, self.skip].count(None) != 2:  # noqa: PLR2004 - of the three
            raise wrong("must have one of kind, undo and skip")
        if self.kind and self.kind not in KINDS:
            raise wrong(f"kind: unknown kind {self.kind!r}{nearest(self.kind, KINDS)}")
        if self.skip is None and (self.by is None) == (self.member is None):
            raise wrong("must say who it was: by, the account's own id, or member")
        if self.kind and self.id is None:
            raise wrong("id: is missing")
        if self.undo and self.data:
            raise wrong("data: undo says it all")
        if self.kind:
            _check(self.data, KINDS[self.kind], "data")
        return self


class MappingFile(Table):
    platform: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    items: Place = Field(default_factory=lambda: Expression.of("@"))
    rules: tuple[Rule, ...]

    @model_validator(mode="after")
    def _has_rules(self) -> Self:
        if not self.rules:
            raise wrong("rules: there are none")
        return self


def load(path: Path) -> MappingFile:
    """Raises MappingInvalid."""
    try:
        return parse(path.read_text(encoding="utf-8"), path.name)
    except OSError as error:
        raise MappingInvalid(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise MappingInvalid(f"{path.name} is not UTF-8") from None


def parse(text: str, name: str = "mapping.toml") -> MappingFile:
    """Raises MappingInvalid."""
    try:
        return MappingFile.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MappingInvalid(f"{name} is not TOML: {error}") from None
    except ValidationError as error:
        raise MappingInvalid(f"{name}: {reason(error).removeprefix('the event ')}") from None


def _check(data: Mapping[str, Filling], model: type[BaseModel], place: str) -> None:
    """Check that an event may hold these, and that it has what it must."""
    for name in data:
        if name not in model.model_fields:
            raise wrong(f"{place}: unknown key {name!r}{nearest(name, model.model_fields)}")
    for name, field in model.model_fields.items():
        if field.is_required() and name not in data:
            raise wrong(f"{place}.{name}: is missing")
        filling = data.get(name)
        if name == "object" and isinstance(filling, Mapping):
            _check(filling, Object, f"{place}.{name}")
        elif isinstance(filling, Template) and filling.constant:
            _check_constant(filling.value(Scope()), field, f"{place}.{name}")
        elif filling is not None and not isinstance(filling, Template | list):
            _check_constant(filling, field, f"{place}.{name}")


def _check_constant(value: object, field: FieldInfo, place: str) -> None:
    """Check what is the same in every event. Words have near words to be meant."""
    limited: Any = Annotated[field.annotation, field]
    try:
        TypeAdapter(limited).validate_python(value)
    except ValidationError as error:
        raise wrong(f"{place}: {reason(error).removeprefix('the event ')}") from None
