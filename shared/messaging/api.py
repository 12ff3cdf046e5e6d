"""JetStream's own API: the few questions we ask it, and its answers as plain data.

Spoken directly rather than through nats-py's typed classes, because they drop the fields that
they do not know, and round the creation time by which a stream is told from its successor.
"""

import asyncio
import base64
import json
from dataclasses import dataclass
from typing import Any

import nats.errors
from nats.aio.client import Client

from shared.messaging.errors import BrokerUnavailable, Refused, UnfitBroker

OLDEST_SERVER = (2, 14)  # the first in which a durable consumer can be reset
TIMEOUT = 5.0
POLL_SECONDS = 0.1
NOT_FOUND = {10014, 10037, 10059}  # a consumer, a message, a stream


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """`created` tells a stream from a later one of the same name."""

    created: str
    first: int
    last: int
    configuration: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ConsumerInfo:
    """`backlog` counts what is not yet delivered, and what is delivered but not yet acked."""

    backlog: int
    configuration: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    sequence: int
    id: str | None


def generation(client: Client) -> int | None:
    """Tell one connection from the next; None while there is none.

    What was requested in one generation is not answered in another.
    """
    return client.stats["reconnects"] if client.is_connected else None


def check_version(client: Client) -> None:
    """Raise UnfitBroker unless the server we are connected to knows what we rely on."""
    version = client.connected_server_version
    if (version.major, version.minor) < OLDEST_SERVER:
        raise UnfitBroker(
            f"the broker is nats-server {version.major}.{version.minor}.{version.patch}:"
            f" at least {'.'.join(map(str, OLDEST_SERVER))} is needed"
        )


async def ask(client: Client, verb: str, request: object = None) -> dict[str, Any]:
    """Return the answer. Raises Refused with JetStream's code, and BrokerUnavailable."""
    payload = b"" if request is None else json.dumps(request).encode()
    before = generation(client)
    if before is None:
        raise BrokerUnavailable("there is no connection to the broker")
    asking = asyncio.ensure_future(client.request(f"$JS.API.{verb}", payload, timeout=TIMEOUT))
    try:
        while not asking.done() and generation(client) == before:
            await asyncio.wait([asking], timeout=POLL_SECONDS)
        if not asking.done():
            raise BrokerUnavailable(f"the connection was lost over {verb}")
        answer = asking.result()
    except nats.errors.NoRespondersError:
        raise BrokerUnavailable(f"nothing answers {verb}: JetStream is away") from None
    except nats.errors.Error as error:
        raise BrokerUnavailable(f"{verb}: {error}") from error
    finally:
        asking.cancel()
    decoded: dict[str, Any] = json.loads(answer.data)
    if problem := decoded.get("error"):
        refused = refusal(problem)
        if refused.busy:
            raise BrokerUnavailable(f"{verb}: {refused}")
        raise refused
    return decoded


def refusal(error: dict[str, Any]) -> Refused:
    """Read the error in one of JetStream's answers."""
    status = error["code"]
    return Refused(error.get("err_code", status), error.get("description", ""), status)


async def found(client: Client, verb: str, request: object = None) -> dict[str, Any] | None:
    """Return the answer, None where the thing asked about does not exist."""
    try:
        return await ask(client, verb, request)
    except Refused as refused:
        if refused.code in NOT_FOUND:
            return None
        raise


async def stream_info(client: Client, stream: str) -> StreamInfo | None:
    answer = await found(client, f"STREAM.INFO.{stream}")
    if answer is None:
        return None
    state = answer["state"]
    return StreamInfo(answer["created"], state["first_seq"], state["last_seq"], answer["config"])


async def consumer_info(client: Client, stream: str, durable: str) -> ConsumerInfo | None:
    answer = await found(client, f"CONSUMER.INFO.{stream}.{durable}")
    if answer is None:
        return None
    return ConsumerInfo(answer["num_pending"] + answer["num_ack_pending"], answer["config"])


async def reset_consumer(client: Client, stream: str, durable: str, sequence: int | None) -> int:
    """Let a consumer start again: at a stream sequence, or (None) at the first unacked message.

    Return the sequence it starts at. The consumer has to exist, else nothing answers.
    """
    request = {} if sequence is None else {"seq": sequence}
    answer = await ask(client, f"CONSUMER.RESET.{stream}.{durable}", request)
    return int(answer["reset_seq"])


async def last_message(client: Client, stream: str, subject: str) -> Stored | None:
    """Return the newest message on a subject, wildcards allowed, from the stream's leader."""
    answer = await found(client, f"STREAM.MSG.GET.{stream}", {"last_by_subj": subject})
    if answer is None:
        return None
    message = answer["message"]
    return Stored(message["seq"], _message_id(base64.b64decode(message.get("hdrs", ""))))


async def message(client: Client, stream: str, sequence: int) -> bytes | None:
    """Return the body of a message, None where there is none."""
    answer = await found(client, f"STREAM.MSG.GET.{stream}", {"seq": sequence})
    return None if answer is None else base64.b64decode(answer["message"].get("data", ""))


def _message_id(headers: bytes) -> str | None:
    for line in headers.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"Nats-Msg-Id":
            return value.strip().decode()
    return None
