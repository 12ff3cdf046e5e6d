"""`POST /v1/webhooks/<source>`: a platform's own words, signed, translated, and answered once."""

import base64
import gzip
import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx2
import pytest
import pytest_asyncio
from pydantic_core import from_json
from standardwebhooks import Webhook

from services.ingest.domain.activity import Named, Refused, Skipped
from services.ingest.sources import registry
from services.ingest.sources.registry import Adapter
from services.ingest.sources.sightings import Seen, sighting
from shared.messaging.errors import UnreadableMessage
from shared.runtime.errors import WrongUse
from tests.ingest.examples import an_activity
from tests.ingest.running import Ingest, running
from tests.ingest.sources.signing import mac
from tests.ingest.test_inbound import send

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOKEN = "a token that may publish"
EVERYTHING = "a token that may do everything"
BEARER = {"authorization": f"Bearer {TOKEN}"}
STANDARD = "whsec_" + base64.b64encode(bytes(range(32))).decode()
REPAIRED = {"broken": False}

CONNECTIONS = """
[sources.signed]
adapter = "toy"
signature = "github"
secrets = ["file:old", "file:new"]
[sources.linkedin]
adapter = "toy"
signature = "linkedin"
secrets = ["file:new"]
[sources.crm]
adapter = "canonical"
secrets = ["file:standard"]
[sources.town]
adapter = "toy"
platform = "town-2"
"""


def translate(headers: Mapping[str, str], body: bytes) -> list[Seen | Named]:
    """A platform that says `[{"id", "by", ...}]`, and everything else that a platform may say."""
    del headers
    try:
        said = from_json(body)
    except ValueError:
        raise UnreadableMessage("malformed", "this is not JSON") from None
    return [_seen(one) for one in said]


