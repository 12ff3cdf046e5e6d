"""LinkedIn's member export, with every trap that real ones have."""

from collections import Counter
from pathlib import Path

import pytest

from services.ingest.domain.identity import AccountName
from services.ingest.sources.exports.linkedin_times import when
from services.ingest.sources.sightings import instant
from tests.ingest.exports.examples import Contents, Told, in_folder, in_zip, read
from tests.ingest.exports.linkedins import (
    ARTICLE,
    COMMENTS,
    CONNECTIONS,
    FEED,
    POST,
    REACTIONS,
    SHARES,
    WHOLE,
)


def told(folder: Path, contents: Contents) -> Told:
    return read("linkedin", in_folder(folder, contents))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2024-06-17 06:01:43", "2024-06-17T06:01:43Z"),
        ("2017/06/08 08:15:44 UTC", "2017-06-08T08:15:44Z"),
        ("Tue Jun 18 12:03:31 UTC 2024", "2024-06-18T12:03:31Z"),
        ("6/14/24, 5:57 AM", "2024-06-14T05:57:00Z"),
        ("6/14/24, 5:57\u202fPM", "2024-06-14T17:57:00Z"),
        ("18 Jun 2021", "2021-06-18T00:00:00Z"),
        ("18-Jun-24", "2024-06-18T00:00:00Z"),
        ("1/14/2020 12:13", "2020-01-14T12:13:00Z"),
        ("2021-03-25 08:46 UTC", "2021-03-25T08:46:00Z"),
        ("2024-06-18 11:59:53 UTC", "2024-06-18T11:59:53Z"),
    ],
)
def test_each_form_of_a_time_is_read(said: str, meant: str) -> None:
    found = when(said)
    assert found
    assert instant(found) == meant


@pytest.mark.parametrize("said", ["", "soon", "31/31/2020 12:13", "9" * 100, "0000-00-00 00:00:00"])
def test_no_time_is_made_up(said: str) -> None:
    assert when(said) is None


def test_shares_are_posts_quotes_or_shares_by_what_is_in_the_row(tmp_path: Path) -> None:
    found = told(tmp_path, {"Shares.csv": SHARES})

    assert found.kinds == ["post", "quote", "share", "share", "post", "post"]
    assert [event["id"] for event in found.events][:2] == [
        f"urn:li:share:{POST}",
        "urn:li:share:7208709575000000001",
    ]
    assert found.events[4]["id"] == "urn:li:groupPost:44-7208717125000000001"
    assert found.events[1]["data"]["object"] == {
        "id": "https://example.org/a",
        "url": "https://example.org/a",
    }
    assert "object" not in found.events[3]["data"]
    assert not found.refused


def test_lines_of_a_share_end_in_quoted_line_breaks(tmp_path: Path) -> None:
    [post, *_] = told(tmp_path, {"Shares.csv": SHARES}).events

    assert post["data"]["topics"] == ["hiring"]
    assert post["data"]["text_length"] == len('First line\nsecond, with #Hiring and "quotes"')


def test_comments_escape_their_quotes_with_a_backslash(tmp_path: Path) -> None:
    found = told(tmp_path, {"Comments.csv": COMMENTS})

    assert not found.refused
    first, second = found.events
    assert first["id"] == f"comment:urn:li:activity:{POST}:1718708401"
    assert first["data"] == {
        "in_reply_to": f"urn:li:activity:{POST}",
        "conversation": f"urn:li:activity:{POST}",
        "text_length": len('They said "yes, but", and\nleft'),
    }
    assert second["data"]["topics"] == ["thought"]


@pytest.mark.parametrize("date", ['"6/14/24, 5:57 AM"', "18 Jun 2021", "1/14/2020 12:13"])
def test_where_a_row_does_not_tell_the_second_its_id_is_the_owners(
    tmp_path: Path, date: str
) -> None:
    """In a minute colleagues like one post, and one of them says two things under it."""
    post = f"{FEED}activity%3A{POST}"
    contents = {
        "Reactions.csv": f"Date,Type,Link\n{date},LIKE,{post}\n",
        "Comments.csv": f"Date,Link,Message\n{date},{post},one\n{date},{post},two\n",
    }
    ids = [event["id"] for event in told(tmp_path, contents).events]

    assert len(set(ids)) == 3
    assert all(known.endswith("~owner") for known in ids)


def test_a_reaction_is_known_by_what_it_is_to_and_its_second(tmp_path: Path) -> None:
    """To a post, to a comment (`?commentUrn=`), to an article of long ago."""
    found = told(tmp_path, {"Reactions.csv": REACTIONS})

    post, comment, article = found.events
    assert found.kinds == ["like"] * 3
    assert post["id"] == f"reaction:urn:li:activity:{POST}:1718712000"
    assert post["data"]["object"]["id"] == f"urn:li:activity:{POST}"
    assert comment["data"]["object"]["kind"] == "comment"
    assert comment["data"]["object"]["id"].startswith("urn:li:comment:(")
    assert article["data"]["object"]["id"] == "urn:li:article:5500"


def test_the_dialect_of_2018_has_tabs_and_two_bytes_a_character(tmp_path: Path) -> None:
    table = (
        "Date\tShare Title\tShare Description\tShare Link\tShare Commentary\tShared URL\t"
        "Media URL\tType\tVisibility\r\n"
        f"2017/06/08 08:15:44 UTC\tA page\tAbout it\t{FEED}activity%3A6278\tRead “this”\t"
        "https://example.org/a\t\tARTICLE\tPUBLIC\r\n"
    )
    for number, encoded in enumerate((table.encode("utf-16"), table.encode("utf-16-le"))):
        found = told(tmp_path / str(number), {"Shares.csv": encoded})

        assert found.kinds == ["quote"]
        assert found.only["time"] == "2017-06-08T08:15:44Z"
        assert found.only["data"]["text_length"] == len("Read “this”")


