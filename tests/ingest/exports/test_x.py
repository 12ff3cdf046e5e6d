"""X's archive, with every trap that real ones have."""

from pathlib import Path
from typing import Any

import pytest

from tests.ingest.exports.examples import Contents, Told, in_folder, in_zip, read, ytd

OWN: str = "1700000001"
ACCOUNT = ytd(
    "account",
    [
        {
            "account": {
                "email": "user-1@example.org",
                "username": "user_1",
                "accountId": OWN,
                "createdAt": "2012-05-06T07:08:09.100Z",
            }
        }
    ],
)
TEXT = "A thought worth having &amp; keeping"


def a_tweet(id: str = "1588093000000000001", **instead: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "id_str": id,
        "id": id,
        "created_at": "Thu Nov 03 08:50:26 +0000 2022",
        "full_text": TEXT,
        "display_text_range": ["0", "32"],
        "retweeted": False,
        "entities": {"hashtags": [{"text": "Bread"}], "user_mentions": [], "urls": []},
        **instead,
    }


def archive(*tweets: Any, **more: str) -> Contents:  # noqa: ANN401 - JSON
    return {
        "data/account.js": ACCOUNT,
        "data/tweets.js": ytd("tweets", [{"tweet": tweet} for tweet in tweets]),
        **{f"data/{name.replace('_', '-')}.js": content for name, content in more.items()},
    }


def told(folder: Path, contents: Contents) -> Told:
    """Read an archive, without the account that it is of."""
    found = read("x", in_folder(folder, contents))
    return found._replace(events=[e for e in found.events if "link_account" not in e["type"]])


def test_the_account_is_linked_by_what_never_changes(tmp_path: Path) -> None:
    event = read("x", in_folder(tmp_path, {"account.js": ACCOUNT})).only

    assert event["id"] == f"account:{OWN}"
    assert event["time"] == "2012-05-06T07:08:09.100000Z"
    assert event["data"] == {"platform": "x", "handle": OWN}
    assert "example.org" not in str(event)


def test_a_tweet_is_a_post(tmp_path: Path) -> None:
    event = told(tmp_path, archive(a_tweet())).only

    assert event == {
        "specversion": "1.0",
        "id": "1588093000000000001",
        "source": "urn:zones:platform:x",
        "type": "zones.activity.post.v1",
        "subject": f"x:{OWN}",
        "time": "2022-11-03T08:50:26Z",
        "data": {
            "object": {"id": "1588093000000000001", "kind": "post"},
            "text_length": 32,
            "topics": ["bread"],
        },
    }


def test_without_a_range_the_text_is_counted_as_people_see_it(tmp_path: Path) -> None:
    event = told(tmp_path, archive(a_tweet(display_text_range=None))).only

    assert event["data"]["text_length"] == len("A thought worth having & keeping")


def test_a_retweet_is_told_by_its_first_letters(tmp_path: Path) -> None:
    """The flag is never set, and of what it is a retweet nobody says: only of whom."""
    mentions = [
        {"screen_name": "somebody", "id_str": "9"},
        {"screen_name": "User_2", "id_str": "1700000002"},
    ]
    tweet = a_tweet(
        full_text="RT @user_2: hello @somebody, and …", entities={"user_mentions": mentions}
    )
    found = told(tmp_path, archive(tweet))

    assert found.kinds == ["share"]
    assert found.only["data"] == {"target": "x:1700000002"}


@pytest.mark.parametrize("whose", [OWN, "1700000003"], ids=["self", "other"])
def test_an_answer_is_a_comment_to_whoever_is_answered(tmp_path: Path, whose: str) -> None:
    tweet = a_tweet(in_reply_to_status_id_str="1588", in_reply_to_user_id_str=whose)
    found = told(tmp_path, archive(tweet))

    assert found.kinds == ["comment"]
    assert found.only["data"]["in_reply_to"] == "1588"
    assert found.only["data"]["target"] == f"x:{whose}"


def test_a_name_in_front_alone_is_no_answer(tmp_path: Path) -> None:
    assert told(tmp_path, archive(a_tweet(full_text="@user_2 hello"))).kinds == ["post"]


