"""`make fuzz`: every target in turn, guided by what of our code is reached.

What breaks one is kept in the folder: `python -m tests.fuzzing --again FILE` does it again.
"""

import argparse
import asyncio
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.fuzzing.targets import TARGETS

FIGURES = re.compile(r"#\d+\s+DONE\s+(.*?) lim:|number_of_executed_units: (\d+)")


def options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz", description="Look for what breaks it.")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--only", choices=TARGETS, nargs="+", default=[*TARGETS])
    parser.add_argument("--at-once", type=int, default=1, help="how many targets")
    parser.add_argument("--folder", type=Path, default=Path(".fuzzing"), help="what is kept")
    parser.add_argument("--again", type=Path, help="run only this case, TARGET-... by its name")
    return parser.parse_args(arguments)


async def run(asked: argparse.Namespace) -> int:
    """Return how many targets broke."""
    room = asyncio.Semaphore(asked.at_once)

    async def one(name: str) -> bool:
        async with room:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.fuzzing.guided"),
                *(name, str(asked.folder), str(asked.seconds)),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            output, _ = await process.communicate()
        told = output.decode("utf-8", "replace")
        figures = " ".join(part for found in FIGURES.findall(told) for part in found if part)
        how = "broken" if process.returncode else "well"
        sys.stdout.write(f"{name}: {how}: {figures}\n{told[-4000:] if process.returncode else ''}")
        sys.stdout.flush()
        return bool(process.returncode)

    return sum(await asyncio.gather(*map(one, asked.only)))


def again(path: Path) -> None:
    name = next(name for name in sorted(TARGETS, reverse=True) if path.name.startswith(f"{name}-"))
    TARGETS[name].run(path.read_bytes())


def main() -> None:
    asked = options(sys.argv[1:])
    if asked.again:
        again(asked.again)
    elif asyncio.run(run(asked)):
        sys.exit(1)


if __name__ == "__main__":
    main()
