"""The explanation as it is asked for: over HTTP, and read aloud."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.classifier.service.examples import a_classifier, a_sharer, an_event, day
from tests.classifier.service.reader import Reader, reading

S: Final = "likes, shares, quotes, posts or comments"


A_LIFE: Final = [
    *a_sharer("ada"),
    an_event("publish", 10, object={"id": "p"}),
    *a_sharer("cyd"),
    an_event("member_paused", 20, member="cyd"),
    an_event("view", 1, member="dot"),
    an_event("member_departed", 11, member="dot", merged_into="eve"),
    an_event("view", 1, member="eve"),
    an_event("member_updated", 5, member="eve", zone_floor="content_sharer", floor_until=day(100)),
    *a_sharer("fay"),
    *a_sharer("hal", first=-30),
    an_event("view", 50, member="gil"),
    an_event("retract", 60, member="fay", retracts="fay-share-1.5"),
    *a_sharer("gil", first=1),
    *a_sharer("ivy", first=70),
    *(
        an_event("publish", 60 + 7 * number, member="ivy", object={"id": f"p{number}"})
        for number in range(3)
    ),
    an_event("view", 75, member="bob"),
    an_event("member_paused", 75, member="bob"),
]
"""Ada shares and falls silent, Cyd pauses, Dot leaves, Eve is held by a floor, of Fay an act is
retracted, Hal has fallen silent long ago, of Gil it is heard late, Ivy creates, Bob reads.
"""


@pytest.fixture
async def reader(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Reader]:
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(A_LIFE, batch=1)
    async with reading(tmp_path, capsys, monkeypatch) as reader:
        yield reader


async def test_it_is_told_in_one_shape(reader: Reader) -> None:
    """The last change as announced, with the acts behind it; and today, whole."""
    told = await reader.told("ada")
    change, today = told.pop("last_change"), told.pop("today")
    assert told == {
        "member": "ada",
        "zone": "content_sharer",
        "since": day(3),
        "vitality": "dormant",
        "version": 2,
        "policy_version": 1,
    }
    shares = [
        {"id": f"ada-share-{number}.5", "kind": "share", "day": day(number)} for number in range(4)
    ]
    assert change["evidence"][0] == {
        "criterion": "content_sharer.enter.1",
        "measure": "acts",
        "of": ["like", "share", "quote", "post", "comment"],
        "days": 30,
        "need": 4.0,
        "have": 4.0,
        "margin": 0.0,
        "met": True,
        "events": 4,
        "event_ids": [each["id"] for each in shares],
        "activities": shares,
    }
    assert (change["corrects"], change["corrected_by"], change["retracted"]) == (None, None, 0)
    keep = {
        "criterion": "content_sharer.keep.1",
        "measure": "acts",
        "of": ["like", "share", "quote", "post", "comment"],
        "days": 60,
        "need": 2.0,
        "have": 0.0,
        "margin": -2.0,
        "met": False,
        "events": 0,
        "event_ids": [],
        "activities": [],
        "until": None,
        "retracted": 0,
    }
    kept = {
        "zone": "content_sharer",
        "holds": False,
        "options": [{"policy_version": 1, "holds": False, "criteria": [keep]}],
    }
    following = today.pop("next")
    assert today == {
        "day": day(75),
        "open": True,
        "enrolled_on": day(0),
        "zone": "content_sharer",
        "since": day(3),
        "vitality": "dormant",
        "policy": {
            "version": 1,
            "from": None,
            "author": "zones",
            "note": "the policy that the log began with",
            "mode": "recompute",
        },
        "departed": None,
        "paused_since": None,
        "pauses_from": None,
        "floor": None,
        "keep": kept,
        "failing_since": day(62),
        "grace_days": 14,
        "spared": None,
        "loss": {
            "fails_from": day(62),
            "missing": [{**keep, "have": 1.0, "margin": -1.0, **_last_share()}],
            "on": day(76),
            "to": "content_consumer",
            "grace_left": 1,
        },
        "turn": {"on": day(76), "to": "content_consumer"},
        "coming": [],
        "retracted": 0,
    }
    assert (following["zone"], following["holds"]) == ("content_creator", False)
    assert [each["margin"] for each in following["enter"]["criteria"]] == [-2, -2]
    assert following["requires"] == [kept]


def _last_share() -> dict[str, Any]:
    share = {"id": "ada-share-3.5", "kind": "share", "day": day(3)}
    return {"events": 1, "event_ids": [share["id"]], "activities": [share]}


async def test_what_is_incomplete_is_told_with_the_days_of_grace(reader: Reader) -> None:
    assert await reader.reads("ada") == [
        (
            "ada, on 21 March 2026 you are a content sharer, since 8 January 2026, and it has been"
            " quiet around you for a while."
        ),
        "",
        "You became a content sharer on 8 January 2026, having:",
        f"  ✓ 4 {S} in 30 days (4 needed): 4 shares, 5 to 8 January 2026",
        f"  ✓ {S} on 4 days of 30 (3 needed): 4 shares, 5 to 8 January 2026",
        (
            "  ✓ 4 shares, quotes, posts or comments in 30 days (2 needed): 4 shares, 5 to 8"
            " January 2026"
        ),
        "",
        "What keeps you a content sharer:",
        f"  · no {S} in 60 days (2 needed), 2 more to go",
        (
            "It is incomplete since 8 March 2026, and this is the last day of grace; from 22 March"
            " 2026 on you are a content consumer if nothing happens."
        ),
        "Whatever completes it before that day keeps you where you are; and every zone leads on.",
        "",
        "Being a content creator asks for this, of which 3 are open:",
        (
            "  · 1 published piece in 90 days (3 needed), 2 more to go: 1 published piece, on"
            " 15 January 2026"
        ),
        (
            "  · published pieces in 1 week of 90 days (3 needed), 2 more weeks to go: 1 published"
            " piece, on 15 January 2026"
        ),
        "And for what keeps you a content sharer, which is incomplete: see above.",
        "",
        "The rules are those of policy 1, adopted by zones: the policy that the log began with.",
    ]


async def test_any_day_can_be_asked_about(reader: Reader) -> None:
    """As known now, and as if nothing had happened since: what was known to hold, and how long."""
    told = await reader.told("ada", as_of=day(10))
    assert (told["zone"], told["version"], told["today"]["open"]) == ("content_sharer", 2, False)
    [keep] = told["today"]["keep"]["options"][0]["criteria"]
    assert (keep["have"], keep["until"]) == (4, day(61))
    loss = told["today"]["loss"]
    assert (loss["fails_from"], loss["on"], loss["grace_left"]) == (day(62), day(76), 14)
    lines = await reader.reads("ada", "--as-of", day(63))
    assert lines[0].startswith("ada, on 9 March 2026 you were a content sharer")
    place = lines.index("Seen from that day, as if nothing had happened since:")
    assert lines[place + 1] == (
        "It is incomplete since 8 March 2026. 13 days of grace are left with this one, up to"
        " 21 March 2026; from 22 March 2026 on you are a content consumer if nothing happens."
    )
    before = await reader.told("ada", as_of=day(1))
    assert (before["last_change"]["to"], before["zone"]) == ("content_consumer",) * 2
    assert await reader.reads("ada", "--as-of", "2020-01-01") == [
        (
            "On 1 January 2020 ada was not there yet; the first that is known of them is of 5"
            " January 2026."
        )
    ]
    refused = await reader.told("ada", as_of=day(76))
    assert "after the log's today" in refused["error"]


async def test_what_holds_is_told_with_its_last_day(reader: Reader) -> None:
    """Ivy creates: what lapses first, the grace after it, and the day of the fall; and for the next
    zone all that it asks for, what nobody reports left out.
    """
    lines = await reader.reads("ivy")
    place = lines.index("What keeps you a content creator:")
    assert lines[place : place + 6] == [
        "What keeps you a content creator:",
        (
            "  ✓ 3 published pieces in 120 days (1 needed), up to 17 July 2026: 3 published pieces,"
            " 6 to 20 March 2026"
        ),
        "If nothing happens, that holds up to 17 July 2026. From 18 July 2026 on this is open:",
        "  · no published pieces in 120 days (1 needed), 1 more to go",
        (
            "Then come 30 days of grace, up to 16 August 2026; from 17 August 2026 on you are a"
            " content consumer if nothing happens."
        ),
        "Whatever completes it before that day keeps you where you are; and every zone leads on.",
    ]
    assert "Being socially engaged asks for this, of which 3 are open:" in lines
    left_out = "  - no outcomes in 180 days (1 needed): left out, since nobody reports it"
    assert left_out in lines
    assert "And for what keeps you a content creator, which is there: see above." in lines
    assert "And for what keeps one a content sharer, which is there:" in lines
    told = await reader.told("ivy")
    ways = told["today"]["next"]
    assert [each["zone"] for each in ways["requires"]] == ["content_creator", "content_sharer"]
    criteria = ways["enter"]["criteria"]
    assert [bool(each.get("left_out")) for each in criteria] == [*[False] * 3, *[True] * 3]


async def test_nothing_can_take_the_first_zone_away(reader: Reader) -> None:
    """And a pause that was said today begins tomorrow."""
    lines = await reader.reads("bob")
    assert lines[2] == "You were enrolled on 21 March 2026, with a view, as a content consumer."
    assert lines[4:6] == [
        (
            "Your pause begins on 22 March 2026: then nothing is decided, and afterwards the"
            " days of grace begin anew."
        ),
        "Nothing can take the first zone away from you.",
    ]
    assert (await reader.told("bob"))["today"]["pauses_from"] == day(76)


async def test_who_is_paused_is_told_since_when_and_that_nothing_is_decided(
    reader: Reader,
) -> None:
    lines = await reader.reads("cyd")
    assert lines[0].endswith("and taking a pause.")
    assert (
        "You are paused since 26 January 2026: meanwhile nothing is decided, and afterwards the"
        " days of grace begin anew."
    ) in lines
    assert not any("if nothing happens" in line for line in lines)
    told = (await reader.told("cyd"))["today"]
    assert (told["paused_since"], told["failing_since"], told["loss"]) == (day(21), None, None)
    assert not told["keep"]["holds"]


async def test_who_has_left_is_told_since_when(reader: Reader) -> None:
    assert await reader.reads("dot") == [
        "dot has left, on 16 January 2026.",
        "What they did goes on as eve's.",
        (
            "Nothing is decided meanwhile. Whoever comes back starts as a content consumer, and"
            " what is recent enough counts at once."
        ),
    ]
    told = await reader.told("dot")
    assert told["last_change"]["direction"] == "left"
    assert told["today"]["departed"] == {
        "since": day(11),
        "said": {"id": "dot-member_departed-11", "kind": "member_departed", "day": day(11)},
        "merged_into": "eve",
    }


async def test_a_floor_is_told_with_its_last_day_and_that_it_is_not_earned(
    reader: Reader,
) -> None:
    lines = await reader.reads("eve")
    assert lines[2] == (
        "You became a content sharer on 10 January 2026: the organisation has given you that place."
    )
    assert (
        "The organisation holds this place for you up to 15 April 2026; by what you did alone you"
        " would be a content consumer. A place that is held is not earned: it is no arrival, and"
        " meets nothing that another zone requires."
    ) in lines
    assert (
        "Then come 14 days of grace, up to 29 April 2026; from 30 April 2026 on you are a content"
        " consumer if nothing happens."
    ) in lines
    floor = (await reader.told("eve"))["today"]["floor"]
    assert floor["said"].pop("id") == "eve-member_updated-5"
    assert floor == {
        "zone": "content_sharer",
        "until": day(100),
        "said": {"kind": "member_updated", "day": day(5)},
        "without": "content_consumer",
    }


async def test_a_change_that_put_another_right_says_which_and_why(reader: Reader) -> None:
    """Of Fay something was retracted, of Gil it was not known."""
    lines = await reader.reads("fay")
    assert lines[2:5] == [
        (
            "On 8 January 2026 you went on as a content consumer. For being a content sharer"
            " this was open:"
        ),
        f"  · 3 {S} in 30 days (4 needed), 1 more to go: 3 shares, 5 to 8 January 2026",
        (
            "It put right what had been announced before (change 2, a content sharer from 8 January"
            " 2026 on), since an activity was retracted on 6 March 2026."
        ),
    ]
    assert lines[-1] == "1 activity of yours was retracted and does not count."
    wrong = (await reader.told("fay"))["last_change"]["corrects"]
    assert (wrong["version"], wrong["because"]) == (2, "retraction")
    past = await reader.told("fay", as_of=day(7))
    [acts, *_] = past["today"]["next"]["enter"]["criteria"]
    assert (acts["have"], acts["retracted"]) == (3, 1)
    assert any(
        "; 1 more was retracted" in line for line in await reader.reads("fay", "--as-of", day(7))
    )
    late = await reader.told("gil")
    assert late["last_change"]["corrects"] == {
        "version": 1,
        "to": "content_consumer",
        "effective_on": day(50),
        "because": "activity",
        "activity": {"id": "gil-share-4.5", "kind": "share", "day": day(4)},
        "policy_version": None,
    }
    assert (
        "It put right what had been announced before (change 1, a content consumer from 24 February"
        " 2026 on), since a share of 9 January 2026 was not known until then."
    ) in await reader.reads("gil")


async def test_a_change_that_was_put_right_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without what is retracted Ada is a sharer two days later. That is not announced before she
    is where nobody was told, and then it is still the retraction that put it right. Ids are those
    of their source: what another calls alike is not shown.
    """
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(
            [
                an_event("view", 0, id="ada-share-0.5", source="urn:zones:platform:other"),
                *a_sharer(),
                an_event("share", 5),
                an_event("retract", 40, retracts="ada-share-1.5"),
                an_event("like", 41),
                an_event("view", 130, member="bob"),
            ],
            batch=1,
        )
    async with reading(tmp_path, capsys, monkeypatch) as reader:
        change = (await reader.told("ada"))["last_change"]
        assert (change["version"], change["corrects"]["version"]) == (3, 2)
        assert change["corrects"]["because"] == "retraction"
        then = await reader.told("ada", as_of=day(10))
        assert (then["since"], then["last_change"]["effective_on"]) == (day(5), day(3))
        assert (then["last_change"]["corrected_by"], then["last_change"]["retracted"]) == (3, 1)
        assert {each["kind"] for each in then["last_change"]["evidence"][0]["activities"]} == {
            "share"
        }
        lines = await reader.reads("ada", "--as-of", day(10))
        assert lines[6:8] == [
            "One of these activities has been retracted since.",
            "Change 3 has put this right since.",
        ]


async def test_a_fall_says_what_was_open(reader: Reader) -> None:
    lines = await reader.reads("hal")
    assert lines[2:4] == [
        (
            "On 20 February 2026 you went on as a content consumer. For being a content sharer"
            " this was open:"
        ),
        f"  · no {S} in 60 days (2 needed), 2 more to go",
    ]


async def test_all_that_is_said_is_told_in_json(reader: Reader) -> None:
    """`--json` prints what the service answers."""
    for member in ("ada", "dot", "eve"):
        printed = json.loads("".join(await reader.reads(member, "--json")))
        assert printed == await reader.told(member)
