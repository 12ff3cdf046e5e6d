"""One stream's events in its order and without gaps, through whatever happens to the connection.

An ephemeral consumer is cheap and keeps nothing: after a gap, a silence or a reconnect there is a
new one, which begins behind the last event that was seen.
"""

import asyncio
import json
from collections import deque
from typing import TYPE_CHECKING, Any, TypeAlias

from shared.runtime.errors import CommandFailed

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg
    from nats.aio.subscription import Subscription

Event: TypeAlias = dict[str, Any]
"""A CloudEvent, as it came."""

BATCH = 500
HEARTBEAT = 0.5
"""Seconds of silence after which the server says that it is still there."""
EXPIRY = 30
"""Seconds after which messages are asked for anew."""
NANOSECONDS = 1_000_000_000
PULL = json.dumps(
    {
        "batch": BATCH,
        "expires": EXPIRY * NANOSECONDS,
        "idle_heartbeat": int(HEARTBEAT * NANOSECONDS),
    }
).encode()
STILL_THERE, NO_MORE = "100", "408"


class Feed:
    """`ahead` are the events read and not yet taken; `caught_up` says that there are no more."""

    def __init__(self, client: "Client", stream: str, subject: str) -> None:
        self.ahead: deque[Event] = deque()
        self.caught_up = False
        self._client, self._stream, self._subject = client, stream, subject
        self._next = 1

    async def begin(self, *, from_start: bool) -> None:
        """Choose where to begin. Raises CommandFailed where there is no such stream."""
        from nats.js.errors import NotFoundError  # noqa: PLC0415 - `zones --help` does without

        try:
            state = (await self._client.jsm().stream_info(self._stream)).state
        except NotFoundError as error:
            raise CommandFailed(
                f"NATS has no stream {self._stream}: run `zones provision`"
            ) from error
        if not from_start:
            self._next = state.last_seq + 1

    async def read(self, news: asyncio.Event) -> None:
        """Read on for ever, setting `news` whenever there is something to see."""
        from nats.errors import Error  # noqa: PLC0415 - see begin

        while True:
            try:
                await self._consume(news)
            except (Error, OSError):
                await asyncio.sleep(HEARTBEAT / 2)

    async def _consume(self, news: asyncio.Event) -> None:
        """Read through one consumer until it has a gap. Raises what NATS raises."""
        name, pending = await self._consumer()
        self.caught_up = pending == 0
        news.set()
        inbox = self._client.new_inbox()
        messages = await self._client.subscribe(inbox)
        seen = 0
        try:
            while True:
                await self._client.publish(
                    f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{name}", PULL, reply=inbox
                )
                for _ in range(BATCH):
                    message = await _next(messages)
                    if message is None:
                        break
                    seen += 1
                    if message.metadata.sequence.consumer != seen:
                        return
                    self._take(message)
                    news.set()
        finally:
            await messages.unsubscribe()

    async def _consumer(self) -> tuple[str, int]:
        """Return the name of a new consumer that begins at `_next`, and how much awaits it."""
        from nats.js import api  # noqa: PLC0415 - see begin

        manager = self._client.jsm()
        if self._next > (await manager.stream_info(self._stream)).state.last_seq + 1:
            self._next = 1  # A new stream of the same name: all of it is unseen.
        consumer = await manager.add_consumer(
            self._stream,
            api.ConsumerConfig(
                ack_policy=api.AckPolicy.NONE,
                deliver_policy=api.DeliverPolicy.BY_START_SEQUENCE,
                opt_start_seq=self._next,
                filter_subject=self._subject,
                inactive_threshold=2 * EXPIRY,
                mem_storage=True,
                num_replicas=1,
            ),
        )
        return consumer.name, consumer.num_pending or 0

    def _take(self, message: "Msg") -> None:
        self._next = message.metadata.sequence.stream + 1
        self.caught_up = message.metadata.num_pending == 0
        self.ahead.append(json.loads(message.data))


async def _next(messages: "Subscription") -> "Msg | None":
    """Return the next message, None when more has to be asked for. Raises OSError."""
    task = asyncio.current_task()
    while True:
        message = await messages.next_msg(timeout=3 * HEARTBEAT)
        if task and task.cancelling():
            # In Python 3.11 its `wait_for` swallows a cancellation that a message comes with.
            raise asyncio.CancelledError
        status = (message.headers or {}).get("Status")
        if status is None:
            return message
        if status == NO_MORE:
            return None
        if status != STILL_THERE:
            raise OSError(f"the consumer is of no more use: status {status}")
