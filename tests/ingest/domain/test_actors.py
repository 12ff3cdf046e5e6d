"""Rules judge who acted by what the platform says of them and by the name of their account."""

from services.ingest.domain.activity import Sighting
from services.ingest.domain.actors import Rule, refusing

BOTS = Rule(why="bots", actors=("bot",), exceptions=("helper@*",))
FEEDS = Rule(why="feeds", platform="fedi*", accounts=("feed-?@h.example", "https://h.example/*"))


def seen(subject: str, label: str | None = None, actor: str = "person") -> Sighting:
    return Sighting({"subject": subject}, label, actor)


def test_who_is_said_to_be_a_bot_is_refused_whatever_the_name() -> None:
    assert refusing([FEEDS, BOTS], seen("x:1", actor="bot")) is BOTS
    assert refusing([FEEDS, BOTS], seen("x:1", actor="system")) is None


def test_accounts_are_known_by_id_and_by_handle() -> None:
    assert refusing([BOTS, FEEDS], seen("fediverse:https://h.example/u/1")) is FEEDS
    assert refusing([BOTS, FEEDS], seen("fediverse:1", "Feed-1@h.example")) is FEEDS
    assert refusing([BOTS, FEEDS], seen("fediverse:1", "feed-10@h.example")) is None
    assert refusing([BOTS, FEEDS], seen("other:1", "feed-1@h.example")) is None


def test_exceptions_are_let_through() -> None:
    assert refusing([BOTS], seen("x:1", "helper@h.example", "bot")) is None


def test_an_event_without_a_subject_is_for_others_to_refuse() -> None:
    assert refusing([BOTS, FEEDS], Sighting({})) is None
