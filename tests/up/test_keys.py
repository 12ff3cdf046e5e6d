"""What everybody proves themselves with is made up once, each in a folder of its own."""

import asyncio
from pathlib import Path

import pytest

from services import embedded
from services.keys import FOLDERS
from shared.messaging.permissions import ADMINISTRATOR, GUEST
from shared.runtime.access import PUBLISH, READ, WRITE, Access
from shared.runtime.runfile import SERVICES
from tests.nats import connected
from tests.system.running import zones
from tests.up.programs import Told, kept


def made(folder: Path) -> dict[str, str]:
    assert zones("keys", folder).code == 0
    return {
        str(path.relative_to(folder)): path.read_text().strip()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_everybody_has_a_folder_and_only_their_own_secrets_in_it(tmp_path: Path) -> None:
    keys = made(tmp_path)
    assert {Path(name).parent.name for name in keys} == set(FOLDERS)
    secrets = [it for name, it in keys.items() if Path(name).name in {"nats-password", "token"}]
    assert len(set(secrets)) == len(secrets) == len(SERVICES) + 5
    for service in SERVICES:
        told = keys[f"{service}/nats-password"] + keys[f"{service}/tokens"]
        assert not any(it in told for it in secrets if it != keys[f"{service}/nats-password"])


def test_nobody_else_may_read_them(tmp_path: Path) -> None:
    made(tmp_path / "keys")
    for path in (tmp_path / "keys").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0


def test_what_is_there_stays_and_what_is_missing_is_made_anew(tmp_path: Path) -> None:
    """So it can run before every start, be killed at any moment, and one key be changed."""
    before = made(tmp_path)
    assert made(tmp_path) == before
    assert zones("keys", tmp_path).out == "all keys are there\n"
    (tmp_path / "rewards" / "nats-password").unlink()
    (tmp_path / "broker" / "users.conf").unlink()
    (tmp_path / "ingest" / "tokens.new").write_text("half a")
    after = made(tmp_path)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"rewards/nats-password", "broker/users.conf"}
    assert set(after) == set(before)


def test_the_operator_does_everything_a_guest_publishes_and_a_monitor_reads(tmp_path: Path) -> None:
    keys = made(tmp_path)
    for service in SERVICES:
        access = Access.of(None, keys[f"{service}/tokens"])
        assert not access.open
        for scope in (READ, PUBLISH, WRITE):
            may = {"operator": True, "guest": scope == PUBLISH, "monitor": scope == READ}
            for who, lets in may.items():
                headers = {"authorization": f"Bearer {keys[f'{who}/token']}"}
                status, _ = access.refusal("POST", "/v1/events", headers, scope=scope)
                assert (status == 0) is lets


async def test_the_broker_lets_in_whoever_has_a_key_and_nobody_else(tmp_path: Path) -> None:
    keys = await asyncio.to_thread(made, tmp_path / "keys")
    port = embedded.free_port()
    users = keys["broker/users.conf"]
    async with kept(embedded.program(tmp_path, port, authorization=users), Told()):
        await embedded.prepare(
            embedded.address(port, ADMINISTRATOR, keys["operator/nats-password"])
        )
        for user in (*SERVICES, GUEST):
            async with connected(
                embedded.address(port, user, keys[f"{user}/nats-password"]), name=user
            ):
                pass


@pytest.mark.parametrize("where", ["file", "file/below"])
def test_a_folder_that_cannot_be_written_is_said_in_one_line(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").touch()
    said = zones("keys", tmp_path / where)
    assert said.code == 1
    assert "Not a directory" in said.complaint
