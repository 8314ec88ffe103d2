"""Our own mail, coming back by a forward or a copy; not what a form on our site sends in our name."""

from __future__ import annotations

from connectors.email.machines.look import OUR_HEADER, Look


def asks(look: Look) -> bool:
    if OUR_HEADER in look.headers:
        return True
    return bool(look.ours) and look.sender == look.ours and not look.relayed
