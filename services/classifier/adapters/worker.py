"""A worker process: does its task for some members at a time, on a log that it only reads.

It speaks lines of JSON with the process that started it: ranges of members come in, what came of
them goes out, each followed by as many bytes as it says. It ends when nobody asks any more.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeAlias

from services.classifier.adapters import policyfile
from services.classifier.adapters.candidates import candidate_for
from services.classifier.domain.policy import PolicyAdopted
from services.classifier.domain.rehearsal import Tick
from services.classifier.projections import answers
from services.classifier.projections.entries import CODEC, adoptions
from services.classifier.projections.rebuilding import rebuild
from services.classifier.projections.recount import recount
from services.classifier.projections.rehearsing import ANSWER, Rehearsal, rehearse
from shared.eventlog.log import Store, View

Adopted: TypeAlias = list[PolicyAdopted]
Said: TypeAlias = tuple[dict[str, Any], bytes]
Work: TypeAlias = Callable[[str, str], Awaitable[Said]]
"""Does the task for the members after one id and up to another."""


async def main(task: str, path: Path, polite: int) -> None:
    os.nice(polite)
    _say({"ready": True})
    asked = _asked()
    if asked is None:
        return
    async with Store.reading(path, codec=CODEC) as view, view.snapshot() as moment:
        work = await TASKS[task](moment, await adoptions(moment), *asked)
        _say({"begun": True})
        while some := _asked():
            said, attached = await work(*some)
            _say({**said, "bytes": len(attached)}, attached)


async def _recounting(moment: View, adopted: Adopted, _setting: None) -> Work:
    now, governing = await answers.clock(moment) or 0, policyfile.in_force(adopted)

    async def work(after: str, through: str) -> Said:
        found = await recount(moment, governing, now, after, through)
        counted = {"events": found.events, "members": found.members}
        lines = "".join(f"{line}\n" for line in found.lines)
        return {**counted, "difference": found.difference}, lines.encode()

    return work


async def _rebuilding(moment: View, adopted: Adopted, setting: dict[str, Any]) -> Work:
    governing = policyfile.in_force(adopted)

    async def work(after: str, through: str) -> Said:
        file, now = Path(setting["file"]), setting["now"]
        return {"members": await rebuild(moment, file, governing, now, after, through)}, b""

    return work


async def _rehearsing(moment: View, adopted: Adopted, setting: dict[str, Any]) -> Work:
    adopted = adopted[: setting["adopted"]]
    policy = policyfile.parse(setting["text"], adopted[-1].version + 1)
    since = None if setting["from"] is None else date.fromisoformat(setting["from"])
    plan = Rehearsal(
        policyfile.in_force(adopted),
        candidate_for(adopted, policy, since),
        setting["position"],
        [Tick(*tick) for tick in setting["ticks"]],
        setting["days"],
        setting["limit"],
    )

    async def work(after: str, through: str) -> Said:
        found = await rehearse(moment, plan, after, through)
        counted = {"events": found.events, "members": found.members}
        return counted, ANSWER.dump_json(([*found.counts.items()], [*found.movers]))

    return work


TASKS: Final[Mapping[str, Callable[[View, Adopted, Any], Awaitable[Work]]]] = {
    "recount": _recounting,
    "rebuild": _rebuilding,
    "rehearse": _rehearsing,
}


def _asked() -> list[Any] | None:
    """Wait for a line, which is all there is to do; None when there will be no more."""
    line = sys.stdin.readline()
    return None if not line else list(json.loads(line))


def _say(answer: dict[str, Any], attached: bytes = b"") -> None:
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + attached)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    _, chosen, database, nice = sys.argv
    asyncio.run(main(chosen, Path(database), int(nice)))
