"""A newsletter or another mail to many, by the headers of those who send such mail. A reply is none of them."""

from __future__ import annotations

from typing import Final

from connectors.email.machines.group import is_ours
from connectors.email.machines.look import Look

SENDERS: Final = (
    "x-campaign",
    "x-campaignid",
    "x-campaign-id",
    "x-mailer-recptid",
    "x-mc-user",
    "x-csa-complaints",
    "x-bulkmail",
)


def asks(look: Look) -> bool:
    if is_ours(look):
        return False
    if look.value("precedence") == "bulk":
        return True
    if "in-reply-to" in look.headers:
        return False
    return "list-unsubscribe" in look.headers or any(name in look.headers for name in SENDERS)
