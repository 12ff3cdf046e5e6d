"""What a person reads: words made of a notice's facts, and what is around them in an e-mail or on a
page, in that person's language.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

from jinja2 import Template

from services.notifier.adapters import templates
from services.notifier.adapters.templates import (
    LAST_RESORT,
    UTC,
    Form,
    Manner,
    Templates,
    Values,
    made_of,
    paragraphs,
)
from services.notifier.domain.notices import KINDS, Kind, Notice
from services.notifier.domain.wording import CASES
from services.notifier.projections.recipients import Recipient

BLOCKS: Final = ("name", "title", "text", "why")
"""`name` is what notices of the kind are about."""
AROUND: Final = (
    *("stop", "stop_ask", "stop_hint", "stop_button", "stopped", "resume_button", "resumed"),
    *("acknowledge", "acknowledge_ask", "acknowledge_hint", "acknowledged", "resolved"),
    *("voice", "voice_ask", "voice_hint", "voice_accept", "voice_send_back"),
    *("voice_accepted", "voice_sent_back", "voice_over"),
    *("nowhere", "nowhere_hint"),
)
"""What is said in e-mails beside the notice, and on the pages that their links lead to."""


class Words(NamedTuple):
    """`why` says why this person gets it. `text` has paragraphs, parted by empty lines; the others
    are one line each.
    """

    title: str
    text: str
    why: str


class Letter(NamedTuple):
    """An e-mail: the same for a program that shows text, and for one that shows HTML."""

    language: str
    subject: str
    text: str
    html: str


class Button(NamedTuple):
    """`name` is the block of what is around that says what it does, `action` where it leads, None
    for where the page is.
    """

    name: str
    action: str | None = None


class Asking(NamedTuple):
    """The link by which a notice is answered, and the name of the block that says what it does."""

    name: str
    link: str


class Wording:
    """`own` is the operator's folder of templates, `locale` and `timezone` are for whoever has
    none. Raises TemplateInvalid.
    """

    def __init__(
        self, own: Path | None = None, *, locale: str = LAST_RESORT, timezone: str = UTC
    ) -> None:
        self._locale, self._timezone = locale, timezone
        self._templates = Templates(own, spoken=SPOKEN, plain=PLAIN)

    def words(self, notice: Notice, to: Recipient) -> Words:
        template, manner = self._spoken(notice.kind, to)
        facts = _facts(notice)
        return Words(
            title=_line(made_of(template, "title", facts, manner)),
            text="\n\n".join(paragraphs(made_of(template, "text", facts, manner))),
            why=_line(made_of(template, "why", facts, manner)),
        )

    def name(self, kind: Kind, to: Recipient) -> str:
        """Return what notices of a kind are about."""
        template, manner = self._spoken(kind, to)
        return _line(made_of(template, "name", {}, manner))

    def letter(self, notice: Notice, to: Recipient, *, stop: str, asking: Asking | None) -> Letter:
        """Return an e-mail with these links."""
        words = self.words(notice, to)
        _, manner = self._spoken("around", to)
        values = {
            "language": manner.locale.language,
            "words": words,
            "around": {
                "stop": self.around("stop", to, name=self.name(notice.kind, to)),
                "answer": asking and self.around(asking.name, to),
            },
            "stop": stop,
            "answer": asking and asking.link,
        }
        return Letter(
            language=manner.locale.language,
            subject=words.title,
            text=made_of(self._templates.whole("email.txt"), None, values, manner),
            html=made_of(self._templates.whole("email.html"), None, values, manner),
        )

    def digest(
        self, notices: Sequence[Notice], to: Recipient, *, stop: Callable[[Kind], str]
    ) -> Letter:
        """Return an e-mail that tells several things, kind after kind in the order of the first of
        each; `stop` makes the link by which to stop a kind.
        """
        template, manner = self._spoken("digest", to)
        parts = [
            {
                "name": self.name(kind, to),
                "told": [self.words(notice, to) for notice in notices if notice.kind == kind],
                "stop": stop(kind),
                "stop_words": self.around("stop", to, name=self.name(kind, to)),
            }
            for kind in dict.fromkeys(notice.kind for notice in notices)
        ]
        facts = {"count": len(notices), "first": self.words(notices[0], to).title}
        values = {
            "language": manner.locale.language,
            "title": _line(made_of(template, "title", facts, manner)),
            "intro": _line(made_of(template, "intro", facts, manner)),
            "parts": parts,
        }
        return Letter(
            language=manner.locale.language,
            subject=str(values["title"]),
            text=made_of(self._templates.whole("digest.txt"), None, values, manner),
            html=made_of(self._templates.whole("digest.html"), None, values, manner),
        )

    def page(
        self,
        to: Recipient,
        title: str,
        hint: str | None = None,
        *buttons: Button,
        **facts: str,
    ) -> str:
        """Return a page in HTML: `title` and `hint` name blocks of what is around."""
        _, manner = self._spoken("around", to)
        values = {
            "language": manner.locale.language,
            "title": self.around(title, to, **facts),
            "hint": hint and self.around(hint, to, **facts),
            "buttons": [
                {"text": self.around(button.name, to, **facts), "action": button.action}
                for button in buttons
            ],
        }
        return made_of(self._templates.whole("page.html"), None, values, manner)

    def around(self, block: str, to: Recipient, **facts: str) -> str:
        template, manner = self._spoken("around", to)
        return _line(made_of(template, block, facts, manner))

    def _spoken(self, name: str, to: Recipient) -> tuple[Template, Manner]:
        wanted = templates.locales(to.locale, self._locale)
        template, locale = self._templates.spoken(name, wanted)
        return template, Manner(locale, templates.zone(to.timezone, self._timezone))


def _facts(notice: Notice) -> Values:
    return {**notice.facts, "about": notice.about, "due_at": notice.due_at}


def _line(text: str) -> str:
    return " ".join(text.split())


SPOKEN: Final[Mapping[str, Form]] = {
    **{kind: Form(BLOCKS, [_facts(it) for it in CASES if it.kind == kind]) for kind in KINDS},
    "digest": Form(("title", "intro"), [{"count": count, "first": "A title"} for count in (1, 2)]),
    "around": Form(AROUND, [{"name": "new pieces", "draft": "d-1", "about": "m-002"}]),
}
LETTERS: Final = [
    {
        "language": "en",
        "words": Words("A title", "A text.\n\nhttps://a.example/1", "A reason."),
        "around": {"stop": "No more", "answer": "Take it up"},
        "stop": "https://a.example/stop",
        "answer": answer,
    }
    for answer in (None, "https://a.example/acknowledge")
]
DIGESTS: Final = [
    {
        "language": "en",
        "title": "A title",
        "intro": "A line.",
        "parts": [
            {
                "name": "new pieces",
                "told": [Words("A title", "A text.", "A reason.")],
                "stop": "https://a.example/stop",
                "stop_words": "No more",
            }
        ],
    }
]
PAGES: Final = [
    {"language": "en", "title": "A title", "hint": hint, "buttons": buttons}
    for hint, buttons in product(
        (None, "A hint"), ([], [{"text": "A", "action": None}, {"text": "B", "action": "?b=1"}])
    )
]
PLAIN: Final[Mapping[str, Form]] = {
    "email.txt": Form((), LETTERS),
    "email.html": Form((), LETTERS),
    "digest.txt": Form((), DIGESTS),
    "digest.html": Form((), DIGESTS),
    "page.html": Form((), PAGES),
}
"""What holds no words of its own."""
