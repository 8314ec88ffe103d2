"""A mailing list: people write to each other there."""

from __future__ import annotations

from connectors.email.machines.group import is_ours
from connectors.email.machines.look import Look


def asks(look: Look) -> bool:
    if is_ours(look):
        return False
    return "list-id" in look.headers or "list-post" in look.headers or look.value("precedence") == "list"
