"""Every setting is explained where an operator looks for it, and reaches the service it is for."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from shared.runtime import settings
from shared.runtime.runfile import SERVICES
from tests.deploy.files import COMPOSE, EXAMPLE, VARIABLE, example, service

ELSEWHERE = ("/", "https://")
"""What begins so is an example of a setting that has no default that could be written down."""


def of(name: str) -> type[settings.Settings]:
    found: type[settings.Settings] = import_module(f"services.{name}.settings").Settings
    return found


FIELDS = [(name, field) for name in SERVICES for field in of(name).model_fields]


def names(name: str, field: str) -> set[str]:
    """Return the variables that set it."""
    own = f"ZONES_{name}_{field}".upper()
    common = set() if field in settings.ALONE else {f"ZONES_{field}".upper()}
    return {own, *common}


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_every_setting_is_in_the_example(name: str, field: str) -> None:
    words = set(EXAMPLE.read_text().replace("#", " ").replace("=", " ").replace(",", " ").split())
    assert names(name, field) & {it.strip("().") for it in words}


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_the_example_shows_what_holds_when_nothing_is_said(name: str, field: str) -> None:
    default = of(name).model_fields[field].default
    for variable in names(name, field) & set(example()):
        shown: Any = example()[variable]
        if not shown.startswith(ELSEWHERE):
            told = of(name).model_validate({field: shown})
            assert getattr(told, field) == default
        else:
            assert default is None or isinstance(default, Path)


@pytest.mark.parametrize("name", SERVICES)
def test_what_the_example_shows_reaches_its_service(name: str) -> None:
    """It does only where the compose file hands it on."""
    handed_on = {it for it, value in service(name)["environment"].items() if value is None}
    fields = {it: names(name, it) for it in of(name).model_fields}
    for variables in fields.values():
        for variable in variables & {it.removesuffix("_FILE") for it in example()}:
            assert handed_on & {variable, f"{variable}_FILE"}


@pytest.mark.parametrize("name", SERVICES)
def test_what_the_compose_file_says_is_a_setting(name: str) -> None:
    known = {variable for field in of(name).model_fields for variable in names(name, field)}
    told = {it.removesuffix("_FILE") for it in service(name)["environment"]}
    assert told <= known


def test_what_the_compose_file_asks_for_is_explained_with_its_default() -> None:
    asked = dict(VARIABLE.findall(COMPOSE.read_text()))
    assert asked == {name: example()[name] for name in asked}


def test_the_example_explains_nothing_that_is_not_there() -> None:
    handed_on = {
        variable
        for name in (*SERVICES, "provision")
        for variable, value in service(name)["environment"].items()
        if value is None
    }
    assert set(example()) == handed_on | set(dict(VARIABLE.findall(COMPOSE.read_text())))


def test_every_setting_is_explained_in_the_line_above_it() -> None:
    """The ports together."""
    above = ""
    for line in EXAMPLE.read_text().splitlines():
        if line.startswith(("#ZONES_", "#NATS_", "#PUBLISHED_")):
            together = line.startswith("#PUBLISHED_") and above.startswith("#PUBLISHED_")
            assert above.startswith("# ") or together, line
        above = line
