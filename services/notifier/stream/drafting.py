"""What is told of drafts, in our own words."""

from typing import Literal

from services.notifier.domain import alerts, submissions
from services.notifier.domain.drafts import stream
from services.notifier.domain.voice import VoiceAsked
from services.notifier.handlers.heard import Drafted, Edited
from shared.contracts.activity import DraftApproved, DraftEdited, DraftSubmitted, DraftWithdrawn
from shared.contracts.notices import alert_id


def submitted(event: DraftSubmitted) -> Drafted:
    return Drafted(
        stream=stream(event.subject, event.data.draft_id),
        what=submissions.DraftSubmitted(
            member=event.subject,
            draft_id=event.data.draft_id,
            cause=event.id,
            alert_id=alert_id(event.key, alerts.KIND, event.subject),
            at=event.time,
            historical=event.historical,
            work=_work(event),
        ),
    )


def closed(event: DraftApproved | DraftWithdrawn, how: Literal["approved", "withdrawn"]) -> Drafted:
    return Drafted(
        stream=stream(event.subject, event.data.draft_id),
        what=submissions.DraftClosed(how=how, at=event.time, by=event.data.editor),
    )


def edited(event: DraftEdited) -> Drafted | None:
    """Whose language is mended does not have to be asked."""
    if event.data.edit_kind == "language":
        return None
    work = event.data.object
    asked = VoiceAsked(
        id=alert_id(event.key, "voice", event.subject),
        member=event.subject,
        draft_id=event.data.draft_id,
        editor=event.data.editor,
        title=work.title if work else None,
        url=work.url if work else None,
        cause=event.id,
        edited_at=event.time,
        at=event.time,
    )
    return Drafted(
        stream=stream(event.subject, event.data.draft_id),
        what=Edited(asked=asked, historical=event.historical),
    )


def _work(event: DraftSubmitted) -> submissions.Work | None:
    work = event.data.object
    if work is None:
        return None
    return submissions.Work(id=work.id, kind=work.kind, url=work.url, title=work.title)
