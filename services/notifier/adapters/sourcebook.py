"""Reads whom to follow outside, and where to learn, from the operator's TOML.

sources.toml:3: source[0].kind: must be 'person', 'group' or 'tag'
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from services.notifier.domain.audience import topic_of
from services.notifier.domain.steps import Source, SourceKind
from shared.contracts.words import Id, Line, Topics, Url, Zone
from shared.runtime import rulefile
from shared.runtime.rulefile import Table


class _Source(Table):
    kind: SourceKind
    name: Line
    url: Url
    topics: Topics = ()
    zone: Zone | None = None
    target: Id | None = None


class _Sourcebook(Table):
    source: Annotated[tuple[_Source, ...], Field(max_length=1000)] = ()


def load(path: Path) -> tuple[Source, ...]:
    """Read the sources. Their address is what they are known by. Raises RulesInvalid."""
    return tuple(
        Source(
            id=each.url,
            kind=each.kind,
            name=each.name,
            url=each.url,
            topics=tuple(dict.fromkeys(map(topic_of, each.topics))),
            zone=each.zone,
            target=each.target,
        )
        for each in rulefile.load(path, _Sourcebook).source
    )
