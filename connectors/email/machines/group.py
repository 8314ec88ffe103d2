"""Whether a list is a group of our own: what comes by it is a customer's."""

from __future__ import annotations

from connectors.email.machines.look import Look
from connectors.email.people.lists import is_our_group


def is_ours(look: Look) -> bool:
    return is_our_group(look.headers, look.ours)
