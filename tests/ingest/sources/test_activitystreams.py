"""ActivityPub inbox payloads and ActivityStreams documents, in all the shapes they come in."""

from typing import Any

import pytest

from services.ingest.sources.activitystreams import translate
from tests.ingest.sources.saying import Act, Json, acts, the_act

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ACTOR = "https://social.example/users/user-1"
OTHER = "https://elsewhere.example/users/user-2"
STATUS = f"{ACTOR}/statuses/111"
THEIRS = f"{OTHER}/statuses/222"
TIME = "2026-07-04T14:38:06Z"


def a_note(**instead: Any) -> Json:  # noqa: ANN401 - JSON
    return {
        "id": STATUS,
        "type": "Note",
        "attributedTo": ACTOR,
        "published": TIME,
        "to": [PUBLIC],
        "cc": [f"{ACTOR}/followers"],
        "content": "<p>Hello &amp; <b>welcome</b></p>",
        **instead,
    }


def a_create(note: object = None, **instead: Any) -> Json:  # noqa: ANN401 - JSON
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{STATUS}/activity",
        "type": "Create",
        "actor": ACTOR,
        "published": TIME,
        "to": [PUBLIC],
        "object": a_note() if note is None else note,
        **instead,
    }


def an_act(type: str, object: object = THEIRS, **instead: Any) -> Json:  # noqa: ANN401 - JSON
    return {
        "id": f"{ACTOR}#acts/7",
        "type": type,
        "actor": ACTOR,
        "object": object,
        **instead,
    }


def test_a_note_is_a_post_known_by_the_address_of_its_object() -> None:
    assert the_act(translate, a_create()) == Act(
        kind="post",
        id=STATUS,
        by=ACTOR,
        data={"object": {"id": STATUS, "kind": "note"}, "text_length": 15},
        time=TIME,
        label="user-1@social.example",
    )


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        ("Like", "like"),
        ("EmojiReact", "like"),
        ("litepub:EmojiReact", "like"),
        (["Like", "http://schema.org/LikeAction"], "like"),
        ("https://www.w3.org/ns/activitystreams#Like", "like"),
        ("Announce", "share"),
        ("View", "view"),
    ],
)
@pytest.mark.parametrize(
    "object", [THEIRS, {"id": THEIRS, "type": "Note"}, [THEIRS], [{"@id": THEIRS}]]
)
def test_an_object_may_be_a_text_an_object_or_a_list_and_a_type_too(
    act: str, kind: str, object: object
) -> None:
    assert the_act(translate, an_act(act, object)) == Act(
        kind=kind,
        id=f"{ACTOR}#acts/7",
        by=ACTOR,
        data={"object": {"id": THEIRS}, "target": f"fediverse:{OTHER}"},
        label="user-1@social.example",
    )


def test_a_boost_has_the_id_that_mastodons_api_gives_it() -> None:
    boost = an_act("Announce", id=f"{ACTOR}/statuses/333/activity", published=TIME, to=[PUBLIC])

    assert the_act(translate, boost).id == f"{ACTOR}/statuses/333"


def test_a_follow_names_whom_it_is_of() -> None:
    follow = the_act(translate, an_act("Follow", OTHER, id="https://social.example/f1"))

    assert (follow.kind, follow.id) == ("follow", "https://social.example/f1")
    assert follow.data == {"object": {"id": OTHER}, "target": f"fediverse:{OTHER}"}


def test_an_act_without_an_id_is_known_by_who_did_what_to_which() -> None:
    like = {"type": "Like", "actor": ACTOR, "object": THEIRS}

    assert the_act(translate, like) == the_act(translate, {**like, "actor": {"id": ACTOR}})
    assert the_act(translate, like).id != the_act(translate, {**like, "type": "Announce"}).id
    assert the_act(translate, like).id != the_act(translate, {**like, "actor": OTHER}).id


@pytest.mark.parametrize(
    ("type", "kind"),
    [
        ("Note", "post"),
        ("Question", "post"),
        ("Image", "post"),
        ("Article", "publish"),
        ("Page", "publish"),
        ("Video", "publish"),
        ("Audio", "publish"),
        ("Event", "publish"),
        (["Note", "Event"], "post"),
    ],
)
def test_the_type_of_the_object_tells_a_piece_from_a_post(type: object, kind: str) -> None:
    assert the_act(translate, a_create(a_note(type=type))).kind == kind


def test_a_piece_has_its_title_and_the_address_people_read_it_at() -> None:
    links = [
        {"type": "Link", "mediaType": "application/x-mpegURL", "href": "https://cdn.example/1"},
        {"type": "Link", "mediaType": "text/html", "href": "https://video.example/w/1"},
    ]
    video = a_note(type="Video", name="A talk\n &amp; more", url=links)

    assert the_act(translate, a_create(video)).data["object"] == {
        "id": STATUS,
        "kind": "video",
        "url": "https://video.example/w/1",
        "title": "A talk & more",
    }


