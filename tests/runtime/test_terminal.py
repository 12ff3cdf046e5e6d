"""What a command prints where nobody looks at a terminal."""

import json

import pytest

from shared.runtime import terminal


@pytest.fixture(autouse=True)
def new_consoles() -> None:
    terminal.console.cache_clear()
    terminal.remarks.cache_clear()


def test_a_table_is_aligned_and_never_cut_off(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.print_table(
        ("name", "n", "words"), [("äöü", 3, "x" * 200), ("b", None, "[red]plain[/]")]
    )
    assert capsys.readouterr().out.splitlines() == [
        "name  n  words",
        "äöü   3  " + "x" * 200,
        "b     -  [red]plain[/]",
    ]


def test_an_empty_table_is_its_headings(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.print_table(("name", "n"), [])
    assert capsys.readouterr().out == "name  n\n"


def test_colours_and_progress_are_for_terminals(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.progress("counting", total=2) as advance:
        advance(1)
    terminal.say(f"[bold red]alert[/] {terminal.plain('[x]')}")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("alert [x]\n", "")


def test_a_line_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.print_line("[bold]ä[/] :smile:")
    assert capsys.readouterr().out == "[bold]ä[/] :smile:\n"


def test_json_is_one_document_or_one_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.print_json({"a": ["ä"]})
    assert json.loads(capsys.readouterr().out) == {"a": ["ä"]}
    terminal.print_json_line({"a": 1})
    terminal.print_json_line({"a": 2})
    assert capsys.readouterr().out == '{"a": 1}\n{"a": 2}\n'
