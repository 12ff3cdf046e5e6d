"""Platforms as an operator connects them: by a mapping, and by an adapter under its own name."""

import json
from pathlib import Path

import pytest

from shared.runtime.errors import WrongUse
from tests.ingest.running import running
from tests.ingest.sources.signing import mac
from tests.ingest.sources.test_forgejo import COMMENT
from tests.ingest.sources.test_mapping import EXAMPLE, PAYLOAD

CONNECTIONS = """
[sources.intranet]
adapter = "mapping"
mapping = "intranet.toml"
[sources.forge]
adapter = "forgejo"
platform = "forge"
secrets = ["file:secret"]
"""


async def test_a_mapping_is_a_source_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "intranet.toml").write_text(EXAMPLE, encoding="utf-8")
    (tmp_path / "connections.toml").write_text(CONNECTIONS)
    (tmp_path / "secret").write_text("a secret of some length")
    comment = json.dumps(COMMENT).encode()
    signed = {
        "x-forgejo-event": "issue_comment",
        "x-hub-signature-256": f"sha256={mac('a secret of some length', comment)}",
    }

    async with running(tmp_path, connections=tmp_path / "connections.toml") as ingest:
        posted = await ingest.http.post("/v1/webhooks/intranet", json=PAYLOAD)
        pushed = await ingest.http.post("/v1/webhooks/forge", content=comment, headers=signed)
        said = await ingest.said()

    assert posted.status_code == pushed.status_code == 202
    assert [event["id"] for event in said if event["source"].endswith("intranet")] == [
        "article:4",
        "comment:9",
        "comment:9#undo",
    ]
    [comment_of] = [event for event in said if event["source"].endswith(":forge")]
    assert comment_of["data"]["target"] == "forge:12"


async def test_ingest_does_not_start_with_a_mapping_that_makes_no_sense(tmp_path: Path) -> None:
    (tmp_path / "intranet.toml").write_text(EXAMPLE.replace("publish", "publisch"))
    (tmp_path / "connections.toml").write_text(CONNECTIONS)
    (tmp_path / "secret").write_text("a secret of some length")

    with pytest.raises(WrongUse, match=r"rules\.0: kind: .*did you mean 'publish'"):
        async with running(tmp_path, connections=tmp_path / "connections.toml"):
            pass
