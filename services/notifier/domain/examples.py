"""Cases of the notices that make a next step easy, for `wording`."""

from collections.abc import Iterator
from typing import Final

from services.notifier.domain.impact import COUNTS, RESULTS
from services.notifier.domain.kinds import Kind
from services.notifier.domain.notices import Fact, Facts

Case = tuple[Kind, str | None, Facts]

NUDGE: Final = ("what", "next", "act", "acts", "steps", "minutes", "help", "name", "url")
URL: Final = "https://a.example/1"


def cases() -> Iterator[Case]:
    """Yield kinds, whom they speak of, and facts."""
    for title, about, acts, pause, less_often in (
        (None, None, 0, 1, True),
        ("On tea", "m-002", 3, 32, False),
    ):
        yield (
            "share_suggestion",
            about,
            {
                "title": title,
                "url": URL if title else None,
                "topic": "tea",
                "acts": acts,
                "pause": pause,
                "less_often": less_often,
            },
        )
    for what in ("member", "person", "group", "tag"):
        for topic in (None, "tea"):
            named = what != "member"
            yield (
                "follow_suggestion",
                None if named else "m-002",
                {
                    "what": what,
                    "name": "Tea time" if named else None,
                    "url": URL if named else None,
                    "topic": topic,
                },
            )
    yield "nudge", None, _nudge(what="account_missing")
    for shares in (1, 4):
        yield "nudge", None, _nudge(what="own_words", acts=shares)
    for minutes in (0, 0.4, 1, 120):
        for steps in (1, 2):
            near = _nudge(what="near", next="content_sharer", act="like", acts=1, steps=steps)
            yield "nudge", None, {**near, "minutes": minutes}
    for zone in ("content_sharer", "content_creator", "socially_engaged"):
        for act, acts, steps, how in (
            ("publish", 1, 1, None),
            ("share", 2, 1, "training"),
            ("comment", 1, 2, "group"),
            ("talk_given", 2, 2, None),
        ):
            yield (
                "nudge",
                None,
                _nudge(
                    what="near",
                    next=zone,
                    act=act,
                    acts=acts,
                    steps=steps,
                    minutes=12.5,
                    help=how,
                    name="Writing, Thursdays at four" if how else None,
                    url=URL if how else None,
                ),
            )
    for days in (1, 30):
        yield "account_dormant", None, {"platform": "mastodon", "days": days}
    for easiest, enough in ((None, 0), ("share", 1), ("comment", 2)):
        yield (
            "warning",
            None,
            {
                "zone": "content_creator",
                "to": "content_consumer",
                "due_on": "2026-03-12",
                "act": easiest,
                "acts": enough,
            },
        )
    yield "warning_over", None, {"zone": "content_sharer"}
    none = dict.fromkeys((*COUNTS, *RESULTS), 0)
    some, one = dict.fromkeys(none, 2), {**none, "readers": 1}
    many = {**none, "readers": 12521, "shares": 1}
    for best, counts in ((None, one), ("On tea", some), ("On tea", many)):
        url = URL if best else None
        yield "impact_summary", None, {"title": best, "url": url, "pieces": 1, **counts}
    for titles, more, sums in (((), 0, some), (("On tea", ""), 0, none), (("On tea",), 1, none)):
        yield (
            "organisation_digest",
            None,
            {
                "pieces": len(titles) + more,
                "titles": titles,
                "urls": (URL, "")[: len(titles)],
                "authors": ("m-002", "m-003")[: len(titles)],
                **sums,
            },
        )


def _nudge(**facts: Fact) -> Facts:
    return {**dict.fromkeys(NUDGE), **facts}
