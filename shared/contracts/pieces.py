"""What a piece is known by: its address, whichever platform links to it.

Whoever hears of pieces calls them this, so that one piece is one in every service.
"""

from typing import Final
from urllib.parse import urlsplit, urlunsplit

DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def identity(platform: str, object_id: str, url: str | None) -> str:
    """Return the piece's normalised address, else `<platform>:<object id>`."""
    address = None if url is None else normalised(url)
    return f"{platform}:{object_id}" if address is None else address


def normalised(url: str) -> str | None:
    """Return a web address without what does not tell one page from another; None for any other.

    Scheme and host are in lower case, as far as they are ASCII, so that nothing grows by it.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.netloc.rpartition("@")[2].encode().lower().decode().removesuffix(":")
    except ValueError:
        return None
    if port is not None and port == DEFAULT_PORTS.get(parts.scheme):
        host = host.rpartition(":")[0]
    if parts.scheme not in DEFAULT_PORTS or not host:
        return None
    query = "&".join(
        parameter
        for parameter in parts.query.split("&")
        if parameter and not parameter.lower().startswith("utm_")
    )
    return urlunsplit((parts.scheme, host, parts.path.rstrip("/"), query, ""))
