"""What notices say is plain and kind, in the reader's language, and says why it was sent."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Final

import pytest

from services.notifier.adapters.templates import SHIPPED, TemplateInvalid
from services.notifier.adapters.wording import Wording, Words
from services.notifier.domain import (
    announcing,
    care,
    circles,
    drafting,
    fast_track,
    recognitions,
    requesting,
    talks,
)
from services.notifier.domain.alerts import AlertAtRisk, AlertBreached, AlertRaised
from services.notifier.domain.announcing import Listener
from services.notifier.domain.audience import MemberMoved, PieceRecorded
from services.notifier.domain.care import CareSuggested
from services.notifier.domain.circles import CircleProposed
from services.notifier.domain.kinds import ADDRESSED, KINDS, Kind
from services.notifier.domain.notices import Notice
from services.notifier.domain.promises import Promise
from services.notifier.domain.recognitions import Recognition
from services.notifier.domain.requests import (
    Asking,
    MembersAsked,
    Request,
    RequestClosed,
    RequestOpened,
)
from services.notifier.domain.submissions import Work
from services.notifier.domain.talks import TalkSuggested
from services.notifier.domain.voice import VoiceAnswered
from services.notifier.domain.waiting import DraftStillWaits, Stage
from services.notifier.domain.wording import CASES
from services.notifier.projections.recipients import Recipient
from tests.notifier.domain import test_steps
from tests.notifier.domain.test_drafts import ALERT, ASKED, RECEIVED
from tests.notifier.examples import HOURS, NINE, RULES, WORDING, a_notifier, happened, moved

STAGES: Final[tuple[Stage, ...]] = (
    "at_risk",
    "overdue",
    "at_risk",
    "at_risk",
    "at_risk",
    "at_risk",
)
LOCALES = ("en", "de")
WAYS = {"accept": "https://a.example/yes", "decline": "https://a.example/no"}
AUTHORS = ("m-002", "m-003", "ann", "bob")
UNKIND = {
    "en": ("demot", "fail", "lost", "lose", "drop", "below", "worse", "bad", "fault", "must"),
    "de": ("abstieg", "verlor", "verlier", "schlecht", "versag", "schuld ", "muss", "unter"),
}
ANNOUNCED = next(case for case in CASES if case.kind == "announcement")
ONES = {
    "en": r"(?<![-\w])1 (more |new )?\w+s\b|\bwere (1|a|one)\b",
    "de": r"(?<![-\w])1(-mal| (?!Minute\b|Stunde\b)\w)|\bsind (1|eine?)\b",
}
"""One of what is several, in each language."""
RAW = r"\d{4}-\d{2}-\d{2}|\d\.\d+ min|(?<![-:\w])0 [a-zA-Z]|\d{5}|None|True|False"
"""What is for machines, or tells of nothing."""
WHOLE = re.compile(r"https://\S+|[^a-zäöü].*([.?!]|https://\S+)")
BECAUSE = {"en": "You get this because ", "de": "Du bekommst das, weil "}


def what_is_said() -> Iterator[Notice]:
    """Whatever the domain says, in every turn that it takes."""
    promise = Promise(minutes=90, at_risk_percent=50)
    rules = replace(RULES, promises={"socially_engaged": promise})
    up = MemberMoved(
        member="ann",
        before="content_creator",
        zone="socially_engaged",
        version=2,
        cause="c",
        at=NINE,
        historical=False,
    )
    down = replace(up, before="socially_engaged", zone="content_creator", version=3)
    for move in (up, down):
        yield from fast_track.of_move(move, rules, ["eddi"], NINE)
    titled = replace(ALERT, work=Work(id="p", title="On waiting", url="https://a.example/1"))
    for alert in (replace(each, escalated_to=("cora",)) for each in (ALERT, titled)):
        for event in (AlertRaised, AlertAtRisk, AlertBreached):
            yield from drafting.of_draft(event(alert=alert, at=NINE), {})
    title, url = "On waiting", "https://a.example/1"
    for asked, received in (
        (ASKED, RECEIVED),
        (replace(ASKED, title=title, url=url), replace(RECEIVED, title=title, url=url)),
    ):
        yield from drafting.of_draft(received, {})
        yield from drafting.of_draft(asked, {})
        yield from drafting.of_draft(replace(asked, editor=None), {})
        for accepted in (True, False):
            answered = VoiceAnswered(asked=asked, accepted=accepted, at=NINE)
            yield from drafting.of_draft(answered, {})
        waits = [DraftStillWaits(received=received, stage=stage, at=NINE) for stage in STAGES]
        for count in (1, 2, 6):
            yield from drafting.of_queue(waits[:count], ["eddi"], NINE.date(), NINE)
    for named, at, topic, acts in (
        (None, None, None, 0),
        ("Tea", "https://a.example/2", "tea", 0),
        ("Tea", None, "tea", 3),
    ):
        piece = PieceRecorded(
            piece="piece/1",
            member="ann",
            cause="event-1",
            at=NINE,
            historical=False,
            title=named,
            url=at,
            topics=(),
        )
        yield from announcing.of_piece(
            piece, [Listener(member="bob", topic=topic, acts=acts)], NINE
        )
    for recognition in (
        Recognition(kind="effort"),
        Recognition(kind="effort", name="N", why="W.", link="https://a.example/3", public=True),
        Recognition(kind="effort", public=True),
    ):
        yield from recognitions.of_recognition("ann", "c", recognition, NINE)
    yield from what_is_said_to_the_engaged()
    yield from test_steps.what_is_said()


def what_is_said_to_the_engaged() -> Iterator[Notice]:
    request = Request(id="r-1", topic="tea", by="sales")
    for until, by in ((None, "ann"), (NINE.date(), None)):
        asking = Asking(
            opened=RequestOpened(request=replace(request, until=until), closes_at=NINE, at=NINE)
        )
        for event in (
            MembersAsked(members=("ann",), answer_by=NINE, at=NINE),
            RequestClosed(taken=True, by=by, historical=False, at=NINE),
            RequestClosed(taken=False, by=None, historical=False, at=NINE),
        ):
            yield from requesting.of_request(asking, event, {}, RULES.engaged.requests)
    yield from circles.of_circle(
        CircleProposed(
            month=NINE.date(), number=1, topic="tea", members=("ann", "bob", "cyd", "dee"), at=NINE
        )
    )
    for topic, to in ((None, ("_org",)), ("tea", ("cora", "carl"))):
        yield from talks.of_talk(
            TalkSuggested(
                group="press", month=NINE.date(), speaker="ann", topic=topic, to=to, at=NINE
            )
        )
    for quiet, late in ((True, False), (False, True), (True, True)):
        yield care.of_care("ann", CareSuggested(sponsor="sue", quiet=quiet, late=late, at=NINE))


in_every_language = pytest.mark.parametrize("locale", LOCALES)
everything_in_every_language = pytest.mark.parametrize(
    ("locale", "notice"),
    [
        pytest.param(locale, notice, id=f"{locale}-{notice.kind}-{number}")
        for locale in LOCALES
        for number, notice in enumerate(what_is_said())
    ],
)


def facts_and_ones() -> Iterator[Notice]:
    """Whatever is said, what templates are tried on, and both again with one of everything."""
    for notice in (*what_is_said(), *CASES):
        yield notice
        facts = {
            name: 1 if isinstance(fact, int | float) and not isinstance(fact, bool) else fact
            for name, fact in notice.facts.items()
        }
        yield replace(notice, facts=facts)


def in_every_form(notices: Sequence[Notice], locale: str) -> Iterator[str]:
    """Whatever a member reads: each alone and all together, as text, as HTML and in a chat."""
    to = Recipient("m-001", locale, "Europe/Vienna")
    letters = [
        *(
            WORDING.letter(it, to, stop="https://a.example/s", ways=WAYS, channel=channel)
            for it in notices
            for channel in ADDRESSED
        ),
        *(
            WORDING.digest(notices, to, stop=str, ways=lambda _: WAYS, channel=channel)
            for channel in ADDRESSED
        ),
    ]
    for letter in letters:
        yield letter.subject
        yield letter.text
        yield unescape(re.sub("<[^>]*>", "", letter.html.partition("<body")[2]))


def read(notice: Notice, locale: str) -> Words:
    return WORDING.words(notice, Recipient(notice.recipient, locale))


def own(folder: Path, name: str, text: str) -> Path:
    """Write a template of the operator's own."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def blocks(**others: str) -> str:
    said = {"name": "N", "title": "T", "text": "X", "why": "W", **others}
    return "\n".join(f"{{% block {it} %}}{text}{{% endblock %}}" for it, text in said.items())


