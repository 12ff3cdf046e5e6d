"""The envelope of every message: one CloudEvents 1.0 event, as structured JSON.

Any CloudEvents library reads it. Here it also knows the NATS subject under which it is said.
"""

from hashlib import sha256
from typing import Annotated, ClassVar, Final, Literal

from pydantic import BeforeValidator

from shared.contracts.words import Id, Instant, Subject, Told

CONTENT_TYPE: Final = "application/cloudevents+json"
MAX_EVENT_BYTES: Final = 64 * 1024


def event_key(source: str, id: str) -> str:
    """Return the 64 hex digits by which an event is known for ever: Nats-Msg-Id and log key.

    They are sha256("<bytes in source>:<source><id>"); the length keeps ("a", "bc") and
    ("ab", "c") apart.
    """
    said_by = source.encode()
    return sha256(b"%d:%b%b" % (len(said_by), said_by, id.encode())).hexdigest()


def _without_parameters(media_type: object) -> object:
    """`application/json; charset=utf-8` and an absent media type both mean JSON."""
    if media_type is None:
        return "application/json"
    if isinstance(media_type, str):
        return media_type.partition(";")[0].strip().lower()
    return media_type


class CloudEvent(Told):
    """`subject` is the member (or `_org`) that the event is about; `time` is when it happened."""

    FAMILY: ClassVar[str]
    """The start of the NATS subject, as in `zone.changed.v1`."""

    specversion: Literal["1.0"] = "1.0"
    id: Id
    source: Id
    type: str
    subject: Subject
    time: Instant
    datacontenttype: Annotated[
        Literal["application/json"], BeforeValidator(_without_parameters)
    ] = "application/json"

    @property
    def key(self) -> str:
        return event_key(self.source, self.id)

    @property
    def address(self) -> str:
        """What the NATS subject says after the family."""
        raise NotImplementedError

    def to_json(self) -> bytes:
        """Write the message body: UTF-8, members in a fixed order, nothing for what is absent."""
        return self.__pydantic_serializer__.to_json(self)


class Relayed(CloudEvent):
    """An event that a service relays from its log, guarded against a second relay."""

    GUARD: ClassVar[str]
    """The subjects among which the relay counts, up to the member, as in `zone.*.v1.*`."""
    VALUE: ClassVar[str] = ""
    """What the NATS subject tells besides the member: a field of `data`. Null is `none`."""

    data: Told

    @property
    def address(self) -> str:
        if not self.VALUE:
            return ""
        return f"{getattr(self.data, self.VALUE) or 'none'}.{self.subject}"


def subject_of(event: CloudEvent) -> str:
    """Return the NATS subject that `event` is published on."""
    return f"{event.FAMILY}.{event.address}" if event.address else event.FAMILY


def guard_of(event: Relayed) -> str:
    """Return the subject filter whose newest message has to be the one the relay knows of.

    It covers everything the stream holds about the same member. What concerns nobody in
    particular is guarded by its own subject.
    """
    return f"{event.GUARD}.{event.subject}" if event.address else event.FAMILY
