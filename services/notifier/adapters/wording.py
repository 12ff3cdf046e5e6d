"""What a person reads: words made of a notice's facts, and what is around them in an e-mail or on a
page, in that person's language.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from jinja2 import Template

from services.notifier.adapters.forms import ONCE, PLAIN, SPOKEN, facts_of
from services.notifier.adapters.languages import LAST_RESORT, Manner, locales
from services.notifier.adapters.parts import Part, Told, by_reason
from services.notifier.adapters.templates import Templates, joined, made_of
from services.notifier.domain import hours
from services.notifier.domain.kinds import Channel, Kind
from services.notifier.domain.notices import Notice
from services.notifier.projections.recipients import Recipient


class Words(NamedTuple):
    """`why` says why this person gets it. `text` has paragraphs, parted by empty lines; the others
    are one line each.
    """

    title: str
    text: str
    why: str


class Way(NamedTuple):
    """A link by which to answer."""

    words: str
    link: str


class Letter(NamedTuple):
    """An e-mail or a message in a chat: the same for what shows text, and for what shows HTML."""

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


class Wording:
    """`own` is the operator's folder of templates, `locale` and `timezone` are for whoever has
    none. Raises TemplateInvalid.
    """

    def __init__(
        self, own: Path | None = None, *, locale: str = LAST_RESORT, timezone: str = "UTC"
    ) -> None:
        self._locale, self._timezone = locale, timezone
        self._templates = Templates(own, spoken=SPOKEN, plain=PLAIN)

    def words(self, notice: Notice, to: Recipient) -> Words:
        told = self._told(notice, to)
        return Words(told.title, joined(told.text, self._once(notice, to)), told.why)

    def name(self, kind: Kind, to: Recipient) -> str:
        """Return what notices of a kind are about."""
        template, manner = self._spoken(kind, to)
        return _line(made_of(template, "name", {}, manner))

    def letter(
        self,
        notice: Notice,
        to: Recipient,
        *,
        stop: str,
        ways: Mapping[str, str],
        channel: Channel = "email",
    ) -> Letter:
        """Return a message with these links. `ways` to answer are by the block that names them."""
        words = self.words(notice, to)
        _, manner = self._spoken("around", to)
        values = {
            "language": manner.locale.language,
            "words": words,
            "around": {"stop": self._to_stop(notice.kind, to, channel)},
            "stop": stop,
            "ways": self._ways(ways, to),
        }
        return Letter(
            language=manner.locale.language,
            subject=words.title,
            text=made_of(self._templates.whole(f"{channel}.txt"), None, values, manner),
            html=made_of(self._templates.whole("email.html"), None, values, manner),
        )

    def digest(
        self,
        notices: Sequence[Notice],
        to: Recipient,
        *,
        stop: Callable[[Kind], str],
        ways: Callable[[Notice], Mapping[str, str]] = lambda _: {},
        channel: Channel = "email",
    ) -> Letter:
        """Return a message that tells several things, kind after kind in the order of the first of
        each; `stop` makes the link by which to stop a kind, `ways` those by which to answer.
        """
        template, manner = self._spoken("digest", to)
        parts = [
            {
                "name": self.name(part.kind, to),
                "told": [
                    {**it._asdict(), "ways": self._ways(ways(it.notice), to)} for it in part.told
                ],
                "once": part.once,
                "stop": stop(part.kind),
                "stop_words": self._to_stop(part.kind, to, channel),
            }
            for part in self._parts(notices, to)
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

    def _told(self, notice: Notice, to: Recipient) -> Told:
        template, manner = self._spoken(notice.kind, to)
        facts = facts_of(notice)
        return Told(
            notice,
            title=_line(made_of(template, "title", facts, manner)),
            text=joined(made_of(template, "text", facts, manner)),
            why=_line(made_of(template, "why", facts, manner)),
        )

    def _once(self, notice: Notice, to: Recipient) -> str:
        template, manner = self._spoken(notice.kind, to)
        if ONCE not in template.blocks:
            return ""
        return joined(made_of(template, ONCE, facts_of(notice), manner))

    def _parts(self, notices: Sequence[Notice], to: Recipient) -> Iterator[Part]:
        for kind in dict.fromkeys(notice.kind for notice in notices):
            those = [notice for notice in notices if notice.kind == kind]
            told = by_reason([self._told(notice, to) for notice in those])
            yield Part(kind, told, self._once(those[-1], to))

    def _to_stop(self, kind: Kind, to: Recipient, channel: Channel) -> str:
        return self.around("stop", to, name=self.name(kind, to), channel=channel)

    def _ways(self, ways: Mapping[str, str], to: Recipient) -> list[Way]:
        return [Way(self.around(name, to), link) for name, link in ways.items()]

    def _spoken(self, name: str, to: Recipient) -> tuple[Template, Manner]:
        wanted = locales(to.locale, self._locale)
        template, locale = self._templates.spoken(name, wanted)
        return template, Manner(locale, hours.zone(to.timezone, self._timezone))


def _line(text: str) -> str:
    return " ".join(text.split())