def test_a_post_has_no_title() -> None:
    assert "title" not in the_act(translate, a_create(a_note(name="hush"))).data["object"]


def test_a_reply_is_a_comment_to_whoever_it_answers() -> None:
    reply = a_note(inReplyTo=THEIRS, conversation="tag:elsewhere.example,2026:c1")

    comment = the_act(translate, a_create(reply))

    assert comment.kind == "comment"
    assert comment.data == {
        "in_reply_to": THEIRS,
        "conversation": "tag:elsewhere.example,2026:c1",
        "target": f"fediverse:{OTHER}",
        "text_length": 15,
    }


def test_where_the_parents_address_does_not_tell_whose_it_is_a_mention_may() -> None:
    mentions = [
        {"type": "Mention", "href": OTHER, "name": "@user-2@elsewhere.example"},
        {"type": "Mention", "href": "https://third.example/users/user-3", "name": "@user-3"},
    ]
    parent = "https://elsewhere.example/notes/9abc"

    one = the_act(translate, a_create(a_note(inReplyTo=parent, tag=mentions)))
    of_two = a_note(inReplyTo=parent, tag=[*mentions, {**mentions[0], "href": f"{OTHER}2"}])

    assert one.data["target"] == f"fediverse:{OTHER}"
    assert "target" not in the_act(translate, a_create(of_two)).data


@pytest.mark.parametrize(
    "said",
    [
        {"quote": THEIRS},
        {"quoteUrl": THEIRS},
        {"quoteUri": THEIRS},
        {"_misskey_quote": THEIRS},
        {
            "tag": {
                "type": "Link",
                "mediaType": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
                "href": THEIRS,
            }
        },
        {"quote": {"id": THEIRS, "type": "Note"}, "quoteUrl": THEIRS},
    ],
)
def test_a_quote_is_one_in_every_spelling(said: Json) -> None:
    quote = the_act(translate, a_create(a_note(**said)))

    assert quote.kind == "quote"
    assert quote.data["object"] == {"id": THEIRS}
    assert quote.data["target"] == f"fediverse:{OTHER}"


def test_a_link_to_anything_else_is_no_quote() -> None:
    link = {"type": "Link", "mediaType": "text/html", "href": "https://site.example/"}

    assert the_act(translate, a_create(a_note(tag=link))).kind == "post"


def test_hashtags_are_topics_whatever_their_case() -> None:
    tags = [
        {"type": "Hashtag", "name": "#Hiring"},
        {"type": "Hashtag", "name": "#hiring"},
        {"type": "Mention", "name": "@user-2"},
        {"type": "Emoji", "name": ":wave:"},
        "https://social.example/tags/x",
        {"type": "Hashtag"},
    ]

    assert the_act(translate, a_create(a_note(tag=tags))).data["topics"] == ["hiring"]


@pytest.mark.parametrize(
    ("note", "length"),
    [
        ({"content": "<p>one<br />two</p><p>three</p>"}, len("one\ntwo\nthree")),
        ({"content": "1 &lt; 2"}, 5),
        ({"content": "a <b> b", "mediaType": "text/plain"}, 7),
        ({"content": "\U0001f469\u200d\U0001f469\u200d\U0001f466 \u270b\U0001f3fd"}, 3),
        ({"content": None, "contentMap": {"de": "<p>Hallo</p>"}}, 5),
        ({"content": ""}, 0),
        ({"content": 17}, None),
        ({"content": None}, None),
    ],
)
def test_text_is_counted_as_a_reader_sees_it(note: Json, length: int | None) -> None:
    assert the_act(translate, a_create(a_note(**note))).data.get("text_length") == length


@pytest.mark.parametrize(
    "addressed",
    [
        {"to": [OTHER], "cc": []},
        {"to": f"{ACTOR}/followers", "cc": None},
        {"to": [], "cc": [], "bto": OTHER},
        {"type": "ChatMessage"},
        {"type": "EncryptedMessage"},
    ],
)
def test_what_is_not_for_everybody_is_private(addressed: Json) -> None:
    assert acts(translate, a_create(a_note(**addressed))) == ["private"]


@pytest.mark.parametrize("to", [PUBLIC, [PUBLIC], ["as:Public"], ["Public", OTHER]])
def test_public_may_be_written_in_several_ways(to: object) -> None:
    assert the_act(translate, a_create(a_note(to=to, cc=[]), to=to)).kind == "post"


def test_what_is_not_listed_is_public_still() -> None:
    unlisted = a_note(to=[f"{ACTOR}/followers"], cc=[PUBLIC])

    assert the_act(translate, a_create(unlisted, to=[f"{ACTOR}/followers"], cc=[PUBLIC]))


