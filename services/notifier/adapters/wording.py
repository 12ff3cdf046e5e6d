"""What a person reads: words made of a notice's facts, in that person's language."""

from collections.abc import Mapping
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
    made_of,
    paragraphs,
)
from services.notifier.domain.notices import KINDS, Kind, Notice
from services.notifier.domain.wording import CASES
from services.notifier.projections.recipients import Recipient

BLOCKS: Final = ("name", "title", "text", "why")
"""`name` is what notices of the kind are called."""


class Words(NamedTuple):
    """`why` says why this person gets it. `text` has paragraphs, parted by empty lines; the others
    are one line each.
    """

    title: str
    text: str
    why: str


class Wording:
    """`own` is the operator's folder of templates, `locale` and `timezone` are for whoever has
    none. Raises TemplateInvalid.
    """

    def __init__(
        self, own: Path | None = None, *, locale: str = LAST_RESORT, timezone: str = UTC
    ) -> None:
        self._locale, self._timezone = locale, timezone
        self._templates = Templates(own, spoken=SPOKEN, plain={})

    def words(self, notice: Notice, to: Recipient) -> Words:
        template, manner = self._spoken(notice.kind, to)
        facts = _facts(notice)
        return Words(
            title=_line(made_of(template, "title", facts, manner)),
            text="\n\n".join(paragraphs(made_of(template, "text", facts, manner))),
            why=_line(made_of(template, "why", facts, manner)),
        )

    def name(self, kind: Kind, to: Recipient) -> str:
        """Return what notices of a kind are called."""
        template, manner = self._spoken(kind, to)
        return _line(made_of(template, "name", {}, manner))

    def _spoken(self, name: str, to: Recipient) -> tuple[Template, Manner]:
        wanted = templates.locales(to.locale, self._locale)
        template, locale = self._templates.spoken(name, wanted)
        return template, Manner(locale, templates.zone(to.timezone, self._timezone))


def _facts(notice: Notice) -> Mapping[str, object]:
    return {**notice.facts, "about": notice.about, "due_at": notice.due_at}


def _line(text: str) -> str:
    return " ".join(text.split())


SPOKEN: Final[Mapping[str, Form]] = {
    kind: Form(BLOCKS, [_facts(case) for case in CASES if case.kind == kind]) for kind in KINDS
}
