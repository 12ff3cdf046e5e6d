"""A recognition is said to whom it honours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.notifier.domain.audience import ORGANISATION
from services.notifier.domain.notices import Facts, Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """Name, why and link are the rule's own words, where it has any. `public`: the member agrees to
    be named to others.
    """

    kind: str
    name: str | None = None
    why: str | None = None
    link: str | None = None
    public: bool = False


def of_recognition(
    member: str, cause: str, recognition: Recognition, at: datetime
) -> Iterator[Notice]:
    """Say it to the member, and to the organisation where the member agrees."""
    facts: Facts = {
        "what": recognition.kind,
        "name": recognition.name,
        "reason": recognition.why,
        "link": recognition.link,
    }
    yield Notice(kind="recognition", recipient=member, cause=cause, at=at, facts=facts)
    if recognition.public:
        yield Notice(
            kind="recognition",
            recipient=ORGANISATION,
            cause=cause,
            at=at,
            facts=facts,
            about=member,
        )
