"""What others recorded and specified, where it is at hand."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.activity import Activity
from tests.contracts.examples import Refused, accept, an_activity

DATA = Path(__file__).parents[3] / "shared" / "data"
RECORDED = DATA / "activity"
CONFORMANCE = DATA / "platforms" / "cloudevents-conformance"

recorded = pytest.mark.skipif(not RECORDED.is_dir(), reason=f"there is no {RECORDED.name} data")
conformance = pytest.mark.skipif(
    not CONFORMANCE.is_dir(), reason="the CloudEvents conformance cases are not here"
)


@recorded
@pytest.mark.parametrize(
    ("name", "every"), [("community-2011-2018.jsonl.gz", 1), ("retweets-2012.jsonl.gz", 20)]
)
def test_recorded_activity_is_accepted_whole(name: str, every: int) -> None:
    """All that is lost is the handles; a list or a fraction of a second goes if it is empty."""
    with gzip.open(RECORDED / name) as lines:
        for number, line in enumerate(lines):
            if number % every:
                continue
            activity = accept(line)

            assert Activity.model_validate_json(activity.to_json()).to_json() == activity.to_json()
            event = json.loads(line.replace(b".000Z", b"Z"))
            event["data"] = {name: value for name, value in event["data"].items() if value != []}
            event["data"].pop("handle", None)
            assert json.loads(activity.to_json()) == event


def yaml_cases() -> Iterator[Any]:
    """Each document of the conformance cases: attributes by name, and the data as it stands."""
    for path in sorted(CONFORMANCE.glob("yaml/**/*.yaml")):
        for number, document in enumerate(path.read_text(encoding="utf-8").split("\n---\n")):
            attributes, _, data = document.partition("\nData: |\n")
            said = dict(re.findall(r"^  (?!  )(\w+): *(\S.*)$", attributes, re.MULTILINE))
            yield pytest.param(said, data.strip(), id=f"{path.stem}-{number}")


@conformance
@pytest.mark.parametrize(("attributes", "data"), list(yaml_cases()))
def test_a_conforming_event_is_accepted_as_far_as_ours_are_conforming(
    attributes: dict[str, str], data: str
) -> None:
    """Version 1.0, JSON, and an object: then id, source and time are taken as they are."""
    media_type = attributes.get("datacontenttype", "application/json")
    json_data = json.loads(data) if media_type.startswith("application/json") else data
    event = an_activity(**(attributes | {"type": "zones.activity.share.v1", "data": json_data}))

    if attributes["specversion"] != "1.0":
        with pytest.raises(Refused, match="specversion"):
            accept(event)
    elif not media_type.startswith("application/json"):
        with pytest.raises(Refused, match="datacontenttype"):
            accept(event)
    elif not isinstance(json_data, dict):
        with pytest.raises(Refused, match="data: must be an object"):
            accept(event)
    else:
        written = json.loads(accept(event).to_json())
        taken = attributes.keys() & {"id", "source", "time", "specversion"}
        assert {name: written[name] for name in taken} == {name: attributes[name] for name in taken}


def features() -> Iterator[Any]:
    """Each structured message of the bindings, with the table of what it says."""
    for path in sorted(CONFORMANCE.glob("features/*.feature")):
        _, _, structured = path.read_text(encoding="utf-8").partition("Structured content mode")
        message = json.loads(re.search(r"\{\n.*?\n {8}\}", structured, re.DOTALL)[0])  # type: ignore[index]
        table = dict(re.findall(r"\| +(\w+) \| (\S+) +\|", structured))
        yield pytest.param(message, table, id=path.stem)


@conformance
@pytest.mark.parametrize(("message", "table"), list(features()))
def test_a_structured_message_says_what_the_bindings_say_it_does(
    message: dict[str, Any], table: dict[str, str]
) -> None:
    ours = {"type": "zones.activity.share.v1", "subject": "ann"}

    activity = accept(message | ours)

    assert message["data"] == {"message": "Hello World!"}
    written = json.loads(activity.to_json())
    assert {name: written[name] for name in table if name not in {"key", "type"}} == {
        name: value for name, value in table.items() if name not in {"key", "type"}
    }
    assert written["data"] == {}, "a message text is not for the bus"
