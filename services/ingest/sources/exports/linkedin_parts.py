"""Which files LinkedIn's member export consists of, as far as they are of interest.

A table is known by its name, or else by the first of its columns. Messages are known so that it can
be said that they were not opened.
"""

import re
from typing import Final

from services.ingest.sources.exports.linkedin_articles import ARTICLES
from services.ingest.sources.exports.parts import Part, named


def _titled(name: str, *columns: str) -> Part:
    """Return a table by its name, or else by the first of its columns."""
    first = r'"?[,;\t]"?'.join(re.escape(each).replace(r"\ ", " ?") for each in columns)
    return named(rf"{name}(?:[ _]\d+)?\.(?:csv|tsv|txt)", rf'(?im)^"?{first}')


SHARES: Final = named(
    r"shares(?:[ _]\d+)?\.(?:csv|tsv|txt)", r'(?im)^"?date"?[,;\t].{0,80}share ?link'
)
COMMENTS: Final = _titled("comments", "Date", "Link", "Message")
REACTIONS: Final = _titled("reactions", "Date", "Type", "Link")
VOTES: Final = _titled("votes", "Date", "Link", "OptionText")
CONNECTIONS: Final = named(
    r"connections\.(?:csv|tsv|txt)", r"(?im)^.?first ?name.{1,4}last ?name.{0,90}connected ?on"
)
COMPANIES: Final = _titled("company[ _]follows", "Organization", "Followed On")
PEOPLE: Final = _titled("member[ _]follows", "Date", "Status", "FullName")
HASHTAGS: Final = _titled("hashtag[ _]follows", "HashTag", "CreatedTime")
SAVED: Final = _titled("saved[ _]items", "savedItem", "createdTime")
LEARNING: Final = _titled("learning", "Content Title", "Content Description")
MESSAGES: Final = named(r"(?:\w*messages|inbox)\.(?:csv|tsv|txt)")
PARTS: Final = (
    ARTICLES,
    SHARES,
    COMMENTS,
    REACTIONS,
    VOTES,
    CONNECTIONS,
    COMPANIES,
    PEOPLE,
    HASHTAGS,
    SAVED,
    LEARNING,
    MESSAGES,
)
