"""Pages that the links in messages lead to, as they are sent: nobody keeps or frames them."""

from typing import Final

from fastapi.responses import HTMLResponse

from services.notifier.adapters.wording import Wording
from services.notifier.projections.recipients import Recipient

HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
}


def page(html: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(html, status_code=status, headers=HEADERS)


def nowhere(wording: Wording) -> HTMLResponse:
    return page(wording.page(Recipient(""), "nowhere", "nowhere_hint"), 404)