def _seen(one: dict[str, Any]) -> Seen | Named:
    if reason := one.get("skip"):
        return Skipped(reason, "none of our business")
    if label := one.get("called"):
        return Named("toy", one["by"], label)
    if reason := one.get("refuse"):
        return Refused(reason=reason, detail="this cannot be")
    if one.get("mend") and REPAIRED["broken"]:
        return Refused(reason="incomplete", detail="mend the mapping")
    return sighting(
        one.get("kind", "share"),
        platform="toy",
        id=one["id"],
        by=one.get("by", "1"),
        time=one.get("time"),
        actor=one.get("actor", "person"),
        label=one.get("label"),
        data={"target": one.get("target")},
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ingest(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ingest]:
    folder = tmp_path_factory.mktemp("ingest")
    for name, secret in {"old": "old-secret", "new": "new-secret", "standard": STANDARD}.items():
        (folder / name).write_text(secret)
    (folder / "connections.toml").write_text(CONNECTIONS)
    with patch.dict(registry.ADAPTERS, {"toy": Adapter(translate, "toy")}):
        async with running(
            folder,
            connections=folder / "connections.toml",
            token=EVERYTHING,
            tokens=f"{TOKEN}=publish",
        ) as ingest:
            ingest.http.headers["authorization"] = f"Bearer {EVERYTHING}"
            yield ingest


async def post(
    ingest: Ingest, source: str, said: object, headers: Mapping[str, str] = BEARER
) -> httpx2.Response:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return await ingest.http.post(f"/v1/webhooks/{source}", content=body, headers=dict(headers))


async def anybody(ingest: Ingest, path: str, body: bytes, **headers: str) -> httpx2.Response:
    """Send as somebody who has no token."""
    async with httpx2.AsyncClient(base_url=ingest.url, trust_env=False) as http:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return await http.post(path, content=body, headers=sent)


async def parked(ingest: Ingest) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (await ingest.get("/v1/parked"))["parked"]
    return rows


async def test_what_a_platform_says_is_said_as_an_event(ingest: Ingest) -> None:
    said = {"id": "first", "by": "first", "time": "2026-03-01T09:30:00Z"}

    answer = await post(ingest, "toy", [said])

    assert answer.status_code == 202
    assert answer.json() == {
        "accepted": 1,
        "duplicates": 0,
        "refused": 0,
        "skipped": 0,
        "results": [{"index": 0, "id": "first", "status": "accepted"}],
    }
    [event] = [event for event in await ingest.said() if event["id"] == "first"]
    assert event["source"] == "urn:zones:platform:toy"
    assert event["time"] == "2026-03-01T09:30:00Z"
    assert "undated" not in event


async def test_what_it_did_not_date_happened_when_we_heard_of_it(ingest: Ingest) -> None:
    """Sent again later, it is the same: the time is ours and not the platform's."""
    first = await post(ingest, "toy", [{"id": "undated"}])
    second = await post(ingest, "toy", [{"id": "undated"}])

    assert (first.json()["accepted"], second.json()["duplicates"]) == (1, 1)
    [event] = [event for event in await ingest.said() if event["id"] == "undated"]
    assert event["undated"] is True
    assert abs(datetime.now(UTC) - datetime.fromisoformat(event["time"])) < timedelta(minutes=1)


async def test_a_canonical_event_may_say_that_its_time_is_nobodys(ingest: Ingest) -> None:
    event = an_activity(id="again", undated=True, subject="toy:again")
    await ingest.post(event)
    later = await ingest.post({**event, "time": "2026-03-01T09:31:00Z"})
    other = await ingest.post({**event, "data": {"topics": ["other"]}})

    assert later.json()["duplicates"] == 1
    assert other.json()["results"][0]["reason"].startswith("id_conflict")


async def test_each_thing_is_answered_and_what_is_left_out_is_skipped(ingest: Ingest) -> None:
    answer = await post(
        ingest,
        "toy",
        [{"id": "one"}, {"skip": "edit"}, {"id": "one"}, {"id": "two", "actor": "bot"}],
    )

    told = answer.json()
    assert answer.status_code == 202
    assert [result["status"] for result in told["results"]] == [
        *("accepted", "skipped", "duplicate", "refused"),
    ]
    assert told["results"][1]["reason"] == "edit: none of our business"
    assert (told["accepted"], told["duplicates"], told["refused"], told["skipped"]) == (1, 1, 1, 1)


async def test_bots_are_refused_counted_and_not_kept(ingest: Ingest) -> None:
    before = await parked(ingest)

    answer = await post(ingest, "toy", [{"id": "bot", "actor": "bot"}])

    assert answer.status_code == 202, "nothing would change if the platform sent it again"
    assert answer.json()["results"][0]["reason"] == (
        "bot: the platform says that this account is a bot"
    )
    assert await parked(ingest) == before
    [rule, *_] = (await ingest.get("/v1/sources"))["actors"]
    assert rule["actors"] == ["bot"]
    assert rule["refused"] >= 1
    metrics = (await ingest.http.get("/metrics")).text
    assert 'zones_ingest_reports_total{reason="bot",source="toy",status="refused"}' in metrics


async def test_what_cannot_be_read_is_parked_and_not_sent_again(ingest: Ingest) -> None:
    answer = await post(ingest, "toy", b"{not JSON", {**BEARER, "x-toy-event": "push"})
    again = await post(ingest, "toy", b"{not JSON")

    assert (answer.status_code, again.status_code) == (202, 202)
    [row] = [row for row in await parked(ingest) if row["reason"] == "malformed"]
    assert (row["reader"], row["subject"]) == ("webhooks", "webhooks.v1.toy")
    shown = await ingest.get(f"/v1/parked/{row['id']}")
    assert shown["payload"] == "{not JSON"
    assert shown["headers"]["x-toy-event"] == "push"


async def test_no_key_and_no_address_is_kept_with_it(ingest: Ingest) -> None:
    body = b"{nothing to read"
    headers = {
        "x-hub-signature-256": f"sha256={mac('new-secret', body)}",
        "authorization": "Bearer x",
        "cookie": "session=1",
        "x-forwarded-for": "192.0.2.1",
        "x-gitlab-token": "hush",
    }
    assert (await post(ingest, "signed", body, headers)).status_code == 202

    [row] = [row for row in await parked(ingest) if row["subject"] == "webhooks.v1.signed"]
    kept = (await ingest.get(f"/v1/parked/{row['id']}"))["headers"]
    assert not {*headers} & {*kept}


async def test_what_one_report_could_not_use_is_parked_once(ingest: Ingest) -> None:
    said = [{"refuse": "odd"}, {"id": "good"}, {"refuse": "odd"}, {"id": "late", "time": "soon"}]

    await post(ingest, "toy", said)

    [row] = [row for row in await parked(ingest) if row["reason"] == "odd"]
    assert row["detail"] == "this cannot be; and 2 more"


async def test_it_is_translated_anew_once_the_mapping_is_mended(ingest: Ingest) -> None:
    """What had no time happened when it was parked."""
    REPAIRED["broken"] = True
    await post(ingest, "toy", [{"id": "mended", "mend": True}, {"id": "beside"}])
    [row] = [row for row in await parked(ingest) if row["reason"] == "incomplete"]
    path = f"/v1/parked/{row['id']}/retry"

    still = (await ingest.http.post(path)).json()
    REPAIRED["broken"] = False
    done = (await ingest.http.post(path)).json()

    assert (still["resolved"], still["reason"]) == (False, "incomplete: mend the mapping")
    assert done["resolved"]
    said = {event["id"]: event for event in await ingest.said()}
    assert said["mended"]["time"] == row["parked_at"]
    assert "beside" in said


async def test_an_unknown_source_is_told_which_ones_there_are(ingest: Ingest) -> None:
    answer = await post(ingest, "toi", [])

    assert answer.status_code == 404
    assert answer.json()["error"].startswith("no source is called 'toi' here: there are ")
    assert "toy" in answer.json()["error"]


async def test_who_signs_needs_no_token(ingest: Ingest) -> None:
    body = json.dumps([{"id": "signed"}]).encode()
    for secret in ("old-secret", "new-secret"):
        signature = f"sha256={mac(secret, body)}"
        answer = await anybody(ingest, "/v1/webhooks/signed", body, x_hub_signature_256=signature)
        assert answer.status_code == 202


async def test_who_does_not_sign_is_turned_away_token_or_not(ingest: Ingest) -> None:
    body = json.dumps([{"id": "unsigned"}]).encode()
    wrong = f"sha256={mac('other', body)}"

    missing = await post(ingest, "signed", body)
    forged = await anybody(ingest, "/v1/webhooks/signed", body, x_hub_signature_256=wrong)

    assert (missing.status_code, forged.status_code) == (401, 401)
    assert missing.json()["error"] == "sign this: x-hub-signature-256 is missing"
    assert "known here" in forged.json()["error"]
    assert "unsigned" not in {event["id"] for event in await ingest.said()}
    metrics = (await ingest.http.get("/metrics")).text
    assert 'reason="unsigned",source="signed",status="refused"' in metrics


@pytest.mark.parametrize("source", ["toy", "signed2", "signed/x", "town"])
async def test_everybody_else_needs_a_token_that_may_publish(ingest: Ingest, source: str) -> None:
    answer = await anybody(ingest, f"/v1/webhooks/{source}", b"[]")
    assert answer.status_code == 401


async def test_a_signature_is_over_the_bytes_as_they_came(ingest: Ingest) -> None:
    """Packed, where they came packed."""
    body = gzip.compress(json.dumps([{"id": "packed"}]).encode())
    headers = {
        "content-encoding": "gzip",
        "x-hub-signature-256": f"sha256={mac('old-secret', body)}",
    }
    answer = await post(ingest, "signed", body, headers)
    assert answer.json()["accepted"] == 1


async def test_canonical_events_may_be_signed_too(ingest: Ingest) -> None:
    body, now = json.dumps(an_activity(id="standard")), datetime.now(UTC)
    headers = {
        "webhook_id": "msg_1",
        "webhook_timestamp": str(int(now.timestamp())),
        "webhook_signature": Webhook(STANDARD).sign("msg_1", now, body),
    }
    answer = await anybody(ingest, "/v1/webhooks/crm", body.encode(), **headers)
    assert answer.json()["accepted"] == 1


async def test_another_instance_is_another_platform(ingest: Ingest) -> None:
    await post(ingest, "town", [{"id": "town", "by": "town", "target": "toy:2"}])
    link = an_activity(
        "link_account", id="l", subject="townsman", data={"platform": "town-2", "handle": "7"}
    )
    await ingest.post(link)
    await post(ingest, "town", [{"id": "linked", "by": "7", "target": "toy:2"}])

    said = {event["id"]: event for event in await ingest.said()}
    assert said["town"]["source"] == "urn:zones:platform:town-2"
    assert said["town"]["data"]["target"] == "town-2:2"
    assert said["linked"]["subject"] == "townsman"


async def test_what_an_account_is_called_is_noted(ingest: Ingest) -> None:
    """The handle that a member gave is found by the identity that never changes."""
    handle = {"platform": "toy", "handle": "lovelace"}
    await ingest.post(an_activity("link_account", id="a", subject="lady", data=handle))

    named = await post(ingest, "toy", [{"by": "77", "called": "lovelace"}])
    await post(ingest, "toy", [{"id": "77-1", "by": "77"}])
    await post(ingest, "toy", [{"id": "78-1", "by": "78", "label": "lovelace"}])

    assert named.json()["results"][0]["status"] == "skipped"
    said = {event["id"]: event["subject"] for event in await ingest.said()}
    assert said["77-1"] == "lady"


async def test_linkedin_is_shown_that_the_address_is_ours(ingest: Ingest) -> None:
    """It asks without a token, every two hours."""
    async with httpx2.AsyncClient(base_url=ingest.url, trust_env=False) as http:
        path, challenge = "/v1/webhooks/linkedin", "890e4665-4dfe-4ab1-b689-ed553bceeed0"
        answer = await http.get(path, params={"challengeCode": challenge})
        other = await http.get("/v1/webhooks/signed", params={"challengeCode": challenge})
        forging = await http.get(path, params={"challengeCode": "hmacsha256=[]"})

    assert answer.json() == {
        "challengeCode": challenge,
        "challengeResponse": mac("new-secret", challenge.encode()),
    }
    assert (other.status_code, forging.status_code) == (404, 404)


async def test_who_may_report_can_be_asked(ingest: Ingest) -> None:
    sources = (await ingest.get("/v1/sources"))["sources"]

    assert {"name": "toy", "adapter": "toy", "signed": False} in sources
    assert {"name": "signed", "adapter": "toy", "signed": True} in sources
    assert {"name": "crm", "adapter": "canonical", "signed": True} in sources


async def test_over_nats_a_source_speaks_its_own_words(ingest: Ingest) -> None:
    """Where it says that it sends CloudEvents, they are canonical, whatever its name."""
    await send(ingest.nats, [{"id": "nats"}], source="toy")
    await send(
        ingest.nats,
        an_activity(id="cloud"),
        source="toy",
        **{"Content-Type": "application/cloudevents+json; charset=utf-8"},
    )
    await send(ingest.nats, an_activity(id="script"), source="somebody")
    await send(ingest.nats, [{"refuse": "nats_odd"}], source="toy")
    await ingest.quiet()

    ids = {event["id"] for event in await ingest.said()}
    assert {"nats", "cloud", "script"} <= ids
    [row] = [row for row in await parked(ingest) if row["reason"] == "nats_odd"]
    assert (row["reader"], row["subject"]) == ("ingest-inbound", "inbound.v1.toy")


async def test_a_canonical_event_parked_under_a_platforms_name_is_still_canonical(
    ingest: Ingest,
) -> None:
    await send(
        ingest.nats,
        an_activity(id="bad", time="sometime"),
        source="toy",
        **{"Content-Type": "application/cloudevents+json"},
    )
    await ingest.quiet()
    [row] = [row for row in await parked(ingest) if row["reason"] == "invalid_time"]

    retried = (await ingest.http.post(f"/v1/parked/{row['id']}/retry")).json()

    assert retried["reason"].startswith("invalid_time: ")


@pytest.mark.parametrize(
    ("source", "headers"),
    [
        ("github", {"x-github-event": "ping"}),
        ("forgejo", {"x-forgejo-event": "ping"}),
        ("discourse", {"x-discourse-event": "ping"}),
    ],
)
async def test_a_platform_that_only_asks_whether_we_listen_is_told_so(
    ingest: Ingest, source: str, headers: dict[str, str]
) -> None:
    json_headers = {"content-type": "application/json", **headers, **BEARER}
    answer = await post(ingest, source, {"zen": "keep it short"}, json_headers)

    assert answer.status_code == 202
    assert answer.json()["skipped"] == 1


async def test_a_packing_that_is_not_known_is_told(ingest: Ingest) -> None:
    answer = await post(ingest, "town", b"[]", {**BEARER, "content-encoding": "br"})
    assert answer.status_code == 415
    assert "gzip" in answer.text


async def test_openapi_says_what_comes_back(ingest: Ingest) -> None:
    described = (await ingest.get("/openapi.json"))["paths"]["/v1/webhooks/{source}"]["post"]
    assert {"202", "401", "404", "413", "415", "503"} <= described["responses"].keys()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[sources.crm]\nadapter = "canonical"\nsecrets = ["file:short"]', "whsec_"),
        ('[sources.x]\nadapter = "canonicle"', "did you mean 'canonical'"),
    ],
)
async def test_ingest_does_not_start_with_connections_that_make_no_sense(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "short").write_text("short")
    (tmp_path / "connections.toml").write_text(text)
    with pytest.raises(WrongUse, match=said):
        async with running(tmp_path, connections=tmp_path / "connections.toml"):
            pass
