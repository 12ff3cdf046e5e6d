"""`zones publish`: files onto the bus, and one clear line for whatever is wrong with them."""

import asyncio
import gzip
import io
import json
import os
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
import pytest_asyncio

from services.__main__ import run
from tests.ingest.commands import Command, Ended
from tests.ingest.examples import Event, activities, an_activity
from tests.ingest.running import Ingest, provisioned, running, stored
from tests.nats import free_port, nats_server

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ingest(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ingest]:
    async with running(tmp_path_factory.mktemp("ingest")) as ingest:
        yield ingest


async def publish(url: str, *arguments: str | Path, said: bytes = b"") -> Ended:
    """Run the command as a person does, in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services", "publish", *map(str, arguments)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "ZONES_DATA": "/nonexistent", "ZONES_INGEST_URL": url},
    )
    out, err = await process.communicate(said)
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


@pytest.fixture
def command(ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run the command in this process, which saves a second each time."""
    monkeypatch.setenv("ZONES_DATA", "/nonexistent")
    monkeypatch.setenv("ZONES_INGEST_URL", ingest.url)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)

    async def command(*arguments: str | Path) -> Ended:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = await asyncio.to_thread(run, ["publish", *map(str, arguments)])
        return Ended(code, out.getvalue(), err.getvalue())

    return command


def lines(events: Iterable[Event]) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


async def test_a_file_is_published_in_its_order(ingest: Ingest, tmp_path: Path) -> None:
    events = activities(2300, "file")
    path = tmp_path / "events.jsonl"
    path.write_bytes(lines(events))

    assert await publish(ingest.url, path) == Ended(
        0, "accepted 2300, duplicates 0, refused 0\n", ""
    )
    said = await ingest.said("activity.v1.*.*.file")
    assert [event["id"] for event in said] == [event["id"] for event in events]

    again = await publish(ingest.url, path, "--json")
    assert json.loads(again.out) == {"accepted": 0, "duplicates": 2300, "refused": 0}


@pytest.mark.parametrize("form", ["gzip", "byte order mark", "windows", "no last newline"])
async def test_any_sort_of_json_lines_will_do(command: Command, tmp_path: Path, form: str) -> None:
    plain = lines(activities(3, form.replace(" ", "-")))
    path = tmp_path / "events"
    path.write_bytes(
        {
            "gzip": gzip.compress(plain[:50]) + gzip.compress(plain[50:]),
            "byte order mark": b"\xef\xbb\xbf" + plain,
            "windows": plain.replace(b"\n", b"\r\n\r\n"),
            "no last newline": plain.rstrip(),
        }[form]
    )

    assert (await command(path)).out == "accepted 3, duplicates 0, refused 0\n"


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
async def test_standard_input_will_do_too(ingest: Ingest, pack: type[bytes]) -> None:
    said = pack(lines(activities(3, f"stdin-{pack.__name__}")))

    assert (await publish(ingest.url, "-", said=said)).out == (
        "accepted 3, duplicates 0, refused 0\n"
    )


async def test_what_is_refused_is_told_with_its_line(command: Command, tmp_path: Path) -> None:
    good = lines(activities(2, "good"))
    path = tmp_path / "events.jsonl"
    path.write_bytes(
        good + b"\n" + lines([an_activity("shore", id="bad")]) + b"{not JSON\n" + b"x" * 200_000
    )

    ended = await command(path)

    assert (ended.code, ended.out) == (1, "accepted 2, duplicates 0, refused 3\n")
    [first, second, third] = ended.err.splitlines()
    assert first.startswith("line 4: bad: unknown_kind: ")
    assert second.startswith("line 5: -: malformed: this is not JSON: ")
    assert third.startswith("line 6: -: too_large: ")


