"""Where fuzzing begins: what the tests have written by hand in the shape of the real."""

import json
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

from services.ingest.handlers.posts import Check
from services.ingest.sources import activitystreams, bluesky, httpsignature, mastodon, signature
from tests.contracts.examples import GOLDEN
from tests.fuzzing.cases import export, request
from tests.ingest.exports import linkedins, test_x, test_youtube
from tests.ingest.exports import test_mastodon as toots
from tests.ingest.exports.examples import Contents, ytd
from tests.ingest.sources import (
    signing,
    test_discourse,
    test_forgejo,
    test_github,
    test_httpsignature,
    test_linkedin,
    test_mapping,
    test_signature,
)
from tests.ingest.sources.test_any_json import REAL


def posted(said: object, **headers: str) -> bytes:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return request(json.dumps(said).encode(), named)


REQUESTS: Final[Mapping[str, list[bytes]]] = {
    "activitystreams": [posted(said) for said in REAL[activitystreams.translate]],
    "bluesky": [posted(said) for said in REAL[bluesky.translate]],
    "discourse": [
        posted(test_discourse.a_post(), x_discourse_event="post_created"),
        posted(test_discourse.a_post(post_number=2), x_discourse_event="post_destroyed"),
        posted(test_discourse.a_like(), x_discourse_event="post_liked"),
        posted({"ping": "OK"}, x_discourse_event_type="ping"),
    ],
    "forgejo": [
        posted(said, x_forgejo_event=event) for event, said in test_forgejo.DELIVERIES.items()
    ],
    "github": [
        posted(said, x_github_event=event, x_github_delivery="d-1")
        for event, said in test_github.DELIVERIES
    ],
    "linkedin": [posted(said) for said in test_linkedin.EVERYTHING],
    "mastodon": [
        *(posted(said) for said in REAL[mastodon.translate]),
        request(
            b'event: update\ndata: {"id": "1"}\n\n:thump\nevent: delete\ndata: 1\n\n',
            {"content-type": "text/event-stream"},
        ),
    ],
}
GOLDEN_EVENTS: Final[list[dict[str, Any]]] = [
    json.loads(path.read_bytes()) for path in sorted(GOLDEN.glob("zones.activity.*.json"))
]
ATTRIBUTES: Final = {
    f"ce-{name}": str(value) for name, value in GOLDEN_EVENTS[0].items() if name != "data"
}
CANONICAL: Final = [
    *(posted(event, content_type="application/cloudevents+json") for event in GOLDEN_EVENTS),
    posted(GOLDEN_EVENTS[:3], content_type="application/json; charset=utf-8"),
    request(
        b"\n".join(json.dumps(event).encode() for event in GOLDEN_EVENTS[:3]),
        {"content-type": "application/x-ndjson"},
    ),
    posted(GOLDEN_EVENTS[0]["data"], content_type="application/json", **ATTRIBUTES),
]
MAPPINGS: Final = {
    "example": test_mapping.EXAMPLE,
    "like": test_mapping.LIKE,
    "adventurous": test_mapping.ADVENTUROUS,
}
MAPPED: Final = json.dumps(test_mapping.PAYLOAD).encode()
TO_BE_MAPPED: Final = [
    posted(test_mapping.PAYLOAD),
    posted({"events": [{"a": "text", "b": ["1", "2"], "c": 1_772_357_400_000, "d": {"x": {}}}]}),
]

TARGET: Final = test_httpsignature.TARGET
SIGNED_AT: Final[datetime] = test_httpsignature.NOW
SECRETS: Final = {
    scheme: [test_signature.STANDARD] if scheme == "standard-webhooks" else ["one", "two"]
    for scheme in signature.SCHEMES
    if scheme != httpsignature.NAME
}
CHECKS: Final[Mapping[str, Check]] = {
    scheme: signature.checker(scheme, secrets=secrets, keys={}, tolerance=300)
    for scheme, secrets in SECRETS.items()
} | {httpsignature.NAME: test_httpsignature.CHECK}
_BODY: Final = test_signature.BODY
SIGNED: Final = [
    *(
        request(_BODY, {header: f"sha256={signing.mac('one', _BODY)}"})
        for header in signature.HEX.values()
    ),
    request(_BODY, {signature.LINKEDIN: f"hmacsha256={signing.mac('one', _BODY)}"}),
    request(_BODY, test_signature.standard()),
    *(
        request(
            test_httpsignature.BODY,
            signing.signed(
                test_httpsignature.RSA,
                test_httpsignature.KEY_ID,
                test_httpsignature.BODY,
                SIGNED_AT,
                covers=f"(request-target) host {dated} digest",
                algorithm="hs2019",
            ),
        )
        for dated in ("date", "(created)")
    ),
]
MEMBERS: Final = [
    (
        b"id,group,timezone,locale,roles,sponsor,topics,public,accounts\n"
        b'm-001,Sales,Europe/Berlin,de,editor; coordinator,m-002,"hiring, remote",yes,'
        b"bluesky:@ada.example mastodon:ada@social.example\n"
    ),
    b"\xef\xbb\xbfID;Group\r\nm-1;Lab\r\n;\r\n",
]

_TWEETS: Final = [
    test_x.a_tweet(),
    test_x.a_tweet("2", full_text="RT @user_2: a", retweeted=True),
    test_x.a_tweet(
        "3",
        in_reply_to_status_id_str="1",
        in_reply_to_user_id_str="7",
        edit_info={"initial": {"editTweetIds": ["3"], "editableUntil": "2022-11-03T09:20:26.000Z"}},
        entities={"urls": [{"expanded_url": "https://x.com/user_2/status/9", "indices": [0, 1]}]},
    ),
]
_X: Final = test_x.archive(
    *_TWEETS,
    deleted_tweets=ytd(
        "deleted_tweets",
        [{"tweet": test_x.a_tweet("42", deleted_at="Thu Nov 03 09:00:00 +0000 2022")}],
    ),
    note_tweet=ytd(
        "note_tweet", [{"noteTweet": {"noteTweetId": "1", "core": {"text": "word " * 9}}}]
    ),
    like=ytd("like", [{"like": {"tweetId": "1", "fullText": "…"}}]),
    following=ytd("following", [{"following": {"accountId": "7"}}]),
)
_MASTODON: Final = toots.archive(toots.a_status(), toots.a_boost(f"{toots.ME}/statuses/1"))
_YOUTUBE: Final[Contents] = {
    test_youtube.NAME: json.dumps([test_youtube.an_entry(), test_youtube.an_entry(subtitles=[])])
}
_WHOLE: Final[Mapping[str, Contents]] = {
    "linkedin": linkedins.WHOLE,
    "x": _X,
    "mastodon": _MASTODON,
    "activitystreams": {"outbox.json": _MASTODON["outbox.json"]},
    "youtube": _YOUTUBE,
}
EXPORTS: Final = {
    platform: [export(whole), *(export({name: said}) for name, said in whole.items())]
    for platform, whole in _WHOLE.items()
}
ALONE: Final = [
    said.encode() if isinstance(said, str) else said
    for whole in _WHOLE.values()
    for said in whole.values()
]


def _zipped(contents: Contents) -> bytes:
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as packed:
        for name, content in contents.items():
            packed.writestr(name, content)
    return written.getvalue()


ZIPS: Final = [_zipped(whole) for whole in _WHOLE.values()]