def test_a_boost_for_followers_only_is_private() -> None:
    assert acts(translate, an_act("Announce", to=[f"{ACTOR}/followers"])) == ["private"]


def test_a_vote_is_no_post() -> None:
    vote = a_note(name="Yes", content=None, inReplyTo=THEIRS)

    assert acts(translate, a_create(vote)) == ["vote"]


def test_a_poll_is_a_post() -> None:
    poll = a_note(type="Question", oneOf=[{"type": "Note", "name": "Yes"}])

    assert the_act(translate, a_create(poll)).kind == "post"


def test_what_a_group_passes_on_is_its_members_act() -> None:
    """Lemmy's communities announce every activity in them."""
    group = "https://lemmy.example/c/town"
    like = an_act("Like", id="https://social.example/like/1")
    passed_on = {"id": f"{group}/a1", "type": "Announce", "actor": group, "object": like}

    assert the_act(translate, passed_on) == the_act(translate, like)
    assert acts(translate, {**passed_on, "object": an_act("Dislike")}) == ["dislike"]


def test_wrapping_has_an_end() -> None:
    wrapped: object = an_act("Like")
    for _ in range(20):
        wrapped = {"type": "Announce", "actor": OTHER, "object": wrapped}

    assert acts(translate, wrapped) == ["nested"]


@pytest.mark.parametrize(
    ("undone", "retracts"),
    [
        (f"{ACTOR}#likes/9", f"{ACTOR}#likes/9"),
        ({"id": f"{ACTOR}#likes/9", "type": "Like", "object": THEIRS}, f"{ACTOR}#likes/9"),
        ({"id": f"{ACTOR}#likes/9"}, f"{ACTOR}#likes/9"),
        (
            {"id": f"{ACTOR}/statuses/333/activity", "type": "Announce", "object": THEIRS},
            f"{ACTOR}/statuses/333",
        ),
        ({"id": f"{STATUS}/activity", "type": "Create", "object": a_note()}, STATUS),
        ([f"{ACTOR}#likes/9"], f"{ACTOR}#likes/9"),
    ],
)
def test_undoing_takes_back_what_had_that_id(undone: object, retracts: str) -> None:
    undo = the_act(translate, an_act("Undo", undone))

    assert (undo.kind, undo.id, undo.by) == ("retract", f"{retracts}#undo", ACTOR)
    assert undo.data == {"retracts": retracts}


def test_undoing_what_has_no_id_names_the_object_and_the_kind() -> None:
    undo = an_act("Undo", {"type": "Follow", "actor": ACTOR, "object": OTHER})

    assert the_act(translate, undo).data == {"object": {"id": OTHER}, "kind": "follow"}
    assert the_act(translate, undo).id == f"{ACTOR}#acts/7#undo"


@pytest.mark.parametrize("undone", ["Block", "Accept", "Dislike", "Flag"])
def test_undoing_what_does_not_count_does_not_count(undone: str) -> None:
    undo = an_act("Undo", {"id": "https://social.example/b1", "type": undone, "object": OTHER})

    assert acts(translate, undo) == ["undo"]


@pytest.mark.parametrize(
    "deleted", [STATUS, {"id": STATUS, "type": "Tombstone"}, [STATUS], {"@id": STATUS}]
)
def test_a_deletion_takes_back_what_was_created(deleted: object) -> None:
    delete = the_act(translate, an_act("Delete", deleted))

    assert (delete.kind, delete.id) == ("retract", f"{STATUS}#undo")
    assert delete.data == {"retracts": STATUS}


@pytest.mark.parametrize(
    "activity",
    [
        an_act("Undo", f"{OTHER}#likes/7"),
        an_act("Undo", {"type": "Announce", "id": f"{THEIRS}/activity", "object": STATUS}),
        an_act("Undo", {"type": "Create", "object": THEIRS}),
        an_act("Delete", THEIRS),
        an_act("Delete", {"type": "Tombstone", "id": THEIRS}),
    ],
)
def test_nobody_takes_back_what_another_server_said(activity: object) -> None:
    """It would be taken back from whoever did it, under the id that their own undoing has."""
    assert acts(translate, activity) == ["spoofed"]


def test_a_deleted_account_takes_nothing_back() -> None:
    assert acts(translate, an_act("Delete", ACTOR)) == ["account_gone"]


