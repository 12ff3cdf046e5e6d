"""A platform's report, step by step: translated, dated, without bots, accepted, or else parked.

Whether it is the platform's own word has been checked before; over NATS the broker has done that.
"""

from collections import Counter as Tally
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Final, TypeAlias

from prometheus_client import CollectorRegistry, Counter

from services.ingest.domain.activity import Named, Refused, Sighting, Skipped
from services.ingest.domain.actors import Rule, refusing
from services.ingest.handlers.intake import Intake, Verdict
from services.ingest.handlers.keeping import BOT, Piece, is_kept, kept
from services.ingest.handlers.posts import WEBHOOKS, Post, Source, Translate
from services.ingest.handlers.reading import Heard
from shared.eventlog.log import Store
from shared.eventlog.parked import ParkedRow
from shared.messaging.errors import UnreadableMessage

Learn: TypeAlias = Callable[[Sequence[Named], datetime], Awaitable[None]]
"""Notes what accounts are said to be called, as heard at a time."""

UNSIGNED: Final = "unsigned"


class Reports:
    """`canonical` reads what comes from no source that is known here."""

    def __init__(
        self,
        intake: Intake,
        store: Store,
        sources: Mapping[str, Source],
        *,
        canonical: Translate,
        learn: Learn,
        actors: Sequence[Rule],
        registry: CollectorRegistry,
    ) -> None:
        self._intake, self._store, self._learn = intake, store, learn
        self.sources, self._actors = sources, actors
        self._anybody = Source(name="", adapter="canonical", translate=canonical)
        self._refused: Tally[Rule] = Tally()
        self._counted = Counter(
            "zones_ingest_reports",
            "What sources reported, by what became of it.",
            ["source", "status", "reason"],
            registry=registry,
        )

    @property
    def rules(self) -> list[tuple[Rule, int]]:
        """The rules about bots, with how often each has refused something since the start."""
        return [(rule, self._refused[rule]) for rule in self._actors]

    def source(self, name: str, headers: Mapping[str, str]) -> Source:
        """Return who reads what came under this name. CloudEvents are canonical from anybody."""
        if _is_cloud_event(headers):
            return self._anybody
        return self.sources.get(name, self._anybody)

    def turn_away(self, source: Source) -> None:
        """Count what nobody can know the sender of."""
        self._counted.labels(source.name, "refused", UNSIGNED).inc()

    async def take(self, posts: Sequence[Post]) -> list[list[Verdict]]:
        """Answer each post with what became of everything in it; what is refused is parked.

        Raises BrokerUnavailable and StreamFull, after which the same may be sent again.
        """
        said, verdicts = await self._judged(posts)
        if parked := kept(posts, said, verdicts):
            async with self._store.transaction() as transaction:
                for unused in parked:
                    await transaction.park(unused)
        answers: list[list[Verdict]] = [[] for _ in posts]
        for one, verdict in zip(said, verdicts, strict=True):
            answers[one.place].append(verdict)
            reason = (verdict.reason or "").partition(":")[0]
            self._counted.labels(posts[one.place].source.name, verdict.status, reason).inc()
        return answers

    async def retry(self, row: ParkedRow) -> str | None:
        """Translate it anew, by what is configured today. Return why it still cannot be said; None
        when it is, and the row is resolved. What had no time happened when it was parked.
        """
        headers = {name.lower(): value for name, value in row.headers.items()}
        received_at = datetime.fromtimestamp(row.parked_at / 1000, UTC)
        name = row.subject.split(".", 2)[-1]
        source = self.sources.get(name) if row.reader == WEBHOOKS else self.source(name, headers)
        if source is None:
            reasons: list[str | None] = [f"unknown_source: no source is called {name} any more"]
        else:
            post = Post(source, headers, row.payload, received_at, row.reader, row.subject)
            _, verdicts = await self._judged([post])
            reasons = [verdict.reason for verdict in verdicts if is_kept(verdict)]
        async with self._store.transaction() as transaction:
            if not reasons:
                await transaction.mark_resolved(row.id)
                return None
            await transaction.mark_retried(row.id)
            return reasons[0]

    async def _judged(self, posts: Sequence[Post]) -> tuple[list[Piece], list[Verdict]]:
        said = [one for place, post in enumerate(posts) for one in self._read(place, post)]
        named = [(one.place, one.heard) for one in said if isinstance(one.heard, Named)]
        for place, names in groupby(named, key=itemgetter(0)):
            await self._learn([name for _, name in names], posts[place].received_at)
        heard = [one.heard for one in said if isinstance(one.heard, Heard)]
        judged = iter(await self._intake.accept(heard))
        return said, [
            next(judged) if isinstance(one.heard, Heard) else _left_out(one.heard) for one in said
        ]

    def _read(self, place: int, post: Post) -> Iterator[Piece]:
        try:
            everything = post.source.translate(post.headers, post.body)
        except UnreadableMessage as error:
            everything = [Refused(reason=error.reason, detail=error.detail)]
        for one in everything:
            match one:
                case Sighting():
                    yield Piece(place, self._dated(one, post.received_at), alone=False)
                case Skipped() | Named():
                    yield Piece(place, one, alone=False)
                case Refused():
                    yield Piece(place, Heard(one, post.received_at), alone=False)
                case _:
                    yield Piece(place, Heard(one, post.received_at), alone=True)

    def _dated(self, sighting: Sighting, received_at: datetime) -> Heard:
        if rule := refusing(self._actors, sighting):
            self._refused[rule] += 1
            return Heard(Refused(reason=BOT, detail=rule.why), received_at)
        event = sighting.event
        if event.get("time") is None:
            event = {**event, "time": received_at.isoformat(), "undated": True}
        return Heard(event, received_at, sighting.label)


def _left_out(said: Skipped | Named) -> Verdict:
    if isinstance(said, Named):
        return Verdict("skipped", None, "named: it is noted what an account is called")
    return Verdict("skipped", None, f"{said.reason}: {said.detail}")


def _is_cloud_event(headers: Mapping[str, str]) -> bool:
    media_type = headers.get("content-type", "").strip().lower()
    return media_type.startswith("application/cloudevents") or "ce-specversion" in headers
