"""How the directory's private events stand in its log."""

from typing import Final

from services.ingest.domain.identity import (
    AccountLinked,
    AccountMerged,
    AccountNamed,
    AccountUnlinked,
    ActivityGiven,
    ActivityKept,
    ActivityReleased,
)
from services.ingest.domain.profiles import ProfileSaid
from shared.eventlog.codec import Codec, Kind

LINKED: Final = Kind(event=AccountLinked, name="account-linked")
UNLINKED: Final = Kind(event=AccountUnlinked, name="account-unlinked")
NAMED: Final = Kind(event=AccountNamed, name="account-named")
PROFILE: Final = Kind(event=ProfileSaid, name="profile-said")
CODEC: Final = Codec(
    [
        LINKED,
        UNLINKED,
        NAMED,
        PROFILE,
        Kind(event=ActivityGiven, name="activity-given"),
        Kind(event=ActivityKept, name="activity-kept"),
        Kind(event=AccountMerged, name="account-merged"),
        Kind(event=ActivityReleased, name="activity-released"),
    ]
)
