"""Adopting a policy: what is asked for becomes the next adoption, or is refused in words.

Who asks again for what was adopted just now, because the answer was lost, gets the same answer.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from services.classifier.domain.clock import FOREVER, begins, day_of
from services.classifier.domain.policy import Mode, Policy, PolicyAdopted

FIRST_DAY: Final = date(1990, 1, 1)
"""The earliest day that an activity can have: what governs from it on governs every day."""
FARTHEST: Final = 3660
"""Days that a policy may be adopted ahead."""


class AdoptionRefused(Exception):
    """The message says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A policy to be adopted. Without `effective_on` it begins tomorrow, by the log's clock."""

    text: str
    author: str
    note: str | None = None
    mode: Mode = "forward"
    effective_on: date | None = None
    until: date | None = None


def decide(
    offer: Offer, policy: Policy, newest: tuple[PolicyAdopted, Policy], now: int | None
) -> PolicyAdopted:
    """Return the adoption of an offer, whose text says `policy`, at the log's `now`: the `newest`
    itself where this is what was offered then. Raises AdoptionRefused.
    """
    last, governing = newest
    if replace(policy, version=last.version) == governing:
        if _is_the_same(offer, last):
            return last
        first = "" if last.mode == "recompute" else f" from {last.effective_on}"
        raise AdoptionRefused(
            f"this is policy {last.version} already, adopted last by {last.author}"
            f" ({last.mode}{first}): change something in it"
        )
    _check(offer)
    return PolicyAdopted(
        version=last.version + 1,
        text=offer.text,
        mode=offer.mode,
        effective_on=_first_day(offer, now),
        until=offer.until,
        author=offer.author,
        note=offer.note,
        decided_at=begins(FIRST_DAY.toordinal()) if now is None else now,
    )


def _is_the_same(offer: Offer, last: PolicyAdopted) -> bool:
    same_days = offer.until == last.until and offer.effective_on in {None, last.effective_on}
    return same_days and (offer.mode, offer.author, offer.note, offer.text) == (
        last.mode,
        last.author,
        last.note,
        last.text,
    )


def _check(offer: Offer) -> None:
    if offer.mode != "grandfather" and offer.until is not None:
        raise AdoptionRefused(
            f"{offer.mode} knows no last day: leave it out, or let the mode be grandfather"
        )
    if offer.mode == "grandfather" and offer.until is None:
        raise AdoptionRefused("grandfather needs the last day on which nobody is demoted: name it")
    if offer.mode == "recompute" and offer.effective_on is not None:
        raise AdoptionRefused(
            "recompute governs every day: leave the first day out, or let the mode be forward"
        )


def _first_day(offer: Offer, now: int | None) -> date:
    if offer.mode == "recompute":
        return FIRST_DAY
    if now is None:
        raise AdoptionRefused(
            "nothing has been recorded yet, so there is no tomorrow: let the mode be recompute"
        )
    today = day_of(now)
    first = today + 1 if offer.effective_on is None else offer.effective_on.toordinal()
    begins_on = date.fromordinal(min(first, FOREVER))
    if not today < first <= today + FARTHEST:
        raise AdoptionRefused(
            f"{begins_on} is not after the log's today, {date.fromordinal(today)}: only recompute"
            " changes days that have begun"
            if first <= today
            else f"{begins_on} is more than {FARTHEST} days ahead"
        )
    if offer.until is not None and offer.until < begins_on:
        raise AdoptionRefused(f"{offer.until} is before {begins_on}, when the policy begins")
    return begins_on
