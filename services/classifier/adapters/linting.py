"""The lint of a policy's text, in the shape that others ask for it."""

from collections.abc import Iterable
from typing import Any, Final

from services.classifier.adapters import policyfile
from services.classifier.adapters.policyfile import PolicyInvalid
from services.classifier.domain.findings import Finding
from services.classifier.domain.lint import lint
from services.classifier.domain.policy import Policy
from services.classifier.domain.zones import ZONES
from services.classifier.projections import linting
from shared.eventlog.log import View
from shared.runtime.tomllines import line_in, lines_of

NAME: Final = "policy.toml"


async def lint_text(view: View, text: str, name: str) -> dict[str, Any]:
    """Return `{"name", "errors", "warnings", "notes", "findings", "compared"}`.

    A finding is `{"severity", "place", "line", "words", "advice"}`, in the order of the lines.
    `compared` says which part of the log was looked at, and is null where the text cannot be read.
    """
    try:
        policy = policyfile.parse(text, 0, name)
    except PolicyInvalid as invalid:
        unread = [_finding("error", None, line, what, None) for line, what in invalid.lines]
        return _told(name, unread, None)
    async with view.snapshot() as moment:
        seen = await linting.of_log(moment, policy)
    findings = _placed(text, [*lint(policy), *seen.findings])
    compared = {"events": seen.events, "members": seen.members, "looked_at": seen.looked_at}
    return _told(name, findings, compared)


def sound(text: str, name: str = NAME) -> Policy:
    """Read a policy that is to be adopted. Raises PolicyInvalid where nobody can ever meet it."""
    policy = policyfile.parse(text, 0, name)
    errors = [each for each in _placed(text, lint(policy)) if each["severity"] == "error"]
    if errors:
        problems = [(each["line"], f"{each['words']}; {each['advice']}") for each in errors]
        raise PolicyInvalid(name, problems)
    return policy


def lines_at(text: str, places: Iterable[str]) -> list[int]:
    """Return the lines of places such as `content_sharer.enter.2` in a text that can be read."""
    known = lines_of(text)
    return [line_in(known, _at(place)) for place in places]


def _placed(text: str, findings: Iterable[Finding]) -> list[dict[str, Any]]:
    findings = list(findings)
    lines = lines_at(text, [each.place for each in findings])
    placed = zip(lines, findings, strict=True)
    return [
        _finding(each.severity, each.place, line, each.words, each.advice)
        for line, each in sorted(placed, key=lambda pair: pair[0])
    ]


def _at(place: str) -> tuple[str | int, ...]:
    """Return where in the file the criterion or the key of that name is."""
    first, *more = place.split(".")
    words = ("zones", first) if first in ZONES else (first,)
    return (*words, *(int(word) - 1 if word.isdigit() else word for word in more))


def _finding(
    severity: str, place: str | None, line: int, words: str, advice: str | None
) -> dict[str, Any]:
    return {"severity": severity, "place": place, "line": line, "words": words, "advice": advice}


def _told(
    name: str, findings: list[dict[str, Any]], compared: dict[str, int] | None
) -> dict[str, Any]:
    counted = {
        f"{severity}s": sum(each["severity"] == severity for each in findings)
        for severity in ("error", "warning", "note")
    }
    return {"name": name, **counted, "findings": findings, "compared": compared}
