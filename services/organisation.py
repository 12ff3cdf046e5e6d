"""A generated organisation: sixty people, one year, every zone and every turn of the journey.

The demo plays it, the tests and the benchmarks feed on it. The same `ends` gives the same
events, to the byte; nothing here is drawn from a real person.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from services import echoes

WEEKS = 52
GROUPS = ("sales", "marketing", "engineering", "people", "finance")
TOPICS = ("automation", "hiring", "security", "sustainability", "analytics", "customer-care")
TIMEZONES = ("Europe/Berlin", "Europe/Berlin", "UTC", "America/New_York", "Asia/Kolkata")
PLATFORMS = ("linkedin", "bluesky", "mastodon")
DRAFTED = 3  # every so many pieces go to the editors first
REWORDED = 2  # of every so many of these, editors change what they say, not only how
OUTSIDE = 400  # people beyond the organisation whom members read and talk to

Event = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How often, in an average week, somebody does each kind of thing."""

    view: float = 0.0
    follow: float = 0.0
    like: float = 0.0
    share: float = 0.0
    comment: float = 0.0
    converse: float = 0.0
    quote: float = 0.0
    post: float = 0.0
    publish: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """A way through the year: from which week on which habit holds."""

    name: str
    people: int
    phases: tuple[tuple[int, Habit], ...]
    joins: tuple[int, int] = (0, 6)
    drafts: bool = False
    late_editors: bool = False
    roles: tuple[str, ...] = ()


SILENT = Habit()
READING = Habit(view=2.0, follow=0.4, like=0.3)
SHARING = Habit(view=1.5, follow=0.3, like=2.0, share=1.2, comment=0.5, quote=0.2, post=0.2)
CREATING = Habit(view=1.5, like=2.0, share=1.0, comment=0.6, post=0.5, publish=0.45)
LEADING = Habit(
    view=2.0, follow=0.4, like=3.0, share=1.5, comment=2.0, converse=0.7, quote=0.6, publish=0.8
)
PUBLISHING_ONLY = Habit(like=1.0, share=0.6, publish=0.5)

PERSONAS = (
    Persona(name="observer", people=11, phases=((0, READING),), joins=(0, 20)),
    Persona(name="one-day visitor", people=5, phases=((0, READING), (2, SILENT)), joins=(0, 30)),
    Persona(name="sharer", people=13, phases=((0, READING), (5, SHARING)), joins=(0, 16)),
    Persona(name="lapsed sharer", people=6, phases=((0, SHARING), (18, SILENT))),
    Persona(
        name="returner", people=4, phases=((0, SHARING), (12, SILENT), (32, READING), (36, SHARING))
    ),
    Persona(name="creator", people=8, phases=((0, SHARING), (7, CREATING)), drafts=True),
    Persona(name="faded creator", people=3, phases=((0, CREATING), (20, SHARING)), joins=(0, 2)),
    Persona(name="ambassador", people=5, phases=((0, SHARING), (4, LEADING)), drafts=True),
    Persona(
        name="busy ambassador",
        people=2,
        phases=((0, LEADING), (22, PUBLISHING_ONLY)),
        joins=(0, 1),
        drafts=True,
        late_editors=True,
    ),
    Persona(name="editor", people=3, phases=((0, SHARING),), joins=(0, 0), roles=("editor",)),
)


@dataclass(slots=True)
class Diary:
    """One member's events as they are written down, numbered in the order they happen."""

    member: str
    group: str
    timezone: str
    platform: str
    topics: list[str]
    rng: random.Random
    first_day: date
    pieces: int = 0
    events: list[tuple[datetime, str, dict[str, Any]]] = field(default_factory=list)

    def note(self, when: datetime, kind: str, **data: object) -> None:
        """Write one act down."""
        self.events.append((when, kind, data))

    def moment(self, week: int) -> datetime:
        """Draw a moment of a working day of that week, to the second."""
        day = self.first_day + timedelta(weeks=week, days=self.rng.choice((0, 0, 1, 1, 2, 3, 4, 4)))
        seconds = self.rng.randrange(7 * 3600, 19 * 3600)
        return datetime.combine(day, time(), UTC) + timedelta(seconds=seconds)


def last_sunday(today: date) -> date:
    """The Sunday before `today`: the demo's year ends there, so that weeks stay whole."""
    return today - timedelta(days=today.isoweekday() % 7 or 7)


def events(*, ends: date, seed: str = "zones") -> list[Event]:
    """Return the year up to `ends` (a Sunday) as canonical CloudEvents, in time order."""
    first_day = ends - timedelta(days=WEEKS * 7 - 1)
    diaries = [_live(persona, member, first_day, seed) for member, persona in _people()]
    echoes.spread(diaries, seed)
    written = [
        (when, diary.member, number, kind, data, diary.platform)
        for diary in diaries
        for number, (when, kind, data) in enumerate(sorted(diary.events, key=lambda e: e[0]), 1)
    ]
    written.sort(key=lambda entry: (entry[0], entry[1], entry[2]))
    end = datetime.combine(ends + timedelta(days=1), time(), UTC)
    return [
        {
            "specversion": "1.0",
            "id": f"{member}-{number:04d}",
            "source": f"urn:zones:platform:{platform}",
            "type": f"zones.activity.{kind}.v1",
            "subject": member,
            "time": when.isoformat().replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "data": data,
        }
        for when, member, number, kind, data, platform in written
        if when < end
    ]


