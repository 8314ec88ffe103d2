"""A null envelope sender: by RFC 5321 nothing may be answered to it."""

from __future__ import annotations

from connectors.email.machines.look import Look


def asks(look: Look) -> bool:
    return look.envelope == ""
