"""The compose file: what every container is held to, and in which order they start."""

import subprocess
import sys
from pathlib import Path

from services import supervision
from shared.runtime.runfile import SERVICES
from tests.deploy.files import (
    COMPOSE,
    DEPLOY,
    EVERYTHING,
    LASTING,
    ONCE,
    TOOLS,
    bytes_of,
    compose,
    mounts,
    seconds,
    service,
)

STYLE = """
extends: default
rules:
  document-start: disable
  line-length: {max: 100}
"""
UID = "10001:10001"


def test_it_is_what_the_compose_specification_allows() -> None:
    """By its own JSON schema, as check-jsonschema brings it along."""
    said = said_by("check-jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE)
    assert said == "ok -- validation done\n"


def said_by(*command: str | Path) -> str:
    program, *arguments = command
    done = subprocess.run(
        [Path(sys.executable).with_name(str(program)), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_it_is_laid_out_as_yaml_should_be() -> None:
    assert said_by("yamllint", "--strict", "--config-data", STYLE, COMPOSE) == ""


def test_these_tests_know_every_container() -> None:
    assert set(compose()["services"]) == set(EVERYTHING)


def test_a_container_can_change_nothing_but_its_volumes() -> None:
    for name in EVERYTHING:
        told = service(name)
        assert told["read_only"] is True
        [tmp] = told["tmpfs"]
        assert tmp.startswith("/tmp:size=")  # noqa: S108 - the container's
        assert all(not write for source, _, write in mounts(name) if source.startswith("."))


def test_a_container_has_no_rights_and_gets_none() -> None:
    for name in EVERYTHING:
        told = service(name)
        assert told["cap_drop"] == ["ALL"]
        assert told["security_opt"] == ["no-new-privileges:true"]
        assert told.get("user", UID) == UID
        for word in ("privileged", "cap_add", "devices", "pid", "ipc", "userns_mode"):
            assert word not in told
        assert told.get("network_mode", "none") == "none"
        assert not any("docker.sock" in source for source, _, _ in mounts(name))


def test_a_container_has_limits_and_its_log_does_too() -> None:
    for name in EVERYTHING:
        told = service(name)
        assert told["init"] is True
        assert bytes_of(told["mem_limit"]) <= 2 * 1024**3
        assert told["memswap_limit"] == told["mem_limit"]
        assert told["pids_limit"] <= 128
        assert set(told["logging"]["options"]) == {"max-size", "max-file"}


def test_the_broker_tidies_up_before_its_limit_ends_it() -> None:
    told = service("nats")
    assert bytes_of(told["environment"]["GOMEMLIMIT"]) < bytes_of(told["mem_limit"])


def test_the_broker_is_asked_for_all_of_its_health_by_nobody_but_itself() -> None:
    """Its plain `/healthz` looks at the streams too; what else that port tells is for nobody."""
    *_, address = service("nats")["healthcheck"]["test"]
    assert address == "http://127.0.0.1:8222/healthz"
    assert 'http: "127.0.0.1:8222"' in (DEPLOY / "nats-server.conf").read_text().splitlines()


def test_an_image_is_named_with_its_version() -> None:
    for name in EVERYTHING:
        _, _, version = service(name)["image"].partition(":")
        assert version
        assert version[0].isdigit()


def test_what_is_published_is_published_to_this_machine_only() -> None:
    for name in EVERYTHING:
        ports = service(name).get("ports", [])
        assert all(port.startswith("127.0.0.1:") for port in ports)
        assert len(ports) == (name in LASTING)


def test_no_secret_is_in_an_environment() -> None:
    for name in EVERYTHING:
        for variable in service(name).get("environment", ()):
            if any(word in variable for word in ("PASSWORD", "TOKEN", "SECRET")):
                assert variable.endswith("_FILE")


def test_what_lasts_is_started_again_and_asked_how_it_is() -> None:
    for name in LASTING:
        told = service(name)
        assert told["restart"] == "unless-stopped"
        assert not told.get("healthcheck", {}).get("disable")


def test_what_ends_by_itself_does_so_once() -> None:
    for name in (*ONCE, *TOOLS):
        told = service(name)
        assert told["restart"] == "no"
        assert told["healthcheck"] == {"disable": True}
        assert (told.get("profiles") == ["tools"]) is (name in TOOLS)


def test_who_stops_has_longer_than_it_takes() -> None:
    """The supervisor of `zones up` is content with less."""
    for name in LASTING:
        assert seconds(service(name)["stop_grace_period"]) >= 2 * supervision.PARTING


def test_keys_come_first_then_the_broker_then_its_streams_then_the_services() -> None:
    done, healthy = "service_completed_successfully", "service_healthy"
    assert "depends_on" not in service("keys")
    assert service("nats")["depends_on"] == {"keys": {"condition": done}}
    assert service("provision")["depends_on"] == {"nats": {"condition": healthy}}
    for name in SERVICES:
        assert service(name)["depends_on"] == {
            "nats": {"condition": healthy},
            "provision": {"condition": done},
        }


def test_a_service_has_its_own_volumes_and_nobody_elses() -> None:
    for name in SERVICES:
        assert mounts(name) == [
            (f"{name}-data", "/var/lib/zones", True),
            (f"keys-{name}", f"/run/zones/{name}", False),
            (f"./config/{name}", "/etc/zones", False),
        ]
        assert (DEPLOY / "config" / name).is_dir()


def test_only_who_makes_the_keys_can_write_them_and_it_is_on_no_network() -> None:
    for name in EVERYTHING:
        for source, _, write in mounts(name):
            if source.startswith("keys-"):
                assert write is (name == "keys")
    assert service("keys")["network_mode"] == "none"


def test_the_operators_keys_are_the_operators() -> None:
    holders = {name for name in EVERYTHING for it, _, _ in mounts(name) if it == "keys-operator"}
    assert holders == {"keys", "provision", "zones"}


def test_every_volume_is_mounted_and_declared() -> None:
    mounted = {it for name in EVERYTHING for it, _, _ in mounts(name) if not it.startswith(".")}
    assert mounted == set(compose()["volumes"])


def test_what_is_kept_is_what_is_packed() -> None:
    kept = {it for name in LASTING for it, _, write in mounts(name) if write}
    assert {it for it, _, _ in mounts("archive")} == kept
    folders = {target.removeprefix("/archive/") for _, target, _ in mounts("archive")}
    assert service("archive")["command"] == ["--create", *(it for it in LASTING if it in folders)]
    assert len(folders) == len(kept)


def test_only_the_first_to_start_builds_and_nothing_of_ours_is_pulled() -> None:
    """Whoever owns the name of our image in a registry must not get into our containers."""
    for name in EVERYTHING:
        if name != "nats":
            assert service(name)["pull_policy"] == ("build" if name == "keys" else "never")
            assert ("build" in service(name)) is (name == "keys")
