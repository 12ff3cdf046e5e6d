"""What a command prints: results to standard output, everything about them to standard error.

Colours and progress bars are for terminals; pipes and files get plain text.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, NoReturn

from shared.runtime.errors import CommandFailed

if TYPE_CHECKING:
    from rich.console import Console


@cache
def console() -> "Console":
    """Return the writer to standard output. Markup such as `[green]` is colour on a terminal."""
    return _console(stderr=False)


@cache
def remarks() -> "Console":
    """Return the writer to standard error."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> "Console":
    from rich.console import Console  # noqa: PLC0415 - `zones --version` prints without it

    stream = sys.stderr if stderr else sys.stdout
    return Console(
        stderr=stderr,
        highlight=False,
        emoji=False,
        soft_wrap=True,
        no_color=None if stream.isatty() else True,
    )


def say(text: str) -> None:
    """Print one line of result, markup allowed. Escape what people wrote with `plain`."""
    console().print(text)


def plain(text: object) -> str:
    """Return text with its square brackets taken literally, for use inside markup."""
    from rich.markup import escape  # noqa: PLC0415 - see console

    return escape(str(text))


def print_line(text: str) -> None:
    """Print one line of result as it is, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def print_json(value: object) -> None:
    """Print one JSON document."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def print_json_line(value: object) -> None:
    """Print one line of JSON Lines, at once."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under their headings, None as a dash, numbers to the right, nothing cut off."""
    from rich.cells import cell_len  # noqa: PLC0415 - see console

    texts = [["-" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(columns, *texts, strict=True)]
    numeric = [
        bool(rows) and all(isinstance(cell, int | float | None) for cell in column)
        for column in zip(*rows, strict=True)
    ] or [False] * len(columns)

    def line(cells: Sequence[str]) -> str:
        padded = (
            " " * (width - cell_len(cell)) + cell
            if right
            else cell + " " * (width - cell_len(cell))
            for cell, width, right in zip(cells, widths, numeric, strict=True)
        )
        return plain("  ".join(padded).rstrip())

    say(f"[bold]{line(columns)}[/]")
    for cells in texts:
        say(line(cells))


@contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show how a long job goes, on a terminal and nowhere else; call it with each advance."""
    if not sys.stderr.isatty():
        yield lambda _advance: None
        return
    from rich.progress import (  # noqa: PLC0415 - see console
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=remarks(), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda advance: bar.advance(task, advance)


def fail(message: str) -> NoReturn:
    """End the command with one line, exit code 1."""
    raise CommandFailed(message)
