"""What was decided to say is not told once it is over: taken back, settled, done, never begun, or
said in other words.

That is looked at when what was held comes to its moment, by how things stand then. Of every kind it
is said here what ends it. What nothing ends tells of something that somebody did, or of a time that
has passed, and stays true.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, TypeAlias, assert_never

from services.notifier.domain import drafts, requests
from services.notifier.domain.drafts import Draft
from services.notifier.domain.kinds import Kind
from services.notifier.domain.notices import Notice
from services.notifier.domain.requests import Asking

Pairs: TypeAlias = AbstractSet[tuple[str, str]]

ENDINGS: Final[tuple[Kind, ...]] = ("warning_over",)
"""What ends something: nobody is told that what they never heard of is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """How things stand of which notices speak. `promised` are those on the fast track. `pieces`
    stand by what their authors published, `offers` can still be had, and `authors` are there and
    have a piece that stands. `shared` are members and pieces, `suggested` those of which they hear,
    or have heard, as worth sharing, and `follows` members and whom they follow. `drafts` and
    `requests` are by stream, `talks` is when a group had or was offered one. `warned` is because of
    what, and `told` are members and the warnings that they heard.
    """

    promised: AbstractSet[str] = frozenset()
    pieces: AbstractSet[str] = frozenset()
    offers: AbstractSet[str] = frozenset()
    authors: AbstractSet[str] = frozenset()
    shared: Pairs = frozenset()
    suggested: Pairs = frozenset()
    follows: Pairs = frozenset()
    drafts: Mapping[str, Draft] = field(default_factory=dict)
    requests: Mapping[str, Asking] = field(default_factory=dict)
    talks: Mapping[str, datetime] = field(default_factory=dict)
    consents: AbstractSet[str] = frozenset()
    quiet: AbstractSet[str] = frozenset()
    warned: Mapping[str, str] = field(default_factory=dict)
    told: Pairs = frozenset()
    linked: AbstractSet[str] = frozenset()
    """Who has an account, or was seen on one."""
    used: Mapping[tuple[str, str], date] = field(default_factory=dict)
    """The last day of an account that is linked, by member and platform."""
    spoke: Mapping[str, datetime] = field(default_factory=dict)
    """When a member was last heard in own words."""
    near: Mapping[str, str] = field(default_factory=dict)
    """The zone that is near to a member from where they are."""


def is_over(notice: Notice, known: Grounds) -> bool:
    """Say whether a notice is over. Of all that it asks for it has to be known how it stands."""
    who, about, cause = notice.recipient, notice.about or notice.recipient, notice.cause
    match notice.kind:
        case "fast_track_granted":
            return about not in known.promised
        case "fast_track_ended":
            return about in known.promised
        case "fast_track_alert" | "fast_track_at_risk" | "fast_track_breached":
            draft = _draft(notice, known)
            return draft.alert is None or draft.alert.id != cause or draft.stage == "resolved"
        case "draft_received":
            waits = _draft(notice, known).waiting
            return waits is None or waits.received.id != cause
        case "draft_queue":
            return not any(it.waiting and it.waiting.stage for it in known.drafts.values())
        case "voice_check":
            return all(asked.id != cause for asked in _draft(notice, known).voices)
        case "announcement":
            return cause not in known.pieces or (who, cause) in known.suggested
        case "share_suggestion":
            there = cause in known.pieces or cause in known.offers
            return not there or (who, cause) in known.shared
        case "follow_suggestion":
            if notice.about is None:  # somebody or something outside, of whom nobody tells us
                return False
            return about not in known.authors or (who, about) in known.follows
        case "nudge" | "account_dormant":
            return _is_done(notice, known)
        case "topic_request":
            asking = known.requests.get(requests.stream(cause), Asking())
            return asking.closed is not None or who in asking.answers
        case "talk":
            last = known.talks.get(str(notice.facts["group"]))
            return last is not None and last > notice.at
        case "retention_care":
            signals = bool(notice.facts["late"]) or about in known.quiet
            return about not in known.consents or not signals
        case "warning":
            return known.warned.get(who) != cause
        case "warning_over":
            return (who, cause) not in known.told or who in known.warned
        case (
            "voice_answer"
            | "recognition"
            | "topic_result"
            | "circle"
            | "impact_summary"
            | "organisation_digest"
        ):
            return False
        case _:
            assert_never(notice.kind)


def draft_of(notice: Notice) -> str:
    """Return the stream of the draft of which a notice speaks: to its author, or to others."""
    author = notice.recipient if notice.kind == "voice_check" else notice.about
    return drafts.stream(author or notice.recipient, str(notice.facts["draft"]))


def _draft(notice: Notice, known: Grounds) -> Draft:
    return known.drafts.get(draft_of(notice), drafts.draft.initial)


def _is_done(nudge: Notice, known: Grounds) -> bool:
    """Say whether somebody did what they are nudged to, or it leads them there no more."""
    who, facts = nudge.recipient, nudge.facts
    match facts.get("what", "account_dormant"):
        case "account_missing":
            return who in known.linked
        case "account_dormant":
            used = known.used.get((who, str(facts["platform"])))
            since = nudge.at - timedelta(days=int(str(facts["days"])))
            return used is None or used > since.date()
        case "own_words":
            spoke = known.spoke.get(who)
            return spoke is not None and spoke >= nudge.at
        case _:
            return known.near.get(who) != facts["next"]