def test_a_mark_at_the_beginning_and_semicolons_do_no_harm(tmp_path: Path) -> None:
    table = REACTIONS.replace(",", ";").encode("utf-8-sig")

    assert told(tmp_path, {"Reactions.csv": table}).kinds == ["like"] * 3


def test_connections_are_counted_behind_their_preamble_and_nobody_is_named(tmp_path: Path) -> None:
    event = told(tmp_path, {"Connections.csv": CONNECTIONS}).only

    assert event["time"] == "2021-06-18T00:00:00Z"
    assert event["data"] == {"platform": "linkedin", "connections": 2}
    assert "erson" not in str(event)
    others = CONNECTIONS.replace("B,Person", "C,Person")
    other = told(tmp_path / "other", {"Connections.csv": others}).only
    assert other["id"] != event["id"]
    assert other["data"] == event["data"]


def test_a_row_that_is_there_twice_has_one_id(tmp_path: Path) -> None:
    rows = SHARES.splitlines(keepends=True)
    found = told(tmp_path, {"Shares.csv": "".join([*rows, rows[-1]])})

    assert len(found.events) == 7
    assert len({event["id"] for event in found.events}) == 6


def test_an_article_that_is_published_is_not_shared_besides(tmp_path: Path) -> None:
    also = (
        f"2021-03-25 08:50:31,{FEED}share%3A6780,,"
        "https://www.linkedin.com/pulse/on-bread-user-1,,MEMBER_NETWORK\n"
        f"2021-03-25 08:50:40,{FEED}share%3A6781,Elsewhere,https://example.org/,,PUBLIC\n"
    )
    article = ARTICLE.format(published="2021-03-25 08:50 UTC")
    found = told(
        tmp_path,
        {"Shares.csv": SHARES.splitlines(True)[0] + also, "Articles/Articles/a.html": article},
    )

    assert found.kinds == ["publish", "quote"]
    assert found.skipped == {"shared_article": 1}
    published = found.events[0]
    assert published["id"] == "article:on-bread-user-1"
    assert published["time"] == "2021-03-25T08:50:00Z"
    assert published["data"]["object"] == {
        "id": "article:on-bread-user-1",
        "kind": "article",
        "url": "https://www.linkedin.com/pulse/on-bread-user-1",
        "title": "On bread & butter",
    }


def test_a_draft_is_not_published(tmp_path: Path) -> None:
    found = told(tmp_path, {"Articles/a.html": ARTICLE.format(published="---")})

    assert found.skipped == {"draft": 1}
    assert not found.events


def test_rows_that_a_spreadsheet_has_broken_are_refused_with_their_lines(tmp_path: Path) -> None:
    broken = (
        "Date,Link,Message\n"
        f"18-Jun-24,{FEED}activity%3A{POST},Whole\n"
        f'1/14/2020 12:13,{FEED}activity%3A{POST},"They said \\yes",but,more\n'
        "left alone,,\n"
        f"2024-06-18 11:00:01,nowhere,Lost\n"
    )
    found = told(tmp_path, {"Comments.csv": broken})

    assert [event["time"] for event in found.events] == ["2024-06-18T00:00:00Z"]
    assert [refused.reason for refused in found.refused] == ["damaged_row"] * 3
    assert [refused.detail.split(":")[0] for refused in found.refused] == [
        f"Comments.csv, line {number}" for number in (3, 4, 5)
    ]


def test_where_a_spreadsheet_has_left_the_day_the_urn_has_the_time(tmp_path: Path) -> None:
    row = f"18-Jun-24,{FEED}share%3A{POST},Text,,,PUBLIC\n"
    found = told(tmp_path, {"Shares.csv": SHARES.splitlines(True)[0] + row})

    assert found.only["time"].startswith("2024-06-18T")
    assert found.only["time"] != "2024-06-18T00:00:00Z"


def test_a_row_without_a_time_is_given_none(tmp_path: Path) -> None:
    found = told(tmp_path, {"Learning.csv": WHOLE["Learning.csv"]})

    assert found.skipped == {"no_time": 1}
    assert found.only["data"]["object"]["title"] == "Baking"


def test_who_is_followed_is_not_named(tmp_path: Path) -> None:
    found = told(tmp_path, {"Member_Follows.csv": WHOLE["Member_Follows.csv"]})

    account = AccountName("linkedin", "User Number-Two").account
    assert found.only["data"] == {"target": f"linkedin:{account}"}
    assert "Number" not in str(found.only)
    assert found.skipped == {"unfollowed": 1}


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_a_whole_export_is_read_and_messages_are_not_opened(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "export"
    path = in_zip(path, WHOLE) if packed else in_folder(path, WHOLE)
    found = read("linkedin", path)

    assert Counter(found.kinds) == {
        "post": 3,
        "like": 3,
        "follow": 3,
        "comment": 2,
        "share": 2,
        "view": 2,
        "quote": 1,
        "network": 1,
        "publish": 1,
    }
    assert found.skipped == {"private": 1, "poll_vote": 1, "unfollowed": 1, "no_time": 1}
    assert not found.refused


@pytest.mark.parametrize("name", ["Shares.csv", "Comments.csv", "Reactions.csv", "Connections.csv"])
def test_one_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    path = in_folder(tmp_path, {"something.txt": WHOLE[name]}) / "something.txt"

    assert read("linkedin", path).events == told(tmp_path / "named", {name: WHOLE[name]}).events
