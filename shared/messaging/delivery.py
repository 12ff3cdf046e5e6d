"""A message as a reader gets it, with its place in the stream and its turn with this reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from nats.aio.msg import Msg

V1_TOKENS = 9
V1_FIRST, V2_FIRST = 4, 6


@dataclass(frozen=True, slots=True)
class Delivery:
    """`sequence` is the message's place in the stream, `received_at` when the broker stored it,
    and `pending` how many the broker still had for this reader when it sent this one.

    `turn` counts what the broker has sent to this consumer since its last reset, from 1, and
    `attempt` how often it has sent this message. `ack` is the subject to acknowledge it on.
    """

    subject: str
    headers: Mapping[str, str]
    body: bytes
    sequence: int
    pending: int
    received_at: datetime
    turn: int = 1
    attempt: int = 1
    ack: str = ""

    @property
    def id(self) -> str | None:
        """The `Nats-Msg-Id` it was published with."""
        return self.headers.get("Nats-Msg-Id")


class OutOfTurn(Exception):
    """A delivery was lost, repeated, or sent to somebody else who reads the same consumer."""

    def __init__(self, expected: int, delivery: Delivery) -> None:
        super().__init__(
            f"sequence {delivery.sequence} came in turn {delivery.turn} at attempt"
            f" {delivery.attempt}, where turn {expected} was due"
        )


def delivered(message: Msg) -> Delivery:
    """Read the reply subject, in the form of today's servers or in the announced one.

    $JS.ACK.<stream>.<consumer>.<attempt>.<sequence>.<turn>.<time>.<pending>, or the same with
    <domain>.<account> after ACK and perhaps a random token at the end.
    """
    tokens = message.reply.split(".")
    first = V1_FIRST if len(tokens) == V1_TOKENS else V2_FIRST
    attempt, sequence, turn, nanoseconds, pending = map(int, tokens[first : first + 5])
    return Delivery(
        message.subject,
        message.headers or {},
        message.data,
        sequence,
        pending,
        datetime.fromtimestamp(nanoseconds / 1e9, UTC),
        turn,
        attempt,
        message.reply,
    )


def in_turn(batch: Sequence[Delivery], turn: int) -> int:
    """Return the turn after `batch`. Raises OutOfTurn unless it begins at `turn`, with nothing
    missing and nothing repeated.

    This is the whole difference between a gap that nobody notices and one that is read again:
    what dies in a socket leaves a hole in the turns, and what comes again says so.
    """
    for expected, delivery in enumerate(batch, start=turn):
        if delivery.turn != expected or delivery.attempt != 1:
            raise OutOfTurn(expected, delivery)
    return turn + len(batch)
