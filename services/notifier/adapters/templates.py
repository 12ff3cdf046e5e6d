"""Templates: found by language and name, and tried before anybody reads what they make.

`de/announcement.j2` is German. An operator's folder goes before the shipped one, file by file. What
is wrong in one is a line at start, `de/announcement.j2:6: ...`, and not a letter with a hole in it.
"""

import re
import traceback
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from babel import Locale
from jinja2 import (
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateSyntaxError,
    nodes,
)
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.notifier.adapters.languages import (
    LAST_RESORT,
    Manner,
    day,
    moment,
    number,
    span,
    tag_of,
    varieties_of,
)
from services.notifier.domain import hours
from shared.runtime.errors import WrongUse
from shared.runtime.rulefile import nearest

SHIPPED: Final = Path(__file__).parents[1] / "templates"
SUFFIX: Final = ".j2"
BREAKS: Final = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a template can come to."""

Values: TypeAlias = Mapping[str, object]


class TemplateInvalid(WrongUse):
    """Nobody is told anything in words of which a part makes no sense."""


class Form(NamedTuple):
    """What a template has to be: its blocks, none where it is made use of whole, and cases of what
    they are filled with. It may have those that are `optional`, and these may say nothing.
    """

    blocks: tuple[str, ...]
    cases: Sequence[Values]
    optional: tuple[str, ...] = ()


class Templates:
    """`spoken` are the forms of templates that there are in several languages, by name, `plain` of
    those that hold no words. Raises TemplateInvalid.
    """

    def __init__(
        self, own: Path | None, *, spoken: Mapping[str, Form], plain: Mapping[str, Form]
    ) -> None:
        if own is not None and not own.is_dir():
            raise TemplateInvalid(f"{own}: is no folder of templates")
        self._environment = _environment([SHIPPED] if own is None else [own, SHIPPED])
        for name in self._environment.list_templates(extensions=[SUFFIX.removeprefix(".")]):
            self._try(name, _form(name, spoken, plain))

    def whole(self, name: str) -> Template:
        return self._environment.get_template(f"{name}{SUFFIX}")

    def spoken(self, name: str, locales: Sequence[Locale]) -> tuple[Template, Locale]:
        """Return a template in the first of these languages that has it, and the locale in which
        its dates and numbers are written.
        """
        template = self._environment.select_template(
            [f"{tag_of(locale)}/{name}{SUFFIX}" for locale in locales]
        )
        language = _language(str(template.name))
        return template, next(it for it in locales if it.language == language)

    def _try(self, name: str, form: Form) -> None:
        source, path, _ = self._environment.get_source(name)
        try:
            written = self._environment.parse(source, name, path)
            template = self._environment.get_template(name)
        except TemplateSyntaxError as error:
            raise TemplateInvalid(f"{name}:{error.lineno}: {error.message}") from error
        self._look_at(name, written, form)
        manner = Manner(
            Locale(_language(name)) if "/" in name else Locale(LAST_RESORT), hours.zone()
        )
        for case in form.cases:
            for block in form.blocks or (None,):
                if not made_of(template, block, case, manner).strip():
                    raise TemplateInvalid(f"{name}: says nothing in {block or 'it'}")
            for block in template.blocks.keys() & {*form.optional}:
                made_of(template, block, case, manner)

    def _look_at(self, name: str, written: nodes.Template, form: Form) -> None:
        there = {block.name for block in written.find_all(nodes.Block)}
        if missing := [block for block in form.blocks if block not in there]:
            raise TemplateInvalid(f"{name}: lacks the block {missing[0]}")
        known = {fact for case in form.cases for fact in case}
        used = find_undeclared_variables(written)
        for place in written.find_all(nodes.Name):
            if place.name in used - known:
                told = f"there is no fact {place.name}{nearest(place.name, known)}"
                raise TemplateInvalid(f"{name}:{place.lineno}: {told}")


def made_of(template: Template, block: str | None, values: Values, manner: Manner) -> str:
    """Fill in a template, or one block of it. Raises TemplateInvalid."""
    context = template.new_context({**values, "manner": manner})
    filled = template.root_render_func if block is None else template.blocks[block]
    try:
        return "".join(filled(context))
    except BREAKS as error:
        line = _line_of(template, error)
        raise TemplateInvalid(f"{template.name}:{line}: {error}") from error


def _language(name: str) -> str:
    return Locale.parse(name.partition("/")[0], sep="-").language


def _form(name: str, spoken: Mapping[str, Form], plain: Mapping[str, Form]) -> Form:
    folder, _, file = name.removesuffix(SUFFIX).rpartition("/")
    if folder and folder not in {tag_of(locale) for locale in varieties_of(folder)}:
        raise TemplateInvalid(f"{name}: {folder} is no language: folders are called de or de-AT")
    forms = spoken if folder else plain
    if file not in forms:
        raise TemplateInvalid(f"{name}: there is no template {file}{nearest(file, forms)}")
    return forms[file]


def _line_of(template: Template, error: BaseException) -> int:
    """Return the line of the template in which it broke."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == template.filename]
    return template.get_corresponding_lineno(lines[-1]) if lines and lines[-1] else 1


def _environment(folders: Iterable[Path]) -> "_Environment":
    environment = _Environment(
        loader=FileSystemLoader([*folders]),
        undefined=StrictUndefined,
        autoescape=_is_html,
        auto_reload=False,
    )
    environment.filters.update(
        day=day, moment=moment, number=number, span=span, paragraphs=paragraphs
    )
    return environment


class _Environment(ImmutableSandboxedEnvironment):
    """What an operator writes fills in letters, and can do nothing else."""

    def get_source(self, name: str) -> tuple[str, str | None, Any]:
        assert self.loader  # noqa: S101 - it was made with one
        return self.loader.get_source(self, name)


def _is_html(name: str | None) -> bool:
    return bool(name) and str(name).endswith(f".html{SUFFIX}")


def paragraphs(text: str) -> list[str]:
    """Return what is parted by empty lines, each in one line."""
    return [line for part in re.split(r"\n\s*\n", text) if (line := " ".join(part.split()))]


def joined(*texts: str) -> str:
    """Return the paragraphs of all of them, parted by empty lines."""
    return "\n\n".join(it for text in texts for it in paragraphs(text))
