"""Messages on their way into a stream, and the broker's answers.

One message goes alone. Several go as one atomic batch, which the broker stores whole or not at
all, in its order, and with one sync of the disk: that is what makes publishing fast.
"""

import asyncio
import contextlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.messaging.api import generation, refusal
from shared.messaging.errors import BrokerUnavailable, Refused

CONTENT_TYPE: Final = "application/cloudevents+json"
BATCH_LIMIT: Final = 1000  # the server's

WRONG_LAST_SEQUENCE: Final = {10071, 10164}
CONTAINS_DUPLICATE: Final = 10201
TOO_LARGE: Final = 10054
BAD_SUBJECT: Final = 400
NO_STREAM: Final = 503
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Message:
    """`id` makes the second sending a duplicate: the event key.

    `expected` is the sequence of the newest message on `guard` (a subject, wildcards allowed), 0
    for none; the broker refuses the message where another one is the newest.
    """

    subject: str
    body: bytes
    id: str
    guard: str | None = None
    expected: int | None = None

    @property
    def size(self) -> int:
        """About how many bytes the broker has to handle for it."""
        return len(self.body) + len(self.subject) + 256


@dataclass(frozen=True, slots=True)
class Ack:
    """Where the message stands in the stream. A duplicate stands where it was stored first."""

    sequence: int
    duplicate: bool = False


class _Sending(NamedTuple):
    message: Message
    headers: Mapping[str, str]
    answered: bool


Answer: TypeAlias = Ack | Refused | None
"""None: the broker has not said. The message may or may not be stored."""


def check(client: Client, messages: Sequence[Message]) -> None:
    """Raise Refused for what the broker would answer by closing the connection."""
    for message in messages:
        if message.size > client.max_payload:
            raise Refused(TOO_LARGE, f"{message.id} has {len(message.body)} bytes")
        if message.subject.split() != [message.subject]:
            raise Refused(BAD_SUBJECT, f"{message.id} has the subject {message.subject!r}")


async def send_singly(
    client: Client, stream: str, messages: Sequence[Message], patience: float
) -> list[Answer]:
    """Send messages one behind the other, without waiting in between. Return an answer for each.

    Where one is not stored, a later one may be: no two of them should depend on their order.
    """
    answers = await _exchange(
        client, [_Sending(message, _headers(message), True) for message in messages], patience
    )
    return [_answer(stream, answers.get(number)) for number in range(len(messages))]


async def send_batch(
    client: Client, stream: str, messages: Sequence[Message], patience: float
) -> list[Ack] | Refused | None:
    """Send messages as one atomic batch: all are stored, one behind the other, or none.

    The broker refuses a batch of which it knows a single message: CONTAINS_DUPLICATE.
    """
    batch, last = secrets.token_hex(8), len(messages)
    sendings = []
    for number, message in enumerate(messages, start=1):
        headers = _headers(message)
        headers["Nats-Batch-Id"] = batch
        headers["Nats-Batch-Sequence"] = str(number)
        if number == last:
            headers["Nats-Batch-Commit"] = "1"
        sendings.append(_Sending(message, headers, number == last))
    answers = await _exchange(client, sendings, patience)
    answer = _answer(stream, answers.get(last - 1))
    if not isinstance(answer, Ack):
        return answer
    return [Ack(answer.sequence - last + number) for number in range(1, last + 1)]


async def _exchange(
    client: Client, sendings: Sequence[_Sending], patience: float
) -> dict[int, Msg]:
    """Send everything, and collect the answers until all are there or no more can come."""
    wanted = sum(sending.answered for sending in sendings)
    inbox, answers, complete = client.new_inbox(), dict[int, Msg](), asyncio.Event()

    async def hear(answer: Msg) -> None:
        answers[int(answer.subject[len(inbox) + 1 :])] = answer
        if len(answers) == wanted:
            complete.set()

    before = generation(client)
    if client.is_closed:
        raise BrokerUnavailable("the connection to the broker is closed for good")
    if before is None:
        return answers
    try:
        subscription = await client.subscribe(f"{inbox}.*", cb=hear)
        try:
            for number, (message, headers, answered) in enumerate(sendings):
                reply = f"{inbox}.{number}" if answered else ""
                await client.publish(message.subject, message.body, reply, dict(headers))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    while not complete.is_set() and generation(client) == before:
                        with contextlib.suppress(TimeoutError):
                            async with asyncio.timeout(POLL_SECONDS):
                                await complete.wait()
        finally:
            await subscription.unsubscribe()
    except nats.errors.ConnectionClosedError as error:
        raise BrokerUnavailable(str(error)) from error
    except nats.errors.OutboundBufferLimitError:
        pass  # the connection went away while we were writing
    return answers


def _headers(message: Message) -> dict[str, str]:
    headers = {"Content-Type": CONTENT_TYPE, "Nats-Msg-Id": message.id}
    if message.expected is not None:
        headers["Nats-Expected-Last-Subject-Sequence"] = str(message.expected)
        if message.guard is not None and message.guard != message.subject:
            headers["Nats-Expected-Last-Subject-Sequence-Subject"] = message.guard
    return headers


def _answer(stream: str, answer: Msg | None) -> Answer:
    if answer is None:
        return None
    if not answer.data:  # "no responders"
        return Refused(NO_STREAM, f"{stream} is away, or takes no such subject", NO_STREAM)
    said = json.loads(answer.data)
    if problem := said.get("error"):
        return refusal(problem)
    if said["stream"] != stream:
        raise ValueError(f"{stream} was meant, {said['stream']} has taken the message")
    return Ack(said["seq"], bool(said.get("duplicate")))
