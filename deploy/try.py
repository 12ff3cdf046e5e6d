"""Builds the image, starts the compose file, and tries whether everything keeps its promises.

    .venv/bin/python deploy/try.py [FILE.jsonl.gz]

It needs an engine with `docker compose`, and leaves nothing behind: the project, its volumes, its
ports and its image are its own. It is in Python, and not a script of the shell, because it feeds
one publisher while it kills others, reads what they answer, and compares exports to the byte.
"""

import argparse
import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib import request

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parent
RECORDED: Final = ROOT.parent / "shared/data/activity/community-2011-2018.jsonl.gz"
"""What a community did in seven years, on machines that have it."""
GENERATED: Final = """
import json, datetime
from services import organisation
for event in organisation.events(ends=datetime.date(2026, 3, 1)):
    print(json.dumps(event))
"""
SERVICES: Final = ("ingest", "classifier", "rewards", "notifier")
LASTING: Final = ("nats", *SERVICES)
EXPORTS: Final = ("members", "changes", "recognitions")
IMAGE: Final = "engagement-zones:0.0.0-try"
PROJECT: Final = f"zones-try-{os.getpid()}"
PATIENCE: Final = 120.0
"""For how many seconds nothing may move."""
UID: Final = "10001:10001"
FOREIGN: Final = ("gcc", "cc", "make", "pip", "pip3", "nats-server", "hypothesis", "pytest")
KILL: Final = "kill -KILL $(cat /proc/1/task/1/children)"
"""The process that the engine's init has started: it dies as of a crash, and is started again."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path, nargs="?", default=RECORDED)
    file: Path = parser.parse_args().file
    os.environ |= {
        **{f"PUBLISHED_{name.upper()}_PORT": str(free_port()) for name in LASTING},
        "ZONES_IMAGE": IMAGE,
        "ZONES_CLOCK": "events",
    }
    try:
        with told("the image is built"):
            compose("build", "keys")
        look_at_the_image()
        with told("everything is healthy, from nothing"):
            compose("up", "--detach", "--wait")
        look_at_the_containers()
        events = read(file)
        say(f"publishing {len(events)} events")
        first = publish_while_killing(events)
        publish_again(events, first)
        compare(events, first)
        stop_and_start(first)
        back_up_and_restore(first)
    finally:
        with told("everything is gone"):
            compose("--profile", "tools", "down", "--volumes", "--remove-orphans", check=False)
            docker("image", "rm", "--force", IMAGE, check=False)


def look_at_the_image() -> None:
    [it] = json.loads(docker("image", "inspect", IMAGE))
    config = it["Config"]
    hold(config["User"] == UID, "the image's user is nobody in particular")
    hold(config["Healthcheck"]["Test"][-1] == "services.ready", "its health is its readiness")
    hold("org.opencontainers.image.version" in config["Labels"], "its labels say what it is")
    found = docker(
        *("run", "--rm", "--user", "0", "--entrypoint", "sh", IMAGE, "-c"),
        f"for it in {' '.join(FOREIGN)}; do command -v $it; done;"
        " find / -xdev -name .cache -o -name 'pip-*.whl'",
    )
    hold(not found.strip(), "it holds no compiler, no pip, no broker and no cache")
    say(f"the image has {it['Size'] / 1e6:.0f} MB")


def look_at_the_containers() -> None:
    for name in LASTING:
        [it] = json.loads(docker("inspect", container(name)))
        host = it["HostConfig"]
        ports = [one["HostIp"] for many in host["PortBindings"].values() for one in many]
        hold(it["Config"]["User"] == UID, f"{name} runs as nobody in particular")
        hold(host["ReadonlyRootfs"] and host["CapDrop"] == ["ALL"], f"{name} has no rights")
        hold(bool(host["Memory"] and host["PidsLimit"]), f"{name} has limits")
        hold(set(ports) == {"127.0.0.1"}, f"{name} is published to this machine only")
    for name in SERVICES:
        keys = compose("exec", "-T", name, "find", "/run/zones", "-type", "f").split()
        hold({Path(it).parent.name for it in keys} == {name}, f"{name} has its own keys only")


def publish_while_killing(events: list[str]) -> dict[str, str]:
    """Publish all of it, kill the classifier and the broker meanwhile, and return the exports."""
    third = len(events) // 3 + 1
    with subprocess.Popen(
        [*COMPOSE, *ZONES, "publish", "-", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as publishing:
        assert publishing.stdin  # noqa: S101 - it was asked for
        for number, victim in enumerate(("classifier", "nats", None)):
            part = events[number * third : (number + 1) * third]
            publishing.stdin.write("".join(part).encode())
            publishing.stdin.flush()
            if victim:
                time.sleep(0.5)
                compose("exec", "-T", victim, "sh", "-c", KILL, check=False)
                say(f"killed the process of {victim}")
        out, _ = publishing.communicate(timeout=PATIENCE)
    counts = json.loads(out)
    hold(counts["accepted"] + counts["duplicates"] == len(events), f"all were taken: {counts}")
    for victim in ("classifier", "nats"):
        restarts = docker("inspect", "--format", "{{.RestartCount}}", container(victim))
        hold(int(restarts) > 0, f"{victim} was started again")
    return quiet_exports(len(events))


def publish_again(events: list[str], first: dict[str, str]) -> None:
    counts = json.loads(zones("publish", "-", "--json", stdin="".join(events)))
    hold(counts["refused"] == 0, f"published once more: {counts}")
    hold(quiet_exports(len(events)) == first, "and nothing has changed")


def compare(events: list[str], first: dict[str, str]) -> None:
    """Hold it against `zones up` on this machine, where that can be run."""
    if subprocess.run([*UP, "--version"], capture_output=True, check=False, cwd=ROOT).returncode:
        say("not compared with zones up: this Python has not what it needs")
        return
    with tempfile.TemporaryDirectory() as folder:
        data = ["--data", folder]
        with subprocess.Popen(
            [*UP, "up", *data, "--port", "0", "--clock", "events"],
            stdout=subprocess.DEVNULL,
            cwd=ROOT,
            env={name: it for name, it in os.environ.items() if not name.startswith("ZONES_")},
        ) as system:
            try:
                wait("zones up", lambda: not (Path(folder) / "run.json").exists())
                running = json.loads((Path(folder) / "run.json").read_text())
                run([*UP, "publish", "-", *data], stdin="".join(events))
                wait("zones up", lambda: left(running["services"], ""))
                other = {it: run([*UP, "export", it, *data]) for it in EXPORTS}
                other["digest"] = json.loads(run([*UP, "verify", "--json", *data]))["digest"]
            finally:
                system.send_signal(signal.SIGTERM)
    hold(other == first, "zones up on this machine comes to the same, to the byte")


def stop_and_start(first: dict[str, str]) -> None:
    with told("everything stops when it is asked to"):
        compose("stop")
    for name in LASTING:
        code = docker("inspect", "--format", "{{.State.ExitCode}}", container(name))
        hold(code.strip() == "0", f"{name} ended in order")
    with told("everything is healthy again"):
        compose("up", "--detach", "--wait")
    hold(quiet_exports() == first, "and nothing has changed")


def back_up_and_restore(first: dict[str, str]) -> None:
    """As README.md says it."""
    compose("stop")
    archive = subprocess.run(
        [*COMPOSE, "run", "--rm", "-T", "archive"], capture_output=True, check=True
    ).stdout
    say(f"a backup has {len(archive) / 1e6:.0f} MB")
    compose("--profile", "tools", "down", "--volumes")
    compose("create")
    subprocess.run(
        [*COMPOSE, "run", "--rm", "-T", "archive", "--extract"],
        input=archive,
        capture_output=True,
        check=True,
    )
    compose("up", "--detach", "--wait")
    hold(quiet_exports() == first, "what was backed up is there again, with new keys")


def quiet_exports(events: int | None = None) -> dict[str, str]:
    """Wait until everybody is done, and return all that can be exported, recounted."""
    token = compose("run", "--rm", "-T", "--entrypoint", "cat", "zones", TOKEN).strip()
    ports = {name: os.environ[f"PUBLISHED_{name.upper()}_PORT"] for name in SERVICES}
    addresses = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    wait("everybody", lambda: left(addresses, token))
    verified = json.loads(zones("verify", "--json"))
    hold(verified["equal"], f"recounted: {verified['events']} events of {verified['members']}")
    if events is not None:
        hold(verified["events"] == events, "as many as were published")
    return {**{it: zones("export", it) for it in EXPORTS}, "digest": verified["digest"]}


def left(addresses: dict[str, str], token: str) -> dict[str, object]:
    """Return what each has still to do, who is asked twice over: nothing where all are ready."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    found: dict[str, object] = {}
    for name, address in [*addresses.items()] * 2:
        try:
            asked = request.Request(f"{address}/v1/status", headers=headers)  # noqa: S310 - ours
            with request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - see above
                status = json.load(answer)
        except OSError as error:
            found[name] = str(error)
        else:
            if not status["ready"] or status["lag"] != 0:
                found[name] = status["lag"]
    return found


