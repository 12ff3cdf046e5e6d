"""A worker process that recounts some of the members at a time, on a database it only reads.

It speaks lines of JSON with the process that started it: ranges of members in, what came of them
out, each followed by as many bytes of export lines as it says. It ends when nobody asks any more.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from services.classifier.adapters import policyfile
from services.classifier.domain import policy as policies
from services.classifier.domain.announcing import has_news
from services.classifier.domain.journey import Journey, evolve, refold
from services.classifier.domain.policy import Policy, PolicyAdopted
from services.classifier.projections import answers, journeys, rows
from services.classifier.projections.entries import ACTIVITY, CODEC, happened, told
from shared.eventlog.entries import Recorded
from shared.eventlog.log import Store, View

POLITE: Final = 10
"""How much the worker lets others go first."""
PAGE: Final = 2000


async def main(path: Path) -> None:
    os.nice(POLITE)
    _say({"ready": True})
    _asked()
    async with Store.reading(path, codec=CODEC) as view, view.snapshot() as moment:
        now = await answers.clock(moment) or 0
        _say({"begun": True})
        adopted = CODEC.decode((await moment.stream(policies.STREAM))[-1])
        assert isinstance(adopted, PolicyAdopted)  # noqa: S101 - nothing else is in its stream
        policy = policyfile.parse(adopted.text, adopted.version)
        while asked := _asked():
            counted, lines = await _recount(moment, policy, now, *asked)
            _say({**counted, "bytes": len(lines)})
            sys.stdout.buffer.write(lines)
            sys.stdout.buffer.flush()


async def _recount(
    view: View, policy: Policy, now: int, after: str, through: str
) -> tuple[dict[str, Any], bytes]:
    """Recount the members whose names are after the one and not after the other."""
    events = members = 0
    difference = None
    lines = []
    kept = {row[0]: row async for row in ...}
    async for member, log in _streams(view, after, through):
        ...
    return {}, b""
