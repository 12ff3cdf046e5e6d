"""A list of members: what a spreadsheet may look like, and what is said of one that is wrong."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.identity import AccountName
from services.ingest.domain.roster import Row
from services.ingest.sources.roster import COLUMNS, Problem, Roster, read
from shared.runtime.errors import CommandFailed

ADA = AccountName("bluesky", "ada.example")


def of(*lines: str) -> Roster:
    return read("members.csv", "\n".join(lines).encode())


def test_every_column_is_read_as_what_it_is() -> None:
    roster = of(
        "id,group,timezone,locale,roles,sponsor,topics,public,accounts",
        'm-001,Sales,Europe/Berlin,de,editor; coordinator,m-002,"hiring, remote work",yes,'
        "bluesky:@ada.example mastodon:ada@social.example",
    )

    assert roster.problems == []
    assert roster.rows == [
        Row(
            line=2,
            member="m-001",
            fields={
                "group": "Sales",
                "timezone": "Europe/Berlin",
                "locale": "de",
                "sponsor": "m-002",
                "roles": ["editor", "coordinator"],
                "topics": ["hiring", "remote work"],
                "public": True,
            },
            accounts=(ADA, AccountName("mastodon", "ada@social.example")),
        )
    ]


def test_an_empty_cell_clears_and_a_missing_column_says_nothing() -> None:
    assert of("id,group", "m-001,").rows[0].fields == {"group": None}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_any_spreadsheet_will_do(delimiter: str, end: str, mark: str) -> None:
    lines = [delimiter.join(cells) for cells in (["ID", "Group"], ["m-1", "Lab"], ["", ""])]

    assert read("members.csv", (mark + end.join(lines)).encode()).rows == [
        Row(line=2, member="m-1", fields={"group": "Lab"})
    ]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("_x,,,", "id: must be 1 to 64 letters, digits, - or _, and not begin with _"),
        (",Lab,,", "id: is empty"),
        ("m-1", "has 1 cells, and the first line 4"),
        (f"m-1,{'g' * 65},,", "group: must not be longer than 64 characters"),
        (
            "m-1,,Europe/Berln,",
            "timezone: there is no 'Europe/Berln'; did you mean 'Europe/Berlin'?",
        ),
        ("m-1,,,ada", "accounts: 'ada' must read platform:handle, as bluesky:ada"),
        ("m-0,,,", "id: m-0 is on line 2 already"),
        ("m-1,,,bluesky:taken", "accounts: bluesky:taken is on line 2 already"),
    ],
)
def test_a_row_that_is_wrong_is_named_with_its_line(line: str, what: str) -> None:
    roster = of("id,group,timezone,accounts", "m-0,,,bluesky:taken", "", line)

    assert roster.problems == [Problem(4, what)]
    assert [row.member for row in roster.rows] == ["m-0"]


def test_a_line_is_counted_where_it_begins() -> None:
    roster = of("id,group", '"m-1","two', 'lines"', "m-1,")

    assert [problem.line for problem in roster.problems] == [2]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"id,grop\n", "members.csv:1: unknown column 'grop': did you mean 'group'?"),
        (b"id,xyz\n", f"members.csv:1: unknown column 'xyz': there are {', '.join(COLUMNS)}"),
        (b"id,id\n", "members.csv:1: there are two columns 'id'"),
        (b"group\n", "members.csv:1: there is no column 'id': the first line names them"),
        (b"", "members.csv:1: there is no column 'id': the first line names them"),
        (b"id\n", "members.csv names no member: below its first line there is nothing"),
        (b'id\n"m-1', "members.csv:2: this is not CSV: unexpected end of data"),
        (
            "id\n\xe4".encode("latin-1"),
            "members.csv:2: this is not UTF-8: save it as CSV in UTF-8 (Excel: CSV UTF-8)",
        ),
    ],
)
def test_what_is_no_such_list_is_refused_in_one_line(content: bytes, what: str) -> None:
    with pytest.raises(CommandFailed, match=f"^{re.escape(what)}$"):
        read("members.csv", content)


LISTS = st.text(max_size=200).map(lambda text: f"id,public\n{text}".encode())


@given(st.binary(max_size=200) | LISTS)
def test_anything_is_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(CommandFailed):
        for problem in read("members.csv", content).problems:
            assert "\n" not in problem.what