async def test_only_so_many_are_told(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(lines([an_activity("shore")] * 25))

    ended = await command(path, "--json")

    assert (ended.code, json.loads(ended.out)["refused"]) == (1, 25)
    assert len(ended.err.splitlines()) == 21
    assert ended.err.splitlines()[-1] == "and 5 more were refused"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("missing.jsonl", None, "there is no file {path}"),
        (".", None, "{path} is a directory: name a file in it"),
        ("empty.jsonl", b"\n \n", "{path} is empty: there is nothing to publish"),
        ("empty.gz", gzip.compress(b""), "{path} is empty: there is nothing to publish"),
        ("plain.gz", b"{}", "{path} is not gzipped, whatever its name says"),
        ("utf-16.jsonl", "{}".encode("utf-16"), "{path}: line 1 is not UTF-8"),
        (
            "array.json",
            b"[\n{}\n]",
            "{path} is a JSON array: put one event on each line (jq -c '.[]' does)",
        ),
    ],
    ids=["missing", "directory", "empty", "empty gzip", "no gzip", "utf-16", "array"],
)
async def test_a_file_that_cannot_be_read_is_told_in_one_line(
    command: Command, tmp_path: Path, name: str, content: bytes | None, why: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)

    ended = await command(path)

    assert ended == Ended(1, "", f"zones: {why.format(path=path)}\n")


@pytest.mark.parametrize("damage", ["truncated", "corrupt", "not UTF-8"])
async def test_what_came_before_the_damage_is_published(
    ingest: Ingest, command: Command, tmp_path: Path, damage: str
) -> None:
    events = activities(1500, damage.replace(" ", "-"))
    packed = gzip.compress(lines(events))
    path = tmp_path / "events.gz"
    path.write_bytes(
        {
            "truncated": packed[: len(packed) // 2],
            "corrupt": packed[:-20] + b"\xff" * 12 + packed[-8:],
            "not UTF-8": gzip.compress(lines(events[:1200]) + b'"\xff"\n' + lines(events[1200:])),
        }[damage]
    )

    ended = await command(path)

    assert ended.code == 1
    assert str(path) in ended.err.splitlines()[-1]
    said = await ingest.said(f"activity.v1.*.*.{damage.replace(' ', '-')}")
    assert [event["id"] for event in said] == [event["id"] for event in events[: len(said)]]
    assert ended.out.startswith(f"accepted {len(said)}, duplicates 0, ")
    assert len(said) > 500


async def test_killing_the_broker_on_the_way_costs_nothing(ingest: Ingest, tmp_path: Path) -> None:
    events = activities(4000, "outage")
    path = tmp_path / "events.jsonl"
    path.write_bytes(lines(events))

    async def kill() -> None:
        while not await ingest.said("activity.v1.*.*.outage"):
            await asyncio.sleep(0.05)
        await ingest.nats.kill()
        await asyncio.sleep(0.3)
        await ingest.nats.start()

    ended, _ = await asyncio.gather(publish(ingest.url, path), kill())

    assert ended.code == 0, ended.err
    said = await ingest.said("activity.v1.*.*.outage")
    assert [event["id"] for event in said] == [event["id"] for event in events]


async def test_killing_ingest_on_the_way_costs_nothing_either(tmp_path: Path) -> None:
    people = [f"m{number}" for number in range(100)]
    events = [an_activity(id=f"{n}-{who}", subject=who) for n in range(40) for who in people]
    path = tmp_path / "events.jsonl"
    path.write_bytes(lines(events))
    async with nats_server(tmp_path / "nats") as nats:
        await provisioned(nats)
        environment = {
            **os.environ,
            "ZONES_DATA": str(tmp_path),
            "ZONES_NATS_URL": nats.url,
            "ZONES_INGEST_PORT": str(free_port()),
        }

        async def serve() -> asyncio.subprocess.Process:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "services", "serve", "ingest"),
                env=environment,
                stderr=asyncio.subprocess.DEVNULL,
            )

        async def kill() -> None:
            first = await serve()
            while not await stored(nats):
                await asyncio.sleep(0.05)
            first.kill()
            await first.wait()
            serving.append(await serve())

        serving: list[asyncio.subprocess.Process] = []
        url = f"http://127.0.0.1:{environment['ZONES_INGEST_PORT']}"
        ended, _ = await asyncio.gather(publish(url, path), kill())
        for process in serving:
            process.terminate()
            assert await process.wait() == 0

        assert ended.code == 0, ended.err
        said = [event for _, event in await stored(nats)]
        assert [event["id"] for event in said] == [event["id"] for event in events]


async def test_when_nobody_answers_it_gives_up_in_the_end() -> None:
    url = "http://127.0.0.1:9"

    ended = await publish(url, "-", "--wait", "0.5", said=lines(activities(1)))

    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines() == [
        f"ingest does not answer at {url}: trying again for 0.5 seconds",
        f"zones: ingest does not answer at {url}; publish the file again when it is back",
    ]
