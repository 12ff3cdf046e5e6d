"""`zones status`: whether everything is well, how far behind, and which version it is."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.runtime import process, runfile, terminal
from shared.runtime.errors import CommandFailed
from shared.runtime.runfile import SERVICES, RunFile

if TYPE_CHECKING:
    import httpx2

PATIENCE = 5.0
"""Seconds a service has to say how it is."""

Fare = dict[str, Any]


def commands(app: typer.Typer) -> None:
    app.command("status")(status)


def status(
    *, json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False
) -> None:
    """Show health, lag and version of everything.

    The exit code is 1 when something is not ready.
    """
    fares = process.complete(_ask_everybody(runfile.find()))
    if json:
        terminal.print_json({"services": fares})
    else:
        _print(fares)
    if not all(fare["ready"] for fare in fares.values()):
        raise typer.Exit(1)


async def _ask_everybody(running: RunFile) -> dict[str, Fare]:
    import httpx2  # noqa: PLC0415 - a tenth of a second that `zones --help` need not pay

    headers = {"Authorization": f"Bearer {running.token}"} if running.token else {}
    async with httpx2.AsyncClient(headers=headers, timeout=PATIENCE, trust_env=False) as http:
        fares = await asyncio.gather(*(_ask(http, running, name) for name in SERVICES))
    return dict(zip(SERVICES, fares, strict=True))


async def _ask(http: "httpx2.AsyncClient", running: RunFile, name: str) -> Fare:
    import httpx2  # noqa: PLC0415 - see above

    try:
        address = running.address(name)
        answer = await http.get(f"{address}/v1/status")
        answer.raise_for_status()
        return dict(answer.json())
    except CommandFailed as error:
        reason = str(error)
    except httpx2.HTTPStatusError as error:
        reason = f"{address} answers {error.response.status_code}"
    except (httpx2.HTTPError, ValueError):
        reason = f"{address} does not answer"
    return {"ready": False, "lag": None, "version": None, "parked": None, "reasons": [reason]}


def _print(fares: dict[str, Fare]) -> None:
    terminal.print_table(
        ("service", "ready", "lag", "parked", "version", ""),
        [
            (
                name,
                "yes" if fare["ready"] else "no",
                fare["lag"],
                fare["parked"],
                fare["version"],
                "; ".join([*fare["reasons"], *fare.get("remarks", ())]),
            )
            for name, fare in fares.items()
        ],
    )
