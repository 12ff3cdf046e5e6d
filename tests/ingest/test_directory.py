"""Accounts belong to members, handles stay here, and whoever comes late finds their past."""

from pathlib import Path
from typing import Any

import pytest

from services.ingest.domain.identity import AccountName
from services.ingest.projections import entries, tables
from shared.eventlog.log import Store
from tests.ingest.examples import Event, a_link, an_activity, an_unlink
from tests.ingest.running import Ingest, provisioned, running, serving
from tests.nats import nats_server

ADA = AccountName("bluesky", "ada").account


@pytest.fixture
def by_ada() -> Event:
    return an_activity(id="by-ada", subject="bluesky:ada")


async def accepted(ingest: Ingest, *events: Event) -> None:
    answer = await ingest.post([*events])
    assert answer.json()["refused"] == 0, answer.json()
    await ingest.quiet()


async def subjects(ingest: Ingest) -> list[tuple[str, str]]:
    """Return who is said to have done what, in the order in which it was said."""
    return [(event["subject"], event["id"]) for event in await ingest.said()]


async def test_a_link_is_said_without_its_handle(tmp_path: Path) -> None:
    async with running(tmp_path) as ingest:
        await accepted(ingest, a_link(), an_unlink(time="2026-03-01T10:00:00Z"))

        for event in await ingest.said():
            assert event["data"] == {"platform": "bluesky", "account": ADA}
            assert "ada" not in str(event["data"])


async def test_what_a_linked_account_does_is_its_members(tmp_path: Path, by_ada: Event) -> None:
    """In the same request as well: a link counts for what comes after it."""
    async with running(tmp_path) as ingest:
        await accepted(ingest, a_link(), by_ada)
        await accepted(ingest, {**by_ada, "id": "later", "subject": "bluesky:@ada"})

        said = await subjects(ingest)
        assert said[1:] == [("ann", "by-ada"), ("ann", "later")]


async def test_a_target_is_a_member_where_one_is_known(tmp_path: Path) -> None:
    async with running(tmp_path) as ingest:
        await accepted(
            ingest,
            a_link("ada", "ann"),
            an_activity(id="known", data={"target": "bluesky:ada"}),
            an_activity(id="unknown", data={"target": "bluesky:else"}),
            an_activity("outcome", id="via", data={"outcome": "lead", "via": "bluesky:ada"}),
        )

        [_, known, unknown, via] = await ingest.said()
        assert known["data"]["target"] == "ann"
        assert unknown["data"]["target"] == "bluesky:else"
        assert via["data"]["via"] == "ann"


async def test_an_unlinked_account_takes_part_under_an_id_of_its_own(
    tmp_path: Path, by_ada: Event
) -> None:
    async with running(tmp_path) as ingest:
        await accepted(ingest, by_ada)

        assert await ingest.said() == [{**by_ada, "subject": ADA}]


async def test_when_it_is_linked_its_past_is_its_members_and_its_own_id_departs(
    tmp_path: Path, by_ada: Event
) -> None:
    async with running(tmp_path) as ingest:
        await accepted(ingest, by_ada)
        await accepted(ingest, a_link())

        said = {event["id"]: event for event in await ingest.said()}
        assert said["by-ada~ann"] == {
            **by_ada,
            "id": "by-ada~ann",
            "subject": "ann",
            "historical": True,
        }
        [departed] = [event for event in said.values() if "member_departed" in event["type"]]
        assert departed["subject"] == ADA
        assert departed["data"] == {"merged_into": "ann"}
        assert departed["time"] == a_link()["time"]
        assert departed["historical"] is True


async def test_its_past_is_handed_over_once(tmp_path: Path, by_ada: Event) -> None:
    """Neither sending the past again nor linking again says anything twice."""
    async with running(tmp_path, recent_keys=0) as ingest:
        await accepted(ingest, by_ada, a_link())
        said = await subjects(ingest)

        await accepted(ingest, by_ada)
        await accepted(ingest, a_link(), a_link(id="link-again"))

        assert await subjects(ingest) == [*said, ("ann", "link-again")]


async def test_an_act_counts_once_whoever_claims_the_account_meanwhile(
    tmp_path: Path, by_ada: Event
) -> None:
    """Said of ann, sent again while the account is nobody's, and after ann has it back."""
    async with running(tmp_path, recent_keys=0) as ingest:
        await accepted(ingest, a_link(), by_ada)
        await accepted(ingest, an_unlink(time="2026-03-01T10:00:00Z"), by_ada)
        await accepted(ingest, a_link(id="back", time="2026-03-01T11:00:00Z"), by_ada)
        await accepted(ingest, a_link("ada", "ben", time="2026-03-01T12:00:00Z"), by_ada)

        said = await subjects(ingest)
        assert [each for each in said if each[1].startswith("by-ada")] == [("ann", "by-ada")]
        assert {who for who, _ in said} == {"ann", "ben"}