@everything_in_every_language
def test_a_notice_says_why_it_was_sent(locale: str, notice: Notice) -> None:
    assert read(notice, locale).why.startswith(BECAUSE[locale])


@everything_in_every_language
def test_a_notice_shames_nobody(locale: str, notice: Notice) -> None:
    said = f" {' '.join(read(notice, locale))} ".lower()

    assert [word for word in UNKIND[locale] if f" {word}" in said] == []


@everything_in_every_language
def test_a_notice_is_a_few_plain_sentences(locale: str, notice: Notice) -> None:
    title, text, why = read(notice, locale)

    assert 0 < len(title) <= 80
    assert 0 < len(text) <= 300
    assert why.endswith(".")
    assert "None" not in f"{title}{text}{why}"
    assert "\n" not in f"{title}{why}"
    assert "  " not in text


@in_every_language
def test_one_is_one_and_no_number_is_raw_wherever_it_is_read(locale: str) -> None:
    """Nobody is told of 1 minutes, of 0 minutes, or of 2026-03-31."""
    wrong = f"({ONES[locale]}|{RAW})"

    for said in in_every_form([*facts_and_ones()], locale):
        assert [it.group() for it in re.finditer(f".*{wrong}.*", said)] == []


@in_every_language
def test_no_sentence_is_torn_in_two(locale: str) -> None:
    """A paragraph begins as a sentence does and ends as one, but for the lines of a list. Members
    and roles are called as they are.
    """
    for notice in facts_and_ones():
        named = (notice.about or "-", str(notice.facts.get("by")), *AUTHORS)
        listed = str(notice.facts.get("drafts", "")).split("\n\n")
        for paragraph in read(notice, locale).text.split("\n\n"):
            assert (
                paragraph in listed
                or WHOLE.fullmatch(paragraph)
                or (paragraph.startswith(named) and WHOLE.fullmatch(f"X{paragraph}"))
            ), paragraph


