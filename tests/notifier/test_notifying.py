"""What is heard in the order in which it may come, and who is told what, on a real database."""

from pathlib import Path

from tests.notifier.examples import (
    HOURS,
    NINE,
    a_notifier,
    approved,
    coordinator,
    editor,
    entered,
    follow,
    happened,
    moved,
    published,
    recognised,
    submitted,
    withdrawn,
)


async def test_the_fast_track_is_told_to_the_member_and_the_editors(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor())
        await notifier.hears(moved())
        await notifier.hears(moved(to="content_creator", frm="socially_engaged", version=5))

        assert await notifier.said() == [
            ("ann", "fast_track_ended"),
            ("ann", "fast_track_granted"),
            ("eddi", "fast_track_ended"),
            ("eddi", "fast_track_granted"),
        ]


async def test_a_change_between_other_zones_is_no_news_of_the_fast_track(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor())
        await notifier.hears(
            entered("ann"), moved(to="content_sharer", frm="content_consumer", version=2)
        )

        assert await notifier.said() == []


async def test_of_whom_a_policy_moves_nobody_is_told(tmp_path: Path) -> None:
    """It counts all the same: what is owed to the drafts of the engaged is owed to theirs, those
    that are open already as well.
    """
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor(), submitted(draft="d-1"))
        await notifier.hears(moved(by_policy=True))
        await notifier.hears(submitted(draft="d-2"))
        assert await notifier.alerts() == ["alert-raised", "alert-raised"]

        back = moved(to="content_creator", frm="socially_engaged", version=5, by_policy=True)
        await notifier.hears(back)
        await notifier.hears(submitted(draft="d-3"))
        assert await notifier.alerts() == ["alert-raised", "alert-raised"]

        kinds = {kind for _, kind in await notifier.said()}
        assert kinds == {"draft_received", "fast_track_alert"}


async def test_an_engaged_author_who_leaves_is_not_written_to(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor())
        await notifier.hears(moved(), moved(to=None, frm="socially_engaged", version=5))

        assert ("ann", "fast_track_ended") not in await notifier.said()
        assert ("eddi", "fast_track_ended") in await notifier.said()


async def test_a_draft_by_an_engaged_author_alerts_the_editors_at_once(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor(), editor("edna"))
        await notifier.hears(moved())
        await notifier.hears(submitted(at=NINE + HOURS))

        alerts = [it.notice for it in await notifier.notices() if "alert" in it.notice.kind]
        assert [(it.recipient, it.about, it.due_at) for it in alerts] == [
            ("eddi", "ann", NINE + 5 * HOURS),
            ("edna", "ann", NINE + 5 * HOURS),
        ]


async def test_a_draft_by_anybody_else_alerts_nobody(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor(), submitted())

        assert await notifier.alerts() == []
        assert await notifier.said() == [("eddi", "draft_received")]


async def test_a_draft_comes_onto_the_fast_track_with_its_author(tmp_path: Path) -> None:
    """Whichever of the two streams is read first; the promise runs from the later of the two."""
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor(), submitted(), submitted(draft="d-2"), approved(draft="d-2"))
        await notifier.hears(moved(at=NINE + HOURS))

        assert await notifier.alerts() == ["alert-raised"]
        assert [it.notice.due_at for it in await notifier.notices()][-1] == NINE + 5 * HOURS


