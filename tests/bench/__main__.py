"""`python -m tests.bench`: the figures of docs/benchmarks.md, on this machine, now.

Everything is measured in one run and in rounds, the contenders in another order each time, and
the median counts: on a machine that others use too, the ratios say more than the rates.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.bench.corpus import Corpus, organisations, recorded
from tests.bench.latency import latencies
from tests.bench.rounds import BARE, CLASSIFIER, CONTENDERS, PULL, PUSH, Round, play

NAMES = {
    BARE: "a  bare loop: pull, parse, append",
    CLASSIFIER: "b  classifier, relay included",
    PULL: "c  FastStream a message, pull",
    PUSH: "c' FastStream a message, push",
}


def options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Measure.")
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is measured")
    parser.add_argument("--events", type=int, default=48_000, help="about how many events a round")
    parser.add_argument("--file", type=Path, help="canonical events to read instead (.jsonl[.gz])")
    parser.add_argument("--samples", type=int, default=100, help="how many latencies to measure")
    parser.add_argument(
        "--only", choices=CONTENDERS, nargs="+", default=CONTENDERS, help="some of the contenders"
    )
    return parser.parse_args(arguments)


async def run(asked: argparse.Namespace) -> None:
    corpus = recorded(asked.file, asked.events) if asked.file else organisations(asked.events)
    say(f"{len(corpus.messages):,} events of {corpus.members:,} members: {corpus.name}\n")
    with tempfile.TemporaryDirectory(prefix="zones-bench-") as folder:
        rounds = [
            await _round(corpus, Path(folder) / "round", number, asked.only)
            for number in range(asked.rounds)
        ]
        say(f"\nmedian of {len(rounds)}")
        _sum_up(rounds, asked.only)
        if asked.samples:
            say("\nidle, from saying it to a subscriber's hearing the zone change, ms")
            for way, took in (await latencies(Path(folder) / "idle", asked.samples)).items():
                figures = "  ".join(f"p{each} {value:6.1f}" for each, value in took.items())
                say(f"  {way:<34} {figures}")


async def _round(corpus: Corpus, folder: Path, number: int, only: Sequence[str]) -> Round:
    turn = number % len(only)
    done = await play(corpus, folder, [*only[turn:], *only[:turn]])
    rates = ", ".join(f"{name} {done.paces[name].rate:,.0f}" for name in only)
    say(f"round {number + 1}: {rates} events/s; {done.said:,} messages on ZONES")
    return done


def _sum_up(rounds: Sequence[Round], only: Sequence[str]) -> None:
    rate = {name: median(done.paces[name].rate for done in rounds) for name in only}
    for name in only:
        cost = median(done.paces[name].cost for done in rounds)
        say(f"  {NAMES[name]:<34} {rate[name]:8,.0f} events/s  {cost:6.0f} µs of CPU an event")
    for name in only:
        if CLASSIFIER in only and name != CLASSIFIER:
            pairs = [(done.paces[CLASSIFIER], done.paces[name]) for done in rounds]
            faster = median(ours.rate / theirs.rate for ours, theirs in pairs)
            cheaper = median(theirs.cost / ours.cost for ours, theirs in pairs)
            say(f"  b/{NAMES[name].split()[0]:<32} {faster:8.2f}  {cheaper:13.2f} by CPU")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(run(options(sys.argv[1:])))
