"""The whole service on a real broker: heard, said, killed, started again."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
from nats.aio.client import Client

from services.notifier import app
from services.notifier.settings import SHIPPED_NOTICES, Settings
from services.notifier.stream.reading import READERS
from services.notifier.stream.ticking import Ticking
from shared.contracts.envelope import CloudEvent, subject_of
from shared.messaging.hearing import Hearing
from shared.messaging.provision import provision
from shared.messaging.topology import Topology
from tests.nats import NatsServer, connected, free_port, nats_server
from tests.notifier.examples import (
    HOURS,
    NINE,
    a_notifier,
    approved,
    coordinator,
    editor,
    follow,
    happened,
    moved,
    published,
    recognised,
    submitted,
)

PATIENCE = 15.0


class Service:
    """A notifier that is asked over HTTP, wherever it runs."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self._http = http

    async def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        with contextlib.suppress(httpx2.HTTPError):
            return (await self._http.get(path)).json()

    async def post(self, path: str, body: object) -> Any:  # noqa: ANN401 - JSON
        return (await self._http.post(path, json=body)).json()

    async def until(self, path: str, holds: Callable[[Any], bool]) -> Any:  # noqa: ANN401
        """Return the answer once it is as it should be."""
        answer: object = None
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    answer = await self.get(path)
                    if answer and holds(answer):
                        return answer
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"{path}: {answer}") from None


class Process(Service):
    """`zones serve notifier` on a data directory."""

    def __init__(self, http: httpx2.AsyncClient, settings: Settings) -> None:
        super().__init__(http)
        self.address = f"http://127.0.0.1:{settings.port}"
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        settings = self._settings
        settings.data.mkdir(parents=True, exist_ok=True)
        with (settings.data / "notifier.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "services", "serve", "notifier"),
                env={
                    **os.environ,
                    "ZONES_NOTIFIER_DATA": str(settings.data),
                    "ZONES_NOTIFIER_NATS_URL": settings.nats_url,
                    "ZONES_NOTIFIER_PORT": str(settings.port),
                    "ZONES_NOTIFIER_CLOCK": str(settings.clock),
                },
                stdout=log,
                stderr=log,
            )

    async def end(self, how: signal.Signals) -> int:
        assert self._process
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(how)
        return await self._process.wait()


def settings(folder: Path, broker: NatsServer, **others: Any) -> Settings:  # noqa: ANN401
    told = {"clock": "events", **others}
    return Settings(data=folder, nats_url=broker.url, port=free_port(), **told)


