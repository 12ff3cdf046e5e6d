"""Reads who is connected: which platforms report, how they sign, and who may publish.

Secrets are never in the file itself: `file:PATH`, beside it or anywhere, or `env:NAME`.
"""

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.ingest.adapters.tables import Table
from shared.runtime.access import PUBLISH, SCOPES

NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
"""A source is a token of a subject and a part of a path."""
PLATFORM: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
MAPPING: Final = "mapping"
CANONICAL: Final = "canonical"
"""Its events say themselves of which source they are, and only a signature answers for that."""
BY_KEYS: Final = "http-signature"
"""The one signature that is checked with keys; all others are with secrets."""
MOST_SECRETS: Final = 2
"""The present one, and the one before or after it."""
TOLERANCE: Final = 300
SHORTEST_TOKEN: Final = 16
SOURCE: Final = (
    *("adapter", "platform", "mapping"),
    *("signature", "secrets", "keys", "tolerance"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A source. `secrets` or `keys` are set where what it sends has to be signed; `tolerance` is
    in seconds. `platform` replaces the adapter's own, where one adapter serves many instances.
    """

    name: str
    adapter: str
    platform: str | None = None
    mapping: Path | None = None
    signature: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    tolerance: int = TOLERANCE

    @property
    def signed(self) -> bool:
        return bool(self.secrets or self.keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Somebody with a token. `sources` are what it may speak for; `rate` is in events a second,
    None for any, and `burst` how many may come at once.
    """

    name: str
    token: str = field(repr=False)
    scopes: frozenset[str]
    sources: frozenset[str]
    rate: int | None = None
    burst: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """The whole file. `bluesky` is the address of a Jetstream to listen to."""

    file: str = ""
    sources: tuple[Connection, ...] = ()
    publishers: tuple[Publisher, ...] = ()
    bluesky: str | None = None


def read(
    path: Path | None, *, adapters: Mapping[str, str], schemes: Collection[str]
) -> Connections:
    """Read the file, if there is one. Raises WrongUse.

    `adapters` are the known ones, each with the signature that its platform uses; `schemes` are
    the signatures that can be checked.
    """
    if path is None:
        return Connections()
    whole = Table.read(path, ("sources", "publishers", "bluesky"))
    folder = path.parent
    sources, publishers = whole.table("sources"), whole.table("publishers")
    return Connections(
        file=path.name,
        sources=tuple(
            _source(name, sources.table(name, SOURCE), folder, adapters, schemes)
            for name in sources.values
        ),
        publishers=_told_apart(
            publishers,
            [
                _publisher(name, publishers.table(name, PUBLISHER), folder)
                for name in publishers.values
            ],
        ),
        bluesky=_bluesky(whole),
    )


def _source(
    name: str,
    table: Table,
    folder: Path,
    adapters: Mapping[str, str],
    schemes: Collection[str],
) -> Connection:
    if not NAME.fullmatch(name):
        raise table.wrong("", "a source's name has small letters, digits, _ and - only")
    if "adapter" not in table.values and name not in adapters:
        known = ", ".join(adapters)
        raise table.wrong("adapter", f"is missing: no adapter is called {name}; there are {known}")
    adapter = table.text("adapter", adapters) or name
    platform, mapping = table.text("platform"), table.text("mapping")
    if platform and not PLATFORM.fullmatch(platform):
        raise table.wrong("platform", "must be a word such as forum, in small letters")
    if (mapping is None) == (adapter == MAPPING):
        raise table.wrong(MAPPING, f"goes with adapter = {MAPPING!r}, and that with a {MAPPING}")
    signature = table.text("signature", schemes) or adapters[adapter]
    secrets, keys = _secrets(table, folder), _keys(table, folder)
    if signature == BY_KEYS and secrets:
        raise table.wrong("secrets", f"{BY_KEYS} is checked with keys")
    if signature != BY_KEYS and keys:
        raise table.wrong("keys", f"{signature} is checked with secrets")
    if adapter == CANONICAL and not secrets:
        raise table.wrong("secrets", "is missing: what is not signed is for /v1/events")
    if "signature" in table.values and not (secrets or keys):
        wanted = "keys" if signature == BY_KEYS else "secrets"
        raise table.wrong(wanted, f"is missing: without it no {signature} signature is checked")
    return Connection(
        name=name,
        adapter=adapter,
        platform=platform,
        mapping=folder / mapping if mapping else None,
        signature=signature,
        secrets=secrets,
        keys=keys,
        tolerance=table.number("tolerance", TOLERANCE, least=1, most=86400),
    )


def _secrets(table: Table, folder: Path) -> tuple[str, ...]:
    named = table.texts("secrets")
    if len(named) > MOST_SECRETS:
        raise table.wrong("secrets", f"at most {MOST_SECRETS}: the present one and another")
    if "secrets" in table.values and not named:
        raise table.wrong("secrets", "names none: leave it out, or what is unsigned gets in")
    return tuple(_secret(table, "secrets", one, folder) for one in named)


def _keys(table: Table, folder: Path) -> dict[str, str]:
    keys = table.table("keys")
    if "keys" in table.values and not keys.values:
        raise table.wrong("keys", "names none: leave it out, or what is unsigned gets in")
    return {name: _secret(keys, name, keys.needed(name), folder) for name in keys.values}


def _secret(table: Table, key: str, named: str, folder: Path) -> str:
    """Return what a file or a variable holds, without the line end that editors leave."""
    kind, _, name = named.partition(":")
    try:
        if kind == "file" and name:
            secret = (folder / name).read_text(encoding="utf-8")
        elif kind == "env" and name:
            secret = os.environ[name]
        else:
            raise table.wrong(key, "must be file:PATH or env:NAME, and never the secret itself")
    except KeyError:
        raise table.wrong(key, f"the variable {name} is not set") from None
    except OSError as error:
        raise table.wrong(key, f"{name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise table.wrong(key, f"{name} is not UTF-8") from None
    if not secret.strip():
        raise table.wrong(key, f"{name} is empty")
    return secret.strip()


PUBLISHER: Final = ("token", "scopes", "sources", "rate", "burst")
MOST_EVENTS: Final = 1_000_000


def _publisher(name: str, table: Table, folder: Path) -> Publisher:
    token = _secret(table, "token", table.needed("token"), folder)
    if len(token) < SHORTEST_TOKEN:
        raise table.wrong("token", f"must have at least {SHORTEST_TOKEN} characters")
    rate = table.number("rate", 1, least=1, most=MOST_EVENTS) if "rate" in table.values else None
    if "burst" in table.values and rate is None:
        raise table.wrong("burst", "goes with a rate")
    return Publisher(
        name=name,
        token=token,
        scopes=frozenset(table.texts("scopes", sorted(SCOPES)) or [PUBLISH]),
        sources=frozenset(table.texts("sources") or [name]),
        rate=rate,
        burst=table.number("burst", rate or 0, least=0, most=MOST_EVENTS),
    )


def _told_apart(table: Table, publishers: list[Publisher]) -> tuple[Publisher, ...]:
    seen: dict[str, str] = {}
    for publisher in publishers:
        if other := seen.get(publisher.token):
            raise table.wrong(f"{publisher.name}.token", f"is the one of {other}")
        seen[publisher.token] = publisher.name
    return tuple(publishers)


def _bluesky(whole: Table) -> str | None:
    if "bluesky" not in whole.values:
        return None
    table = whole.table("bluesky", ("jetstream",))
    address = table.needed("jetstream")
    if not address.startswith(("wss://", "ws://")):
        raise table.wrong("jetstream", "must begin with wss://")
    return address
