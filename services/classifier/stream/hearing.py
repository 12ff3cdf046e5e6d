"""What the classifier hears becomes its log: each activity, what it changes, and why.

A transaction holds a batch and everything that comes of it. What is kept in memory is what has
been committed, so a transaction that fails leaves nothing behind.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from services.classifier.domain import clock, policy
from services.classifier.domain.clock import ClockAdvanced, Mode
from services.classifier.domain.journey import Journey
from services.classifier.domain.policy import PolicyAdopted
from services.classifier.domain.regimes import Policies
from services.classifier.handlers import (
    Course,
    Followed,
    Heard,
    Moment,
    Tick,
    entries,
    follow,
    said_in_order,
    timeline,
)
from services.classifier.projections import changes, groups, journeys, retractable, rows
from services.classifier.projections.entries import ends_with_adoption
from services.classifier.projections.journeys import Known
from services.classifier.projections.retractable import Speaking
from services.classifier.stream.recent import Recent
from services.classifier.stream.sorting import Sorted, sort_out
from shared.eventlog.entries import Entry
from shared.eventlog.log import Store, Transaction

REVIEWS: Final = 500
"""Members who are reviewed in one transaction, at most."""
PASTS: Final = 32
"""Members whose whole past is in memory at a time."""


@dataclass(slots=True)
class Time:
    """The log's clock, as committed. `unreviewed` says that somebody may be due by now; `adopted`
    that who is, is so by a policy: since that was adopted, nothing has happened.
    """

    mode: Mode
    now: int | None
    unreviewed: bool = True
    adopted: bool = False


class Led(NamedTuple):
    before: Known
    after: Followed


class Hearing:
    """The only writer of the classifier's log, but for its beginning."""

    def __init__(
        self, store: Store, time: Time, policies: Policies, *, recent: Recent, snapshot_every: int
    ) -> None:
        self.time = time
        self.policies = policies
        self._store = store
        self._recent = recent
        self._snapshot_every = snapshot_every

    async def begin(self) -> None:
        """Go on from where the clock stands, once the tables are there."""
        [(self.time.now,)] = await self._store.fetchall("SELECT now FROM clock")
        self.time.adopted = await ends_with_adoption(self._store)

    async def take(self, transaction: Transaction, batch: Sequence[Heard]) -> tuple[int, Sorted]:
        """Record activities from the front of the batch, with all that comes of them. Return how
        many, and what they were: none at all while somebody is due for review.
        """
        if self.time.unreviewed:
            return 0, Sorted((), ())
        found = await sort_out(transaction, batch)
        fresh = found.fresh
        time, policies = self.time, self.policies
        course = Course.of(
            timeline((batch[place] for place in fresh), time.mode, time.now, policies)
        )
        due = await self._due(transaction, course)
        unreviewed = len(due) > REVIEWS
        if unreviewed:
            # The log goes on after the first tick at which they would be too many.
            too_many, _ = due[-1]
            course = course.ending_with(next(tick for tick in course.ticks if tick.now >= too_many))
            due = [each for each in due if course.ticks and each[0] <= course.ticks[-1].now]
        led = await self._lead(transaction, course, [member for _, member in due])
        sayings = [saying for each in led.values() for saying in each.after.sayings]
        await self._write(transaction, entries(course, sayings), led)
        if course.moments:
            await self._set_clock(transaction, course.moments[-1].now, unreviewed=unreviewed)
        taken = sum(moment.heard is not None for moment in course.moments)
        end = fresh[taken] if taken < len(fresh) else len(batch)
        return end, Sorted(fresh[:taken], [place for place in found.conflicts if place < end])

    async def review(self) -> None:
        """Let the clock have its effect on all who are due, some of them in each transaction."""
        while self.time.unreviewed:
            async with self._store.transaction() as transaction:
                await self._review_some(transaction)

    async def advance(self, now: int) -> None:
        """Let the clock get to `now`, with all its effects."""
        await self.review()
        async with self._store.transaction() as transaction:
            if self.time.unreviewed or (self.time.now is not None and now <= self.time.now):
                return
            await transaction.append([Entry(clock.STREAM, ClockAdvanced(at=now))])
            await self._set_clock(transaction, now, unreviewed=True)
        await self.review()

    async def waiting(self) -> int:
        """Return how many members are due for review."""
        now = self.time.now
        if now is None or not self.time.unreviewed:
            return 0
        return await journeys.count_due(self._store, now)

    @asynccontextmanager
    async def still(self) -> AsyncIterator[Transaction]:
        """Hold the log still for a moment at which everybody who is due has been reviewed."""
        while True:
            await self.review()
            async with self._store.transaction() as transaction:
                if not self.time.unreviewed:
                    yield transaction
                    return

    async def adopt(
        self, transaction: Transaction, adopted: PolicyAdopted, policies: Policies
    ) -> None:
        """Record a policy with which `policies` are in force, while the log is still. Everybody
        is read from the log again and reviewed, since what is foreseen follows them at once.
        """
        await transaction.append(
            [Entry(policy.STREAM, adopted)], expected={policy.STREAM: adopted.version - 1}
        )
        await journeys.fall_due(transaction, adopted.decided_at)

        def committed() -> None:
            self.policies = policies
            self._recent.clear()
            self.time.unreviewed = self.time.adopted = True

        transaction.after_commit(committed)

    async def _due(self, transaction: Transaction, course: Course) -> list[tuple[int, str]]:
        """Return who is due on the way; one more than can be reviewed if they are too many."""
        if not course.ticks:
            return []
        return await journeys.due(transaction, course.ticks[-1].now, REVIEWS + 1)

    async def _review_some(self, transaction: Transaction) -> None:
        now = self.time.now
        due = [] if now is None else await journeys.due_now(transaction, now, REVIEWS)
        if now is None or not due:
            transaction.after_commit(self._reviewed)
            return
        course = Course((Moment(now),), (Tick(now, 0, self.time.adopted),), {})
        led = await self._lead(transaction, course, due)
        if stuck := [member for member, each in led.items() if each.after.journey.due <= now]:
            raise RuntimeError(f"{stuck[0]} is due at {now} and stays so")
        sayings = [saying for each in led.values() for saying in each.after.sayings]
        await self._write(transaction, said_in_order(sayings), led)

    def _reviewed(self) -> None:
        self.time.unreviewed = False

    async def _lead(
        self, transaction: Transaction, course: Course, due: Collection[str]
    ) -> dict[str, Led]:
        """Follow everybody who acts or is due, loading who is not remembered."""
        policies, asked = self.policies, {*course.members, *due}
        known = self._recent.of(asked)
        if missing := asked - known.keys():
            known |= await journeys.load(transaction, missing, policies, self.time.now or 0)
        speaking = {
            member: Speaking(known[member].version, retractions)
            for member in course.members.keys() & known.keys()
            if (retractions := course.retractions_of(member))
        }
        spoken_of = await retractable.acts(transaction, speaking)
        led = {}
        wanting = []
        for number, member in enumerate(asked, 1):
            if not number % journeys.AT_ONCE:
                await asyncio.sleep(0)
            before = known.get(member) or Known(Journey(member))
            past, named = None if before.version else (), spoken_of.get(member, ())
            followed = follow(before.journey, course, policies, past, named)
            if followed is None:
                wanting.append(before)
            else:
                led[member] = Led(before, followed)
        for start in range(0, len(wanting), PASTS):
            some = wanting[start : start + PASTS]
            pasts = await journeys.pasts(transaction, [each.journey.member for each in some])
            for before in some:
                member = before.journey.member
                named = spoken_of.get(member, ())
                followed = follow(before.journey, course, policies, pasts[member], named)
                assert followed is not None  # noqa: S101 - all that it could want is there
                led[member] = Led(before, followed)
        return led

    async def _write(
        self, transaction: Transaction, said: Sequence[Entry], led: dict[str, Led]
    ) -> None:
        streams = {entry.stream for entry in said}
        expected = {member: led[member].before.version for member in streams & led.keys()}
        appended = await transaction.append(said, expected=expected) if said else []
        versions = {row.stream: row.version for row in appended}
        after = await rows.save(
            transaction,
            (
                (
                    before,
                    replace(
                        before,
                        journey=journey,
                        version=versions.get(member, before.version),
                        saved=0 if folded else before.saved,
                    ),
                )
                for member, (before, (journey, _, folded)) in led.items()
            ),
            policies=self.policies,
            snapshot_every=self._snapshot_every,
        )
        await changes.note(transaction, said, appended)
        await groups.note(transaction, said)
        transaction.after_commit(lambda: self._recent.keep(after))

    async def _set_clock(self, transaction: Transaction, now: int, *, unreviewed: bool) -> None:
        if now != self.time.now:
            await transaction.execute("UPDATE clock SET now = :now", {"now": now})

        def committed() -> None:
            self.time.now = now
            self.time.unreviewed = unreviewed
            self.time.adopted = False

        transaction.after_commit(committed)
