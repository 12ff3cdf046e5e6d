"""Every setting is explained where an operator looks for it, and reaches the service it is for."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import SecretStr, TypeAdapter

from shared.runtime import settings
from shared.runtime.runfile import SERVICES
from tests.deploy.files import COMPOSE, EXAMPLE, VARIABLE, example, service

FILE = "_FILE"
SECRET = ("token", "tokens")
"""What is a secret though its type does not say so."""
NOT_TOLD = ("data", "port", "token")
"""The image says where the data is, ports are those inside, and no service has a token for all."""
THEIRS = re.compile(r"(?<=_)(NATS|INGEST|CLASSIFIER|REWARDS|NOTIFIER)_")


def of(name: str) -> type[settings.Settings]:
    found: type[settings.Settings] = import_module(f"services.{name}.settings").Settings
    return found


def variable(name: str, field: str) -> str:
    return f"ZONES_{name}_{field}".upper()


def common(field: str) -> str:
    return f"ZONES_{field}".upper()


def told(name: str) -> dict[str, object]:
    """Return what a service is told by the compose file, None where it is handed on."""
    found: dict[str, object] = service(name)["environment"]
    return found


def explained() -> set[str]:
    """Return every word of the example that may be a variable."""
    return set(re.findall(r"[A-Z][A-Z0-9_]+", EXAMPLE.read_text()))


@pytest.mark.parametrize("name", SERVICES)
def test_every_setting_is_in_the_example(name: str) -> None:
    """By the service's own name for it, or where all have it, by that which all share."""
    known = explained()
    missing = [
        field
        for field in of(name).model_fields
        if not known & {variable(name, field), common(field)}
    ]
    assert missing == []


@pytest.mark.parametrize("name", SERVICES)
def test_every_setting_reaches_its_service_or_is_said_by_the_compose_file(name: str) -> None:
    """What all share can be said of one alone, too."""
    known = {it.removesuffix(FILE): value for it, value in told(name).items()}
    for field in set(of(name).model_fields) - set(NOT_TOLD):
        own, shared = variable(name, field), common(field)
        if not (known.get(own) or known.get(shared)):
            assert own in known
            assert (field not in settings.Settings.model_fields) or (shared in known)


@pytest.mark.parametrize("name", SERVICES)
def test_the_example_shows_what_holds_when_nothing_is_said(name: str) -> None:
    """Or where that cannot be written down, something that may be said."""
    for field, it in of(name).model_fields.items():
        for shown in {example().get(variable(name, field)), example().get(common(field))} - {None}:
            means = TypeAdapter(it.rebuild_annotation()).validate_python(shown)
            if it.default not in {None, ""} and not isinstance(it.default, Path):
                assert means == it.default


@pytest.mark.parametrize("name", SERVICES)
def test_a_secret_is_told_by_its_file_only(name: str) -> None:
    """Whoever may ask the engine can read an environment."""
    for field, it in of(name).model_fields.items():
        if field in SECRET or SecretStr in getattr(it.annotation, "__args__", ()):
            for said in (variable(name, field), common(field)):
                assert said not in told(name)
                assert said not in example()


@pytest.mark.parametrize("name", SERVICES)
def test_what_the_compose_file_says_is_a_setting(name: str) -> None:
    fields = of(name).model_fields
    known = {said for field in fields for said in (variable(name, field), common(field))}
    assert {it.removesuffix(FILE) for it in told(name)} <= known


def test_what_the_compose_file_asks_for_is_explained_with_its_default() -> None:
    asked = dict(VARIABLE.findall(COMPOSE.read_text()))
    assert asked == {name: example()[name] for name in asked}


def test_the_example_explains_nothing_that_is_not_there() -> None:
    handed_on = {
        said for name in (*SERVICES, "provision") for said, it in told(name).items() if it is None
    }
    assert set(example()) == handed_on | set(dict(VARIABLE.findall(COMPOSE.read_text())))


def test_every_setting_is_explained_in_the_line_above_it() -> None:
    """Together with those that are the same for others."""
    above = ""
    for line in EXAMPLE.read_text().splitlines():
        if line.startswith(("#ZONES_", "#NATS_", "#PUBLISHED_")):
            assert above.startswith("# ") or _of_all(above) == _of_all(line), line
        above = line


def _of_all(line: str) -> str:
    return THEIRS.sub("", line.partition("=")[0])
