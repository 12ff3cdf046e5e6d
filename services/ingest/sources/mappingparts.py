"""What the rules of a mapping are made of: expressions, conditions, times and templates."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Annotated, Any, Final, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from services.ingest.sources.expressions import Expression, Scope, Template, nearest
from services.ingest.sources.payload import EPOCH, Unfit

ISO: Final = "iso"
UNITS: Final = {"seconds": 1, "milliseconds": 1000}
"""So many of them are a second."""
Filling = Template | bool | int | float | list[Any] | Mapping[str, Any]
"""What becomes a value in the data of an event. Lists and tables hold more of it."""


class Table(BaseModel):
    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _knows_its_keys(cls, said: object) -> object:
        known = [field.alias or name for name, field in cls.model_fields.items()]
        for key in said if isinstance(said, dict) else ():
            if key not in known:
                raise wrong(f"unknown key {key!r}{nearest(key, known)}")
        return said


def wrong(what: str) -> PydanticCustomError:
    return PydanticCustomError("mapping", "{what}", {"what": what})


def _expression(said: object) -> Expression:
    if not isinstance(said, str):
        raise wrong("must be an expression, as user.id")
    try:
        return Expression.of(said)
    except ValueError as error:
        raise wrong(str(error)) from None


def _template(said: object) -> Template:
    if not isinstance(said, str) or not said:
        raise wrong("must be a text with expressions in braces, as comment:{comment.id}")
    try:
        return Template.of(said)
    except ValueError as error:
        raise wrong(str(error)) from None


def _filling(said: object) -> Filling:
    match said:
        case dict():
            return {name: _filling(value) for name, value in said.items()}
        case list():
            return [_filling(value) for value in said]
        case bool() | int() | float():
            return said
        case _:
            return _template(said)


def _at(said: object) -> object:
    """Take the short form of a time, which is where it is."""
    return {"path": said} if isinstance(said, str) else said


Place = Annotated[Expression, BeforeValidator(_expression)]
Text = Annotated[Template, BeforeValidator(_template)]
Reason = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,31}$")]
Constant = bool | int | float | str


class Condition(Table):
    """That `path` finds this, one of these, anything, or (`present = false`) nothing."""

    path: Place
    is_: Annotated[Constant | None, Field(alias="is")] = None
    in_: Annotated[tuple[Constant, ...] | None, Field(alias="in")] = None
    present: bool | None = None

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        if [self.is_, self.in_, self.present].count(None) != 2:  # noqa: PLR2004 - of the three
            raise wrong("must have one of is, in and present")
        return self

    def holds(self, scope: Scope) -> bool:
        """Raises Unfit."""
        found = self.path.value(scope)
        if self.present is not None:
            return (found is not None) == self.present
        wanted = (self.is_,) if self.in_ is None else self.in_
        return any(found == one and _sort(found) == _sort(one) for one in wanted)


class Time(Table):
    """`form` is iso, seconds, milliseconds, or a pattern as `%d.%m.%Y %H:%M`; `offset` is of
    times that say none.
    """

    path: Place
    form: str = ISO
    offset: Annotated[str, StringConstraints(pattern=r"^[+-](?:0[0-9]|1[0-4]):[0-5][0-9]$")] = (
        "+00:00"
    )

    @model_validator(mode="after")
    def _has_a_form(self) -> Self:
        forms = (ISO, *UNITS)
        if self.form not in forms and "%" not in self.form:
            raise wrong(f"form: unknown form {self.form!r}{nearest(self.form, forms)}")
        return self

    def read(self, scope: Scope) -> datetime:
        """Raises Unfit."""
        found = self.path.value(scope)
        if found is None:
            raise Unfit(f"{self.path.source} is missing")
        try:
            time = self._time(found)
            return time if time.tzinfo else time.replace(tzinfo=_offset(self.offset))
        except (ValueError, TypeError, OverflowError, ArithmeticError):
            raise Unfit(f"{self.path.source} is no time of the form {self.form}") from None

    def _time(self, found: Any) -> datetime:  # noqa: ANN401 - JSON is anything
        if unit := UNITS.get(self.form):
            return EPOCH + timedelta(seconds=float(found) / unit)
        if self.form == ISO:
            return datetime.fromisoformat(
                found.strip().upper() if isinstance(found, str) else found
            )
        return datetime.strptime(found, self.form)  # noqa: DTZ007 - `offset` is of these


Moment = Annotated[Time | None, BeforeValidator(_at)]
Fillings = Annotated[Mapping[str, Any], BeforeValidator(_filling)]


def _sort(value: object) -> str:
    """True is not 1, whatever Python thinks."""
    if isinstance(value, bool):
        return "truth"
    return "number" if isinstance(value, int | float) else type(value).__name__


def _offset(said: str) -> timezone:
    sign = -1 if said.startswith("-") else 1
    hours, minutes = map(int, said[1:].split(":"))
    return timezone(sign * timedelta(hours=hours, minutes=minutes))
