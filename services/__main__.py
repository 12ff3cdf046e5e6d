"""`zones`: the commands of every service under one roof, and the line that says what went wrong.

Nobody meets a traceback here without asking for it with `--debug`. Exit codes: 0 done, 1 the job
failed, 2 wrong use, 130 interrupted.
"""

import functools
import inspect
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any

import typer
from typer.exceptions import Abort, TyperException

from services import keys, parked, provision, serve, status, up, watch
from services.classifier.cli import commands as classifier
from services.ingest.cli import commands as ingest
from services.notifier.cli import commands as notifier
from services.rewards.cli import commands as rewards
from shared.runtime.errors import CommandFailed, leaves, sentence
from shared.runtime.process import INTERRUPTED, version

ROOMS = (up, provision, keys, ingest, classifier, rewards, notifier, watch, status, parked, serve)


def main() -> None:
    """The entry point `zones`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    debug = "--debug" in arguments
    if not debug:
        sys.excepthook = _unforeseen
    try:
        code = typer.main.get_command(application())(
            arguments, prog_name="zones", standalone_mode=False
        )
    except (CommandFailed, TyperException, ExceptionGroup, OSError) as error:
        if debug:
            raise
        return _say(error)
    except (Abort, KeyboardInterrupt):
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def application() -> typer.Typer:
    app = typer.Typer(
        name="zones",
        help="Engagement zones: from what people do on social platforms to where they stand.",
        add_completion=False,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    export = typer.Typer(
        name="export",
        help="Print everything, one JSON object a line, always in the same order.",
        no_args_is_help=True,
    )
    classifier.exports(export)
    rewards.exports(export)
    app.add_typer(export)
    for room in ROOMS:
        room.commands(app)
    _give_everywhere(app)

    @app.callback()
    def zones(
        *,
        asked: Annotated[  # noqa: ARG001 - its callback answers
            bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which.")
        ] = False,
        data: DataOption = None,
        debug: DebugOption = False,
    ) -> None:
        _remember(data)
        del debug

    return app


DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        help="The data directory of the system to speak to.",
        show_default=False,
    ),
]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show the traceback of a failure.")]


def _give_everywhere(app: typer.Typer) -> None:
    """Let every command take `--data` and `--debug`, so that no author has to think of them."""
    for command in app.registered_commands:
        if command.callback is not None:
            command.callback = _with_data_and_debug(command.callback)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            _give_everywhere(group.typer_instance)
    itself = app.registered_callback
    if itself is not None and itself.callback is not None:
        itself.callback = _with_data_and_debug(itself.callback)


def _with_data_and_debug(callback: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(callback, eval_str=True)
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=option, default=default)
        for name, option, default in (("data", DataOption, None), ("debug", DebugOption, False))
        if name not in signature.parameters
    ]

    @functools.wraps(callback)
    def wrapped(*args: object, **options: Any) -> object:  # noqa: ANN401 - whatever it takes
        given = {parameter.name: options.pop(parameter.name) for parameter in added}
        _remember(given.get("data"))
        return callback(*args, **options)

    wrapped.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), *added]
    )
    wrapped.__annotations__ = {
        **{name: it.annotation for name, it in signature.parameters.items()},
        **{parameter.name: parameter.annotation for parameter in added},
    }
    return wrapped


def _remember(data: Path | None) -> None:
    """Keep the data directory where every reader of `run.json`, in any process, looks for it."""
    if data is not None:
        os.environ["ZONES_DATA"] = str(data)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"zones {version()}")
        raise typer.Exit


def _say(error: BaseException) -> int:
    first = leaves(error)[0]
    if isinstance(first, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    if isinstance(first, TyperException):
        if words := first.format_message():
            typer.echo(f"zones: {words.rstrip('.')} (-h helps)", err=True)
        return first.exit_code
    typer.echo(f"zones: {sentence(error)}", err=True)
    return first.code if isinstance(first, CommandFailed) else 1


def _unforeseen(
    _kind: type[BaseException], error: BaseException, _traceback: TracebackType | None
) -> None:
    typer.echo(f"zones: {sentence(error)}", err=True)


if __name__ == "__main__":
    main()
