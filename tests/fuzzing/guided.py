"""`python -m tests.fuzzing.guided TARGET FOLDER SECONDS`: one target, until something breaks it.

Cases that reach something new are kept in the folder, and so is the one that broke it. libFuzzer
ends the process when it is done.
"""

import logging
import random
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

import atheris

with atheris.instrument_imports(include=["services.ingest", "shared.contracts", "shared.decider"]):
    from tests.fuzzing.mutating import mutated
    from tests.fuzzing.targets import TARGETS

SLOWEST: Final = 10
"""Seconds that one case may take."""
MOST_MEMORY: Final = 1024
"""Megabytes."""


def run(name: str, folder: Path, seconds: int) -> None:
    """Fuzz until the time is over, or something breaks."""
    logging.disable()
    target, corpus = TARGETS[name], folder / name
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in target.seeds:
        (corpus / sha256(seed).hexdigest()[:16]).write_bytes(seed)

    def change(case: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)
        return mutated(case, chance, target.seeds, lambda said: blind(said, most))[:most]

    def blind(case: bytes, most: int) -> bytes:
        return bytes(atheris.Mutate(case, max(most, len(case))))

    arguments = [
        sys.argv[0],
        str(corpus),
        f"-artifact_prefix={folder}/{name}-",
        f"-max_total_time={seconds}",
        f"-max_len={max(target.most, *map(len, target.seeds))}",
        f"-timeout={SLOWEST}",
        f"-rss_limit_mb={MOST_MEMORY}",
        "-print_final_stats=1",
        "-verbosity=1",
    ]
    atheris.Setup(arguments, target.run, custom_mutator=change)
    atheris.Fuzz()


def main(arguments: Sequence[str]) -> None:
    name, folder, seconds = arguments
    run(name, Path(folder), int(seconds))


if __name__ == "__main__":
    main(sys.argv[1:])
