"""A service's HTTP side."""

import asyncio

import pytest

from shared.runtime.access import Access
from tests.runtime.serving import serving


async def test_it_serves_on_the_port_it_reports() -> None:
    async with serving() as service:
        assert (await service.get("/v1/members/3")).json() == {"member": 3}
        assert service.base_url.port not in {0, None}


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/v1/members/0", 404, "no member 0 is known"),
        ("/v1/nowhere", 404, "Not Found"),
        ("/v1/members/x", 422, "path.member: Input should be a valid integer"),
        ("/v1/broken", 500, "nobody foresaw: the service's log"),
    ],
)
async def test_every_error_is_one_sentence_in_one_shape(
    path: str, status: int, sentence: str
) -> None:
    async with serving() as service:
        answer = await service.get(path)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]
    assert sentence in answer.json()["error"]


async def test_scopes_go_by_method_and_path() -> None:
    """A publisher's token publishes and does nothing else; signed paths look after themselves."""
    bearer = {"Authorization": "Bearer p"}
    async with serving(None, Access.of("all", "p=publish")) as service:
        assert (await service.post("/v1/events", headers=bearer)).status_code == 200
        assert (await service.get("/v1/members/1", headers=bearer)).status_code == 403
        assert (await service.post("/v1/members/1", headers=bearer)).status_code == 403
        assert (await service.post("/v1/webhooks/x")).status_code == 200
        assert (await service.post("/v1/webhooks/xy", headers=bearer)).status_code == 200
        assert (await service.post("/v1/webhooks/xy")).status_code == 401
        refused = await service.get("/v1/members/1")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    assert list(refused.json()) == ["error"]


async def test_a_foreign_host_is_refused_where_no_token_guards() -> None:
    async with serving() as service:
        answer = await service.get("/v1/members/1", headers={"Host": "evil.example"})
        signed = await service.post("/v1/webhooks/x", headers={"Host": "evil.example"})
    assert answer.status_code == 421
    assert signed.status_code == 200


async def test_the_description_says_whether_a_token_is_needed() -> None:
    async with serving() as service:
        schema = (await service.get("/openapi.json")).json()
    assert "security" not in schema
    assert "/v1/members/{member}" in schema["paths"]
    async with serving(None, Access.of("all")) as service:
        schema = (await service.get("/openapi.json")).json()
    assert schema["security"] == [{"token": []}]


async def test_requests_are_counted_by_route_not_by_path() -> None:
    async with serving() as service:
        await service.get("/v1/members/1")
        await service.get("/v1/members/2")
        metrics = (await service.get("/metrics")).text
    assert (
        'zones_http_request_seconds_count{method="GET",route="/v1/members/{member}",status="200"} 2'
        in metrics
    )


async def test_what_is_in_flight_is_finished_before_it_stops() -> None:
    async with serving() as service:
        asked = asyncio.create_task(service.get("/v1/slow", params={"seconds": 0.3}))
        await service.get("/healthz")
        assert not asked.done()
    assert (await asked).json() == {"slept": True}