@in_every_language
def test_what_takes_no_time_is_not_said_to_take_any(locale: str) -> None:
    nudges = [it for it in CASES if it.kind == "nudge" and it.facts["what"] == "near"]

    for notice in nudges:
        timed = " minute" in (text := read(notice, locale).text.lower()) or " hour" in text
        assert (timed or " stunde" in text) == (float(str(notice.facts["minutes"])) >= 1)


def test_who_is_asked_as_seldom_as_can_be_is_not_told_that_it_will_be_less_often() -> None:
    often, seldom = (it for it in CASES if it.kind == "share_suggestion")

    assert read(often, "en").text.endswith("again in a day at the earliest, and then less often.")
    assert read(seldom, "en").text.endswith("again in 32 days at the earliest.")
    before = {name: fact for name, fact in often.facts.items() if name != "less_often"}
    assert read(replace(often, facts=before), "en").text.endswith("a day at the earliest.")


def test_every_kind_is_said_in_every_language() -> None:
    for locale in LOCALES:
        there = {path.stem for path in (SHIPPED / locale).glob("*.j2")}
        assert there >= {*KINDS}
    assert {notice.kind for notice in what_is_said()} == {*KINDS}


def test_templates_are_tried_on_just_the_facts_that_they_will_be_given() -> None:
    def given(said: Iterator[Notice]) -> dict[Kind, set[frozenset[str]]]:
        facts: dict[Kind, set[frozenset[str]]] = {}
        for notice in said:
            facts.setdefault(notice.kind, set()).add(frozenset(notice.facts))
        return facts

    assert given(iter(CASES)) == given(what_is_said())


@pytest.mark.parametrize(
    ("minutes", "span"), [(60, "1 hour"), (240, "4 hours"), (90, "90 minutes")]
)
def test_a_promise_is_said_in_hours_where_it_is_hours(minutes: int, span: str) -> None:
    granted = replace(CASES[0], facts={"minutes": minutes, "worked": False})
    worked = replace(CASES[0], facts={"minutes": minutes, "worked": True})

    assert read(granted, "en").text.endswith(f"within {span}.")
    assert read(worked, "en").text.endswith(f"within {span} of working time.")