async def test_a_promise_stays_when_the_author_leaves_the_fast_track(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(moved())
        await notifier.hears(submitted())
        await notifier.hears(moved(to="content_creator", frm="socially_engaged", version=5))
        await notifier.hears(happened("like", "bob", at=NINE + 5 * HOURS))

        assert await notifier.alerts() == ["alert-raised", "alert-at-risk", "alert-breached"]


async def test_without_editors_an_alert_is_addressed_to_the_organisation(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(moved())
        await notifier.hears(submitted(), happened("like", "bob", at=NINE + 5 * HOURS))

        assert ("_org", "fast_track_alert") in await notifier.said()
        assert ("_org", "fast_track_breached") in await notifier.said()


async def test_a_broken_promise_is_escalated_to_the_coordinators(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor(), coordinator())
        await notifier.hears(moved())
        await notifier.hears(submitted(), happened("like", "bob", at=NINE + 5 * HOURS))

        told = [it for it in await notifier.said() if it[1] != "fast_track_granted"]
        assert told == [
            ("cora", "fast_track_breached"),
            ("eddi", "fast_track_alert"),
            ("eddi", "fast_track_at_risk"),
        ]


async def test_without_coordinators_all_editors_hear_of_a_broken_promise(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor())
        await notifier.hears(moved())
        await notifier.hears(submitted(), happened("like", "bob", at=NINE + 5 * HOURS))

        assert ("eddi", "fast_track_breached") in await notifier.said()


async def test_editors_are_those_who_are_editors_now_and_are_there(tmp_path: Path) -> None:
    """The latest by (time, key) wins per field, absent leaves, null clears."""
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor("edna", at=NINE), editor("eric"), editor("eva"), editor("ede"))
        await notifier.hears(happened("member_updated", "edna", at=NINE + HOURS, roles=None))
        await notifier.hears(happened("member_updated", "edna", at=NINE, roles=["editor"]))
        await notifier.hears(happened("member_departed", "eric", at=NINE + HOURS))
        await notifier.hears(happened("member_paused", "eva", at=NINE + HOURS))
        await notifier.hears(happened("member_updated", "ede", at=NINE + HOURS, group="press"))
        await notifier.hears(moved())
        await notifier.hears(submitted())

        told = [who for who, kind in await notifier.said() if kind == "fast_track_alert"]
        assert told == ["ede"]


async def test_answers_resolve_and_an_acknowledgement_is_one(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(moved())
        await notifier.hears(submitted(draft="d-1"), submitted(draft="d-2"), submitted(draft="d-3"))
        await notifier.hears(approved(draft="d-1", at=NINE + HOURS))
        await notifier.hears(withdrawn(draft="d-2", at=NINE + HOURS))

        assert await notifier.acknowledges("draft/ann/d-3", "eddi", NINE + HOURS)
        assert not await notifier.acknowledges("draft/ann/d-3", "eddi", NINE + HOURS)
        await notifier.hears(happened("like", "bob", at=NINE + 9 * HOURS))
        assert await notifier.alerts() == ["alert-raised"] * 3 + ["alert-resolved"] * 3


async def test_a_piece_is_announced_to_followers_and_the_interested_once(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(
            follow("fay"),
            follow("ann", "ann"),
            happened("member_registered", "tom", topics=["Waiting  Rooms"]),
            happened("share", "sue", topics=["waiting rooms"]),
            happened("share", "fay", topics=["waiting rooms"]),
            happened("share", "una", topics=["cooking"]),
            published(topics=["waiting rooms"]),
            published(piece="p-1"),
        )

        assert await notifier.said() == [
            ("fay", "announcement"),
            ("sue", "announcement"),
            ("tom", "announcement"),
        ]
        await notifier.lets_pass(24)
        [letter] = await notifier.letters("fay")
        assert letter["why"] == "You get this because you follow ann."


async def test_whoever_is_beyond_sharing_hears_only_of_those_they_follow(tmp_path: Path) -> None:
    """Of somebody whose zone we have not heard, the first zone is true."""
    zones = ("content_consumer", "content_sharer", "content_creator", "socially_engaged", None)
    async with a_notifier(tmp_path) as notifier:
        for zone in zones:
            member = zone or "left"
            await notifier.hears(happened("member_registered", member, topics=["tea"]))
            await notifier.hears(happened("share", f"{member}-too", topics=["tea"]))
            await notifier.hears(moved(member, zone), moved(f"{member}-too", zone))
        await notifier.hears(
            happened("share", "sue", topics=["tea"]),
            follow("socially_engaged"),
            published(topics=["tea"]),
        )

        told = [who for who, kind in await notifier.said() if kind == "announcement"]
        assert told == [
            "content_consumer",
            "content_consumer-too",
            "content_sharer",
            "content_sharer-too",
            "socially_engaged",
            "sue",
        ]
        await notifier.lets_pass(24)
        letters = await notifier.letters("socially_engaged")
        assert letters[-1]["why"] == "You get this because you follow ann."


async def test_one_piece_in_two_places_is_announced_once(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(follow("fay"), published(url="https://Blog.example/on-waiting"))
        await notifier.hears(
            published(piece="9", platform="linkedin", url="https://blog.example:443/on-waiting/")
        )
        await notifier.hears(published(piece="8", url="https://blog.example/on-waiting?utm_id=7"))

        assert await notifier.said() == [("fay", "announcement")]


async def test_whoever_is_followed_no_more_is_not_announced(tmp_path: Path) -> None:
    """By id or by object, and whichever is heard first."""
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(
            follow("fay", id="f-1"),
            happened("retract", "fay", retracts="f-1"),
            happened("retract", "gus", retracts="f-2"),
            follow("gus", id="f-2"),
            follow("hal", object={"id": "ann-page"}),
            happened("retract", "hal", object={"id": "ann-page"}, kind="follow", at=NINE + HOURS),
            follow("ida", id="f-3"),
            follow("ida", id="f-4"),
            happened("retract", "ida", retracts="f-3"),
            published(at=NINE + HOURS),
        )

        assert await notifier.said() == [("ida", "announcement")]


async def test_who_has_departed_or_is_on_a_break_hears_of_no_piece(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(
            follow("fay"),
            follow("gus"),
            follow("hal"),
            happened("member_departed", "fay"),
            happened("member_paused", "gus"),
            happened("member_paused", "hal"),
            happened("member_resumed", "hal", at=NINE + HOURS),
            published(),
        )

        assert await notifier.said() == [("hal", "announcement")]


async def test_an_interest_fades(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(happened("share", "sue", topics=["tea"], at=NINE - 24 * 121 * HOURS))
        await notifier.hears(happened("share", "tim", topics=["tea"], at=NINE - 24 * 119 * HOURS))
        await notifier.hears(published(topics=["tea"]))

        assert await notifier.said() == [("tim", "announcement")]


async def test_a_recognition_is_told_to_its_member_in_the_rules_own_words(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(recognised(), recognised())
        await notifier.hears(recognised())

        [letter] = await notifier.letters("ann")
        assert letter["title"] == "Recognised: Five pieces"
        assert letter["text"] == "Five pieces are a body of work."


async def test_history_is_folded_and_told_to_nobody(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(
            happened("member_registered", "eddi", roles=["editor"], historical=True),
            follow("fay", historical=True),
            submitted(draft="d-0", historical=True),
            published(historical=True),
        )
        await notifier.hears(moved(historical=True), moved("bob", historical=True))
        await notifier.hears(recognised(historical=True))
        await notifier.hears(published())
        assert await notifier.said() == []

        await notifier.hears(submitted(draft="d-1"), published(piece="p-2"))
        assert await notifier.said() == [("eddi", "fast_track_alert"), ("fay", "announcement")]
