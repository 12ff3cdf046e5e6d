"""The read API: pages, feeds, and what has not changed."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from shared.contracts.zones import ZoneChange
from tests.classifier.service.examples import Classifier, a_classifier, a_sharer, a_year, an_event
from tests.classifier.service.examples import day as the_day
from tests.classifier.service.test_http import asked, served

NAMES = [f"m-{number:02}" for number in range(12)]


async def pages(service: httpx2.AsyncClient, path: str) -> AsyncIterator[httpx2.Response]:
    """Yield one page after another, by what the Link header of each says."""
    while True:
        answer = await service.get(path)
        assert answer.status_code == 200, answer.text
        yield answer
        if "next" not in answer.links:
            return
        path = answer.links["next"]["url"]


async def an_organisation(classifier: Classifier) -> None:
    """Twelve members, one of them more each day, in two groups; the even ones become sharers."""
    everything = []
    for number, name in enumerate(NAMES):
        group = ("sales", "people", None)[number % 3]
        everything.append(an_event("member_registered", number, member=name, group=group))
        if number % 2 == 0:
            everything += a_sharer(name, first=number)
    everything.append(an_event("member_departed", 20.5, member=NAMES[0]))
    everything.append(an_event("view", 21, member=NAMES[1]))
    await classifier.hear(everything)


async def names(service: httpx2.AsyncClient, **query: Any) -> list[str]:  # noqa: ANN401
    answer = await service.get("/v1/members", params=query)
    assert answer.status_code == 200, answer.text
    return [each["member"] for each in answer.json()["members"]]


async def test_members_are_listed_page_by_page(tmp_path: Path) -> None:
    """Each once, by id, as each is told alone; all pages are of one day."""
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        await an_organisation(classifier)
        for limit in (1, 5, 12, 1000):
            told = [page async for page in pages(service, f"/v1/members?limit={limit}")]
            assert len(told) == -(-12 // limit)
            members = [each for page in told for each in page.json()["members"]]
            assert [each["member"] for each in members] == NAMES
            for each in members:
                assert (200, each) == await asked(service, f"/v1/members/{each['member']}")
            assert {page.json()["as_of"] for page in told} == {the_day(21)}
            lasts = [page.json()["members"][-1]["member"] for page in told]
            assert [page.json()["next"] for page in told] == [*lasts[:-1], None]


async def test_a_page_after_another_is_of_the_same_day(tmp_path: Path) -> None:
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        await an_organisation(classifier)
        first = await service.get("/v1/members?limit=6&group=sales")
        await classifier.hear([an_event("view", 60, member=NAMES[1])])
        assert first.json()["next"] is None
        first = await service.get("/v1/members?limit=3&group=sales&as_of=" + the_day(20))
        second = await service.get(first.links["next"]["url"])
        assert second.json()["as_of"] == first.json()["as_of"] == the_day(20)
        assert [each["member"] for each in second.json()["members"]] == ["m-09"]


async def test_members_are_chosen_by_zone_vitality_and_group_of_the_day(tmp_path: Path) -> None:
    """`none` is where those are who have departed; the empty group that of who is in none."""
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        await an_organisation(classifier)
        sharers = NAMES[2::2]
        assert await names(service, zone="content_sharer") == sharers
        assert await names(service, zone="content_sharer", group="sales") == ["m-06"]
        assert await names(service, group="") == NAMES[2::3]
        assert await names(service, zone="none") == ["m-00"]
        assert await names(service, zone="none", as_of=the_day(19)) == []
        before = await names(service, zone="content_sharer", as_of=the_day(19))
        assert before == ["m-00", *sharers]
        assert await names(service, as_of=the_day(4)) == NAMES[:5]
        quiet = await names(service, vitality="quiet")
        assert quiet == [
            n
            for n in NAMES
            if (await service.get(f"/v1/members/{n}")).json()["vitality"] == "quiet"
        ]
        assert quiet
        assert await names(service, after="m-09") == ["m-10", "m-11"]


async def test_who_has_departed_is_not_counted_from_that_day_on(tmp_path: Path) -> None:
    """And is still told, with the way they came and nowhere to be."""
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        await an_organisation(classifier)
        _, told = await asked(service, "/v1/members/m-00")
        assert (told["zone"], told["since"], told["vitality"]) == (None, the_day(20), None)
        assert told["trajectory"][-1] == {"from": the_day(20), "zone": None}
        for number, counted in ((19, 12), (20, 11), (21, 11)):
            _, then = await asked(service, f"/v1/distribution?as_of={the_day(number)}&by=group")
            groups = {each["group"]: each["members"] for each in then["groups"]}
            assert then["members"] == sum(then["vitality"].values()) == counted
            assert groups == {"sales": 4 - (number > 19), "people": 4, None: 4}
        _, now = await asked(service, "/v1/distribution?by=group")
        assert now == then


async def test_the_history_of_the_distribution_is_that_of_each_day(tmp_path: Path) -> None:
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        await classifier.hear(a_year(members=15))
        await an_organisation(classifier)
        _, last = await asked(service, "/v1/distribution")
        for first, step in ((the_day(-120), 1), (the_day(-90), 7), (last["as_of"], 30)):
            _, told = await asked(service, f"/v1/distribution/history?from={first}&step={step}")
            days = told["days"]
            assert (days[0]["as_of"], days[-1]["as_of"]) == (first, last["as_of"])
            for each in days:
                on = await asked(service, f"/v1/distribution?as_of={each['as_of']}")
                assert on == (200, each)


async def test_the_changes_of_a_member_are_told_with_their_evidence(tmp_path: Path) -> None:
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        await classifier.hear(
            [*a_sharer(), an_event("view", 100), an_event("view", 1, member="bob")]
        )
        _, told = await asked(service, "/v1/members/ada/changes")
        exported = [
            json.loads(line) for line in (await service.get("/v1/export/changes")).text.splitlines()
        ]
        assert told == {
            "changes": [each for each in exported if each["member"] == "ada"],
            "next": None,
        }
        assert [each["to"] for each in told["changes"]] == [
            "content_consumer",
            "content_sharer",
            "content_consumer",
        ]
        assert told["changes"][1]["evidence"]
        paged = [page.json() async for page in pages(service, "/v1/members/ada/changes?limit=2")]
        assert [page["next"] for page in paged] == [2, None]
        assert [each for page in paged for each in page["changes"]] == told["changes"]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("members/zoe/changes", 404, "nobody is known as zoe"),
        ("members/ada/changes?after=-1", 422, "query.after"),
        ("members?zone=above", 422, "query.zone"),
        ("members?limit=0", 422, "query.limit"),
        ("members?as_of=2030-01-01", 422, "is after the log's today"),
        ("distribution/history", 422, "query.from: Field required"),
        ("distribution/history?from=2030-01-01", 422, "is after the last day"),
        ("distribution/history?from=2020-01-01&to=2030-01-01", 422, "after the log's today"),
        ("distribution/history?from=1990-01-01&step=1", 422, "more than 1000 days"),
        ("changes?limit=10001", 422, "query.limit"),
    ],
)
async def test_what_cannot_be_read_says_why(
    tmp_path: Path, path: str, status: int, words: str
) -> None:
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        await classifier.hear(a_sharer())
        answered, told = await asked(service, f"/v1/{path}")
        assert (answered, list(told)) == (status, ["error"])
        assert words in told["error"]


@pytest.mark.parametrize("path", ["/v1/log", "/v1/changes"])
async def test_a_feed_says_where_to_go_on_and_when_it_is_at_its_end(
    tmp_path: Path, path: str
) -> None:
    """Page by page it gives the same lines as at once; then nothing until there is more."""
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        await classifier.hear([*a_sharer(), an_event("view", 90, member="bob")])
        whole = await service.get(path)
        lines = whole.text.splitlines()
        assert "next" not in whole.links
        end = int(whole.headers["zones-position"])
        assert end == await classifier.store.last_position()
        for limit in (1, 2, len(lines)):
            told = [page async for page in pages(service, f"{path}?limit={limit}")]
            assert [line for page in told for line in page.text.splitlines()] == lines
            assert int(told[-1].headers["zones-position"]) == end
            assert len(told) == -(-len(lines) // limit)
        nothing = await service.get(f"{path}?after={end}")
        assert (nothing.text, nothing.headers["zones-position"]) == ("", str(end))
        await classifier.hear([an_event("view", 91, member="cyd")])
        [more] = (await service.get(f"{path}?after={end}")).text.splitlines()
        assert "cyd" in more


async def test_the_feed_of_changes_is_what_was_announced_in_that_order(tmp_path: Path) -> None:
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        await classifier.hear(a_year(members=6))
        fed = [json.loads(line) for line in (await service.get("/v1/changes")).text.splitlines()]
        rows = await classifier.store.read(0, 1_000_000, types=["zone-changed"])
        assert [each["position"] for each in fed] == [row.position for row in rows]
        said = [json.loads(line) for line in (await classifier.exports())[1].splitlines()]
        changes = [each["change"] for each in fed]
        assert sorted(changes, key=lambda each: (each["member"], each["version"])) == said
        assert [ZoneChange.model_validate(each).member for each in changes] == [
            row.stream for row in rows
        ]


async def test_what_is_read_while_it_is_written_has_no_gaps(tmp_path: Path) -> None:
    """A loop that always goes on from where it was told gets everything once, in order."""
    bodies = a_year(members=8)
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        writing = asyncio.create_task(classifier.hear(bodies, batch=50))
        fed: list[str] = []
        position, rounds = 0, 0
        while True:
            done = writing.done()
            answer = await service.get("/v1/log", params={"after": position, "limit": 200})
            fed += answer.text.splitlines()
            position, rounds = int(answer.headers["zones-position"]), rounds + 1
            if done and "next" not in answer.links:
                break
        assert rounds > 5
        assert fed == (await service.get("/v1/log?limit=10000")).text.splitlines()
        assert len(fed) == (await classifier.types()).count("activity-recorded")


PATHS = (
    "/v1/members",
    "/v1/members/ada",
    f"/v1/members/ada?known_at={the_day(2)}",
    "/v1/members/ada/changes",
    "/v1/members/ada/explain",
    f"/v1/members/ada/explain?as_of={the_day(2)}",
    "/v1/members/ada/map",
    "/v1/distribution?by=group",
    f"/v1/distribution/history?from={the_day(0)}",
)


@pytest.mark.parametrize("path", PATHS)
async def test_what_has_not_changed_is_not_sent_again(tmp_path: Path, path: str) -> None:
    """A tag holds until the log goes on, for its own question alone."""
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        await classifier.hear(a_sharer())
        first = await service.get(path)
        assert first.status_code == 200
        assert first.headers["cache-control"] == "private, no-cache"
        tag = first.headers["etag"]
        for tags in (tag, f'"other", W/{tag}'):
            again = await service.get(path, headers={"If-None-Match": tags})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == tag
        other = path + ("&" if "?" in path else "?") + "limit=7"
        assert (await service.get(other, headers={"If-None-Match": tag})).status_code == 200
        await classifier.hear([an_event("view", 3.9, member="bob")])
        later = await service.get(path, headers={"If-None-Match": tag})
        assert later.status_code == 200
        assert later.headers["etag"] != tag


async def test_while_members_are_under_review_nothing_is_tagged(tmp_path: Path) -> None:
    """The rows then change though the log does not."""
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        await classifier.hear(a_sharer())
        tag = (await service.get("/v1/members/ada")).headers["etag"]
        async with classifier.store.transaction() as transaction:
            now = (classifier.hearing.time.now or 0) + 90 * 86_400_000
            await classifier.hearing._set_clock(transaction, now, unreviewed=True)
        answer = await service.get("/v1/members/ada", headers={"If-None-Match": tag})
        assert answer.status_code == 200
        assert "etag" not in answer.headers
        await classifier.hearing.review()
        assert (await service.get("/v1/members/ada")).headers["etag"] != tag


@pytest.mark.parametrize("path", [*PATHS, "/v1/log", "/v1/export/members", "/healthz"])
async def test_a_head_is_that_of_the_whole_answer(tmp_path: Path, path: str) -> None:
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        await classifier.hear(a_sharer())
        whole, head = await service.get(path), await service.head(path)
        assert (head.status_code, head.content) == (200, b"")
        unlike = {"date", "content-length", "transfer-encoding"}
        assert {k: v for k, v in head.headers.items() if k not in unlike} == {
            k: v for k, v in whole.headers.items() if k not in unlike
        }
        refused = await service.head("/v1/members/zoe")
        assert (refused.status_code, refused.content) == (404, b"")


async def test_the_description_knows_every_answer(tmp_path: Path) -> None:
    """Every question has a summary, a shape for what is answered, and one for what is refused."""
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        _, described = await asked(service, "/openapi.json")
    refusal = {"$ref": "#/components/schemas/Refusal"}
    for path, methods in described["paths"].items():
        assert set(methods) <= {"get", "post", "put", "delete"}
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            assert operation["responses"]["4XX"]["content"]["application/json"]["schema"] == refusal
            assert "422" not in operation["responses"], where
            if not path.startswith("/v1") or path.endswith("/map"):
                continue
            content = operation["responses"]["200"]["content"]
            lines = "application/x-ndjson" in content
            assert lines or "$ref" in content["application/json"]["schema"], where
    assert "/v1/members/{member}/changes" in described["paths"]