@pytest.mark.parametrize(
    ("locale", "zone", "moment"),
    [
        ("en", None, "by March 2, 1:00 PM UTC."),
        ("en-GB", "Europe/London", "by 2 March, 13:00 GMT."),
        ("en", "Europe/Vienna", "by March 2, 2:00 PM GMT+01:00."),
        ("de_AT", "Europe/Vienna", "bis 2. März, 14:00 MEZ."),
        ("de", "Mars/Olympus", "bis 2. März, 13:00 UTC."),
    ],
)
def test_a_time_is_that_of_the_readers_clock(locale: str, zone: str | None, moment: str) -> None:
    alert = next(case for case in CASES if case.kind == "fast_track_alert")

    assert moment in WORDING.words(alert, Recipient("m-001", locale, zone)).text


@pytest.mark.parametrize(
    ("wanted", "title"),
    [
        ("de-AT", "Du bist auf der Schnellspur"),
        ("de-Latn-CH", "Du bist auf der Schnellspur"),
        ("DE", "Du bist auf der Schnellspur"),
        ("fr", "You are on the fast track"),
        ("no such language", "You are on the fast track"),
        (None, "You are on the fast track"),
    ],
)
def test_whoever_reads_a_language_that_we_lack_gets_the_nearest(
    wanted: str | None, title: str
) -> None:
    assert WORDING.words(CASES[0], Recipient("m-001", wanted)).title == title


def test_whoever_says_no_language_reads_the_organisations() -> None:
    german = Wording(locale="de", timezone="Europe/Berlin")

    assert german.words(CASES[0], Recipient("_org")).title == "Du bist auf der Schnellspur"
    assert german.words(CASES[0], Recipient("m-001", "fr")).title == "Du bist auf der Schnellspur"
    assert german.words(CASES[0], Recipient("m-001", "en")).title == "You are on the fast track"
    assert german.name("announcement", Recipient("_org")) == "neue Beiträge"


async def test_an_inbox_speaks_the_language_of_its_member(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(happened("member_registered", "ann", locale="de-AT"))
        await notifier.hears(moved())
        [german] = await notifier.letters("ann")
        await notifier.hears(happened("member_updated", "ann", locale=None, at=NINE + HOURS))
        [english] = await notifier.letters("ann")

        assert german["title"] == "Du bist auf der Schnellspur"
        assert english["title"] == "You are on the fast track"


def test_what_a_person_named_their_piece_is_no_template() -> None:
    piece = {"title": "{{ 7 * 7 }}\n\nSubject: x", "url": None, "topic": "a\nb", "acts": 0}
    announced = replace(ANNOUNCED, facts=piece)

    words = WORDING.words(announced, Recipient("m-001"))
    assert words.title == "m-002 has published “{{ 7 * 7 }} Subject: x”"
    assert words.why == "You get this because you care about a b."


def test_a_template_of_the_operators_goes_before_the_shipped_one(tmp_path: Path) -> None:
    folder = own(tmp_path, "de-AT/announcement.j2", blocks(title="Servus, {{ about }}"))
    ours = Wording(folder)

    assert ours.words(ANNOUNCED, Recipient("m-001", "de-AT")).title == "Servus, m-002"
    assert ours.words(ANNOUNCED, Recipient("m-001", "de")).title.startswith("m-002 hat ")
    assert ours.words(CASES[0], Recipient("m-001", "de-AT")).title.startswith("Du bist auf ")


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("de/announcement.j2", "{% block name %}\n{% if %}", "de/announcement.j2:2: Expected"),
        ("de/announcement.j2", blocks(text="\n{{ titel }}"), ":4: there is no fact titel: did you"),
        ("de/announcement.j2", blocks(text="{% if url %}{{ nix }}{% endif %}"), "no fact nix"),
        ("de/announcement.j2", blocks(title="{{ title.upper() }}"), ":2: 'None' has no attribute"),
        ("de/announcement.j2", blocks(why="\n{{ title + 1 }}"), ":5: unsupported operand"),
        ("de/announcement.j2", blocks(why="{{ title | shout }}"), "No filter named 'shout'"),
        ("de/announcement.j2", blocks(why=" {{ topic or '' }} "), "says nothing in why"),
        ("de/share_suggestion.j2", blocks(once="\n{{ url + 1 }}"), ":6: unsupported operand"),
        ("de/announcement.j2", "{% block name %}N{% endblock %}", "lacks the block title"),
        ("de/announcements.j2", blocks(), "no template announcements: did you mean 'announ"),
        ("deutsch/announcement.j2", blocks(), "deutsch is no language: folders are called"),
        ("announcement.j2", blocks(), "there is no template announcement"),
        (
            "en/announcement.j2",
            blocks(text="{{ about.__class__.__mro__ }}"),
            "access to attribute '__class__' of 'str' object is unsafe",
        ),
    ],
)
def test_a_template_that_is_broken_is_told_at_start_with_its_line(
    tmp_path: Path, name: str, text: str, complaint: str
) -> None:
    with pytest.raises(TemplateInvalid) as refused:
        Wording(own(tmp_path, name, text))
    assert str(refused.value).startswith(name)
    assert complaint in str(refused.value)
    assert "\n" not in str(refused.value)
    assert refused.value.code == 2


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplateInvalid, match="elsewhere: is no folder of templates"):
        Wording(tmp_path / "elsewhere")


