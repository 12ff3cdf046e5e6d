"""What LinkedIn's urns tell: what something is, when it was made, and the ids that the push and
the member's export both come to for one act.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from urllib.parse import unquote

PLATFORM: Final = "linkedin"
TIMED: Final = frozenset({"activity", "share", "ugcPost", "groupPost", "comment"})
"""Whose ids begin with the millisecond of their creation. Those of articles, for one, do not."""
CLOCK: Final = 22
"""Bits of an id behind its milliseconds."""
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
FOUNDED: Final = datetime(2003, 1, 1, tzinfo=UTC)
LARGEST: Final = 2**63

POST: Final = re.compile(r"urn:li:([A-Za-z]{1,32}):([A-Za-z0-9_-]{1,64})", re.ASCII)
COMMENT: Final = re.compile(
    r"urn:li:comment:\((?:urn:li:)?([A-Za-z]{1,32}):([A-Za-z0-9_-]{1,64}),([0-9]{1,19})\)", re.ASCII
)
COMMENT_ON: Final = re.compile(r"[?&]commentUrn=([^&#]{1,1024})")
LONGEST: Final = 4096


class Urn(NamedTuple):
    """`urn:li:<kind>:<id>`; a comment also names what it is under: `urn:li:comment:(<on>,<id>)`."""

    kind: str
    id: str
    on: str | None = None

    def __str__(self) -> str:
        if self.on is None:
            return f"urn:li:{self.kind}:{self.id}"
        return f"urn:li:{self.kind}:({self.on},{self.id})"


def urn_in(text: object) -> Urn | None:
    """Read the urn that this is, or that a link leads to, percent-encoded or not.

    A link to a comment (`?commentUrn=`) leads to the comment; `post_in` has what it is under.
    """
    if not isinstance(text, str) or len(text) > LONGEST:
        return None
    if link := COMMENT_ON.search(text):
        commented = COMMENT.search(_decoded(link[1]))
        return _comment(commented) if commented else None
    plain = _decoded(text)
    if comment := COMMENT.search(plain):
        return _comment(comment)
    found = POST.search(plain)
    return Urn(found[1], found[2]) if found else None


def post_in(text: object) -> Urn | None:
    """Read the post that a urn or a link is about: of a comment, what the comment is under."""
    urn = urn_in(text)
    return urn_in(urn.on) if urn and urn.on else urn


def created(urn: Urn) -> datetime | None:
    """Return when it was made, to the millisecond; None where its id does not say."""
    digits = urn.id.rpartition("-")[2]
    if urn.kind not in TIMED or not digits.isdecimal() or int(digits) >= LARGEST:
        return None
    time = EPOCH + timedelta(milliseconds=int(digits) >> CLOCK)
    return time if time >= FOUNDED else None


def comment_id(post: Urn, time: datetime) -> str:
    """Return the id of somebody's comment under a post. The export tells no more of it."""
    return f"comment:{post}:{_second(time)}"


def reaction_id(object: Urn, time: datetime) -> str:
    """Return the id of somebody's reaction to a post or a comment.

    The second is what tells one member's from another's: who it was, an export does not say.
    """
    return f"reaction:{object}:{_second(time)}"


def _second(time: datetime) -> int:
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    return (aware - EPOCH) // timedelta(seconds=1)


def _comment(found: re.Match[str]) -> Urn:
    return Urn("comment", found[3], on=f"urn:li:{found[1]}:{found[2]}")


def _decoded(text: str) -> str:
    """Links within links are encoded twice."""
    return unquote(unquote(text))
