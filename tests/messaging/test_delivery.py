"""A delivery's place is read from the subject it is to be acknowledged on, in either form."""

from datetime import UTC, datetime

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.messaging.delivery import Delivery, OutOfTurn, delivered, in_turn

PLACES = "2.41.7.1790000000123456789.5"


@pytest.mark.parametrize(
    "reply",
    [
        f"$JS.ACK.ACTIVITY.classifier-activity.{PLACES}",
        f"$JS.ACK._.ACCOUNT.ACTIVITY.classifier-activity.{PLACES}",
        f"$JS.ACK.hub.ACCOUNT.ACTIVITY.classifier-activity.{PLACES}.x7Tq",
    ],
)
def test_both_forms_of_ack_subjects_are_read(reply: str) -> None:
    """Servers send the first today and have announced the others."""
    message = Msg(Client(), "activity.v1.3.share.m-1", reply, b"{}", {"Nats-Msg-Id": "e-1"})
    assert delivered(message) == Delivery(
        subject="activity.v1.3.share.m-1",
        headers={"Nats-Msg-Id": "e-1"},
        body=b"{}",
        sequence=41,
        pending=5,
        received_at=datetime(2026, 9, 21, 14, 13, 20, 123457, tzinfo=UTC),
        turn=7,
        attempt=2,
        ack=reply,
    )


def a_delivery(turn: int, *, attempt: int = 1) -> Delivery:
    received = datetime(2026, 1, 1, tzinfo=UTC)
    return Delivery("s", {}, b"", turn, 0, received, turn=turn, attempt=attempt)


def test_turns_follow_one_another() -> None:
    assert in_turn([a_delivery(3), a_delivery(4)], 3) == 5
    assert in_turn([], 3) == 3


@pytest.mark.parametrize(
    "batch",
    [
        [a_delivery(4)],
        [a_delivery(3), a_delivery(5)],
        [a_delivery(3), a_delivery(3)],
        [a_delivery(3, attempt=2)],
    ],
    ids=["late start", "gap", "repetition", "second attempt"],
)
def test_anything_else_is_out_of_turn(batch: list[Delivery]) -> None:
    with pytest.raises(OutOfTurn):
        in_turn(batch, 3)