def read(file: Path) -> list[str]:
    """Return the events of a file, or of a generated organisation where there is none."""
    if file.exists():
        return gzip.decompress(file.read_bytes()).decode().splitlines(keepends=True)
    made = docker("run", "--rm", "--entrypoint", "python", IMAGE, "-c", GENERATED)
    return made.splitlines(keepends=True)


COMPOSE: Final = (
    *("docker", "compose", "--project-name", PROJECT),
    *("--file", str(HERE / "compose.yaml"), "--env-file", os.devnull),
)
ZONES: Final = ("run", "--rm", "-T", "zones")
UP: Final = (sys.executable, "-m", "services")
TOKEN: Final = "/run/zones/operator/token"  # noqa: S105 - where it is


def compose(*words: str, check: bool = True) -> str:
    return run([*COMPOSE, *words], check=check)


def zones(*words: str, stdin: str = "") -> str:
    return run([*COMPOSE, *ZONES, *words], stdin=stdin)


def docker(*words: str, check: bool = True) -> str:
    return run(["docker", *words], check=check)


def run(command: list[str], *, stdin: str = "", check: bool = True) -> str:
    done = subprocess.run(
        command, input=stdin, capture_output=True, text=True, check=False, cwd=ROOT
    )
    if check and done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}{done.stdout}")
    return done.stdout


def container(name: str) -> str:
    return compose("ps", "--all", "--quiet", name).strip()


def wait(who: str, left: Callable[[], object]) -> None:
    """Wait until nothing is left, as long as it becomes less or more: years take their time."""
    before: object = None
    patience = 0.0
    while it := left():
        if it != before:
            before, patience = it, time.monotonic() + PATIENCE
        elif time.monotonic() > patience:
            sys.exit(f"{who} is not done, and has not moved for {PATIENCE:.0f} s: {it}")
        time.sleep(0.2)


def hold(holds: Any, what: str) -> None:  # noqa: ANN401 - whatever is true or not
    say(f"{'✓' if holds else '✗'} {what}")
    if not holds:
        sys.exit(1)


@contextmanager
def told(what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    say(f"✓ {what}, {time.monotonic() - began:.1f} s")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
