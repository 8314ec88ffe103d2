"""Whether a list is a group of our own: what comes by it is a customer's."""

from __future__ import annotations

from connectors.email.lists import is_our_group
from connectors.email.machines.look import Look


def is_ours(look: Look) -> bool:
    return is_our_group(look.headers, look.ours)
