"""Addresses are beside the log: set, shown to whoever may set them, and forgotten for good."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from services.notifier.adapters import addresses
from services.notifier.adapters.addresses import without_services
from services.notifier.adapters.chat import Services
from services.notifier.projections import tables
from services.notifier.projections.recipients import Recipient, recipient
from shared.runtime.access import Access
from shared.runtime.health import Health
from shared.runtime.http import application
from tests.notifier.delivering import found_at
from tests.notifier.examples import Notifier, a_notifier, recognised

ANN = "/v1/members/ann/addresses"
SERVICES = Services(["json", "ntfys"])


@asynccontextmanager
async def asking(
    notifier: Notifier, access: Access | None = None
) -> AsyncIterator[httpx2.AsyncClient]:
    app = application(
        "notifier",
        summary="",
        health=Health("notifier"),
        access=access or Access(),
        private=[addresses.PATH],
    )
    app.include_router(addresses.router(notifier.store, SERVICES.misfit))
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def test_what_is_said_of_one_address_leaves_the_other(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        await client.put(ANN, json={"email": "ann@mail.example"})
        both = (await client.put(ANN, json={"chat": "ntfys://ntfy.example/ann"})).json()
        cleared = (await client.put(ANN, json={"email": None})).json()
        nothing = (await client.delete(ANN)).json()

        assert both == {
            "member": "ann",
            "email": "ann@mail.example",
            "chat": "ntfys://ntfy.example/ann",
        }
        assert (cleared["email"], cleared["chat"]) == (None, both["chat"])
        assert nothing == (await client.get(ANN)).json()
        assert (nothing["email"], nothing["chat"]) == (None, None)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"email": "ann"}, "body.email: "),
        ({"email": "ann@"}, "body.email: "),
        ({"email": "ann@localhost"}, "body.email: "),
        ({"email": "a\r\nBcc: b@mail.example"}, "body.email: "),
        ({"email": "jürgen@mail.example"}, "body.email: "),
        ({"chat": "slack://a/b/c"}, "one of these services: json, ntfys"),
        ({"chat": "json://"}, "must be an address of Apprise's"),
        ({"chat": "file:///etc/passwd"}, "must be an address of Apprise's"),
        ({"chat": "json://127.0.0.1/?template=/etc/passwd"}, "must be an address of Apprise's"),
    ],
)
async def test_an_address_that_leads_nowhere_is_refused(
    tmp_path: Path, given: dict[str, str], complaint: str
) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        answer = await client.put(ANN, json=given)

        assert answer.status_code == 422
        assert complaint in answer.json()["error"]
        assert (await client.get(ANN)).json()["email"] is None


async def test_a_domain_is_kept_as_mail_servers_know_it(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        answer = await client.put(ANN, json={"email": "ann@Bücher.example"})

        assert answer.json()["email"] == "ann@xn--bcher-kva.example"


async def test_whoever_may_only_read_sees_no_address(tmp_path: Path) -> None:
    access = Access.of(None, "reader=read,keeper=write")
    async with a_notifier(tmp_path) as notifier, asking(notifier, access) as client:
        reader = {"authorization": "Bearer reader"}
        keeper = {"authorization": "Bearer keeper"}

        for method in ("GET", "HEAD", "PUT", "DELETE"):
            assert (await client.request(method, ANN, headers=reader)).status_code == 403
        assert (await client.get(ANN)).status_code == 401
        assert (await client.get(ANN, headers=keeper)).status_code == 200


def test_no_service_is_spoken_to_that_the_operator_has_not_listed() -> None:
    assert "ZONES_NOTIFIER_CHAT" in without_services("json://127.0.0.1")


async def test_addresses_are_not_in_the_log_and_outlive_what_is_built_from_it(
    tmp_path: Path,
) -> None:
    async with a_notifier(tmp_path) as notifier:
        await found_at(notifier, "ann", email="ann@mail.example")
        await notifier.hears(recognised())
        async with notifier.store.transaction() as transaction:
            await transaction.execute("DROP TABLE inbox")
    async with a_notifier(tmp_path) as notifier:
        assert await tables.catch_up(notifier.store) is False
        rows = await notifier.store.read(0, 1000)

        assert (await recipient(notifier.store, "ann")).email == "ann@mail.example"
        assert not any(b"mail.example" in row.body for row in rows)


async def test_what_is_forgotten_is_gone_from_the_file(tmp_path: Path) -> None:
    def on_disk() -> bool:
        return any(
            b"ann@mail.example" in path.read_bytes() for path in tmp_path.glob("notifier.db*")
        )

    async with a_notifier(tmp_path) as notifier:
        await found_at(notifier, "ann", email="ann@mail.example")
        assert on_disk()
        await found_at(notifier, "ann")
    assert not on_disk()


def test_an_address_is_not_shown_by_accident() -> None:
    assert "mail.example" not in repr(Recipient("ann", email="ann@mail.example", chat="json://x"))
