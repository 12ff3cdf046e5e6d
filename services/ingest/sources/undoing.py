"""What somebody takes back in the fediverse: by the id it had, or by what it was done to."""

from collections.abc import Iterator
from typing import Any, Final

from services.ingest.domain.activity import Refused, Skipped
from services.ingest.sources import fediverse
from services.ingest.sources.actors import NO_ACTOR, By
from services.ingest.sources.sightings import Seen, moment, retraction, sighting
from services.ingest.sources.vocabulary import Thing, each, id_of, strict_id, words

ACTS: Final = {
    "announce": "share",
    "create": "post",
    "emojireact": "like",
    "follow": "follow",
    "like": "like",
    "listen": "view",
    "read": "view",
    "view": "view",
}
OPPOSITES: Final = {"unfollow": "follow", "unlike": "like", "unshare": "share"}
"""How the first version undoes."""
UNDOING: Final = ("undo", "delete", *OPPOSITES)
SPOOFED: Final = Refused(reason="spoofed", detail="a server tells of another's people or things")
NO_OBJECT: Final = Refused(reason="no_object", detail="it does not say what was acted on")


def undone(activity: Thing, word: str) -> Iterator[Seen]:
    """Tell what is taken back. What others did stays done: a server undoes what is its own, and
    there it is sought among one's own acts.
    """
    by, things = By.of(activity.get("actor")), each(activity.get("object"))
    if by is None:
        yield NO_ACTOR
    elif not things:
        yield NO_OBJECT
    elif word in OPPOSITES:
        yield _taken_back(activity, by, OPPOSITES[word], things)
    else:
        for thing in things:
            yield _undo(activity, by, thing) if word == "undo" else _deleted(activity, by, thing)


def _deleted(activity: Thing, by: By, thing: Any) -> Seen:  # noqa: ANN401 - JSON is anything
    what = id_of(thing)
    if what is None:
        return NO_OBJECT
    if what == by.id:
        return Skipped("account_gone", "an account is deleted, and what it did stays done")
    if fediverse.foreign(what, by.id):
        return SPOOFED
    time = activity.get("published") or (thing.get("deleted") if isinstance(thing, dict) else None)
    return _retracted(by, fediverse.act_id(what), time)


def _undo(activity: Thing, by: By, thing: Any) -> Seen:  # noqa: ANN401 - JSON is anything
    time, own = activity.get("published"), strict_id(thing)
    named = words(thing) if isinstance(thing, dict) else []
    kind = next((ACTS[word] for word in named if word in ACTS), None)
    if named and kind is None:
        return Skipped("undo", "what is undone was not counted")
    if kind == "post" and isinstance(thing, dict):
        return _deleted(activity, by, thing.get("object"))
    if fediverse.foreign(own, by.id):
        return SPOOFED
    if own is not None:
        return _retracted(by, fediverse.act_id(own), time)
    if kind is None:
        return NO_OBJECT
    return _taken_back(activity, by, kind, thing.get("object"))


def _retracted(by: By, retracts: str, time: object) -> Seen:
    return retraction(
        platform=fediverse.PLATFORM,
        id=f"{retracts}#undo",
        by=by.id,
        retracts=retracts,
        time=moment(time),
        label=by.label,
        actor=by.kind,
    )


def _taken_back(activity: Thing, by: By, kind: str, thing: object) -> Seen:
    """Take back what has no id, by what it was done to."""
    what, own, time = id_of(thing), strict_id(activity.get("id")), activity.get("published")
    if what is None:
        return NO_OBJECT
    return sighting(
        "retract",
        platform=fediverse.PLATFORM,
        id=f"{own or fediverse.derived_id(by.id, kind, f'{what} {time}')}#undo",
        by=by.id,
        time=moment(time),
        label=by.label,
        actor=by.kind,
        data={"object": {"id": what}, "kind": kind},
    )
