"""Our own mail, coming back by a forward or a copy."""

from __future__ import annotations

from connectors.email.machines.look import OUR_HEADER, Look


def asks(look: Look) -> bool:
    return OUR_HEADER in look.headers or (bool(look.ours) and look.sender == look.ours)
