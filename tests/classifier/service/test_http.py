"""What can be asked, in the shapes that others rely on."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import httpx2
import pytest

from services.classifier.adapters import policyfile
from services.classifier.domain.regimes import Policies
from services.classifier.http import distribution, exports, feeds, mapping, members
from shared.contracts.activity import Activity
from shared.runtime import http, listener
from shared.runtime.access import Access
from shared.runtime.health import Health
from tests.classifier.service.examples import (
    Classifier,
    a_classifier,
    a_sharer,
    a_year,
    an_event,
    day,
    written,
)


@asynccontextmanager
async def served(classifier: Classifier) -> AsyncIterator[httpx2.AsyncClient]:
    def policies() -> Policies:
        return classifier.hearing.policies

    health, access = Health("classifier"), Access()
    app = http.application("classifier", summary="", health=health, access=access)
    for router in (
        members.router(classifier.store, policies, policyfile.in_force),
        mapping.router(classifier.store, policies),
        distribution.router(classifier.store),
        exports.router(classifier.store, policies),
        feeds.router(classifier.store),
    ):
        app.include_router(router)
    with closing(listener.listen("127.0.0.1", 0, access=access)) as listening:
        running = asyncio.create_task(http.serve(app, listening))
        address = listener.address(listening)
        async with httpx2.AsyncClient(base_url=address, trust_env=False) as service:
            yield service
        running.cancel()
        await asyncio.wait([running])


async def asked(service: httpx2.AsyncClient, path: str) -> tuple[int, Any]:
    answer = await service.get(path)
    return answer.status_code, answer.json()


async def test_a_member_is_told_with_the_whole_way(tmp_path: Path) -> None:
    """One entry a stretch; the shape of DESIGN 7."""
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        await classifier.hear([*a_sharer(), an_event("view", 30, member="bob")])
        assert await asked(service, "/v1/members/ada") == (
            200,
            {
                "member": "ada",
                "zone": "content_sharer",
                "since": day(3),
                "vitality": "quiet",
                "version": 2,
                "policy_version": 1,
                "trajectory": [
                    {"from": day(0), "zone": "content_consumer"},
                    {"from": day(3), "zone": "content_sharer"},
                ],
            },
        )


@pytest.mark.parametrize(
    ("number", "zone", "since", "vitality", "stretches"),
    [
        (-1, None, None, None, 0),
        (0, "content_consumer", 0, "active", 1),
        (2, "content_consumer", 0, "active", 1),
        (3, "content_sharer", 3, "active", 2),
        (18, "content_sharer", 3, "quiet", 2),
        (29, "content_sharer", 3, "quiet", 2),
    ],
)
async def test_a_member_on_any_day_as_known_now(
    tmp_path: Path,
    number: int,
    zone: str | None,
    since: int | None,
    vitality: str | None,
    stretches: int,
) -> None:
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        await classifier.hear([*a_sharer(), an_event("view", 30, member="bob")])
        status, told = await asked(service, f"/v1/members/ada?as_of={day(number)}")
        assert status == 200
        assert (told["zone"], told["vitality"]) == (zone, vitality)
        assert told["since"] == (None if since is None else day(since))
        assert len(told["trajectory"]) == stretches


async def test_a_member_as_was_known_at_a_time(tmp_path: Path) -> None:
    """By an instant or the end of a day, of any day up to that one."""
    late = an_event("publish", 2, object={"id": "p"})
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        await classifier.hear([*a_sharer(), an_event("view", 30, member="bob"), late])
        for query, zone, since in (
            (f"known_at={written(2.5)}", "content_consumer", 0),
            (f"known_at={written(3.5)}", "content_sharer", 3),
            (f"known_at={day(3)}&as_of={day(2)}", "content_consumer", 0),
            (f"known_at={day(400)}", "content_sharer", 3),
        ):
            status, told = await asked(service, f"/v1/members/ada?{query}")
            assert (status, told["zone"], told["since"]) == (200, zone, day(since)), query
            assert told["policy_version"] == 1


async def test_what_cannot_be_answered_says_why(tmp_path: Path) -> None:
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        assert await asked(service, "/v1/distribution") == (
            404,
            {"error": "nothing has been recorded yet, so nobody is known"},
        )
        await classifier.hear(a_sharer())
        for path, status, words in (
            ("members/bob", 404, "nobody is known as bob"),
            ("members/bob/explain", 404, "nobody is known as bob"),
            ("members/_org/explain", 404, "nobody is known as _org"),
            (f"members/ada/explain?as_of={day(4)}", 422, f"the log's today, {day(3)}"),
            ("members/_org", 404, "nobody is known as _org"),
            ("members/ada?as_of=tomorrow", 422, "query.as_of"),
            (f"members/ada?as_of={day(4)}", 422, f"{day(4)} is after the log's today, {day(3)}"),
            (f"members/ada?known_at={day(-1)}", 404, "nothing had been recorded by then"),
            (f"members/bob?known_at={day(3)}", 404, "nobody was known as bob then"),
            (f"members/_org?known_at={day(3)}", 404, "nobody was known as _org then"),
            ("members/ada?known_at=2026-01-05T12:00:00", 422, "query.known_at"),
            (f"members/ada?known_at={day(2)}&as_of={day(3)}", 422, f"today then, {day(2)}"),
            (f"distribution?as_of={day(9)}", 422, "after the log's today"),
            ("distribution?by=zone", 422, "query.by"),
            ("log?after=-1", 422, "query.after"),
            ("log?limit=0", 422, "query.limit"),
        ):
            answered, told = await asked(service, f"/v1/{path}")
            assert (answered, list(told)) == (status, ["error"]), path
            assert words in told["error"]


async def test_the_distribution_counts_everybody_once(tmp_path: Path) -> None:
    """In all, by group, today and on a day; every zone is named, empty or not."""
    registered = [
        an_event("member_registered", number, member=name, group=group)
        for number, (name, group) in enumerate((("ada", "sales"), ("bob", "people")))
    ]
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        await classifier.hear([*registered, *a_sharer(first=2), an_event("view", 6, member="cyd")])
        _, told = await asked(service, "/v1/distribution?by=group")
        zones = {"content_creator": 0, "socially_engaged": 0}
        felt = {"quiet": 0, "dormant": 0, "paused": 0}
        assert told == {
            "as_of": day(6),
            "members": 3,
            "zones": {"content_consumer": 2, "content_sharer": 1, **zones},
            "vitality": {"active": 3, **felt},
            "groups": [
                {
                    "group": group,
                    "members": 1,
                    "zones": {"content_consumer": 1 - sharer, "content_sharer": sharer, **zones},
                    "vitality": {"active": 1, **felt},
                }
                for group, sharer in (("people", 0), ("sales", 1), (None, 0))
            ],
        }
        _, then = await asked(service, f"/v1/distribution?as_of={day(4)}")
        assert (then["as_of"], then["members"]) == (day(4), 2)
        assert then["zones"]["content_sharer"] == 0
        _, before = await asked(service, "/v1/distribution?as_of=2000-01-01")
        assert before["members"] == 0


async def test_exports_are_sorted_lines_the_same_for_the_same_log(tmp_path: Path) -> None:
    """They carry no position and no recorded time; members carry no version either."""
    bodies = a_year(members=8)
    texts = []
    for folder, batch in (("one", 1000), ("two", 33)):
        async with a_classifier(tmp_path / folder) as classifier, served(classifier) as service:
            await classifier.hear(bodies, batch=batch)
            texts.append(
                [(await service.get(f"/v1/export/{what}")).text for what in ("members", "changes")]
            )
            assert tuple(texts[-1]) == await classifier.exports()
    assert texts[0] == texts[1]
    told, said = ([json.loads(line) for line in text.splitlines()] for text in texts[0])
    assert [each["member"] for each in told] == sorted(each["member"] for each in told)
    assert all("version" not in each for each in told)
    order = [(each["member"], each["version"]) for each in said]
    assert order == sorted(order)
    assert {each["member"] for each in said} == {each["member"] for each in told}


async def test_exports_are_read_in_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are, few are in memory at a time."""
    names = [f"m-{number:03}" for number in range(25)]
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        await classifier.hear([an_event("view", 1, member=name) for name in names])
        for page in (1, 7, 25):
            monkeypatch.setattr("services.classifier.projections.answers.PAGE", page)
            monkeypatch.setattr("services.classifier.projections.changes.PAGE", page)
            monkeypatch.setattr("services.classifier.http.exports.PAGE", page)
            monkeypatch.setattr("services.classifier.http.feeds.PAGE", page)
            for path in ("export/members", "export/changes"):
                lines = (await service.get(f"/v1/{path}")).text.splitlines()
                assert [json.loads(line)["member"] for line in lines] == names
            feed = (await service.get("/v1/log?limit=100")).text.splitlines()
            assert [json.loads(line)["event"]["subject"] for line in feed] == names