@pytest.mark.parametrize(
    ("activity", "reason"),
    [
        (an_act("Update", a_note()), "edit"),
        (an_act("Accept", {"type": "Follow", "object": ACTOR}), "answer"),
        (an_act("Reject", {"type": "Follow", "object": ACTOR}), "answer"),
        (an_act("Flag", [OTHER, THEIRS]), "moderation"),
        (an_act("Block", OTHER), "moderation"),
        (an_act("Dislike"), "dislike"),
        (an_act("Move", ACTOR), "other_act"),
        (a_create(STATUS), "unresolved"),
        (a_create({**a_note(), "type": "Place"}), "object_type"),
        ({"id": STATUS, "type": "Tombstone"}, "deleted"),
        ({"id": ACTOR, "type": "Person"}, "profile"),
        ({"type": "OrderedCollection", "totalItems": 9}, "empty"),
        (STATUS, "unresolved"),
        (an_act("Like", None), "no_object"),
        (an_act("Like", []), "no_object"),
        (an_act("Like", [17]), "no_object"),
        (an_act("Like", actor=None), "no_actor"),
        (an_act("Like", actor=17), "no_actor"),
        (an_act("Undo", "https://social.example/u1", actor={}), "no_actor"),
        (a_create(actor=None, note=a_note(attributedTo=None)), "no_actor"),
        (a_create(id=None, note=a_note(id=None)), "no_id"),
        (17, "not_an_activity"),
        (None, "not_an_activity"),
        ({}, "object_type"),
    ],
)
def test_what_does_not_count_says_why(activity: object, reason: str) -> None:
    assert acts(translate, activity) == [reason]


def test_nobody_writes_in_anothers_name() -> None:
    """A server may tell of its own people only."""
    assert acts(translate, a_create(a_note(attributedTo=OTHER))) == ["spoofed"]
    assert acts(translate, a_create(a_note(id=THEIRS))) == ["spoofed"]
    assert acts(translate, an_act("Like", id=f"{OTHER}#likes/7")) == ["spoofed"]


def test_an_actor_with_a_page_only_is_who_the_object_says() -> None:
    page = {"type": "Person", "url": "https://social.example/@user-1"}

    assert the_act(translate, a_create(actor=page)).by == ACTOR


@pytest.mark.parametrize(
    ("type", "kind"),
    [("Person", "person"), ("Service", "bot"), ("Application", "bot"), ("Group", "system")],
)
def test_bots_are_told_from_people(type: str, kind: str) -> None:
    actor = {"id": ACTOR, "type": type, "preferredUsername": "Robo"}
    act = the_act(translate, an_act("Like", actor=actor))

    assert (act.actor, act.label) == (kind, "Robo@social.example")


def test_nobody_is_labelled_with_anothers_host() -> None:
    actor = {"id": ACTOR, "type": "Person", "preferredUsername": "user-2@elsewhere.example"}

    assert the_act(translate, an_act("Like", actor=actor)).label == "user-1@social.example"


def test_a_collection_is_read_item_by_item() -> None:
    page = {"type": "OrderedCollectionPage", "orderedItems": [a_create(), STATUS, an_act("Like")]}

    [post, skipped, like] = acts(translate, {"type": "OrderedCollection", "first": page})

    assert isinstance(post, Act)
    assert isinstance(like, Act)
    assert (post.kind, skipped, like.kind) == ("post", "unresolved", "like")


def test_a_note_by_itself_is_its_authors() -> None:
    assert the_act(translate, a_note()) == the_act(translate, a_create())


@pytest.mark.parametrize(
    ("said", "time"),
    [
        ("2026-07-04T16:38:06+02:00", TIME),
        ("2026-07-04T14:38:06", TIME),
        ("2026-07-04T14:38Z", "2026-07-04T14:38:00Z"),
        ("2026-07-04t14:38:06.123z", "2026-07-04T14:38:06.123000Z"),
        (None, None),
    ],
)
def test_a_time_may_be_written_in_several_ways(said: str | None, time: str | None) -> None:
    assert the_act(translate, an_act("Like", published=said)).time == time


def test_the_first_version_says_the_same_in_other_words() -> None:
    first = {
        "objectType": "activity",
        "verb": "post",
        "published": TIME,
        "actor": {"objectType": "person", "id": ACTOR, "username": "user-1"},
        "object": {
            "objectType": "note",
            "id": STATUS,
            "content": "Hello & welcome",
            "to": [{"objectType": "group", "alias": "@public"}],
            "tags": [{"objectType": "hashtag", "displayName": "Hiring"}],
        },
    }
    second = a_create(a_note(tag={"type": "Hashtag", "name": "#hiring"}))

    assert the_act(translate, first) == the_act(translate, second)


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("stop-following", {"object": {"id": OTHER}, "kind": "follow"}),
        ("unlike", {"object": {"id": OTHER}, "kind": "like"}),
        ("unshare", {"object": {"id": OTHER}, "kind": "share"}),
    ],
)
def test_the_first_version_has_verbs_for_undoing(verb: str, data: Json) -> None:
    said = {"objectType": "activity", "verb": verb, "actor": ACTOR, "object": OTHER}

    assert the_act(translate, said).data == data
