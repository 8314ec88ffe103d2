"""What says of itself that it is automatic (RFC 3834)."""

from __future__ import annotations

from connectors.email.machines.look import Look


def asks(look: Look) -> bool:
    value = look.value("auto-submitted").partition(";")[0].partition("(")[0].strip()
    return bool(value) and value != "no"