def _people() -> Iterator[tuple[str, Persona]]:
    """Spread the personas over the member ids, so that neighbours differ."""
    everybody = [persona for persona in PERSONAS for _ in range(persona.people)]
    random.Random("who").shuffle(everybody)
    return ((f"m-{number:03d}", persona) for number, persona in enumerate(everybody, 1))


def _live(persona: Persona, member: str, first_day: date, seed: str) -> Diary:
    rng = random.Random(f"{seed}:{member}")
    diary = Diary(
        member=member,
        group=rng.choice(GROUPS),
        timezone=random.Random(f"{seed}:{member}:at home").choice(TIMEZONES),
        platform=rng.choice(PLATFORMS),
        topics=rng.sample(TOPICS, 2),
        rng=rng,
        first_day=first_day,
    )
    joined = rng.randint(*persona.joins)
    _arrive(diary, persona, joined)
    for week in range(joined + 1, WEEKS):
        habit = next(h for since, h in reversed(persona.phases) if week - joined - 1 >= since)
        _spend(diary, persona, habit, week)
    return diary


def _arrive(diary: Diary, persona: Persona, week: int) -> None:
    when = diary.moment(week)
    diary.note(
        when,
        "member_registered",
        group=diary.group,
        timezone=diary.timezone,
        roles=list(persona.roles),
        topics=diary.topics,
    )
    diary.note(
        when + timedelta(minutes=4),
        "link_account",
        platform=diary.platform,
        handle=f"{diary.member}.example",
    )


def _spend(diary: Diary, persona: Persona, habit: Habit, week: int) -> None:
    """One member's week under one habit."""
    for kind in ("view", "follow", "like", "share", "comment", "converse", "quote", "post"):
        for _ in range(_times(diary.rng, getattr(habit, kind))):
            diary.note(diary.moment(week), kind, **_act(diary, kind))
    for _ in range(_times(diary.rng, habit.publish)):
        _write_piece(diary, persona, week)


def _times(rng: random.Random, average: float) -> int:
    """Draw a small whole number with this average."""
    whole = int(average)
    return (
        whole + (rng.random() < average - whole) if average < 1 else rng.choice((whole, whole + 1))
    )


def _act(diary: Diary, kind: str) -> dict[str, Any]:
    rng = diary.rng
    author = f"{diary.platform}:author-{rng.randrange(OUTSIDE):03d}"
    if kind == "follow":
        return {"target": author}
    if kind == "post":
        return {"text_length": rng.randrange(60, 280), "topics": [rng.choice(diary.topics)]}
    act: dict[str, Any] = {
        "target": author,
        "object": {"id": f"post-{rng.randrange(100_000):05d}", "kind": "post"},
    }
    if kind in {"comment", "quote"}:
        act["text_length"] = rng.randrange(20, 200)
    return act


def _write_piece(diary: Diary, persona: Persona, week: int) -> None:
    """One original piece; with a draft before it where the persona works with the editors."""
    diary.pieces += 1
    topic = diary.rng.choice(diary.topics)
    name = f"{diary.member}-piece-{diary.pieces:02d}"
    piece = {
        "id": name,
        "kind": diary.rng.choice(("article", "article", "video", "podcast")),
        "url": f"https://blog.example/{name}",
        "title": f"Notes on {topic}, part {diary.pieces}",
    }
    published = diary.moment(week)
    data: dict[str, Any] = {"object": piece, "topics": [topic]}
    if persona.drafts and diary.pieces % DRAFTED == 0:
        data["draft_id"] = f"{name}-draft"
        published = max(published, _draft(diary, persona, published, data["draft_id"], piece))
    diary.note(published, "publish", **data)
    if diary.rng.random() < 0.15:
        after = diary.rng.randrange(5)
        diary.note(
            published + timedelta(days=2 + 4 * after, hours=after),
            "outcome",
            outcome=diary.rng.choice(("conversation", "inbound", "lead", "download")),
            object={"id": name},
        )


def _draft(
    diary: Diary, persona: Persona, published: datetime, draft: str, piece: dict[str, Any]
) -> datetime:
    """Hand a draft to the editors the day before; return when they were done with it."""
    submitted = published - timedelta(hours=diary.rng.randrange(20, 28))
    slow = persona.late_editors or diary.rng.random() < 0.12
    hours = diary.rng.choice((3.0, 5.5, 7.0)) if slow else diary.rng.choice((0.4, 0.8, 1.5))
    done = submitted + timedelta(hours=hours)
    about = {"id": piece["id"], "title": piece["title"]}
    diary.note(submitted, "draft_submitted", draft_id=draft, object=about, language="en")
    edited = "meaning" if diary.pieces // DRAFTED % REWORDED == 0 else "language"
    diary.note(done - timedelta(minutes=9), "draft_edited", draft_id=draft, edit_kind=edited)
    diary.note(done, "draft_approved", draft_id=draft)
    return done + timedelta(minutes=15)
