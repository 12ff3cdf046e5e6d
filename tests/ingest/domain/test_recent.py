"""What was sent lately is recognised, and never wrongly refused."""

from services.ingest.domain.recent import RecentKeys, Seen


def test_a_second_sending_is_recognised_once_the_first_is_acknowledged() -> None:
    recent = RecentKeys(10)
    assert recent.seen("k", b"a") is Seen.NEVER

    recent.send("k", b"a")
    assert recent.seen("k", b"a") is Seen.SENT

    recent.acknowledge("k", b"a")
    assert recent.seen("k", b"a") is Seen.SAME


def test_another_content_under_a_known_key_is_recognised() -> None:
    recent = RecentKeys(10)
    recent.acknowledge("k", b"a")

    assert recent.seen("k", b"b") is Seen.OTHER


def test_what_was_never_acknowledged_is_no_reason_to_refuse_another() -> None:
    """Nobody knows whether it is on the bus, so the bus is asked."""
    recent = RecentKeys(10)
    recent.send("k", b"a")

    assert recent.seen("k", b"b") is Seen.NEVER


def test_only_so_many_are_remembered_the_oldest_is_forgotten() -> None:
    recent = RecentKeys(2)
    for key in ("a", "b", "a", "c"):
        recent.acknowledge(key, b"")

    assert [key for key in "abc" if recent.seen(key, b"") is Seen.SAME] == ["a", "c"]
    assert len(recent) == 2
