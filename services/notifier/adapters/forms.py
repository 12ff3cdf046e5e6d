"""What each template has to be, and what it is tried on before anybody reads what it makes."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Final

from services.notifier.adapters.templates import Form, Values
from services.notifier.domain.kinds import ADDRESSED, KINDS
from services.notifier.domain.notices import Notice
from services.notifier.domain.wording import CASES

BLOCKS: Final = ("name", "title", "text", "why")
"""`name` is what notices of the kind are about."""
ONCE: Final = "once"
"""A block for what is said after the text, and only once where several of a kind are told together:
then it is filled with the facts of the last.
"""
AROUND: Final = (
    *("stop", "stop_ask", "stop_hint", "stop_button", "stopped", "resume_button", "resumed"),
    *("acknowledge", "acknowledge_ask", "acknowledge_hint", "acknowledged", "resolved"),
    *("voice", "voice_ask", "voice_hint", "voice_accept", "voice_send_back"),
    *("voice_accepted", "voice_sent_back", "voice_over"),
    *("accept", "accept_ask", "accept_hint", "accepted", "taken"),
    *("decline", "decline_ask", "decline_hint", "declined", "unasked_hint"),
    *("nowhere", "nowhere_hint"),
)
"""What is said in messages beside the notice, and on the pages that their links lead to."""


def facts_of(notice: Notice) -> Values:
    """Return what the words of a notice are made of."""
    return {**notice.facts, "about": notice.about, "due_at": notice.due_at}


SPOKEN: Final[Mapping[str, Form]] = {
    **{
        kind: Form(BLOCKS, [facts_of(it) for it in CASES if it.kind == kind], (ONCE,))
        for kind in KINDS
    },
    "digest": Form(("title", "intro"), [{"count": count, "first": "A title"} for count in (1, 2)]),
    "around": Form(
        AROUND,
        [
            {
                "name": "new pieces",
                "channel": channel,
                "draft": "d-1",
                "about": "m-002",
                "topic": "tea",
            }
            for channel in ADDRESSED
        ],
    ),
}
WAYS: Final[Sequence[Sequence[Values]]] = (
    [],
    [
        {"words": "Yes", "link": "https://a.example/yes"},
        {"words": "No", "link": "https://a.example/no"},
    ],
)
LETTERS: Final = [
    {
        "language": "en",
        "words": {
            "title": "A title",
            "text": "A text.\n\nhttps://a.example/1",
            "why": "A reason.",
        },
        "around": {"stop": "No more"},
        "stop": "https://a.example/stop",
        "ways": ways,
    }
    for ways in WAYS
]
DIGESTS: Final = [
    {
        "language": "en",
        "title": "A title",
        "intro": "A line.",
        "parts": [
            {
                "name": "new pieces",
                "told": [
                    {
                        "title": "A title",
                        "text": "A text.",
                        "why": why,
                        "ways": ways,
                    }
                    for ways in WAYS
                    for why in ("", "A reason.")
                ],
                "once": once,
                "stop": "https://a.example/stop",
                "stop_words": "No more",
            }
            for once in ("", "All in all.")
        ],
    }
]
PAGES: Final = [
    {"language": "en", "title": "A title", "hint": hint, "buttons": buttons}
    for hint, buttons in product(
        (None, "A hint"), ([], [{"text": "A", "action": None}, {"text": "B", "action": "?b=1"}])
    )
]
PLAIN: Final[Mapping[str, Form]] = {
    "email.txt": Form((), LETTERS),
    "email.html": Form((), LETTERS),
    "chat.txt": Form((), LETTERS),
    "digest.txt": Form((), DIGESTS),
    "digest.html": Form((), DIGESTS),
    "page.html": Form((), PAGES),
}
"""What holds no words of its own."""
