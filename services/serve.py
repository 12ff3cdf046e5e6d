"""`zones serve NAME`: one service as one process, which is how `zones up` and containers run it."""

import gc
import importlib
from contextlib import ExitStack
from types import TracebackType
from typing import Annotated

import typer

from shared.runtime.errors import WrongUse, is_foreseen
from shared.runtime.runfile import SERVICES


def commands(app: typer.Typer) -> None:
    app.command("serve", hidden=True)(serve)


def serve(
    name: Annotated[str, typer.Argument(metavar="|".join(SERVICES), show_default=False)],
) -> None:
    """Run one service until it is asked to stop. Its settings come from the environment."""
    from shared.runtime import logs, process  # noqa: PLC0415 - heavy, and nobody else needs it

    if name not in SERVICES:
        raise WrongUse(f"there is no service {name}: it is one of {', '.join(SERVICES)}")
    gc.disable()  # nothing that is imported is garbage; when all of it is there, `run` begins again
    settings = importlib.import_module(f"services.{name}.settings").Settings.from_environment()
    logs.configure(name, level=settings.log_level)
    with ExitStack() as stack:
        stack.push(_record)
        process.run(importlib.import_module(f"services.{name}.app").run(settings))


def _record(
    _kind: type[BaseException] | None,
    error: BaseException | None,
    _traceback: TracebackType | None,
) -> None:
    """Leave the traceback of what nobody foresaw in the log, above the one line that follows."""
    import structlog  # noqa: PLC0415 - see serve

    if isinstance(error, Exception) and not is_foreseen(error):
        structlog.get_logger().critical("process.failed", exc_info=error)
