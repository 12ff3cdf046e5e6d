"""What people answer, written down as it comes: each in a transaction of its own.

Every answer says whether it changed anything: to give it twice does no harm.
"""

from datetime import datetime

from services.notifier.domain.requests import Reply
from services.notifier.domain.voice import VoiceAsked
from services.notifier.stream.batches import Notifying
from shared.eventlog.log import Store


class Answers:
    def __init__(self, store: Store, notifying: Notifying) -> None:
        self._store = store
        self._notifying = notifying

    async def acknowledge(self, stream: str, by: str | None, now: datetime) -> bool:
        """Somebody takes up a draft."""
        async with self._store.transaction() as transaction:
            return await self._notifying.acknowledge(transaction, stream, by, now)

    async def speak(self, asked: VoiceAsked, accepted: bool, now: datetime) -> bool:
        """An author says whether a draft still says what they mean."""
        async with self._store.transaction() as transaction:
            return await self._notifying.answer_for_voice(
                transaction, asked, accepted=accepted, now=now
            )

    async def reply(self, request: str, member: str, reply: Reply, now: datetime) -> bool:
        """A member accepts or declines what was asked of them."""
        async with self._store.transaction() as transaction:
            return await self._notifying.answer(transaction, request, member, reply, now)
