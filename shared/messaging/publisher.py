"""Publishing for many callers at once: while one batch is on its way, the next one collects.

Order is kept: what is asked for first is stored first. A call returns when all of its messages
are stored; what happens to a neighbour's messages does not concern it.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self

import structlog
from nats.aio.client import Client

from shared.messaging.errors import BrokerUnavailable, Refused, StreamFull
from shared.messaging.wire import (
    BATCH_LIMIT,
    CONTAINS_DUPLICATE,
    Ack,
    Message,
    check,
    send_batch,
    send_singly,
)

log = structlog.get_logger()

BATCH_BYTES = 1024 * 1024
PATIENCE = 10.0
ATTEMPT = 5.0
PAUSE = 0.05


class BatchPublisher:
    """The one publisher of a stream in a process. `patience` is how long, in seconds, a call waits
    for a broker that does not answer.
    """

    def __init__(self, client: Client, stream: str, *, patience: float = PATIENCE) -> None:
        self._client = client
        self._stream = stream
        self._patience = patience
        self._queue: deque[_Sent] = deque()
        self._asked = asyncio.Event()
        self._trouble = f"stream {stream} does not answer"
        self._tasks = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._sending = self._tasks.create_task(self._send())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._sending.cancel()
        await self._tasks.__aexit__(kind, error, trace)
        for sent in self._queue:
            sent.fail(BrokerUnavailable("the publisher is closing"))

    async def publish(self, messages: Sequence[Message]) -> list[Ack]:
        """Return where each message stands, once all of them are on the broker's disk.

        Raises StreamFull, BrokerUnavailable, and Refused for what the broker will never take.
        Then some of them may be stored: sending the same ids again is safe, in every case.
        """
        check(self._client, messages)
        loop = asyncio.get_running_loop()
        call = _Call(loop.time() + self._patience, loop.create_future(), len(messages))
        self._queue.extend(_Sent(message, call, place) for place, message in enumerate(messages))
        if not messages:
            return []
        self._asked.set()
        return await call.done

    async def _send(self) -> None:
        while True:
            await self._asked.wait()
            self._asked.clear()
            while self._queue:
                batch = list(self._next_batch())
                if batch:
                    await self._settle(batch)
                for _ in batch:
                    self._queue.popleft()

    def _next_batch(self) -> Iterator["_Sent"]:
        """What fits into one batch, from the front of the queue, which keeps it until settled."""
        while self._queue and self._queue[0].settled:
            self._queue.popleft()
        room = BATCH_BYTES
        for n, sent in enumerate(itertools.islice(self._queue, BATCH_LIMIT)):
            room -= sent.message.size
            if room < 0 and n:
                return
            yield sent

    async def _settle(self, batch: list["_Sent"]) -> None:
        loop = asyncio.get_running_loop()
        together = len(batch) > 1
        while waiting := [sent for sent in batch if not sent.settled]:
            soonest = min(waiting, key=lambda sent: sent.call.deadline)
            patience = min(ATTEMPT, soonest.call.deadline - loop.time())
            if patience <= 0:
                soonest.fail(BrokerUnavailable(self._trouble))
            elif together:
                together = await self._together(waiting, patience)
            else:
                await self._singly(waiting, patience)

    async def _together(self, batch: Sequence["_Sent"], patience: float) -> bool:
        """Send an atomic batch. Return whether, if need be, to try the same again."""
        answer = await send_batch(
            self._client, self._stream, [sent.message for sent in batch], patience
        )
        match answer:
            case None:
                await asyncio.sleep(PAUSE)
                return True
            case Refused(busy=True):
                await asyncio.sleep(PAUSE)
                return True
            case Refused(full=True):
                for sent in batch:
                    sent.fail(StreamFull(f"stream {self._stream} is full: {answer}"))
                return False
            case Refused():
                if answer.code != CONTAINS_DUPLICATE:
                    log.warning("publisher.batch_refused", stream=self._stream, why=str(answer))
                return False
            case acks:
                for sent, ack in zip(batch, acks, strict=True):
                    sent.succeed(ack)
                return False

    async def _singly(self, batch: Sequence["_Sent"], patience: float) -> None:
        """Send the longest start in which no member occurs twice, so that nobody's order can
        suffer when an earlier message is lost and a later one is not.
        """
        run, lanes = [], set[str]()
        for sent in batch:
            if sent.lane in lanes:
                break
            lanes.add(sent.lane)
            run.append(sent)
        answers = await send_singly(
            self._client, self._stream, [sent.message for sent in run], patience
        )
        for sent, answer in zip(run, answers, strict=True):
            match answer:
                case None | Refused(busy=True):
                    pass
                case Refused(full=True):
                    sent.fail(StreamFull(f"stream {self._stream} is full: {answer}"))
                case Refused():
                    sent.fail(answer)
                case ack:
                    sent.succeed(ack)
        if not all(sent.settled for sent in run):
            await asyncio.sleep(PAUSE)


class _Call:
    """One caller's messages, their deadline, and where the caller waits."""

    def __init__(self, deadline: float, done: asyncio.Future[list[Ack]], count: int) -> None:
        self.deadline = deadline
        self.done = done
        self.acks: dict[int, Ack] = {}
        self.count = count


class _Sent:
    """One message in the queue: settled once it is stored, or its caller has given up."""

    def __init__(self, message: Message, call: _Call, place: int) -> None:
        self.message = message
        self.call = call
        self.place = place

    @property
    def lane(self) -> str:
        return self.message.subject.rpartition(".")[2]

    @property
    def settled(self) -> bool:
        return self.place in self.call.acks or self.call.done.done()

    def succeed(self, ack: Ack) -> None:
        self.call.acks[self.place] = ack
        if len(self.call.acks) == self.call.count and not self.call.done.done():
            self.call.done.set_result([self.call.acks[n] for n in range(self.call.count)])

    def fail(self, error: Exception) -> None:
        if not self.call.done.done():
            self.call.done.set_exception(error)
