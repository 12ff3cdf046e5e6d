"""What an event says: the contract's judgement of it, and whether two events say the same."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from services.ingest.domain.activity import EARLIEST, Refused, examine
from services.ingest.domain.identity import ACCOUNT, AccountName, Claim, Link, See, Unlink
from services.ingest.domain.profiles import ProfileSaid
from services.ingest.domain.recent import CONTENT
from services.ingest.domain.settlement import Act, Given
from shared.contracts.activity import ACTIVITY, AnyActivity, LinkAccount, Reported, Retract
from shared.contracts.acts import Profile
from shared.contracts.envelope import event_key, subject_of
from shared.contracts.refusals import reason
from shared.contracts.words import MAX_ID
from shared.messaging.wire import Message

MENTIONS: Final = ("target", "via")
"""Where the data of an event may name an account."""


class Heard(NamedTuple):
    """A JSON value that is said to be an event, or Refused where it could not be read.

    `label` is the handle that the account in its subject has at present, where a platform said;
    `refused` is why it is not for its sender to say.
    """

    event: Any
    received_at: datetime
    label: str | None = None
    refused: Refused | None = None


class Said(NamedTuple):
    """A valid event as it was reported: the accounts in it are still to be given to members.

    `mentions` are the accounts that its data names, by field. `digest` is of what it says, without
    what depends on when and how we heard it.
    """

    event: AnyActivity
    act: Act
    mentions: Mapping[str, str]
    digest: bytes


def read(heard: Heard) -> Said | Refused:
    """Examine an event, and let the contract judge it. Only what the contract knows goes on."""
    if isinstance(heard.event, Refused):
        return heard.event
    if heard.refused:
        return heard.refused
    report = examine(heard.event, received_at=heard.received_at)
    if isinstance(report, Refused):
        return report
    try:
        event = ACTIVITY.validate_python(report.fields)
    except ValidationError as error:
        unknown = error.errors(include_url=False)[0]["type"] == "union_tag_invalid"
        return Refused(reason="unknown_kind" if unknown else "invalid", detail=reason(error))
    if len(event.id) > MAX_ID:
        return Refused(reason="invalid", detail=f"id: must have at most {MAX_ID} characters")
    key, body = event.key, event.to_json()
    act = Act(
        key=key,
        subject=event.subject,
        body=body,
        account=report.account,
        claim=_claim(event, report.linking, key),
        retracts=_retracts(event),
        seen=_seen(report.account, heard, event),
        profile=_profile(event, event.data, key) if isinstance(event.data, Profile) else None,
    )
    mentions = {
        field: name.account
        for field in _mentioning(type(event.data))
        if (text := getattr(event.data, field)) and (name := AccountName.read(text))
    }
    return Said(event=event, act=act, mentions=mentions, digest=_digest(event, report.account))


def given(said: Said, to: Given, members: Mapping[str, str]) -> Message:
    """Return what goes onto the bus, with members in it where accounts were."""
    event, body = said.event, said.act.body
    data = {field: members[name] for field, name in said.mentions.items() if name in members}
    if to.retracts is not None:
        data["retracts"] = to.retracts
    if data or to.member != event.subject:
        update = {"subject": to.member, "data": event.data.model_copy(update=data)}
        event = event.model_copy(update=update)
        body = event.to_json()
    return Message(subject_of(event), body, said.act.key)


def says_the_same(said: Said, stored: bytes) -> bool:
    """Compare with what is on the bus, whose accounts were given to members when it was said.

    An act may have been heard live, of an account, and be imported as history, of a member.
    """
    open_fields = {*said.mentions, *(["retracts"] if said.act.retracts else [])}
    ours, theirs = (_timeless(from_json(body)) for body in (said.act.body, stored))
    for event in (ours, theirs):
        event.pop("historical", None)
        if said.act.account or ACCOUNT.fullmatch(theirs.get("subject", "")):
            event["subject"] = ""
        event["data"] = {
            field: value for field, value in event["data"].items() if field not in open_fields
        }
    return bool(ours == theirs)


@cache
def _mentioning(data: type[BaseModel]) -> tuple[str, ...]:
    return tuple(field for field in MENTIONS if field in data.model_fields)


def _digest(event: Reported, account: AccountName | None) -> bytes:
    """What it says, and then of whom, where that is a member."""
    time = EARLIEST if event.undated else event.claimedtime or event.time
    settled = {"subject": "", "time": time, "claimedtime": None, "historical": False}
    said = event.model_copy(update=settled).to_json()
    whose = b"" if account else blake2b(event.subject.encode(), digest_size=4).digest()
    return blake2b(said, digest_size=CONTENT).digest() + whose


def _timeless(event: dict[str, Any]) -> dict[str, Any]:
    """Leave the sender's own time, in the place where an event that was believed has it.

    Where the sender gave none, the time is that of the delivery.
    """
    claimed = event.pop("claimedtime", None)
    if event.get("undated"):
        del event["time"]
        return event
    return event if claimed is None else {**event, "time": claimed}


def _claim(event: Reported, linking: AccountName | None, key: str) -> Claim | None:
    if linking is None:
        return None
    command = Link if isinstance(event, LinkAccount) else Unlink
    return command(name=linking, member=event.subject, at=event.time, key=key)


def _seen(account: AccountName | None, heard: Heard, event: Reported) -> See | None:
    """History was told under the label of the day on which it was told."""
    label = AccountName.of(account.platform, heard.label) if account else None
    if account is None or label is None or label == account:
        return None
    at = heard.received_at if event.historical else event.time
    return See(name=label, identity=account, at=at)


def _profile(event: Reported, said: Profile, key: str) -> ProfileSaid:
    fields = said.model_dump(mode="json")
    return ProfileSaid(member=event.subject, kind=event.kind, fields=fields, at=event.time, key=key)


def _retracts(event: Reported) -> tuple[str, str] | None:
    if not isinstance(event, Retract) or event.data.retracts is None:
        return None
    return event.data.retracts, event_key(event.source, event.data.retracts)
