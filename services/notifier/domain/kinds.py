"""What kinds of notices there are, and the channels that they go over.

What a notice follows from is said beside what it speaks of. A further kind is another name here,
its words in `wording`, its rules in notices.toml.
"""

from typing import Final, Literal, TypeAlias, get_args

Kind: TypeAlias = Literal[
    "fast_track_granted",
    "fast_track_ended",
    "fast_track_alert",
    "fast_track_at_risk",
    "fast_track_breached",
    "draft_received",
    "draft_queue",
    "voice_check",
    "voice_answer",
    "announcement",
    "recognition",
    "topic_request",
    "topic_result",
    "circle",
    "talk",
    "retention_care",
    "follow_suggestion",
    "share_suggestion",
    "nudge",
    "account_dormant",
    "warning",
    "warning_over",
    "impact_summary",
    "organisation_digest",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

ALERTS: Final[tuple[Kind, ...]] = ("fast_track_alert", "fast_track_at_risk", "fast_track_breached")
"""Their cause is an alert, which whoever is told may take up."""

ASKS: Final[tuple[Kind, ...]] = ("topic_request", "circle", "talk")
"""Whoever stops one of them is not asked any more, by whatever way."""

CONFIDENTIAL: Final[tuple[Kind, ...]] = ("retention_care",)
"""Nobody but the recipient hears that they were told."""

Channel: TypeAlias = Literal["inbox", "email", "chat", "webhook"]
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)
ADDRESSED: Final[tuple[Channel, ...]] = ("email", "chat")
"""Those that need an address of the recipient's."""
