"""After a conflict: which of the messages that we were about to say has the stream already?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nats.aio.client import Client

from shared.messaging import api
from shared.messaging.tails import NOTHING, Tail, said
from shared.messaging.wire import Message


@dataclass(frozen=True, slots=True)
class Saying:
    """A message on its way out: the log position it comes from, and what it is guarded by."""

    position: int
    message: Message
    guard: str


async def reconcile(
    client: Client,
    stream: str,
    window: Sequence[Saying],
    later: Sequence[Saying],
    known: Mapping[str, Tail],
    *,
    first: int,
) -> tuple[int, dict[str, Tail]]:
    """Return how many of the window, from its front, the stream has, and the tails that follow.

    `later` is what comes after the window, `known` our tails under the guards in conflict, `first`
    the stream's oldest sequence. A tail moves only with everything it stands on: what a crash has
    left behind in the next window is found again when its turn comes. Raises Fenced, TailLost.
    """
    counts: dict[str, int] = {}
    moved: dict[str, Tail] = {}
    for guard, ours in known.items():
        found = await api.last_message(client, stream, guard)
        ids = [each.message.id for each in (*window, *later) if each.guard == guard]
        count = said(stream=stream, guard=guard, ours=ours, found=found, first=first, ids=ids)
        counts[guard] = count or 0
        if count is None:
            moved[guard] = NOTHING
        elif count and found:
            moved[guard] = Tail(found.sequence, found.id or "")
    done = 0
    while done < len(window) and counts.get(window[done].guard, 0) > 0:
        counts[window[done].guard] -= 1
        done += 1
    return done, {guard: tail for guard, tail in moved.items() if counts[guard] == 0}
