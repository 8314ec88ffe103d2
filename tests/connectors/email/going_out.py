"""A mail to send, a channel for it, and a reader of what arrived."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from typing import Any, cast

from connectors.contract import (
    ChannelConfig,
    Context,
    Handle,
    Outbound,
)
from tests.servers.smtp import SmtpServer

SETTINGS = {
    "address": "us@our.example",
    "sender_name": "Магазин",
    "smtp_security": "none",
    "smtp_host": "127.0.0.1",
    "receive": "smtp_door",
}


def outbound(**changes: Any) -> Outbound:
    base: dict[str, Any] = {
        "delivery_id": "6f1c2c9e-0000-4000-8000-000000000001",
        "to": Handle(kind="email", value="ann@x.example"),
        "text": "Hello\n.\n..two\nbye",
        "subject": "Order",
    }
    return Outbound(**(base | changes))


def context(server: SmtpServer, **settings: Any) -> Context:
    channel = ChannelConfig(
        id=1, slug="mail", name="Mail", settings=SETTINGS | {"smtp_port": server.port} | settings
    )
    return Context(channel=channel, http=cast("Any", None))


def read(body: bytes) -> EmailMessage:
    return cast("EmailMessage", email.message_from_bytes(body, policy=email.policy.default))
