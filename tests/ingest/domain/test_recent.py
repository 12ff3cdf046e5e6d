"""What was sent lately is recognised, and never wrongly refused."""

from services.ingest.domain.recent import RecentKeys, Seen
from shared.contracts.envelope import event_key


def key(number: int) -> str:
    return event_key("urn:zones:platform:bluesky", str(number))


KEY = key(0)


def test_a_second_sending_is_recognised_once_the_first_is_acknowledged() -> None:
    recent = RecentKeys(10)
    assert recent.seen(KEY, b"a") is Seen.NEVER

    recent.send(KEY, b"a")
    assert recent.seen(KEY, b"a") is Seen.SENT

    recent.acknowledge(KEY, b"a")
    assert recent.seen(KEY, b"a") is Seen.SAME


def test_another_content_under_a_known_key_is_recognised() -> None:
    recent = RecentKeys(10)
    recent.acknowledge(KEY, b"a")

    assert recent.seen(KEY, b"b") is Seen.OTHER


def test_what_was_never_acknowledged_is_no_reason_to_refuse_another() -> None:
    """Nobody knows whether it is on the bus, so the bus is asked."""
    recent = RecentKeys(10)
    recent.send(KEY, b"a")

    assert recent.seen(KEY, b"b") is Seen.NEVER


def test_only_so_many_are_remembered_and_the_newest_half_always() -> None:
    recent = RecentKeys(10)
    for number in range(100):
        recent.acknowledge(key(number), b"")

    remembered = [number for number in range(100) if recent.seen(key(number), b"") is Seen.SAME]
    assert remembered[-5:] == [95, 96, 97, 98, 99]
    assert len(remembered) <= 10


def test_nothing_is_remembered_where_nothing_is_to_be() -> None:
    recent = RecentKeys(0)
    recent.acknowledge(key(1), b"")

    assert recent.seen(key(1), b"") is Seen.NEVER


def test_what_is_forgotten_was_never_seen() -> None:
    recent = RecentKeys(4)
    for number in range(3):
        recent.acknowledge(key(number), b"")

    for number in range(3):
        recent.forget(key(number))
        assert recent.seen(key(number), b"") is Seen.NEVER
