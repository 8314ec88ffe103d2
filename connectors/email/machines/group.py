"""Whether a list is the group that our own address is: what comes by it is a customer's."""

from __future__ import annotations

from connectors.email.machines.look import Look


def is_ours(look: Look) -> bool:
    if not look.ours:
        return False
    named = look.value("list-id") + " " + look.value("list-post")
    return look.ours in named or f"<{look.ours.replace('@', '.')}>" in named
