"""Whom a mail server's certificate is believed: the authorities of the machine, and one of the mailbox's own."""

from __future__ import annotations

import ssl

from connectors.email.spec import Server


def context_of(server: Server) -> ssl.SSLContext:
    """Checks the name and who vouches for it. Raises `ssl.SSLError` for an authority that is no PEM."""
    context = ssl.create_default_context()
    if server.authority:
        context.load_verify_locations(cadata=server.authority)
        context.verify_flags |= (
            ssl.VERIFY_X509_PARTIAL_CHAIN
        )  # a certificate that vouches for itself is enough
    return context
