"""Who acts, as ActivityStreams tell: by an address alone, or with what can be told of them."""

from typing import Final, NamedTuple

from services.ingest.domain.activity import Refused
from services.ingest.sources import fediverse
from services.ingest.sources.vocabulary import each, id_of, words

BOTS: Final = {"application": "bot", "service": "bot", "group": "system"}
NO_ACTOR: Final = Refused(reason="no_actor", detail="it does not say who did it")


class By(NamedTuple):
    """Who acts: `id` is the address that never changes, `kind` what to call them for the rule."""

    id: str
    label: str | None
    kind: str

    @classmethod
    def of(cls, actor: object) -> "By | None":
        """Read an actor, None where there is none."""
        who = id_of(actor)
        if who is None:
            return None
        thing = next((one for one in each(actor) if isinstance(one, dict)), {})
        name = thing.get("preferredUsername") or thing.get("username")
        kind = next((BOTS[word] for word in words(thing) if word in BOTS), "person")
        return cls(who, fediverse.label(who, name if isinstance(name, str) else None), kind)
