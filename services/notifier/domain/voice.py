"""Whose voice it is: an editor who changes what a draft means asks its author, who accepts or sends
it back.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceAsked:
    """`editor` is who changed it, where that is told. `at` is when it was decided to ask."""

    id: str
    member: str
    draft_id: str
    editor: str | None
    title: str | None
    url: str | None
    cause: str
    edited_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceAnswered:
    """By the author: `accepted`, or sent back."""

    asked: VoiceAsked
    accepted: bool
    at: datetime


Event: TypeAlias = VoiceAsked | VoiceAnswered


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForVoice:
    """An editor has changed what the draft means."""

    asked: VoiceAsked
    historical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerForVoice:
    id: str
    accepted: bool
    now: datetime
