"""Requests that a door refused, as the page of a channel shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crm_core.sql import Conn
from hub.wording.i18n import N_
from inbox.intake import refused
from inbox.intake.refused import Refusals, RefusedRequest

SHOWN = 4_000
REASONS = {
    400: N_("It cannot be read."),
    401: N_("The signature or the secret does not fit."),
    403: N_("It came from where it may not come from."),
    404: N_("There is nothing at this address."),
    405: N_("The door does not take this method."),
    408: N_("Its body did not arrive in time."),
    413: N_("It is too large."),
    422: N_("The form was not filled in rightly."),
    429: N_("Too many came from one address."),
}
"""What is said of a refusal by its status, where the door says nothing better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRequest:
    """One request: its line, its headers, the beginning of its body."""

    at: datetime
    status: int
    reason: str
    line: str
    headers: dict[str, str]
    body: str


async def of_channel(conn: Conn, channel_id: int) -> tuple[list[Refusals], list[ShownRequest]]:
    """What its door refused in the last day: the reasons, and the newest requests."""
    reasons = (await refused.lately(conn)).get(channel_id, [])
    return reasons, [_shown(one) for one in await refused.requests(conn, channel_id)]


def _shown(found: RefusedRequest) -> ShownRequest:
    meta = found.meta
    query = meta.get("meta", {}).get("query_string", "")
    path = "/".join(filter(None, ("…", meta.get("suffix", ""))))
    return ShownRequest(
        at=found.at,
        status=found.status,
        reason=found.reason,
        line=f"{meta.get('method', 'POST')} {path}{'?' + query if query else ''}",
        headers=meta.get("headers", {}),
        body=found.body[:SHOWN].decode("utf-8", "replace"),
    )
