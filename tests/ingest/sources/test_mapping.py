"""Rules that an operator writes: what they make of a payload, and what is wrong with them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.activity import Refused
from services.ingest.sources.mapping import COUNTED, load, mapping
from services.ingest.sources.mappingfile import KINDS, MappingInvalid, parse
from tests.ingest.sources.mangling import JSON, mangled, survives
from tests.ingest.sources.saying import Act, acts

HOWTO = Path(__file__).parents[3] / "docs" / "howto" / "map-a-platform.md"
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", HOWTO.read_text(encoding="utf-8"), re.DOTALL)
EXAMPLE = next(text for language, text in BLOCKS if language == "toml")
PAYLOAD = json.loads(next(text for language, text in BLOCKS if language == "json"))

LIKE = """
platform = "intranet"
[[rules]]
kind = "like"
id = "like:{id}"
by = "{user}"
"""


def said(text: str, payload: object, **headers: str) -> list[Act | str]:
    return acts(mapping(parse(text)), payload, **headers)


def the_act(text: str, payload: object, **headers: str) -> Act:
    [act] = said(text, payload, **headers)
    assert isinstance(act, Act), act
    return act


def refusal(text: str, payload: object) -> str:
    [refused] = mapping(parse(text))({}, json.dumps(payload).encode())
    assert isinstance(refused, Refused), refused
    return str(refused)


def mistake(text: str) -> str:
    with pytest.raises(MappingInvalid) as error:
        parse(text, "intranet.toml")
    message = str(error.value)
    assert "\n" not in message
    assert message.startswith("intranet.toml")
    return message


def test_the_example_does_what_its_page_says(tmp_path: Path) -> None:
    file = tmp_path / "intranet.toml"
    file.write_text(EXAMPLE, encoding="utf-8")

    assert acts(load(file), PAYLOAD) == [
        Act(
            "publish",
            "article:4",
            "17",
            {
                "object": {
                    "id": "article:4",
                    "kind": "article",
                    "url": "https://intranet.example/a/4",
                    "title": "How we hire",
                },
                "topics": ["hiring", "people"],
                "text_length": 9,
            },
            "2026-03-01T09:30:00Z",
            "ada",
        ),
        Act(
            "comment",
            "comment:9",
            "18",
            {
                "object": {"id": "comment:9", "kind": "comment"},
                "in_reply_to": "article:4",
                "target": "intranet:17",
                "text_length": 9,
            },
            "2026-03-01T09:31:00Z",
        ),
        Act(
            "retract",
            "comment:9#undo",
            "18",
            {"retracts": "comment:9"},
            "2026-03-01T09:32:00Z",
        ),
        "edit",
        "private",
    ]


def test_the_mistake_on_the_page_is_told_as_the_page_tells_it() -> None:
    told = BLOCKS[-1][1].strip()

    assert mistake(EXAMPLE.replace("text_length", "text_lenght", 1)) == told


def test_an_item_that_lacks_something_is_refused_alone_and_by_its_number() -> None:
    payload = json.loads(json.dumps(PAYLOAD))
    del payload["events"][1]["comment"]["id"]

    seen = mapping(parse(EXAMPLE))({}, json.dumps(payload).encode())

    assert seen[1] == Refused(reason="unfit", detail="item 2: comment.id is missing")
    assert len(seen) == 5


def test_without_items_the_payload_is_one() -> None:
    like = the_act(LIKE, {"id": 1, "user": "u-1"})

    assert (like.kind, like.id, like.by, like.time) == ("like", "like:1", "u-1", None)


def test_a_payload_that_is_a_list_is_a_list_of_items() -> None:
    assert len(said(LIKE, [{"id": 1, "user": "u-1"}, {"id": 2, "user": "u-1"}])) == 2


@pytest.mark.parametrize(
    ("payload", "missing"),
    [
        ({"user": "u-1"}, "id is missing"),
        ({"id": 1}, "user is missing"),
        ({"id": {}, "user": "u-1"}, "id is neither a text nor a whole number"),
        ({"id": True, "user": "u-1"}, "id is neither a text nor a whole number"),
        ("text", "id is missing"),
    ],
)
def test_a_refusal_names_what_was_missing(payload: object, missing: str) -> None:
    assert missing in refusal(LIKE, payload)


def test_a_missing_list_is_refused() -> None:
    assert "events is missing" in refusal(EXAMPLE, {"site": "intranet"})


@pytest.mark.parametrize(
    ("condition", "item", "holds"),
    [
        ('path = "a", is = "x"', {"a": "x"}, True),
        ('path = "a", is = "x"', {"a": "y"}, False),
        ('path = "a", is = 1', {"a": 1}, True),
        ('path = "a", is = 1', {"a": True}, False),
        ('path = "a", is = true', {"a": 1}, False),
        ('path = "a", is = false', {"a": False}, True),
        ('path = "a", is = false', {}, False),
        ('path = "a", in = ["x", "y"]', {"a": "y"}, True),
        ('path = "a", in = ["x", "y"]', {"a": ["y"]}, False),
        ('path = "a.b", present = true', {"a": {"b": 0}}, True),
        ('path = "a.b", present = true', {"a": {"b": None}}, False),
        ('path = "a.b", present = false', {"a": 7}, True),
        ("path = \"contains(a, 'x')\", is = true", {"a": ["x"]}, True),
    ],
)
def test_a_rule_is_for_what_meets_its_conditions(condition: str, item: Any, holds: bool) -> None:  # noqa: ANN401 - JSON
    text = LIKE.replace("kind", f"when = [{{ {condition} }}]\nkind")

    [seen] = said(text, {**item, "id": 1, "user": "u-1"})

    assert isinstance(seen, Act) == holds
    assert holds or seen == "unmapped"


def test_all_conditions_have_to_hold_and_the_first_rule_wins() -> None:
    text = """
    platform = "intranet"
    [[rules]]
    when = [{ path = "a", is = 1 }, { path = "b", is = 1 }]
    skip = { reason = "both", detail = "both" }
    [[rules]]
    when = [{ path = "a", is = 1 }]
    skip = { reason = "one", detail = "one" }
    """

    assert said(text, [{"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 2}]) == ["both", "one", "unmapped"]


@pytest.mark.parametrize(
    ("time", "found", "meant"),
    [
        ('"at"', "2026-03-01T10:30:00+01:00", "2026-03-01T09:30:00Z"),
        ('"at"', "2026-03-01T09:30:00", "2026-03-01T09:30:00Z"),
        ('{ path = "at", offset = "-05:30" }', "2026-03-01T04:00", "2026-03-01T09:30:00Z"),
        ('{ path = "at", form = "seconds" }', 1_772_357_400, "2026-03-01T09:30:00Z"),
        ('{ path = "at", form = "seconds" }', " 1772357400 ", "2026-03-01T09:30:00Z"),
        ('{ path = "at", form = "seconds" }', 1_772_357_400.25, "2026-03-01T09:30:00.250000Z"),
        ('{ path = "at", form = "milliseconds" }', 1_772_357_400_000, "2026-03-01T09:30:00Z"),
        ('{ path = "at", form = "%d.%m.%Y" }', "01.03.2026", "2026-03-01T00:00:00Z"),
        ('{ path = "at", form = "%d %b %Y %H:%M %z" }', "1 Mar 2026 9:30 +0000", None),
    ],
)
def test_times_are_written_in_many_ways(time: str, found: object, meant: str | None) -> None:
    act = the_act(f"{LIKE}time = {time}", {"id": 1, "user": "u-1", "at": found})

    assert act.time == (meant or "2026-03-01T09:30:00Z")


@pytest.mark.parametrize("found", ["soon", "", 7, True, [], {}, 10**40, None, "1e400", "nan"])
@pytest.mark.parametrize("form", ["iso", "seconds", "milliseconds", "%Y"])
def test_what_is_no_time_is_refused(found: object, form: str) -> None:
    text = f'{LIKE}time = {{ path = "at", form = "{form}" }}'

    seen = mapping(parse(text))({}, json.dumps({"id": 1, "user": "u", "at": found}).encode())

    if isinstance(found, int) and form.endswith("seconds"):
        assert len(seen) == 1
    else:
        assert isinstance(seen[0], Refused)


def test_headers_and_the_whole_payload_can_be_asked_for() -> None:
    text = """
    platform = "intranet"
    items = "likes"
    [[rules]]
    when = [{ path = "header('X-Event')", is = "like" }]
    kind = "like"
    id = "{payload().site}:{id}"
    by = "{user}"
    """

    act = the_act(text, {"site": "s1", "likes": [{"id": 1, "user": 7}]}, x_event="like")

    assert (act.id, act.by) == ("s1:1", "7")


def test_who_is_a_bot_is_said_by_conditions() -> None:
    text = LIKE + 'bot = [{ path = "robot", is = true }]\nsystem = [{ path = "user", is = "root" }]'

    assert the_act(text, {"id": 1, "user": "u-1", "robot": True}).actor == "bot"
    assert the_act(text, {"id": 1, "user": "root"}).actor == "system"
    assert the_act(text, {"id": 1, "user": "u-1"}).actor == "person"


def test_a_platform_may_know_members_by_our_ids() -> None:
    text = """
    platform = "academy"
    [[rules]]
    kind = "training_completed"
    id = "{id}"
    member = "{employee}"
    [rules.data]
    minutes = "{hours}"
    topics = ["training", "{subject}"]
    """

    [seen] = mapping(parse(text))({}, b'{"id": "t1", "employee": "m-017", "hours": 1.5}')

    assert not isinstance(seen, Refused)
    assert getattr(seen, "event")["subject"] == "m-017"  # noqa: B009 - it may be a Skipped
    assert getattr(seen, "event")["data"] == {"minutes": 1.5, "topics": ["training"]}  # noqa: B009


def test_braces_within_braces_and_quotes_are_text_of_the_expression() -> None:
    template = "{join('}', keys({a: id, b: user}))}:{id || `{}`}"

    assert the_act(LIKE.replace("{id}", template), {"id": "i", "user": "u-1"}).id == "like:a}b:i"


def test_numbers_are_text_except_where_something_is_counted() -> None:
    """What is counted is what the contracts do not call a text, a list or a table."""
    counted = {
        name
        for model in KINDS.values()
        for name, field in model.model_fields.items()
        if re.search(r"\b(?:int|float|bool)\b", str(field.annotation))
    }

    assert counted == COUNTED


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("platform =", "intranet.toml is not TOML"),
        ('platform = "intranet"', "rules: is missing"),
        ('platform = "intranet"\nrules = []', "rules: there are none"),
        (
            LIKE.replace("platform", "plattform"),
            "unknown key 'plattform': did you mean 'platform'?",
        ),
        (LIKE.replace('"intranet"', '"In tranet"'), "platform: "),
        (LIKE.replace("kind", "kinds"), "rules.0: unknown key 'kinds': did you mean 'kind'?"),
        (LIKE.replace('"like"', '"liked"'), "unknown kind 'liked': did you mean 'like'?"),
        (LIKE.replace("id =", "#"), "rules.0: id: is missing"),
        (LIKE.replace("by =", "#"), "rules.0: must say who it was"),
        (LIKE + 'member = "x"', "rules.0: must say who it was"),
        (LIKE + 'undo = "x"', "rules.0: must have one of kind, undo and skip"),
        (LIKE + "when = [{ path = 'a' }]", "rules.0.when.0: must have one of is, in and present"),
        (LIKE + "when = [{ path = 'a', prsent = 1 }]", "did you mean 'present'?"),
        (LIKE + "when = [{ path = 'a[', is = 1 }]", "rules.0.when.0.path: 'a[' is no JMESPath"),
        (LIKE + "when = [{ path = 7, is = 1 }]", "rules.0.when.0.path: must be an expression"),
        (LIKE + "label = 'x{a'", "rules.0.label: 'x{a' has a brace without its other half"),
        (LIKE + "label = 'x}a'", "has a brace without its other half"),
        (LIKE + "label = '{}'", "rules.0.label: '' is no JMESPath"),
        (LIKE + "label = '{lenth(a)}'", "no function 'lenth': did you mean 'length'?"),
        (LIKE + "time = { path = 'a', form = 'second' }", "did you mean 'seconds'?"),
        (LIKE + "time = { path = 'a', offset = 'CET' }", "rules.0.time.offset"),
        (LIKE + "data = { objekt = 'x' }", "data: unknown key 'objekt': did you mean 'object'?"),
        (LIKE + "data = { object = { kind = 'x' } }", "data.object.id: is missing"),
        (LIKE + "data = { object = { id = 'x', link = 'y' } }", "data.object: unknown key 'link'"),
        (LIKE + "data = { minutes = 9999 }", "data.minutes: must be between 0 and 1440"),
        (LIKE.replace('"like"', '"publish"'), "data.object: is missing"),
        (
            LIKE.replace('"like"', '"outcome"') + "data = { outcome = 'leed' }",
            "data.outcome: must be 'lead'",
        ),
        (LIKE + "[[rules]]\nskip = { reason = 'An edit', detail = 'x' }", "rules.1.skip.reason"),
    ],
)
def test_a_mistake_is_one_line_that_names_its_place(wrong: str, told: str) -> None:
    assert told in mistake(wrong)


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(MappingInvalid, match="cannot be read"):
        load(tmp_path / "absent.toml")


ADVENTUROUS = """
platform = "intranet"
items = "events || @"
[[rules]]
when = [{ path = "length(to_string(a)) > `3`", present = true }, { path = "a", present = true }]
kind = "comment"
id = "{to_number(a)}:{max(b)}{sort(b)[0]}"
by = "{a || b[0] || 'x'}"
label = "{join('-', b)}"
time = { path = "c", form = "milliseconds" }
[rules.data]
object = { id = "{c}", title = "{a}", url = "{b}" }
text_length = "{abs(c)}"
minutes = "{avg(b)}"
target = "{d.*.e | [0]}"
topics = "{b[::2]}"
[[rules]]
kind = "share"
id = "{id}"
by = "{user.id}"
time = "at"
[rules.data]
object = "{object}"
topics = ["{tags}", "{tags[0]}", "x"]
"""
TRANSLATED = {"example": mapping(parse(EXAMPLE)), "adventurous": mapping(parse(ADVENTUROUS))}


@given(
    st.sampled_from(sorted(TRANSLATED)),
    mangled(
        [PAYLOAD, {"a": "text", "b": ["1", "2"], "c": 1_772_357_400_000, "d": {"x": {"e": "f"}}}]
    )
    | JSON,
)
def test_nothing_breaks_it(name: str, payload: object) -> None:
    survives(TRANSLATED[name], {}, payload)
