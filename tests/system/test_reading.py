"""What can be asked of a system, in the shapes that others rely on."""

from collections import Counter
from itertools import pairwise

import pytest

from tests.system.conftest import Told

ZONES = ["content_consumer", "content_sharer", "content_creator", "socially_engaged"]
SERVICES = ["ingest", "classifier", "rewards", "notifier"]


def test_a_member_has_a_zone_and_the_way_they_came(told: Told) -> None:
    """`zones member ID --json`: one entry of the trajectory for each stretch, in order."""
    engaged = told.someone_in("socially_engaged")
    said = told.system.zones("member", engaged, "--json").json
    assert set(said) >= {
        *("member", "zone", "since", "vitality", "version", "policy_version", "trajectory")
    }
    assert said["member"] == engaged
    assert said["zone"] == "socially_engaged"
    assert said["policy_version"] == 1
    stretches = said["trajectory"]
    assert stretches[0]["zone"] == "content_consumer"
    assert stretches[-1] == {"from": said["since"], "zone": "socially_engaged"}
    assert all(
        one["from"] < next_one["from"] and one["zone"] != next_one["zone"]
        for one, next_one in pairwise(stretches)
    )


def test_a_member_can_be_asked_about_on_any_day(told: Told) -> None:
    """`--as-of DAY` is the zone that the trajectory has on that day."""
    engaged = told.someone_in("socially_engaged")
    [trajectory] = [line["trajectory"] for line in told.members if line["member"] == engaged]
    stretch = trajectory[1]
    then = told.system.zones("member", engaged, "--as-of", stretch["from"], "--json").json
    assert (then["zone"], then["since"]) == (stretch["zone"], stretch["from"])


def test_a_member_reads_as_words(told: Told) -> None:
    said = told.system.zones("member", told.someone_in("content_creator"))
    assert said.code == 0
    assert "content creator" in said.out
    assert "{" not in said.out


def test_reasons_are_given_in_words(told: Told) -> None:
    """`zones explain ID` names the criteria, what they need and what the member has."""
    creator = told.someone_in("content_creator")
    said = told.system.zones("explain", creator)
    assert said.code == 0
    assert "publish" in said.out
    assert "{" not in said.out
    assert told.system.zones("explain", creator, "--json").json


def test_the_distribution_counts_everybody_once(told: Told) -> None:
    said = told.system.zones("distribution", "--json").json
    assert said["as_of"] == told.events[-1]["time"][:10]
    assert said["members"] == len(told.members) == sum(said["zones"].values())
    assert sum(said["vitality"].values()) == said["members"]
    assert list(said["zones"]) == ZONES
    now = Counter(line["zone"] for line in told.members)
    assert said["zones"] == {zone: now[zone] for zone in ZONES}


def test_the_distribution_of_an_earlier_day_is_that_of_the_trajectories(told: Told) -> None:
    day = "2025-09-15"
    then: Counter[str] = Counter()
    for line in told.members:
        zones = [it["zone"] for it in line["trajectory"] if it["from"] <= day]
        then.update(zones[-1:])
    said = told.system.zones("distribution", "--as-of", day, "--json").json
    assert said["as_of"] == day
    assert said["members"] == then.total()
    assert said["zones"] == {zone: then[zone] for zone in ZONES}


def test_the_distribution_can_be_told_by_group(told: Told) -> None:
    said = told.system.zones("distribution", "--by", "group")
    assert said.code == 0
    assert "engineering" in said.out


def test_recognitions_say_what_was_earned(told: Told) -> None:
    """`zones recognitions --json`: the arrival in the zone, and effort for every fifth piece."""
    said = told.system.zones("recognitions", "--json").json
    kinds = Counter(it["kind"] for it in said)
    assert kinds["arrival"]
    assert kinds["effort"]
    assert all(
        set(it) >= {"id", "member", "kind", "pieces", "rule_version", "state"} for it in said
    )
    assert len({it["id"] for it in said}) == len(said)
    engaged = told.someone_in("socially_engaged")
    theirs = told.system.zones("recognitions", engaged, "--json").json
    assert theirs == [it for it in said if it["member"] == engaged]
    assert {"content_sharer", "content_creator", "socially_engaged"} <= {
        it.get("zone") for it in theirs
    }


def test_alerts_tell_of_the_fast_track(told: Told) -> None:
    """The generated year has drafts by socially engaged members; those still open are a part."""
    said = told.system.zones("alerts", "--json").json
    assert said
    still_open = told.system.zones("alerts", "--open", "--json").json
    assert len(still_open) <= len(said)


def test_nothing_is_parked(told: Told) -> None:
    assert told.system.zones("parked", "list", "--json").json == []
    assert told.system.zones("parked", "list").out == "nothing is parked\n"


def test_the_status_of_all_services_is_ready_and_up_to_date(told: Told) -> None:
    said = told.system.zones("status", "--json")
    assert said.code == 0
    assert list(said.json["services"]) == SERVICES
    for fare in said.json["services"].values():
        assert (fare["ready"], fare["lag"]) == (True, 0)
        assert fare["version"]


def test_watching_from_the_start_tells_what_has_happened_in_its_order(told: Told) -> None:
    """`--count N` ends it after exactly so many, `--json` prints each as it is on the bus."""
    said = told.system.zones("watch", "--from-start", "--json", "--count", "40").lines
    assert len(said) == 40
    changes = [event["time"] for event in said if event["type"] == "zones.zone.changed.v1"]
    assert changes == sorted(changes)
    assert all(event["specversion"] == "1.0" for event in said)
    words = told.system.zones("watch", "--from-start", "--count", "3")
    assert (words.code, len(words.out.splitlines())) == (0, 3)


def test_the_log_recounts_to_what_is_told(told: Told) -> None:
    said = told.system.zones("verify", "--json")
    assert said.code == 0
    assert said.json["equal"] is True
    assert said.json["members"] == len(told.members)
    assert said.json["events"] >= len(told.events)
    assert said.json["digest"] == told.exported["digest"]


@pytest.mark.parametrize("what", ["members", "changes", "recognitions"])
def test_exports_are_the_same_every_time(told: Told, what: str) -> None:
    """Sorted, one object a line, and with nothing in them that depends on when or where."""
    said = told.system.zones("export", what)
    assert said.lines
    assert said.out == told.exported[what]
    assert said.out.endswith("\n")


def test_exported_members_are_sorted_and_carry_no_version(told: Told) -> None:
    """What `zones member` says, without what depends on the order in which it was heard."""
    names = [line["member"] for line in told.members]
    assert names == sorted({event["subject"] for event in told.events})
    assert all("version" not in line for line in told.members)


@pytest.mark.parametrize("command", ["member", "explain"])
def test_a_member_whom_nobody_knows_is_said_in_one_line(told: Told, command: str) -> None:
    said = told.system.zones(command, "nobody-of-that-name")
    assert said.code == 1
    assert said.out == ""
    assert "nobody-of-that-name" in said.complaint
