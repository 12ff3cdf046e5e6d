"""Logs are events with fields."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from shared.runtime import logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield io.StringIO()
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_an_event_is_one_line_of_json_with_its_fields(stream: io.StringIO) -> None:
    logs.configure("rewards", stream)
    with structlog.contextvars.bound_contextvars(correlation="c-1"):
        structlog.get_logger().info("rewards.recognition_granted", member="m-1", n=3)
    [line] = stream.getvalue().splitlines()
    told = json.loads(line)
    assert told.pop("timestamp").endswith("Z")
    assert told == {
        "event": "rewards.recognition_granted",
        "level": "info",
        "service": "rewards",
        "member": "m-1",
        "n": 3,
        "correlation": "c-1",
    }


def test_what_libraries_log_has_the_same_shape(stream: io.StringIO) -> None:
    logs.configure("rewards", stream)
    logging.getLogger("some.library").warning("it is %s", "late")
    told = json.loads(stream.getvalue())
    assert (told["event"], told["level"], told["service"]) == ("it is late", "warning", "rewards")


def test_a_traceback_stays_within_its_line(stream: io.StringIO) -> None:
    logs.configure("rewards", stream)
    structlog.get_logger().error("failed", exc_info=KeyError("x"))
    [line] = stream.getvalue().splitlines()
    assert "KeyError" in json.dumps(json.loads(line)["exception"])


def test_what_is_below_the_level_is_not_said(stream: io.StringIO) -> None:
    logs.configure("rewards", stream, level="WARNING")
    structlog.get_logger().info("rewards.recognition_granted")
    logging.getLogger("some.library").info("chatter")
    assert not stream.getvalue()


def test_a_traceback_gives_no_secret_away(stream: io.StringIO) -> None:
    """Local variables hold settings, and settings hold tokens: a log shows neither."""

    def fail(token: str) -> None:
        raise ValueError(f"{len(token)} letters")

    logs.configure("ingest", stream)
    try:
        fail("canary")
    except ValueError:
        structlog.get_logger().exception("ingest.failed")
    assert "6 letters" in stream.getvalue()
    assert "canary" not in stream.getvalue().replace('fail("canary")', "")
