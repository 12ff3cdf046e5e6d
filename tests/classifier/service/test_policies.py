"""Policies over HTTP and on the command line: shown, questioned, adopted."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.classifier.service.examples import POLICY, a_classifier, a_sharer, an_event, day
from tests.classifier.service.test_cli import Screen
from tests.classifier.service.whole import Service, a_service

NOWHERE = "nats://127.0.0.1:1"
STRICTER = POLICY.replace("days = 60, at_least = 2", "days = 60, at_least = 3")
NEVER = POLICY.replace("days = 56, at_least = 60", "days = 56, at_least = 20000")


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """Ada shared a year ago, Bob reads today, day 50."""
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([*a_sharer(), an_event("view", 50, member="bob")])
    with capture_logs():
        async with a_service(tmp_path, NOWHERE, path="/healthz") as service:
            yield service


@pytest.fixture
def screen(
    service: Service, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Screen:
    monkeypatch.setenv("ZONES_DATA", "/nowhere")
    monkeypatch.setenv("ZONES_CLASSIFIER_URL", service.url)
    capsys.readouterr()
    return Screen(capsys)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "candidate.toml"
    file.write_text(STRICTER, encoding="utf-8")
    return file


async def post(service: Service, path: str, **body: Any) -> tuple[int, Any]:  # noqa: ANN401
    answer = await service.http.post(path, json=body)
    return answer.status_code, answer.json()


async def test_adoptions_are_listed_with_the_days_that_they_govern(service: Service) -> None:
    status, told = await post(
        service, "/v1/policies", text=STRICTER, author="eve", note="why", **{"from": day(60)}
    )
    assert (status, told) == (
        201,
        {
            "version": 2,
            "mode": "forward",
            "effective_on": day(60),
            "until": None,
            "author": "eve",
            "note": "why",
            "decided_at": f"{day(50)}T00:00:00Z",
            "governs": [{"from": day(60), "until": None}],
        },
    )
    listed = await service.get("/v1/policies")
    assert (listed["today"], listed["governing"]) == (day(50), 1)
    assert [each["governs"] for each in listed["policies"]] == [
        [{"from": None, "until": day(59)}],
        told["governs"],
    ]
    [remark] = listed["remarks"]
    assert "is not policy 2, adopted last" in remark
    assert (await service.get("/v1/status"))["remarks"] == [remark]
    assert (await service.get("/v1/policies/2")) == {**told, "text": STRICTER}
    assert (await service.http.get("/v1/policies/3")).status_code == 404


async def test_a_lost_answer_can_be_asked_for_again(service: Service) -> None:
    offer = {"text": STRICTER, "author": "eve", "mode": "recompute"}
    first = await post(service, "/v1/policies", **offer)
    assert await post(service, "/v1/policies", **offer) == (200, first[1])
    status, told = await post(service, "/v1/policies", **{**offer, "mode": "forward"})
    assert status == 409
    assert "this is policy 2 already" in told["error"]
    assert len((await service.get("/v1/policies"))["policies"]) == 2


@pytest.mark.parametrize(
    ("offer", "status", "words"),
    [
        ({"text": NEVER, "author": "eve"}, 422, "policy.toml:58: minutes_per_week ≥ 20000"),
        ({"text": "x", "author": "eve"}, 422, "policy.toml:1: not TOML"),
        ({"text": STRICTER}, 422, "author"),
        ({"text": STRICTER, "author": ""}, 422, "author"),
        ({"text": STRICTER, "author": "eve", "mode": "back"}, 422, "mode"),
        ({"text": STRICTER, "author": "eve", "form": "2026-03-01"}, 422, "form"),
        ({"text": STRICTER, "author": "eve", "from": day(50)}, 409, "is not after"),
    ],
)
async def test_what_cannot_be_adopted_is_refused_with_a_sentence(
    service: Service, offer: dict[str, str], status: int, words: str
) -> None:
    answered, told = await post(service, "/v1/policies", **offer)
    assert answered == status
    assert words in told["error"]
    assert len((await service.get("/v1/policies"))["policies"]) == 1


async def test_lint_answers_with_every_finding_and_its_line(service: Service) -> None:
    status, told = await post(service, "/v1/policies/lint", text=NEVER, name="mine.toml")
    assert status == 200
    assert (told["name"], told["errors"]) == ("mine.toml", 1)
    [error] = [each for each in told["findings"] if each["severity"] == "error"]
    assert NEVER.splitlines()[error["line"] - 1].strip().startswith('{ measure = "minutes_per_week')
    assert error["place"] == "socially_engaged.enter.3"
    assert told["compared"] == {"events": 5, "members": 2, "looked_at": 2}
    lines = [each["line"] for each in told["findings"]]
    assert lines == sorted(lines)
    _, governing = await post(service, "/v1/policies/lint")
    assert (governing["name"], governing["errors"]) == ("policy 1", 0)
    _, unread = await post(service, "/v1/policies/lint", text=POLICY.replace("acts", "act", 2))
    assert unread["compared"] is None
    assert "did you mean 'acts'?" in unread["findings"][0]["words"]


async def test_lint_prints_a_line_for_each_finding(screen: Screen, file: Path) -> None:
    """As compilers do, so that an editor can go there. Only errors are a failure."""
    *lines, last = await screen.shows("policy", "lint", str(file))
    assert all(line.startswith("candidate.toml:") for line in lines)
    assert last.startswith("candidate.toml: no errors, ")
    assert last.endswith("compared with 5 events of 2 members")
    file.write_text(NEVER, encoding="utf-8")
    assert (await screen.ends("policy", "lint", str(file)))[0] == 1
    assert (await screen.ends("policy", "lint", "/nowhere.toml"))[0] == 2


async def test_a_policy_is_adopted_and_shown(screen: Screen, file: Path) -> None:
    adopting = ("policy", "adopt", str(file), "--author", "eve", "--note", "to be busy")
    lines = await screen.shows(*adopting, "--mode", "grandfather", "--until", day(70))
    mild = "up to 16 March 2026 nobody is demoted by what is new"
    assert lines[-4:] == [
        "policy 2",
        "  adopted by eve: to be busy",
        f"  grandfather: from 25 February 2026, and {mild}",
        "  governs from 25 February 2026",
    ]
    shown = await screen.shows("policy", "show")
    assert shown[:4] == [
        "policy 1, which governs today",
        "  adopted by zones: the policy that the log began with",
        "  recompute: as if it had always been so",
        "  governs every day up to 24 February 2026",
    ]
    assert shown[4:-1] == lines[-4:]
    assert "\n".join(await screen.shows("policy", "show", "--version", "2", "--toml")) == (
        "\n".join(line.rstrip() for line in STRICTER.splitlines())
    )
    told = json.loads("".join(await screen.shows("policy", "show", "--version", "2", "--json")))
    assert (told["version"], told["until"], told["text"]) == (2, day(70), STRICTER)
    code, words = await screen.ends(*adopting, "--mode", "recompute")
    assert (code, words[:34]) == (1, "zones: this is policy 2 already, a")


async def test_what_is_wrong_is_said_before_anything_happens(screen: Screen, file: Path) -> None:
    file.write_text(NEVER, encoding="utf-8")
    assert (await screen.ends("policy", "adopt", str(file), "--author", "eve"))[0] == 1
    told = json.loads("".join(await screen.shows("policy", "show", "--json")))
    assert len(told["policies"]) == 1
    code, words = await screen.ends(
        "policy", "adopt", str(file), "--author", "eve", "--from", "tomorrow"
    )
    assert (code, words) == (2, "zones: --from tomorrow is no day: write it as 2026-03-12")


async def test_the_file_on_disk_is_compared_as_it_is_now(tmp_path: Path) -> None:
    """It may have been edited, adopted or lost since the start."""
    from services.classifier.adapters.ondisk import OnDisk  # noqa: PLC0415 -- only here
    from services.classifier.adapters.policyfile import parse  # noqa: PLC0415

    file = tmp_path / "policy.toml"
    file.write_text(POLICY, encoding="utf-8")
    disk, newest = OnDisk(file), parse(STRICTER, 2)
    assert f"{file} is not policy 2, adopted last" in (disk.remark(newest) or "")
    file.write_text(f"# the same\n{STRICTER}", encoding="utf-8")
    assert disk.remark(newest) is None
    file.write_text("x", encoding="utf-8")
    assert "is no policy any more" in (disk.remark(newest) or "")
    file.unlink()
    assert "is no policy any more" in (disk.remark(newest) or "")
