"""Telegram's webhook: who calls, and what it is answered."""

from __future__ import annotations

import hmac
import json
from urllib.parse import urlsplit

from connectors.contract import Answer, ChannelConfig, RawInput, Unverified
from connectors.telegram.names import DEFAULT_BASE, api_base, webhook_secret
from connectors.telegram.parse import callback_id
from values.sentences import phrase

HEADER = "x-telegram-bot-api-secret-token"
PORTS = {None, 443, 80, 88, 8443}


def verify(raw: RawInput, channel: ChannelConfig) -> None:
    """Telegram repeats the secret token in a header; without one the door stays shut."""
    secret = webhook_secret(channel)
    given = raw.headers.get(HEADER, "")
    if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
        raise Unverified(phrase("The secret token of Telegram's webhook is missing or wrong."))


def answer(raw: RawInput) -> Answer:
    """A pressed button waits for an answer; the reply to the webhook may carry it."""
    pressed = callback_id(raw.body)
    if pressed is None:
        return Answer()
    call = {"method": "answerCallbackQuery", "callback_query_id": pressed}
    return Answer(body=json.dumps(call).encode(), mime="application/json")


def address(channel: ChannelConfig) -> str:
    """The door's address as Telegram reaches it; empty when the hub's public address is not known."""
    return f"{channel.public_url}/in/{channel.slug}" if channel.public_url else ""


def is_wanted(channel: ChannelConfig) -> bool:
    """Whether updates come by webhook: when set so, or when Telegram can reach the hub by HTTPS."""
    mode = str(channel.settings.get("mode") or "auto")
    if mode != "auto":
        return mode == "webhook"
    parts = urlsplit(channel.public_url)
    host = parts.hostname or ""
    is_public = "." in host and not host.endswith((".local", ".localhost", ".internal", ".lan"))
    is_address = host.replace(".", "").isdigit()
    return (
        parts.scheme == "https"
        and parts.port in PORTS
        and is_public
        and not is_address
        and api_base(channel) == DEFAULT_BASE
    )