@pytest.mark.parametrize(
    ("locale", "subject", "stop"),
    [
        (
            "en",
            "ann has published a new piece (and 5 more things)",
            "No more e-mails about new pieces",
        ),
        (
            "de",
            "ann hat einen neuen Beitrag veröffentlicht (und 5 weitere Nachrichten)",
            "Keine E-Mails mehr zum Thema „neue Beiträge“",
        ),
    ],
)
def test_a_digest_tells_everything_kind_after_kind_and_how_to_stop_each(
    locale: str, subject: str, stop: str
) -> None:
    to = Recipient("m-001", locale)
    titled = {
        WORDING.words(it, to).title: it
        for it in what_is_said()
        if it.kind in {"announcement", "recognition"}
    }
    told = [*titled.values()]
    letter = WORDING.digest(told, to, stop=lambda kind: f"https://zones.example/{kind}")

    assert letter.subject == subject
    for said in (letter.text, letter.html):
        places = [said.index(WORDING.words(it, to).title) for it in told]
        assert places == sorted(places)
        assert all(WORDING.words(it, to).why in said for it in told)
        assert said.count("https://zones.example/announcement") == 1
        assert stop in said
    assert "  It is new" in letter.text or "  Er ist neu" in letter.text


def suggested(*topics: str) -> list[Notice]:
    """Return suggestions for somebody who cares about these topics, in the order of these."""
    often = next(it for it in CASES if it.kind == "share_suggestion")
    return [
        replace(often, cause=f"piece/{n}", facts={**often.facts, "topic": topic, "title": f"P{n}"})
        for n, topic in enumerate(topics)
    ]


@in_every_language
def test_what_holds_for_all_of_a_kind_is_said_once(locale: str) -> None:
    """Also after a kind of which there is nothing like it."""
    told = [CASES[0], *suggested("tea", "tea", "ink"), ANNOUNCED]
    closing = read(told[1], locale).text.partition("\n\n")[2]
    letter = WORDING.digest(told, Recipient("m-001", locale), stop=str)

    for said in (letter.text, letter.html):
        assert said.count(closing) == 1
        assert said.index("P2") < said.index(closing) < said.index(read(ANNOUNCED, locale).title)


@in_every_language
def test_a_digest_brings_together_what_has_the_same_reason_and_says_it_once(locale: str) -> None:
    told = suggested("tea", "ink", "tea")
    letter = WORDING.digest(told, Recipient("m-001", locale), stop=str)
    tea, ink, _ = (read(it, locale).why for it in told)

    for said in (letter.text, letter.html):
        order = [said.index(it) for it in ("P0", "P2", tea, "P1", ink)]
        assert order == sorted(order)
        assert (said.count(tea), said.count(ink)) == (1, 1)


def test_a_digest_of_one_thing_is_called_as_that_thing() -> None:
    letter = WORDING.digest([CASES[0]], Recipient("m-001"), stop=str)

    assert letter.subject == "You are on the fast track"
