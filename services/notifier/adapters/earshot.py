"""Whether an alert would find anybody who does not happen to look into the inbox."""

import asyncio
from datetime import UTC, datetime
from typing import Final

from services.notifier.domain import audience
from services.notifier.domain.kinds import Kind
from services.notifier.domain.notices import Notice, NoticeSent
from services.notifier.domain.rules import Rules
from services.notifier.projections import knowledge
from services.notifier.projections.knowledge import Read

ALERT: Final[Kind] = "fast_track_alert"
EVERY_SECONDS: Final = 30.0


class Earshot:
    """Looks now and then: whoever asks for the status does not wait for it."""

    def __init__(self, read: Read, rules: Rules) -> None:
        self._read, self._rules = read, rules
        self._nobody = False

    async def watch(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(EVERY_SECONDS)

    async def look(self) -> None:
        """Ask as if an alert were raised now. Where there is but the inbox, that is meant so."""
        members = await knowledge.members(self._read, [])
        alerts = [self._alert(editor) for editor in audience.editors(members)]
        reach = await knowledge.reach(self._read, alerts)
        outside = [it for it in alerts if len(it.channels) > 1]
        self._nobody = bool(outside) and all(len(reach.of(it).channels) == 1 for it in outside)

    def remark(self) -> str | None:
        if not self._nobody:
            return None
        return (
            "an alert would reach nobody but in the inbox: every editor has stopped alerts or has"
            " no address (`zones notices address ID`)"
        )

    def _alert(self, editor: str) -> NoticeSent:
        notice = Notice(kind=ALERT, recipient=editor, cause=ALERT, at=datetime.now(UTC), facts={})
        return NoticeSent(id=ALERT, notice=notice, channels=self._rules.channels[ALERT])