async def test_the_log_feed_gives_activity_as_it_was_on_the_bus(tmp_path: Path) -> None:
    """A service that lost its database refills from here, from any position on."""
    bodies = [
        an_event("share", 1, target="x:1", minutes=2.5, topics=["a"]),
        an_event("view", 1.5, historical=True),
        an_event("view", 2, claimed=2.25),
        an_event("like", 2, undated=True),
        an_event("topic_requested", 3, member="_org", request_id="r", topic="t", by="sales"),
    ]
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        await classifier.hear(bodies)
        lines = (await service.get("/v1/log")).text.splitlines()
        fed = [json.loads(line) for line in lines]
        assert [Activity.model_validate(each["event"]) for each in fed] == [
            Activity.model_validate_json(body) for body in bodies
        ]
        first = (await service.get("/v1/log", params={"limit": 1})).text.splitlines()
        assert first == lines[:1]
        after = {"after": fed[0]["position"], "limit": 2}
        assert (await service.get("/v1/log", params=after)).text.splitlines() == lines[1:3]
        assert not (await service.get("/v1/log", params={"after": fed[-1]["position"]})).text


async def test_days_are_utc_days_of_the_log_and_not_of_the_machine(tmp_path: Path) -> None:
    """`today` is where the log's clock stands, years ago if need be."""
    async with a_classifier(tmp_path) as classifier, served(classifier) as service:
        await classifier.hear([an_event("view", -3000.01)])
        _, told = await asked(service, "/v1/distribution")
        assert told["as_of"] == day(-3001)
