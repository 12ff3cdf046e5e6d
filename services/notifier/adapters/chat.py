"""Notices taken to chat and push services by Apprise, which knows how each of them is spoken to.

A member's address is one of its URLs, `ntfys://host/topic` or `slack://...`, and often holds a key.
Only the services that the operator lists are spoken to: Apprise could call any host, and this
machine's own desktop, and whoever may set an address is not thereby allowed that.
"""

import asyncio
import logging
from collections.abc import Collection, Sequence
from difflib import get_close_matches
from functools import partial
from typing import Final
from urllib.parse import parse_qs, urlsplit

from apprise import Apprise, AppriseAsset, NotifyBase, NotifyFormat

from services.notifier.adapters.links import Links
from services.notifier.adapters.ways import NotDelivered
from services.notifier.adapters.wording import Letter, Wording
from services.notifier.domain.kinds import Kind
from services.notifier.domain.notices import NoticeSent
from services.notifier.projections.recipients import Recipient
from shared.runtime.errors import WrongUse

SECONDS: Final = 30
"""For one attempt, all in all."""
OWN_WAYS: Final = frozenset({"template", "redirect", "verify"})
"""What an address may not ask for: a file of this machine, or less care."""


class Services:
    """Those that may be spoken to, by what their addresses begin with. Raises WrongUse."""

    def __init__(self, names: Collection[str]) -> None:
        logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it would tell of addresses
        self._names = frozenset(names)
        self._asset = AppriseAsset(
            app_id="Engagement Zones",
            storage_mode="memory",
            plugin_paths=[],
            secure_logging=True,
            allow_templates=False,
            http_redirects=False,
            service_timeout=SECONDS,
        )
        known = _known()
        for name in self._names - known:
            near = "".join(f": did you mean {it}?" for it in get_close_matches(name, known, n=1))
            raise WrongUse(f"ZONES_NOTIFIER_CHAT: Apprise knows no service {name}{near}")

    def misfit(self, address: str) -> str | None:
        """Say why nothing can be sent to an address."""
        if self._service(address) is None:
            listed = ", ".join(sorted(self._names)) or "none"
            return f"must be an address of Apprise's for one of these services: {listed}"
        return None

    def send(self, address: str, letter: Letter) -> None:
        """Block until it is sent. Raises NotDelivered."""
        service = self._service(address)
        if service is None:
            raise NotDelivered("no_service", final=True)
        to = Apprise(asset=self._asset)
        to.add(service)
        if not to.notify(title=letter.subject, body=letter.text, body_format=NotifyFormat.TEXT):
            raise NotDelivered("not_taken")

    def _service(self, address: str) -> NotifyBase | None:
        scheme = address.partition("://")[0].lower()
        if scheme not in self._names or OWN_WAYS & parse_qs(urlsplit(address).query).keys():
            return None
        return Apprise.instantiate(address, asset=self._asset)


class Chat:
    """The channel."""

    channel: Final = "chat"
    at_once: Final = 1
    """Nothing in a chat tells the second of two from the first."""

    def __init__(self, services: Services, wording: Wording, links: Links) -> None:
        self._services, self._wording, self._links = services, wording, links

    async def send(self, sent: NoticeSent, to: Recipient) -> None:
        """Apprise blocks, so it gets a thread; its own time limit ends that."""
        notice = sent.notice
        letter = self._wording.letter(
            notice,
            to,
            stop=self._stop(to, notice.kind),
            ways=self._links.ways(notice),
            channel=self.channel,
        )
        await asyncio.to_thread(self._services.send, to.chat or "", letter)

    async def send_digest(self, those: Sequence[NoticeSent], to: Recipient) -> None:
        letter = self._wording.digest(
            [sent.notice for sent in those],
            to,
            stop=partial(self._stop, to),
            ways=self._links.ways,
            channel=self.channel,
        )
        await asyncio.to_thread(self._services.send, to.chat or "", letter)

    def _stop(self, to: Recipient, kind: Kind) -> str:
        return self._links.stop(to.member, kind, channel=self.channel)


def _known() -> frozenset[str]:
    found: set[str] = set()
    for service in Apprise().details()["schemas"]:
        found.update(service["protocols"] or (), service["secure_protocols"] or ())
    return frozenset(found)
