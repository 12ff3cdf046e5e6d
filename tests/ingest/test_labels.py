"""A handle is a label: what was linked by it belongs to whoever is behind it, and stays theirs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from services.ingest.domain.activity import Named
from services.ingest.domain.identity import AccountName, ActivityReleased
from services.ingest.domain.settlement import Given, Outcome, Unlinked
from services.ingest.handlers.directory import Directory, Tables
from services.ingest.handlers.reading import Heard, Said, read
from services.ingest.projections import entries, names, profiles, tables
from shared.eventlog.log import Store
from tests.ingest.examples import NOW, Event, a_link, an_activity

TABLES = Tables(
    names.known,
    names.related,
    names.project,
    profiles.project,
)
DID = AccountName("bluesky", "did:plc:1")
OTHER = AccountName("bluesky", "did:plc:2")


class Book:
    """The directory on a database of its own, as the intake uses it."""

    def __init__(self, store: Store, unlinked: Unlinked) -> None:
        self.store, self._directory = store, Directory(store, TABLES, unlinked=unlinked)

    async def hear(self, event: Event, label: str | None = None) -> Outcome:
        said = read(Heard(event, NOW, label))
        assert isinstance(said, Said)
        [outcome] = (await self._directory.settle([said]))[0]
        return outcome

    async def learn(self, identity: AccountName, label: str, minute: int = 0) -> None:
        named = Named("bluesky", identity.handle, label)
        await self._directory.learn([named], NOW + timedelta(minutes=minute))

    async def act(self, id: str, by: str = DID.handle, label: str | None = None) -> Outcome:
        return await self.hear(an_activity(id=id, subject=f"bluesky:{by}"), label)

    async def released(self) -> list[tuple[str, str]]:
        events = [self.store.codec.decode(row) for row in await self.store.read(0, 1000)]
        return [
            (each.event["subject"], each.event["id"])
            for each in events
            if isinstance(each, ActivityReleased)
        ]


@asynccontextmanager
async def book(folder: Path, unlinked: Unlinked = "enrol") -> AsyncIterator[Book]:
    async with Store.open(
        folder / "ingest.db", codec=entries.CODEC, schema=[tables.SCHEMA]
    ) as store:
        await tables.catch_up(store)
        yield Book(store, unlinked)


async def test_what_was_linked_by_its_handle_is_known_by_its_identity(tmp_path: Path) -> None:
    """From the first event that names both, and by either of them."""
    async with book(tmp_path) as accounts:
        await accounts.hear(a_link("ada"))

        assert await accounts.act("e1") == Given(DID.account)
        assert await accounts.act("e2", label="ada") == Given("ann")
        assert await accounts.released() == [("ann", "e1~ann")]
        assert await accounts.act("e3") == await accounts.act("e4", by="ada") == Given("ann")


async def test_a_rename_changes_the_label_only(tmp_path: Path) -> None:
    async with book(tmp_path) as accounts:
        await accounts.hear(a_link("ada"))
        await accounts.act("e1", label="ada")

        assert await accounts.act("e2", label="lovelace") == Given("ann")
        assert await accounts.act("e3", by="lovelace") == Given("ann")
        [row] = await accounts.store.fetchall(
            "SELECT label FROM names WHERE name = :name", {"name": DID.account}
        )
        assert row == ("lovelace",)


async def test_who_takes_over_a_handle_is_somebody_else(tmp_path: Path) -> None:
    async with book(tmp_path) as accounts:
        await accounts.hear(a_link("ada"))
        await accounts.learn(DID, "ada")
        await accounts.learn(DID, "lovelace", 1)
        await accounts.learn(OTHER, "ada", 2)

        assert await accounts.act("e1", by=OTHER.handle) == Given(OTHER.account)
        assert await accounts.act("e2", by="ada") == Given(OTHER.account)
        assert await accounts.act("e3") == Given("ann")


async def test_linking_a_handle_that_is_known_links_whoever_has_it(tmp_path: Path) -> None:
    async with book(tmp_path) as accounts:
        await accounts.act("e1", label="ada")
        await accounts.hear(a_link("ada"))

        assert await accounts.released() == [("ann", "e1~ann")]
        assert await accounts.act("e2") == Given("ann")


async def test_what_was_kept_under_the_handle_is_handed_over_once(tmp_path: Path) -> None:
    """First to the account, then to whoever links it, whatever is sent again in between."""
    async with book(tmp_path) as accounts:
        assert await accounts.act("e1", by="ada") == Given(AccountName("bluesky", "ada").account)
        await accounts.learn(DID, "ada")
        await accounts.act("e1", by="ada")
        await accounts.hear(a_link(DID.handle))
        await accounts.act("e1", by="ada")
        taken_back = an_activity(
            "retract", id="r", subject=f"bluesky:{DID.handle}", data={"retracts": "e1"}
        )

        assert await accounts.released() == [(DID.account, f"e1~{DID.account}"), ("ann", "e1~ann")]
        assert await accounts.hear(taken_back) == Given("ann", retracts="e1~ann")


async def test_what_waits_is_said_when_its_handle_tells_whose_it_is(tmp_path: Path) -> None:
    async with book(tmp_path, unlinked="park") as accounts:
        await accounts.act("e1")
        await accounts.hear(a_link("ada"))
        assert await accounts.store.parked_count() == 1

        await accounts.learn(DID, "ada")

        assert await accounts.released() == [("ann", "e1")]
        assert await accounts.store.parked_count() == 0


async def test_being_called_as_ever_leaves_no_trace(tmp_path: Path) -> None:
    async with book(tmp_path) as accounts:
        await accounts.learn(DID, "ada")
        before = await accounts.store.last_position()
        for minute in range(5):
            await accounts.learn(DID, "ada", minute)
        await accounts.learn(DID, "did:plc:1")
        await accounts.learn(DID, "no\nhandle")

        assert await accounts.store.last_position() == before


async def test_the_tables_can_be_dropped_and_are_built_again(tmp_path: Path) -> None:
    async with book(tmp_path) as accounts:
        await accounts.hear(a_link("ada"))
        await accounts.learn(DID, "ada")
        await accounts.learn(DID, "lovelace", 1)
        await accounts.learn(OTHER, "ada", 2)
        before = await contents(accounts.store)
        async with accounts.store.transaction() as transaction:
            await transaction.execute("DELETE FROM names")
            await transaction.execute("DELETE FROM labels")
            await transaction.execute("DELETE FROM checkpoints")

        await tables.catch_up(accounts.store)

        assert await contents(accounts.store) == before
        assert len(before[0]) == 4


async def contents(store: Store) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    return (
        await store.fetchall("SELECT * FROM names ORDER BY name"),
        await store.fetchall("SELECT * FROM labels ORDER BY label, account"),
    )
