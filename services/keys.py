"""`zones keys`: makes up, once, what everybody proves themselves with where there is no `zones up`.

Everybody has a folder, to be given to them alone:

    broker/     users.conf: who is let onto the bus, and what each of them may do there
    <service>/  nats-password, and tokens: the digests of those that it lets in
    operator/   nats-password and token, with which everything may be done
    guest/      nats-password and token, with which activity may be reported
    monitor/    token, with which everything that is not private may be read

What is there stays as it is, so that it can run before every start. What follows from it is
written again, because a release may allow a service something new.
"""

import os
import secrets
from pathlib import Path
from typing import Annotated

import typer

from shared.messaging.permissions import ADMINISTRATOR, GUEST, authorization
from shared.runtime import terminal
from shared.runtime.access import PUBLISH, READ, SCOPES, digest
from shared.runtime.runfile import SERVICES

OPERATOR = "operator"
MONITOR = "monitor"
BROKER = "broker"
FOLDERS = (BROKER, *SERVICES, OPERATOR, GUEST, MONITOR)
PASSWORD, TOKEN, TOKENS, USERS = "nats-password", "token", "tokens", "users.conf"
MAY = {OPERATOR: SCOPES, GUEST: frozenset({PUBLISH}), MONITOR: frozenset({READ})}
"""Whose tokens the services know, and their scopes."""
BYTES = 32


def commands(app: typer.Typer) -> None:
    app.command("keys")(keys)


def keys(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where everybody's folder is.")],
) -> None:
    """Make up the passwords and tokens that are not there yet, each in its owner's folder."""
    made: list[Path] = []
    users = {ADMINISTRATOR if it == OPERATOR else it: it for it in (*SERVICES, OPERATOR, GUEST)}
    passwords = {user: _kept(folder / it / PASSWORD, made) for user, it in users.items()}
    known = ",".join(
        f"{digest(_kept(folder / it / TOKEN, made))}={'+'.join(sorted(scopes))}"
        for it, scopes in MAY.items()
    )
    for service in SERVICES:
        _write(folder / service / TOKENS, known)
    _write(folder / BROKER / USERS, authorization(passwords))
    for path in made:
        terminal.print_line(f"made {path}")
    if not made:
        terminal.print_line("all keys are there")


def _kept(path: Path, made: list[Path]) -> str:
    """Return the secret in a file, which is made up where it is missing."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        secret = secrets.token_urlsafe(BYTES)
    _write(path, secret)
    made.append(path)
    return secret


def _write(path: Path, text: str) -> None:
    """Put it there in one step, for its owner's eyes only: no half of it is ever read."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{text.strip()}\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
