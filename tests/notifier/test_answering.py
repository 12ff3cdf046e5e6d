"""How a topic is answered: over HTTP, by a link in an e-mail, and from the command line."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from services.notifier.adapters.links import Links
from services.notifier.domain.wording import CASES
from services.notifier.projections.recipients import Recipient
from tests.notifier.examples import (
    NINE,
    WORDING,
    Notifier,
    a_notifier,
    engaged,
    happened,
    requested,
)
from tests.notifier.test_http import asking, printed, reachable
from tests.notifier.test_links import LINKS
from tests.notifier.test_links import asking as asking_without_a_token

DAY = timedelta(days=1)


async def two_requests(notifier: Notifier) -> None:
    """One about tea, which two are asked for, and one about knitting, which nobody cares about."""
    await notifier.hears(*engaged("ann", "bob"))
    await notifier.hears(*(happened("share", who, topics=["tea"]) for who in ("ann", "bob")))
    await notifier.hears(
        requested(request="crm/r 1"), requested("knitting", "r-2", at=NINE + DAY, by="marketing")
    )


async def test_requests_are_listed_from_old_to_new_and_by_page(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        await two_requests(notifier)
        everything = (await client.get("/v1/requests")).json()
        first = (await client.get("/v1/requests", params={"limit": 1})).json()
        rest = (await client.get("/v1/requests", params={"after": first["next"]})).json()
        still_open = (await client.get("/v1/requests", params={"open": True})).json()

        assert everything["requests"] == [*first["requests"], *rest["requests"]]
        assert everything["next"] is None
        assert [it["id"] for it in still_open["requests"]] == ["crm/r 1"]
        tea, knitting = everything["requests"]
        assert (tea["state"], tea["next_at"]) == ("open", "2026-03-05T09:00:00Z")
        assert [(it["member"], it["reply"]) for it in tea["asked"]] == [
            ("ann", None),
            ("bob", None),
        ]
        assert (knitting["state"], knitting["asked"]) == ("unanswered", [])
        assert (await client.get("/v1/requests/crm/r 1")).json() == tea


async def test_an_answer_changes_something_once(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        await two_requests(notifier)
        path = "/v1/requests/crm/r 1/answers"
        first = (await client.post(path, json={"member": "ann", "answer": "accepted"})).json()
        second = (await client.post(path, json={"member": "bob", "answer": "accepted"})).json()

        assert (first["changed"], second["changed"]) == (True, False)
        assert first["request"] == second["request"]
        assert (first["request"]["state"], first["request"]["taken_by"]) == ("taken", "ann")


async def test_what_is_no_answer_is_refused_in_a_sentence(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        said = {"member": "ann", "answer": "accepted"}
        unknown = await client.post("/v1/requests/r-9/answers", json=said)
        assert unknown.status_code == 404
        assert "there is no request r-9" in unknown.json()["error"]
        for wrong in ({"answer": "perhaps"}, {"member": "_org"}):
            answer = await client.post("/v1/requests/r-9/answers", json=said | wrong)
            assert answer.status_code == 422
        assert (await client.get("/v1/requests/r-9")).status_code == 404


def test_an_email_that_asks_has_a_link_for_either_answer() -> None:
    notice = next(it for it in CASES if it.kind == "topic_request")
    links = Links(b"k" * 32, "https://zones.example")
    ways = links.ways(notice)
    letter = WORDING.letter(notice, Recipient("m-001"), stop="https://a.example", ways=ways)

    for said, way in (("Yes, I will", "accept"), ("No, not this time", "decline")):
        assert f"{said}: {ways[way]}\n" in letter.text
        assert ways[way] in letter.html
    assert "\n\n-- \n" in letter.text
    assert "\n\n\n" not in letter.text


async def test_a_topic_is_taken_from_an_email(tmp_path: Path) -> None:
    """Looking does nothing, and whoever comes second hears so."""
    async with (
        a_notifier(tmp_path) as notifier,
        asking(notifier) as client,
        asking_without_a_token(notifier) as reader,
    ):
        await two_requests(notifier)
        link = LINKS.accept("ann", "crm/r 1")
        assert "Take up tea?" in (await reader.get(link)).text
        assert (await client.get("/v1/requests/crm/r 1")).json()["state"] == "open"
        for _ in range(2):
            assert "tea is yours. Thank you." in (await reader.post(link)).text
        late = await reader.post(LINKS.accept("bob", "crm/r 1"))
        assert "Nobody else is needed for tea" in late.text


async def test_a_topic_is_declined_from_an_email(tmp_path: Path) -> None:
    async with (
        a_notifier(tmp_path) as notifier,
        asking(notifier) as client,
        asking_without_a_token(notifier) as reader,
    ):
        await two_requests(notifier)
        link = LINKS.decline("ann", "crm/r 1")
        assert "Leave tea to others?" in (await reader.get(link)).text
        assert "tea is left to others" in (await reader.post(link)).text
        [ann, _] = (await client.get("/v1/requests/crm/r 1")).json()["asked"]
        assert ann["reply"] == "declined"


async def test_whoever_stops_what_asks_is_told_that_they_are_not_asked(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking_without_a_token(notifier) as reader:
        for said in (
            await reader.get(LINKS.stop("ann", "circle")),
            await reader.post(LINKS.stop("ann", "circle")),
        ):
            assert "You are then not asked any more" in said.text
        assert "stay in your inbox" in (await reader.get(LINKS.stop("ann", "announcement"))).text


@pytest.mark.parametrize(
    "link",
    [
        Links(b"x" * 32, "").accept("ann", "crm/r 1"),
        LINKS.accept("ann", "crm/r 1").replace("accept", "decline"),
        LINKS.decline("ann", "crm/r 1").replace("decline", "accept"),
        LINKS.acknowledge("ann", "crm/r 1").replace("acknowledge", "accept"),
        LINKS.accept("ann", "no such request"),
        "/v1/decline/nonsense",
    ],
)
async def test_a_link_that_is_not_ours_does_nothing(tmp_path: Path, link: str) -> None:
    async with a_notifier(tmp_path) as notifier, asking_without_a_token(notifier) as reader:
        await two_requests(notifier)
        before = await notifier.store.last_position()
        for answer in (await reader.get(link), await reader.post(link)):
            assert answer.status_code == 404
            assert "This link leads nowhere" in answer.text
        assert await notifier.store.last_position() == before


async def test_the_commands_show_requests_and_answer_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_notifier(tmp_path) as notifier, reachable(notifier, monkeypatch):
        assert await printed(capsys, "requests") == (0, "there have been no requests\n")
        await two_requests(notifier)

        _, table = await printed(capsys, "requests", "--open")
        heading, tea = table.splitlines()
        assert heading.startswith("request")
        assert "ann (waiting), bob (waiting)" in tea
        _, document = await printed(capsys, "requests", "--json")
        assert [it["id"] for it in json.loads(document)] == ["crm/r 1", "r-2"]

        answer = ("requests", "answer", "crm/r 1", "--member")
        assert await printed(capsys, *answer, "ann", "--decline") == (
            0,
            "the request crm/r 1 is open\n",
        )
        _, said = await printed(capsys, *answer, "bob", "--accept")
        assert said == "the request crm/r 1 is taken by bob\n"
        _, said = await printed(capsys, *answer, "bob", "--accept", "--json")
        assert not json.loads(said)["changed"]
        code, said = await printed(capsys, *answer, "bob")
        assert (code, said) == (2, "zones: --accept or --decline must be given\n")
        assert await printed(capsys, "requests", "--open") == (0, "no request is open\n")


async def test_a_command_says_whether_a_sponsor_may_hear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ("notices", "consent", "ann")
    async with a_notifier(tmp_path) as notifier, reachable(notifier, monkeypatch):
        _, said = await printed(capsys, *told)
        assert said == "the sponsor of ann does not hear how they are\n"
        _, said = await printed(capsys, *told, "--care")
        assert said == "the sponsor of ann may hear how they are\n"
        _, document = await printed(capsys, *told, "--json")
        assert json.loads(document) == {"member": "ann", "care": True}
        _, said = await printed(capsys, *told, "--no-care")
        assert said == "the sponsor of ann does not hear how they are\n"
