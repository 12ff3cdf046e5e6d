"""What a way out of the notifier has to be able to do, and what it says where it leads nowhere."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from services.notifier.domain.kinds import Channel
from services.notifier.domain.notices import NoticeSent
from services.notifier.projections.recipients import Recipient


class NotDelivered(Exception):
    """`problem` is a word for why. `retry_after` are the seconds that the receiver asked for.
    `final`: this will never get through. `gone` names a receiver that wants nothing at all, ever.
    """

    def __init__(
        self,
        problem: str,
        *,
        retry_after: float | None = None,
        final: bool = False,
        gone: str | None = None,
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.retry_after = retry_after
        self.final = final
        self.gone = gone


class Way(Protocol):
    """A channel, and how many attempts it makes at the same time: so many may be made again after
    a crash.
    """

    @property
    def channel(self) -> Channel: ...

    @property
    def at_once(self) -> int: ...

    async def send(self, sent: NoticeSent, to: Recipient) -> None:
        """Take a notice to where its recipient is. Raises NotDelivered."""


@runtime_checkable
class Bundling(Way, Protocol):
    """A channel on which what is told together is one message. On others it is several."""

    async def send_digest(self, those: Sequence[NoticeSent], to: Recipient) -> None:
        """Take all of it to where the recipient is. Raises NotDelivered."""
