"""The commands of the compose file, with what they are told there, over the shipped broker."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from shared.messaging.broker import client, connect
from shared.messaging.permissions import GUEST
from shared.runtime.runfile import SERVICES
from tests.deploy.contained import Containers, containers
from tests.system.examples import a_year, an_event
from tests.system.running import differences, exported, lines, started
from tests.up.test_permissions import SAID, denied

PEOPLE = 6
SUMMER = "2025-06-01"
"""What comes after it in their year takes long, and is more of the same."""
LIMIT = "NATS_MAX_FILE_STORE"
LITTLE = 16
"""KB"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Containers]:
    """To start everything takes longer than all that is tried here."""
    with containers(tmp_path_factory.mktemp("deploy"), ZONES_CLOCK="events") as it:
        yield it


@pytest.fixture
def system(project: Containers) -> Containers:
    """All of it running, whatever was stopped before."""
    project.up()
    return project


def answer(
    it: Containers, name: str, path: str, token: str, body: object = None
) -> httpx2.Response:
    return httpx2.request(
        "GET" if body is None else "POST",
        f"http://127.0.0.1:{it.ports[name]}{path}",
        headers={"Authorization": f"Bearer {token}"} if token else {},
        json=body,
        trust_env=False,
    )


def publish_while_killing(it: Containers, told: str) -> None:
    """Kill the classifier and the broker in the middle, and start them again as an engine would."""
    with subprocess.Popen(
        it.command("zones", "publish", "-", "--json"),
        env=it.environment("zones"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as publishing:
        assert publishing.stdin
        chunks = told.splitlines(keepends=True)
        for number, victim in enumerate(("classifier", "nats", "")):
            third = len(chunks) // 3
            publishing.stdin.write("".join(chunks[number * third : (number + 1) * third]).encode())
            publishing.stdin.flush()
            if victim:
                it.kill(victim)
                it.start(victim)
        publishing.stdin.write("".join(chunks[3 * third :]).encode())
        out, _ = publishing.communicate(timeout=60)
    assert json.loads(out)["accepted"] == len(chunks)


def settled(it: Containers) -> None:
    """Wait until everybody has done everything there is to do."""
    for name in SERVICES:
        it.healthy(name)
    patience, well = time.monotonic() + 60, 0
    while well < 2:  # what one has done may be news to the next
        answers = [
            answer(it, name, "/v1/status", it.key("operator", "token")).json() for name in SERVICES
        ]
        well = well + 1 if all(told["ready"] and told["lag"] == 0 for told in answers) else 0
        assert time.monotonic() < patience, answers
        time.sleep(0.1)


def test_the_same_laws_hold_as_on_one_machine(system: Containers, tmp_path: Path) -> None:
    """Whatever is killed, everything that can be exported is that of `zones up`, to the byte."""
    told = lines([event for event in a_year(PEOPLE) if event["time"] < SUMMER])
    with started(tmp_path / "data") as other:
        other.zones("publish", "-", stdin=told)
        other.quiet()
        wanted = exported(other)
    publish_while_killing(system, told)
    settled(system)
    found = {it: system.once("zones", "export", it) for it in wanted if it != "digest"}
    found["digest"] = json.loads(system.once("zones", "verify", "--json"))["digest"]
    assert differences(found, wanted) == []
    assert all(found.values())


def test_every_service_asks_for_a_token_and_each_may_do_its_own_only(system: Containers) -> None:
    operator, guest, monitor = (system.key(it, "token") for it in ("operator", GUEST, "monitor"))
    for name in SERVICES:
        assert answer(system, name, "/v1/status", "").status_code == 401
        assert answer(system, name, "/v1/status", guest).status_code == 403
        assert answer(system, name, "/v1/status", operator).status_code == 200
        assert answer(system, name, "/metrics", "").status_code == 401
        assert answer(system, name, "/metrics", monitor).status_code == 200
    event = an_event("m-999")
    assert answer(system, "ingest", "/v1/events", "", event).status_code == 401
    assert answer(system, "ingest", "/v1/events", monitor, event).status_code == 403
    assert answer(system, "ingest", "/v1/events", guest, event).status_code == 202


@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_can_do_its_own_job_only_with_what_it_has(
    system: Containers, name: str
) -> None:
    password = SecretStr(system.key(name, "nats-password"))
    url = f"nats://127.0.0.1:{system.ports['nats']}"
    async with connect(url, name=name, password=password, patience=10) as broker:
        for owner, (_, subject) in SAID.items():
            if owner != name:
                assert await denied(client(broker), subject)
        assert await denied(client(broker), "$JS.API.STREAM.DELETE.ZONES")
    digests = system.key(name, "tokens")
    assert answer(system, "ingest", "/v1/status", digests.partition("=")[0]).status_code == 401


def monitored(it: Containers, path: str) -> dict[str, Any]:
    told: dict[str, Any] = httpx2.get(
        f"http://127.0.0.1:{it.monitor}{path}", trust_env=False
    ).json()
    return told


def test_what_is_acknowledged_is_on_the_disk_and_there_is_a_limit(system: Containers) -> None:
    told = monitored(system, "/varz")
    jetstream = told["jetstream"]["config"]
    assert jetstream["sync_always"] is True
    assert jetstream["max_storage"] == 4 * 1024**3
    assert told["max_payload"] == 1024**2


def test_starting_again_changes_no_key_and_no_stream(system: Containers) -> None:
    assert system.once("keys") == "all keys are there\n"
    assert system.once("provision") == "everything is as it should be\n"


def limited(it: Containers, size: str) -> None:
    """Start the broker again with another limit."""
    it.told[LIMIT] = size
    it.stop("nats")
    it.up()


def test_when_the_limit_is_reached_publishers_are_told_to_come_again_until_it_is_raised(
    system: Containers,
) -> None:
    """A full disk would be worse: the broker would stand still, and not know why."""
    token = system.key(GUEST, "token")

    def publish(number: int) -> httpx2.Response:
        return answer(system, "ingest", "/v1/events", token, an_event("m-1", id=f"e-{number}"))

    limited(system, f"{monitored(system, '/jsz')['storage'] // 1024 + LITTLE}KB")
    told = [publish(number) for number in range(60)]
    accepted = sum(it.status_code == 202 for it in told)
    assert 0 < accepted < 60
    assert {it.status_code for it in told[accepted:]} == {503}
    assert "Retry-After" in told[-1].headers
    assert "stream ACTIVITY is full" in told[-1].text
    assert system.is_healthy("nats")
    limited(system, "4GB")
    assert publish(accepted).status_code == 202
    settled(system)


def test_whoever_is_asked_to_stop_does_so_in_time_and_in_order(system: Containers) -> None:
    """It comes last, so that nothing has to be started again."""
    assert [system.stop(name) for name in (*SERVICES, "nats")] == [0, 0, 0, 0, 0]
