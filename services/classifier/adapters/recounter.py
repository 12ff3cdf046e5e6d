"""A worker process that recounts some members at a time, on a database that it only reads.

It speaks lines of JSON with the process that started it: ranges of members come in, what came of
them goes out, each followed by as many bytes of export lines as it says. It ends when nobody asks
any more.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any, Final

from services.classifier.adapters import policyfile
from services.classifier.projections import answers
from services.classifier.projections.entries import CODEC, adoptions
from services.classifier.projections.recount import recount
from shared.eventlog.log import Store

POLITE: Final = 10
"""How much it lets others go first, of at most 19."""


async def main(path: Path) -> None:
    os.nice(POLITE)
    _say({"ready": True})
    _asked()
    async with Store.reading(path, codec=CODEC) as view, view.snapshot() as moment:
        now = await answers.clock(moment) or 0
        _say({"begun": True})
        policies = policyfile.in_force(await adoptions(moment))
        while asked := _asked():
            found = await recount(moment, policies, now, *asked)
            lines = "".join(f"{line}\n" for line in found.lines).encode()
            _say(
                {
                    "events": found.events,
                    "members": found.members,
                    "difference": found.difference,
                    "bytes": len(lines),
                }
            )
            sys.stdout.buffer.write(lines)
            sys.stdout.buffer.flush()


def _asked() -> Any:  # noqa: ANN401 - JSON is anything
    """Wait for a line, which is all there is to do; None when there will be no more."""
    line = sys.stdin.readline()
    return json.loads(line) if line else None


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
