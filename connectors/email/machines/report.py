"""Any other report (RFC 6522), say of DMARC or TLS."""

from __future__ import annotations

from connectors.email.machines.look import Look


def asks(look: Look) -> bool:
    return bool(look.report)
