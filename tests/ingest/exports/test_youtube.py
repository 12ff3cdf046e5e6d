"""YouTube's watch history, with every trap that real ones have."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.ingest.exports.examples import Told, in_folder, read

NAME = "Takeout/YouTube and YouTube Music/history/watch-history.json"


def an_entry(**instead: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {
        "header": "YouTube",
        "title": "Watched How bread is baked",
        "titleUrl": "https://www.youtube.com/watch?v\u003dabcDEF12345",
        "subtitles": [{"name": "A channel", "url": "https://www.youtube.com/channel/UCabc123_-x"}],
        "time": "2023-05-06T07:08:09.123Z",
        "products": ["YouTube"],
        **instead,
    }


def told(folder: Path, *entries: Any) -> Told:  # noqa: ANN401 - JSON
    return read("youtube", in_folder(folder, {NAME: json.dumps(entries)}))


def test_a_video_that_was_watched_is_a_view_of_its_channel(tmp_path: Path) -> None:
    event = told(tmp_path, an_entry()).only

    assert event["type"] == "zones.activity.view.v1"
    assert event["id"] == "watch:abcDEF12345:2023-05-06T07:08:09.123Z"
    assert event["data"] == {
        "object": {
            "id": "abcDEF12345",
            "kind": "video",
            "url": "https://www.youtube.com/watch?v=abcDEF12345",
        },
        "target": "youtube:UCabc123_-x",
    }


def test_watching_again_is_another_view(tmp_path: Path) -> None:
    found = told(tmp_path, an_entry(), an_entry(time="2023-05-07T07:08:09Z"))

    assert [event["id"].rpartition("T")[2] for event in found.events] == [
        "07:08:09.123Z",
        "07:08:09Z",
    ]


def test_without_a_channel_there_is_no_target(tmp_path: Path) -> None:
    entry = an_entry()
    del entry["subtitles"]

    assert "target" not in told(tmp_path, entry).only["data"]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"titleUrl": None, "title": "Watched a video that has been removed"}, "removed"),
        (
            {"titleUrl": "https://music.youtube.com/", "title": "Visited YouTube Music"},
            "not_a_video",
        ),
        ({"titleUrl": "https://www.youtube.com/post/Ugk", "title": "Viewed"}, "not_a_video"),
        ({"titleUrl": "https://example.org/watch?v=abcDEF12345"}, "not_a_video"),
        ({"details": [{"name": "From Google Ads"}]}, "advertisement"),
        ({"time": None}, "no_time"),
    ],
)
def test_what_is_no_view_is_counted(tmp_path: Path, entry: dict[str, Any], reason: str) -> None:
    found = told(tmp_path, an_entry(**entry))

    assert found.skipped == {reason: 1}
    assert not found.events


@pytest.mark.parametrize(
    "address",
    [
        "https://music.youtube.com/watch?v=abcDEF12345&list=x",
        "https://youtu.be/abcDEF12345",
        "https://www.youtube.com/shorts/abcDEF12345",
    ],
)
def test_a_video_has_many_addresses(tmp_path: Path, address: str) -> None:
    assert told(tmp_path, an_entry(titleUrl=address)).only["data"]["object"]["id"] == "abcDEF12345"


def test_a_page_for_people_is_refused_with_what_to_do(tmp_path: Path) -> None:
    found = read("youtube", in_folder(tmp_path, {NAME.replace(".json", ".html"): "<html>"}))

    [refused] = found.refused
    assert "choose JSON" in refused.detail


def test_in_another_language_the_file_has_another_name(tmp_path: Path) -> None:
    entry = an_entry(title="„Wie man Brot backt“ angesehen")
    path = in_folder(tmp_path, {"Wiedergabeverlauf.json": json.dumps([entry], indent=2)})

    assert read("youtube", path / "Wiedergabeverlauf.json").kinds == ["view"]
