"""A member's export of LinkedIn in the dialect of 2024, and the odd ones of other years."""

from typing import Final

POST: Final = "7208700000000000000"
"""An id as LinkedIn gives them out: of 2024-06-18 09:21:57 UTC."""
FEED: Final = "https://www.linkedin.com/feed/update/urn%3Ali%3A"

SHARES: Final = (
    "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\n"
    f'2024-06-18 09:21:57,{FEED}share%3A{POST},"First line""\n""second, with #Hiring and'
    ' ""quotes""",,,MEMBER_NETWORK\n'
    f"2024-06-18 10:00:00,{FEED}share%3A7208709575000000001,Worth reading #hiring,"
    "https://example.org/a,,MEMBER_NETWORK\n"
    f"2024-06-18 10:10:00,{FEED}share%3A7208712091000000001,,https://example.org/b,,PUBLIC\n"
    f"2024-06-18 10:20:00,{FEED}ugcPost%3A7208714608000000001,,,,MEMBER_NETWORK\n"
    f"2024-06-18 10:30:00,{FEED}groupPost%3A44-7208717125000000001,To a group,,,PUBLIC\n"
    f"2024-06-18 10:40:00,{FEED}share%3A7208719641000000001,,,https://example.org/c.png,PUBLIC\n"
)
COMMENTS: Final = (
    "Date,Link,Message\n"
    f'2024-06-18 11:00:01,{FEED}activity%3A{POST},"They said \\"yes, but\\", and\nleft"\n'
    f'2024-06-18 11:00:02,"{FEED}ugcPost%3A7208714608000000001","A \\"second\\" #Thought"\n'
)
REACTIONS: Final = (
    "Date,Type,Link\n"
    f"2024-06-18 12:00:00,LIKE,{FEED}activity%3A{POST}\n"
    f"2024-06-18 12:00:09,PRAISE,{FEED}activity%3A{POST}"
    f"?commentUrn=urn%3Ali%3Acomment%3A%28activity%3A{POST}%2C7208724000000000000%29\n"
    "2012-03-01 08:00:00,LIKE,https://www.linkedin.com/feed/update/urn%3Ali%3Aarticle%3A5500\n"
)
CONNECTIONS: Final = (
    "Notes:\n"
    '"When exporting your connection data, you may notice that some, or all, of the email'
    ' addresses are missing."\n'
    "\n"
    "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
    "A,Person,https://www.linkedin.com/in/a-person,,Acme,Baker,17 Jun 2021\n"
    "B,Person,https://www.linkedin.com/in/b-person,b@example.org,,,18 Jun 2021\n"
)
ARTICLE: Final = (
    "<html><head><title>On bread</title></head><body>\n"
    '<h1><a href="https://www.linkedin.com/pulse/on-bread-user-1">On bread &amp; butter</a></h1>\n'
    '<p class="created">Created on 2021-03-24 15:46</p>\n'
    '<p class="published">Published on {published}</p>\n'
    "<div><p>All there is to say.</p></div></body></html>"
)
WHOLE: Final = {
    "Shares.csv": SHARES,
    "Comments.csv": COMMENTS,
    "Reactions.csv": REACTIONS,
    "Votes.csv": f"Date,Link,OptionText\n2024-06-18 12:30:00,{FEED}ugcPost%3A5,Maybe\n",
    "Connections.csv": CONNECTIONS,
    "Company Follows.csv": "Organization,Followed On\nAcme,Tue Jun 18 12:03:31 UTC 2024\n",
    "Member_Follows.csv": (
        "Date,Status,FullName\n"
        "2024-06-18 11:59:53 UTC,Active,User Number-Two\n"
        "2024-06-18 11:59:54 UTC,Inactive,User Number-Three\n"
    ),
    "Hashtag_Follows.csv": (
        "HashTag,CreatedTime,LastModifiedTime,State\n"
        "#Bread,2021-06-18 10:00:00,2021-06-18 10:00:00,ACTIVE\n"
    ),
    "Saved_Items.csv": f'savedItem,createdTime\n"{FEED}activity%3A77","6/14/24, 5:57 AM"\n',
    "Learning.csv": (
        "Content Title,Content Description,Content Type,"
        "Content Last Watched Date (if viewed),Content Completed At (if completed),Content Saved\n"
        "Baking,All of it,Course,2021-03-25 08:46 UTC,N/A,false\n"
        "Later,Not yet,Course,N/A,N/A,true\n"
    ),
    "Articles/Articles/2021-03-25 08:50:00.0-On bread.html": ARTICLE.format(
        published="2021-03-25 08:50 UTC"
    ),
    "messages.csv": "CONVERSATION ID,CONTENT\n1,secret\n",
    "Profile.csv": "First Name,Last Name\nUser,One\n",
}