@pytest.mark.parametrize(
    "link",
    [
        "https://twitter.com/user_2/status/1500000000000000009",
        "https://x.com/user_2/status/1500000000000000009?s=20",
        "https://mobile.twitter.com/user_2/statuses/1500000000000000009",
    ],
)
def test_a_link_to_a_tweet_makes_a_quote(tmp_path: Path, link: str) -> None:
    found = told(tmp_path, archive(a_tweet(entities={"urls": [{"expanded_url": link}]})))

    assert found.kinds == ["quote"]
    assert found.only["data"]["object"] == {"id": "1500000000000000009", "kind": "post"}


def test_a_link_to_the_rest_of_itself_makes_none(tmp_path: Path) -> None:
    link = "https://twitter.com/i/web/status/1588093000000000001"

    assert told(tmp_path, archive(a_tweet(entities={"urls": [{"expanded_url": link}]}))).kinds == [
        "post"
    ]


def test_a_long_tweet_is_measured_whole(tmp_path: Path) -> None:
    whole = "word " * 200
    cut = a_tweet(full_text="@user_2 " + whole[:270] + "… https://t.co/a")
    note = {"noteTweetId": "1", "core": {"text": whole, "hashtags": [{"text": "Long"}]}}
    found = told(tmp_path, archive(cut, note_tweet=ytd("note_tweet", [{"noteTweet": note}])))

    assert found.only["data"]["text_length"] == 1000
    assert found.only["data"]["topics"] == ["long"]


def test_the_editions_of_a_tweet_are_one_act_of_the_first_ones_time(tmp_path: Path) -> None:
    """The first id holds the millisecond in which it was given out."""
    first, second = "1588091217638326272", "1588093734220726272"
    found = told(
        tmp_path,
        archive(
            a_tweet(second, edit_info={"edit": {"initialTweetId": first}}),
            a_tweet(first, edit_info={"initial": {"editTweetIds": [first, second]}}),
        ),
    )

    assert [event["id"] for event in found.events] == [first, first]
    assert found.events[0]["time"] == "2022-11-03T08:50:26Z"


def test_what_was_deleted_is_taken_back(tmp_path: Path) -> None:
    deleted = a_tweet("42", deleted_at="Thu Nov 03 09:00:00 +0000 2022")
    found = told(
        tmp_path,
        archive(deleted_tweets=ytd("deleted_tweets", [{"tweet": deleted}, {"tweet": a_tweet()}])),
    )

    assert found.kinds == ["retract"]
    assert (found.only["id"], found.only["time"]) == ("42#undo", "2022-11-03T09:00:00Z")
    assert found.only["data"] == {"retracts": "42"}
    assert found.skipped == {"no_time": 1}


def test_likes_and_follows_have_no_time_and_are_given_none(tmp_path: Path) -> None:
    likes = ytd("like", [{"like": {"tweetId": "1", "fullText": "…"}}, {"like": {"tweetId": "2"}}])
    follows = ytd("following", [{"following": {"accountId": "7"}}])
    found = told(tmp_path, archive(like=likes, following=follows))

    assert found.skipped == {"no_time": 3}
    assert not found.events


def test_parts_are_read_in_their_order_and_older_archives_too(tmp_path: Path) -> None:
    parts = {
        f"data/tweets{'-part' * bool(number)}{number or ''}.js": ytd(
            "tweets", [{"tweet": a_tweet(str(number))}], number
        )
        for number in (10, 2, 1, 0)
    }
    older = {"tweet.js": ytd("tweet", [a_tweet("77")])}

    found = told(tmp_path / "parts", parts)
    assert [event["id"] for event in found.events] == ["0", "1", "2", "10"]
    assert told(tmp_path / "older", older).only["id"] == "77"


def test_an_id_that_has_become_a_number_is_refused(tmp_path: Path) -> None:
    """Above 2^53 a number has lost its last digits."""
    found = told(tmp_path, archive(a_tweet() | {"id_str": None, "id": 1588093213490012160}))

    assert [refused.reason for refused in found.refused] == ["malformed"]


def test_messages_are_not_opened(tmp_path: Path) -> None:
    secret = {"data/direct-messages.js": b"\xff\xff not even text", **archive(a_tweet())}
    found = read("x", in_zip(tmp_path / "archive.zip", secret))

    assert found.kinds == ["link_account", "post"]
    assert not found.refused


def test_a_file_that_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    broken = str(archive(a_tweet("1"), a_tweet("2"))["data/tweets.js"])[:-20]
    found = told(tmp_path, {"data/tweets.js": broken})

    assert [event["id"] for event in found.events] == ["1"]
    [refused] = found.refused
    assert refused.detail.startswith("data/tweets.js, behind item 1: ")
