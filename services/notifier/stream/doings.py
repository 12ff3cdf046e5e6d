"""What members did, took back and have, in our own words."""

from collections.abc import Iterable
from hashlib import sha256
from typing import TypeAlias

from services.notifier.domain import acts, audience
from services.notifier.domain.audience import topic_of
from services.notifier.handlers.heard import Published, Retracted
from shared.contracts.activity import (
    Comment,
    ContentAvailable,
    Converse,
    Follow,
    Happened,
    Like,
    LinkAccount,
    Outcome,
    Performance,
    Post,
    Publish,
    Quote,
    Retract,
    Share,
    UnlinkAccount,
    View,
)
from shared.contracts.acts import Object, Sharing
from shared.contracts.envelope import event_key
from shared.contracts.pieces import identity

Deed: TypeAlias = Like | Share | Quote | Post | Comment | Converse | View | Publish


def done(event: Deed) -> acts.ActRecorded:
    """Heard is what the log's clock says, in the end."""
    said = event.data
    return acts.ActRecorded(
        act=_of(event, event.data.object),
        heard=event.time,
        topics=() if isinstance(event, View) else topics(event.data.topics),
        suggestion=said.suggestion_id if isinstance(said, Sharing) else None,
    )


def measured(event: Performance) -> acts.ReceptionMeasured:
    counted = event.data
    return acts.ReceptionMeasured(
        act=_of(event, counted.object),
        heard=event.time,
        readers=counted.readers,
        likes=counted.likes,
        shares=counted.shares,
        comments=counted.comments,
    )


def came_of_it(event: Outcome) -> acts.OutcomeReported:
    return acts.OutcomeReported(
        act=_of(event, event.data.object), heard=event.time, outcome=event.data.outcome
    )


def offered(event: ContentAvailable) -> acts.ContentOffered:
    offer = event.data
    return acts.ContentOffered(
        piece=piece_of(event, offer.object),
        kind=offer.object.kind,
        at=event.time,
        historical=event.historical,
        title=offer.object.title,
        url=offer.object.url,
        topics=topics(offer.topics),
        until=offer.until,
    )


def linked(event: LinkAccount | UnlinkAccount) -> acts.AccountLinked:
    return acts.AccountLinked(
        platform=event.data.platform,
        account=event.data.account or "",
        linked=isinstance(event, LinkAccount),
        at=event.time,
        key=event.key,
    )


def followed(event: Follow) -> audience.AuthorFollowed:
    whom = event.data.object
    return audience.AuthorFollowed(
        target=event.data.target,
        act=own_act(event),
        source=event.source,
        object=whom.id if whom else None,
        at=event.time,
    )


def published(event: Publish) -> Published:
    piece = audience.PieceRecorded(
        piece=piece_of(event, event.data.object),
        member=event.subject,
        cause=event.id,
        at=event.time,
        historical=event.historical,
        title=event.data.object.title,
        url=event.data.object.url,
        topics=topics(event.data.topics),
    )
    return Published(act=own_act(event), piece=piece, done=done(event))


def retracted(event: Retract) -> Retracted:
    return Retracted(facts=tuple(_taken_back(event)))


def topics(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(topic_of, words)))


def piece_of(event: Happened, object: Object) -> str:
    return _piece(identity(event.platform, object.id, object.url))


def own_act(event: Happened) -> str:
    """Return the name by which a retraction knows an act. Published again under its member, as
    `<id>~<member>`, it is the same act.
    """
    return act_named(event, event.id.removesuffix(f"~{event.subject}"))


def act_named(event: Happened, id: str) -> str:
    """Only the member takes an act back, and only where it was done."""
    return f"{event.subject}/{event_key(event.source, id)}"


def _taken_back(event: Retract) -> Iterable[audience.ActRetracted | acts.ObjectRetracted]:
    if event.data.retracts:
        yield audience.ActRetracted(act=act_named(event, event.data.retracts))
    if event.data.object and event.data.kind:
        yield acts.ObjectRetracted(
            kind=event.data.kind,
            source=event.source,
            object=event.data.object.id,
            until=event.time,
        )


def _of(event: Happened, object: Object | None) -> acts.Act:
    piece = alias = None
    if object is not None:
        piece, alias = piece_of(event, object), _piece(identity(event.platform, object.id, None))
    return acts.Act(
        act=own_act(event),
        kind=event.kind,
        source=event.source,
        at=event.time,
        historical=event.historical,
        object=object.id if object else None,
        piece=piece,
        alias=None if alias == piece else alias,
    )


def _piece(identity: str) -> str:
    return f"piece/{sha256(identity.encode()).hexdigest()[:32]}"