async def test_what_was_handed_over_stays_so_when_the_account_is_given_up(
    tmp_path: Path, by_ada: Event
) -> None:
    async with running(tmp_path, recent_keys=0) as ingest:
        await accepted(ingest, by_ada, a_link(), an_unlink(time="2026-03-01T10:00:00Z"))
        said = await subjects(ingest)

        assert (await ingest.post(by_ada)).json()["duplicates"] == 1
        await accepted(ingest, a_link(id="back", time="2026-03-01T11:00:00Z"))

        assert await subjects(ingest) == [*said, ("ann", "back")]


async def test_what_it_takes_back_later_has_another_id_by_then(
    tmp_path: Path, by_ada: Event
) -> None:
    async with running(tmp_path) as ingest:
        await accepted(ingest, by_ada, a_link())
        await accepted(
            ingest,
            an_activity("retract", id="r", subject="bluesky:ada", data={"retracts": "by-ada"}),
        )

        [retraction] = await ingest.said("activity.v1.*.retract.ann")
        assert retraction["data"] == {"retracts": "by-ada~ann"}


async def test_unlinked_accounts_may_be_refused(tmp_path: Path, by_ada: Event) -> None:
    async with running(tmp_path, unlinked="refuse") as ingest:
        [refused] = (await ingest.post([by_ada])).json()["results"]
        assert refused["reason"].startswith("unlinked_account: ")

        await accepted(ingest, a_link(), by_ada)
        assert (await subjects(ingest))[1] == ("ann", "by-ada")


async def test_unlinked_accounts_may_be_parked_until_they_are_linked(
    tmp_path: Path, by_ada: Event
) -> None:
    """Then what they did is said of their member, as it was said to us."""
    async with running(tmp_path, unlinked="park") as ingest:
        [result] = (await ingest.post([by_ada])).json()["results"]
        assert result["status"] == "accepted"
        assert result["reason"].startswith("parked: ")
        [row] = (await ingest.get("/v1/parked"))["parked"]
        assert (row["reason"], row["subject"]) == ("unlinked_account", ADA)
        assert await ingest.said() == []
        retried = await ingest.http.post(f"/v1/parked/{row['id']}/retry")
        assert retried.json()["resolved"] is False

        await accepted(ingest, a_link())

        assert {**by_ada, "subject": "ann"} in await ingest.said()
        assert (await ingest.get("/v1/parked"))["parked"] == []
        assert (await ingest.post(by_ada)).json()["duplicates"] == 1


async def test_linking_survives_a_kill_before_anything_was_said(
    tmp_path: Path, by_ada: Event
) -> None:
    """What a link releases is in the log before the link is said, and is said after a restart."""
    async with nats_server(tmp_path / "nats") as nats:
        await provisioned(nats)
        async with serving(tmp_path, nats) as ingest:
            await accepted(ingest, by_ada)
            await nats.kill()
            assert (await ingest.post(a_link())).status_code == 503
        await nats.start()
        async with serving(tmp_path, nats) as ingest:
            await ingest.quiet()

            assert ("ann", "by-ada~ann") in await subjects(ingest)


async def test_the_table_can_be_dropped_and_is_built_again(tmp_path: Path) -> None:
    async with running(tmp_path) as ingest:
        await accepted(
            ingest,
            *(a_link(f"h{number}", f"m{number}") for number in range(5)),
            a_link("h0", "m4", id="taken", time="2026-03-01T11:00:00Z"),
            an_unlink("h1", "m1", time="2026-03-01T11:00:00Z"),
        )
    async with Store.open(
        tmp_path / "ingest.db", codec=entries.CODEC, schema=[tables.SCHEMA]
    ) as store:
        before = await table(store)
        async with store.transaction() as transaction:
            await transaction.execute("DELETE FROM names")
            await transaction.execute("DELETE FROM labels")
            await transaction.execute("DELETE FROM checkpoints WHERE reader = 'names'")

        await tables.catch_up(store)

        assert await table(store) == before
        assert [(handle, member) for _, _, handle, _, member, *_ in before] == [
            ("h0", "m4"),
            ("h2", "m2"),
            ("h3", "m3"),
            ("h4", "m4"),
        ]


async def table(store: Store) -> list[tuple[Any, ...]]:
    return await store.fetchall("SELECT * FROM names ORDER BY handle")