@asynccontextmanager
async def asking(those: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(
        base_url=f"http://127.0.0.1:{those.port}", trust_env=False, verify=False
    ) as http:
        yield http


@asynccontextmanager
async def a_process(those: Settings) -> AsyncIterator[Process]:
    async with asking(those) as http:
        process = Process(http, those)
        await process.start()
        try:
            yield process
        finally:
            await process.end(signal.SIGKILL)


@asynccontextmanager
async def a_service(those: Settings) -> AsyncIterator[Service]:
    """The service in this process."""
    async with asking(those) as http:
        running = asyncio.create_task(app.run(those))
        try:
            yield Service(http)
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running


@asynccontextmanager
async def a_bus(folder: Path) -> AsyncIterator[tuple[NatsServer, Client]]:
    async with nats_server(folder) as server, connected(server.url) as client:
        await provision(client, Topology())
        yield server, client


async def say(client: Client, *events: CloudEvent) -> None:
    for event in events:
        await client.jetstream().publish(
            subject_of(event), event.to_json(), headers={"Nats-Msg-Id": event.key}
        )


async def heard(client: Client, subjects: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
    """Return what is on NOTICES under these subjects."""
    stream = client.jetstream()
    info = await stream.stream_info("NOTICES")
    messages = [await stream.get_msg("NOTICES", seq) for seq in range(1, info.state.last_seq + 1)]
    return [
        (str(it.subject), json.loads(it.data or b""))
        for it in messages
        if any(str(it.subject).startswith(each) for each in subjects)
    ]


def rules_without_night(folder: Path, *, minutes: int = 240) -> Path:
    """For whoever looks at the wall: nobody knows at what time tests run."""
    rules = folder / "notices.toml"
    shipped = SHIPPED_NOTICES.read_text().replace("from = 20:00:00", "from = 08:00:00")
    rules.write_text(shipped.replace("socially_engaged = 240", f"socially_engaged = {minutes}"))
    return rules


def quiet(status: dict[str, Any]) -> bool:
    return bool(status["ready"]) and status["lag"] == 0


async def test_what_happens_is_told_once_through_kills_and_restarts(tmp_path: Path) -> None:
    """The straight line: three streams in, one out, an inbox, an acknowledgement; and a kill."""
    async with a_bus(tmp_path / "nats") as (server, client):
        async with a_process(settings(tmp_path / "data", server)) as process:
            await process.until("/v1/status", quiet)
            await say(client, editor(), coordinator(), follow("fay"))
            await process.until("/v1/status", quiet)
            await say(client, moved())
            await process.until("/v1/inbox/ann", lambda inbox: len(inbox["notices"]) == 1)
            await say(client, submitted(), recognised(), published())
            await process.until("/v1/alerts?open=true", lambda answer: len(answer["alerts"]) == 1)
            await process.end(signal.SIGKILL)
            await say(client, happened("like", "bob", at=NINE + 3 * HOURS), submitted(draft="d-2"))
            await process.start()
            await process.until("/v1/alerts?open=true", lambda answer: len(answer["alerts"]) == 2)
            await say(client, approved(draft="d-2", at=NINE + 3 * HOURS))
            open_ones = await process.until(
                "/v1/alerts?open=true", lambda answer: len(answer["alerts"]) == 1
            )
            [alert] = open_ones["alerts"]
            assert alert["state"] == "at_risk"
            assert alert["seconds_left"] == 3600
            answer = await process.post(f"/v1/alerts/{alert['id']}/ack", {"by": "eddi"})
            assert answer["changed"]
            assert answer["alert"]["resolved"] == "acknowledged"
            assert answer["alert"]["kept"]
            await process.until("/v1/status", quiet)
            assert await process.end(signal.SIGTERM) == 0

        alerts = await heard(client, ["alert."])
        assert [(subject, it["data"]["draft_id"]) for subject, it in alerts] == [
            ("alert.raised.v1.fast_track.ann", "d-1"),
            ("alert.at_risk.v1.fast_track.ann", "d-1"),
            ("alert.raised.v1.fast_track.ann", "d-2"),
            ("alert.at_risk.v1.fast_track.ann", "d-2"),
            ("alert.resolved.v1.fast_track.ann", "d-2"),
            ("alert.resolved.v1.fast_track.ann", "d-1"),
        ]
        notices = [it["data"] for _, it in await heard(client, ["notice."])]
        told = sorted((it["recipient"], it["kind"]) for it in notices)
        assert told == [
            ("ann", "fast_track_granted"),
            ("ann", "recognition"),
            ("eddi", "fast_track_alert"),
            ("eddi", "fast_track_alert"),
            ("eddi", "fast_track_at_risk"),
            ("eddi", "fast_track_at_risk"),
            ("eddi", "fast_track_granted"),
            ("fay", "announcement"),
        ]
        assert len({it["id"] for it in notices}) == len(notices)


async def test_the_wall_breaks_promises_only_after_all_is_read(tmp_path: Path) -> None:
    rules = rules_without_night(tmp_path, minutes=1)
    long_ago = NINE - 24 * HOURS
    async with (
        a_bus(tmp_path / "nats") as (server, client),
        a_service(settings(tmp_path / "data", server, clock="wall", notices=rules)) as service,
    ):
        await say(client, moved(at=long_ago))
        await service.until("/v1/inbox/ann", lambda inbox: len(inbox["notices"]) == 1)
        await say(client, submitted(at=long_ago))
        answer = await service.until(
            "/v1/alerts", lambda it: [a["state"] for a in it["alerts"]] == ["breached"]
        )
        assert answer["alerts"][0]["escalated_to"] == ["_org"]
        assert answer["alerts"][0]["seconds_left"] < 0


async def test_what_cannot_be_read_is_parked_and_the_rest_goes_on(tmp_path: Path) -> None:
    async with (
        a_bus(tmp_path / "nats") as (server, client),
        a_service(settings(tmp_path / "data", server)) as service,
    ):
        await client.jetstream().publish("activity.v1.draft_submitted.ann", b"{}")
        await client.jetstream().publish("zone.changed.v1.content_creator.ann", b"{}")
        await say(client, moved())

        await service.until("/v1/inbox/ann", lambda inbox: len(inbox["notices"]) == 1)
        parked = await service.until("/v1/parked", lambda answer: len(answer["parked"]) == 2)
        row = parked["parked"][0]["id"]
        assert not (await service.post(f"/v1/parked/{row}/retry", None))["resolved"]


async def test_quiet_hours_go_by_the_time_zone_that_the_service_is_told(tmp_path: Path) -> None:
    async with (
        a_bus(tmp_path / "nats") as (server, _),
        a_service(settings(tmp_path / "data", server, timezone="Asia/Kathmandu")) as service,
    ):
        wanted = await service.until("/v1/members/ann/preferences", bool)

        assert wanted["timezone"] == "Asia/Kathmandu"


async def test_the_wall_waits_for_an_answer_that_is_still_on_the_bus(tmp_path: Path) -> None:
    async with (
        a_bus(tmp_path / "nats") as (_, client),
        a_notifier(tmp_path, clock="wall") as notifier,
        asyncio.TaskGroup() as tasks,
    ):
        await notifier.hears(moved())
        await notifier.hears(submitted(at=NINE))
        await say(client, approved(at=NINE + HOURS))
        ticking = tasks.create_task(Ticking(client, notifier.store, notifier.notifying).tick())
        await asyncio.sleep(1.5)
        assert await notifier.alerts() == ["alert-raised"]

        hearing = Hearing(notifier.store, READERS, notifier.notifying.take, batch=100)
        hearing_task = tasks.create_task(hearing.hear(client))
        async with asyncio.timeout(PATIENCE):
            while await notifier.alerts() == ["alert-raised"]:
                await asyncio.sleep(0.05)
        assert await notifier.alerts() == ["alert-raised", "alert-resolved"]
        ticking.cancel()
        hearing_task.cancel()


async def test_a_draft_is_alerted_within_a_second_when_nothing_else_goes_on(
    tmp_path: Path,
) -> None:
    """From the bus, through the log, to the bus and the editor's inbox."""
    async with (
        a_bus(tmp_path / "nats") as (server, client),
        a_service(
            settings(tmp_path / "data", server, clock="wall", notices=rules_without_night(tmp_path))
        ) as service,
    ):
        await say(client, editor())
        await service.until("/v1/status", quiet)
        await say(client, moved())
        await service.until("/v1/inbox/eddi", lambda inbox: len(inbox["notices"]) == 1)
        await service.until("/v1/status", quiet)
        alerted = await client.subscribe("alert.raised.v1.fast_track.ann")
        for number in range(5):
            await asyncio.sleep(0.3)
            begun = time.monotonic()
            await say(client, submitted(draft=f"d-{number}", at=datetime.now(UTC)))
            told = json.loads((await alerted.next_msg(timeout=PATIENCE)).data)
            assert time.monotonic() - begun < 1
            assert told["data"]["draft_id"] == f"d-{number}"
            assert told["data"]["to"] == ["eddi"]
        inbox = await service.get("/v1/inbox/eddi")
        assert [it["kind"] for it in inbox["notices"]].count("fast_track_alert") == 5


async def test_a_promise_that_ran_out_while_nobody_was_there_is_broken_once(
    tmp_path: Path,
) -> None:
    """Timers are in the log: a restart forgets none, and repeats none."""
    rules = rules_without_night(tmp_path, minutes=1)
    async with a_bus(tmp_path / "nats") as (server, client):
        those = settings(tmp_path / "data", server, clock="wall", notices=rules)
        async with a_service(those) as service:
            await say(client, editor(), moved())
            await service.until("/v1/inbox/ann", lambda inbox: len(inbox["notices"]) == 1)
            await say(client, submitted(at=datetime.now(UTC) - HOURS * 55 / 3600))
            await service.until(
                "/v1/alerts", lambda it: [a["state"] for a in it["alerts"]] == ["at_risk"]
            )
        await asyncio.sleep(5.5)
        for _ in range(2):
            async with a_service(those) as service:
                await service.until(
                    "/v1/alerts", lambda it: [a["state"] for a in it["alerts"]] == ["breached"]
                )
                await service.until("/v1/status", quiet)
        said = [subject for subject, _ in await heard(client, ["alert."])]
        assert said == [
            f"alert.{stage}.v1.fast_track.ann" for stage in ("raised", "at_risk", "breached")
        ]
