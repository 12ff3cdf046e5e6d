"""`zones sources`: who may report here, and which bots were refused."""

import asyncio
import io
import json
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from services.__main__ import run
from tests.ingest.running import running

STARRED = {
    "action": "created",
    "starred_at": "2026-03-01T09:30:00Z",
    "sender": {"login": "helper[bot]", "id": 103, "type": "Bot"},
    "repository": {"id": 7000, "owner": {"id": 900}},
}


async def test_sources_and_rules_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZONES_DATA", "/nonexistent")
    monkeypatch.setenv("ZONES_TEST_SECRET", "a secret of the tests")
    connections = tmp_path / "connections.toml"
    connections.write_text(
        '[sources.forum]\nadapter = "discourse"\nsecrets = ["env:ZONES_TEST_SECRET"]'
    )
    async with running(tmp_path, connections=connections) as ingest:
        monkeypatch.setenv("ZONES_INGEST_URL", ingest.url)
        await ingest.http.post(
            "/v1/webhooks/github", json=STARRED, headers={"X-GitHub-Event": "star"}
        )
        table, told = [await asyncio.to_thread(said, *more) for more in ([], ["--json"])]

    lines = [line.split() for line in table.splitlines()]
    assert ["forum", "discourse", "yes"] in lines
    assert ["github", "github", "no"] in lines
    assert sum(rule["refused"] for rule in json.loads(told)["actors"]) == 1
    assert any("bot" in line and "1" in line for line in lines), table


def said(*more: str) -> str:
    out = io.StringIO()
    with redirect_stdout(out):
        assert run(["sources", *more]) == 0
    return out.getvalue()
