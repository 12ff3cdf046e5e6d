"""A policy's way into the log: validated whole, recorded, and then everybody is decided again."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeAlias

import structlog

from services.classifier.domain.adopting import Offer, decide
from services.classifier.domain.policy import Policy, PolicyAdopted
from services.classifier.domain.regimes import Policies
from services.classifier.projections.entries import adoptions
from services.classifier.stream.hearing import Hearing

Sound: TypeAlias = Callable[[str], Policy]
"""Reads the text of a policy. Raises WrongUse where it makes no sense."""
InForce: TypeAlias = Callable[[Iterable[PolicyAdopted]], Policies]
"""Reads the policies of a log's adoptions."""

log = structlog.get_logger()


class Adopted(NamedTuple):
    """An adoption, and whether it is `new` or what was adopted before, asked for again."""

    adoption: PolicyAdopted
    new: bool


class Adopting:
    def __init__(self, hearing: Hearing, sound: Sound, in_force: InForce) -> None:
        self._hearing = hearing
        self._sound = sound
        self._in_force = in_force

    async def adopt(self, offer: Offer) -> Adopted:
        """Return when everybody whom it concerns by now has been decided again. If that is
        interrupted, it goes on at the next start. Raises AdoptionRefused and WrongUse.
        """
        hearing = self._hearing
        offered = self._sound(offer.text)
        async with hearing.still() as transaction:
            before = await adoptions(transaction)
            newest = before[-1], hearing.policies.newest
            adoption = decide(offer, offered, newest, hearing.time.now)
            if adoption is before[-1]:
                return Adopted(adoption, new=False)
            await hearing.adopt(transaction, adoption, self._in_force([*before, adoption]))
        log.info("classifier.policy_adopted", version=adoption.version, mode=adoption.mode)
        await hearing.review()
        return Adopted(adoption, new=True)
